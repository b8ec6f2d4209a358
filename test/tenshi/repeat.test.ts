import { type Case, log, on, signal, write } from './case.js';
import { prove } from './prove.js';

const REPEAT = 'repeat ^last message repeated (\\d+) times?';
const again = (count: number): string => `last message repeated ${count} times`;

const cases: Case[] = [
  {
    name: 'adds to the last message of the host, each time',
    conf: `${REPEAT}\na ^`,
    log:
      log('foo', again(3)) +
      on('web2', 'bar', again(5)) +
      log(again(1), 'baz') +
      on('web2', again(2)) +
      log(again(2)),
    letters: { counts: ['a/web1 5 foo', 'a/web1 3 baz', 'a/web2 8 bar'] },
  },
  {
    name: 'adds to the masked message, in every queue that it went to',
    conf: `${REPEAT}\na,b ^x (\\d+)`,
    log: log('x 1', 'x 2', again(3)),
    letters: { counts: ['a/web1 5 x ______', 'b/web1 5 x ______'] },
  },
  {
    name: 'before any line of the host it is swallowed',
    conf: `${REPEAT}\na ^`,
    log: log(again(3), 'foo') + on('web2', again(2)),
    letters: { counts: ['a/web1 1 foo'] },
  },
  {
    name: 'after trash',
    mended: 'nothing is added: the last line was another one than Tenshi adds to',
    conf: `${REPEAT}\ntrash ^noise\na ^`,
    log: log('foo', 'noise', again(3)),
    original: { counts: ['a/web1 4 foo'] },
    tayori: { counts: ['a/web1 1 foo'] },
  },
  {
    name: 'after a line that matched no rule',
    mended: 'nothing is added: the last line was another one than Tenshi adds to',
    conf: `${REPEAT}\na ^foo`,
    log: log('foo', 'unknown', again(3)),
    original: { counts: ['a/web1 4 foo'] },
    tayori: { counts: ['a/web1 1 foo'] },
  },
  {
    name: 'after a line without prefix it adds to the last one with a prefix',
    conf: `set queue noprefix np@example.org admin@example.org [now]\n${REPEAT}\na ^`,
    log: `${log('foo')}without\n${log(again(3))}`,
    letters: { counts: ['a/web1 4 foo', 'noprefix/[unprefixed logs] 1 without'] },
  },
  {
    name: 'after a flush it makes a new entry of just the number',
    conf: `${REPEAT}\na,b ^`,
    log: log('foo'),
    steps: [signal('USR2'), write(log(again(4)))],
    letters: { counts: ['a/web1 1 foo', 'a#2/web1 4 foo', 'b/web1 1 foo', 'b#2/web1 4 foo'] },
  },
  {
    name: 'the last line is kept across a reload',
    conf: `${REPEAT}\na ^`,
    log: log('foo'),
    steps: [signal('HUP'), write(log(again(4)))],
    letters: { counts: ['a/web1 1 foo', 'a#2/web1 4 foo'] },
  },
  {
    name: 'a rule above it takes the line',
    conf: `a repeated (\\d+)\n${REPEAT}\na ^`,
    log: log('foo', again(3)),
    letters: { counts: ['a/web1 1 foo', 'a/web1 1 last message repeated ______ times'] },
  },
  {
    name: 'as rsyslog writes it',
    conf: 'repeat message repeated (\\d+) times: \\[\na ^',
    log: log('foo', 'message repeated 3 times: [ foo]'),
    letters: { counts: ['a/web1 4 foo'] },
  },
  {
    name: 'the sample config of Tenshi, whose (\\\\d+) is a backslash and letters, never matches',
    conf: 'repeat ^(?:last message repeated|above message repeats) (\\\\d+) times?\na ^',
    log: log('foo', again(3)),
    letters: { counts: ['a/web1 1 foo', 'a/web1 1 last message repeated 3 times'] },
  },
  {
    name: 'a number that is none adds nothing',
    conf: 'repeat ^again (\\S+)\na ^',
    log: log('foo', 'again many', 'again 3x'),
    letters: { counts: ['a/web1 4 foo'] },
  },
  {
    name: 'without a group, when the queue has been mailed',
    mended: 'there is nothing to add, and no letter tells it',
    conf: 'repeat ^again\na ^',
    log: log('foo'),
    steps: [signal('USR2'), write(log('again'))],
    original: { counts: ['a/web1 1 foo', 'a#2/web1 0 foo'] },
    tayori: { counts: ['a/web1 1 foo'] },
  },
  {
    name: 'after a line that may escalate',
    mended: 'it adds to the plain queues, not where the line has not come',
    conf: `${REPEAT}\na,b:10 ^`,
    log: log('foo', again(3)),
    original: { counts: ['a/web1 4 foo', 'b/web1 3 foo'] },
    tayori: { counts: ['a/web1 4 foo'] },
  },
];
prove('repeat', cases);

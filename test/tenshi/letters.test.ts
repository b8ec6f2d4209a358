import { type Case, FAR, log, on, read, signal, times, write } from './case.js';
import { prove } from './prove.js';

const many = [...times(3, 'x 3'), ...times(2, 'x 2'), 'x 1'];

const cases: Case[] = [
  {
    name: 'by count, most frequent first',
    conf: 'a ^x',
    log: log('x 1', ...times(12, 'x 12'), ...times(2, 'x 2')),
    letters: { counts: ['a/web1 12 x 12', 'a/web1 2 x 2', 'a/web1 1 x 1'] },
  },
  {
    name: 'the other way',
    conf: 'set sort_order ascending\na ^x',
    log: log('x 1', ...times(12, 'x 12'), ...times(2, 'x 2')),
    letters: { counts: ['a/web1 1 x 1', 'a/web1 2 x 2', 'a/web1 12 x 12'] },
  },
  {
    name: 'who writes to whom: header and envelope, one letter for several recipients',
    conf: `set queue d Logs@Example.org one@example.org,two@example.org ${FAR} Logs of the web\nd ^x`,
    log: log('x'),
    letters: {
      counts: ['d/web1 1 x'],
      heads: {
        d: {
          subject: 'Logs of the web [d]',
          from: 'Logs@Example.org',
          to: ['one@example.org', 'two@example.org'],
          sender: 'Logs@Example.org',
          recipients: ['one@example.org', 'two@example.org'],
          dated: true,
          status: 'terminating',
        },
      },
    },
  },
  {
    name: 'a letter of a now queue says neither since when it counts nor a status',
    conf: 'n ^x',
    log: log('x'),
    steps: [read],
    letters: { counts: ['n/web1 1 x'], heads: { n: { dated: false, status: null } } },
  },
  {
    name: "the subject: the queue's own, else that of the config, wherever that is set",
    conf: `set queue d d@example.org d@example.org ${FAR} Its own\na ^x\nd ^y\nset subject Logs of all`,
    log: log('x', 'y'),
    letters: {
      counts: ['a/web1 1 x', 'd/web1 1 y'],
      heads: { a: { subject: 'Logs of all [a]' }, d: { subject: 'Its own [d]' } },
    },
  },
  {
    name: 'the default subject, and "0", which counts as none',
    conf: `set queue d d@example.org d@example.org ${FAR} 0\na ^x\nd ^y`,
    log: log('x', 'y'),
    letters: {
      counts: ['a/web1 1 x', 'd/web1 1 y'],
      heads: { a: { subject: 'tenshi report [a]' }, d: { subject: 'tenshi report [d]' } },
    },
  },
  {
    name: 'more messages than the limit',
    mended: 'the letter says how many are left out',
    conf: 'set limit 2\na ^x',
    log: log(...many) + on('web2', 'x 1'),
    original: {
      counts: ['a/web1 3 x 3', 'a/web1 2 x 2', 'a/web2 1 x 1'],
      heads: { a: { notes: ['Too many alerts (limit: 2)'] } },
    },
    tayori: {
      counts: ['a/web1 3 x 3', 'a/web1 2 x 2', 'a/web2 1 x 1'],
      heads: { a: { notes: ['Too many alerts (limit: 2)', '1 more message (1 line) left out'] } },
    },
  },
  {
    name: 'as many messages as the limit',
    mended: 'nothing is left out, and nothing says so',
    conf: 'set limit 3\na ^x',
    log: log(...many),
    original: {
      counts: ['a/web1 3 x 3', 'a/web1 2 x 2', 'a/web1 1 x 1'],
      heads: { a: { notes: ['Too many alerts (limit: 3)'] } },
    },
    tayori: { counts: ['a/web1 3 x 3', 'a/web1 2 x 2', 'a/web1 1 x 1'], heads: { a: { notes: [] } } },
  },
  {
    name: 'fewer messages than the limit, and a limit of 0',
    conf: 'set limit 4\nset pager_limit 0\na ^x',
    log: log(...many),
    letters: { counts: ['a/web1 3 x 3', 'a/web1 2 x 2', 'a/web1 1 x 1'], heads: { a: { notes: [] } } },
  },
  {
    name: 'ascending, the limit leaves the rarest',
    mended: 'as it does; only what is left out is told',
    conf: 'set limit 2\nset sort_order ascending\na ^x',
    log: log(...many),
    original: { counts: ['a/web1 1 x 1', 'a/web1 2 x 2'] },
    tayori: {
      counts: ['a/web1 1 x 1', 'a/web1 2 x 2'],
      heads: { a: { notes: ['Too many alerts (limit: 2)', '1 more message (3 lines) left out'] } },
    },
  },
  {
    name: 'a pager letter: lines and nothing else',
    conf: `set logprefix ^of (\\S+) \nset queue d d@example.org pager:phone@example.org ${FAR} Page\nd ^`,
    log: `${log('x, "y"', 'x, "y"', '.')}of . x\n`,
    letters: {
      counts: ['d/. 1 x', 'd/web1 2 x, "y"', 'd/web1 1 .'],
      heads: {
        d: {
          subject: 'Page [d]',
          to: ['phone@example.org'],
          recipients: ['phone@example.org'],
          status: null,
          titles: [null, null],
          notes: [],
          dated: true,
        },
      },
    },
  },
  {
    name: 'pager_limit, for each host, and without a word',
    conf: `set pager_limit 2\nset queue d d@example.org pager:phone@example.org ${FAR}\nd,a ^x`,
    log: log(...many) + on('web2', 'x 1'),
    letters: {
      counts: [
        'a/web1 3 x 3',
        'a/web1 2 x 2',
        'a/web1 1 x 1',
        'a/web2 1 x 1',
        'd/web1 3 x 3',
        'd/web1 2 x 2',
        'd/web2 1 x 1',
      ],
      heads: { d: { notes: [] } },
    },
  },
  {
    name: 'the limit of other letters',
    mended: 'says nothing in a pager letter, which it does not cut',
    conf: `set limit 2\nset queue d d@example.org pager:phone@example.org ${FAR}\nd ^x`,
    log: log(...many),
    original: {
      counts: [],
      heads: {
        d: { other: 'web1,3,x 3\nweb1,2,x 2\nweb1,1,x 1\n\n  *** Too many alerts (limit: 2)  ***' },
      },
    },
    tayori: { counts: ['d/web1 3 x 3', 'd/web1 2 x 2', 'd/web1 1 x 1'] },
  },
  {
    name: 'pager: before more than one address',
    mended: 'is never part of an address',
    conf: `set queue d d@example.org pager:one@example.org,pager:two@example.org ${FAR}\nd ^x`,
    log: log('x'),
    original: {
      counts: ['d/web1 1 x'],
      heads: { d: { recipients: ['one@example.org', 'pager:two@example.org'], titles: [null] } },
    },
    tayori: {
      counts: ['d/web1 1 x'],
      heads: {
        d: {
          to: ['one@example.org', 'two@example.org'],
          recipients: ['one@example.org', 'two@example.org'],
          titles: [null],
        },
      },
    },
  },
  {
    name: 'threshold: what matches and came less often is left out',
    mended: 'and how much it was is told',
    conf: 'set threshold a 3 ^x\nset threshold a 2 rare\na ^',
    log: log(...times(2, 'x 2'), ...times(3, 'x 3'), 'y', 'rare', ...times(2, 'x rare')) + on('web2', 'x'),
    original: { counts: ['a/web1 3 x 3', 'a/web1 1 y'], heads: { a: { notes: [] } } },
    tayori: {
      counts: ['a/web1 3 x 3', 'a/web1 1 y'],
      heads: { a: { notes: ['4 messages (6 lines) below threshold'] } },
    },
  },
  {
    name: 'threshold: nothing left makes no letter, and it is gone for good',
    conf: 'set threshold a 3 ^x ______\na ^x (\\d)',
    log: log('x 1', 'x 2'),
    steps: [signal('USR2'), write(log('x 3', 'x 4'))],
    letters: { counts: [] },
  },
  {
    name: 'resolve gives the names of hosts that have one, but not in pager letters',
    conf: `set resolve on\nset queue d d@example.org pager:d@example.org ${FAR}\na,d ^`,
    log: on('127.0.0.1', 'x') + on('no-such-host.invalid', 'x'),
    letters: {
      counts: [
        'a/127.0.0.1 1 x',
        'a/no-such-host.invalid 1 x',
        'd/127.0.0.1 1 x',
        'd/no-such-host.invalid 1 x',
      ],
      heads: {
        a: { titles: ['127.0.0.1 (localhost)', 'no-such-host.invalid'] },
        d: { titles: [null, null] },
      },
    },
  },
  {
    name: 'a subject in Japanese',
    mended: 'is encoded, so that all mail readers show it',
    conf: `set queue d d@example.org d@example.org ${FAR} 天使からの手紙\nd ^便`,
    log: log('便り'),
    original: { counts: ['d/web1 1 便り'] },
    tayori: { counts: ['d/web1 1 便り'], heads: { d: { subject: '天使からの手紙 [d]' } } },
  },
  {
    name: 'control bytes of a log',
    mended: 'are shown, and act on no terminal',
    conf: 'a ^x',
    log: log('x \x1b[31mred\x07'),
    original: { counts: ['a/web1 1 x \x1b[31mred\x07'] },
    tayori: { counts: ['a/web1 1 x \\x1b[31mred\\x07'] },
  },
];
prove('letters', cases);

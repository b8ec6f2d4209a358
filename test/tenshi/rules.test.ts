import { type Case, FAR, log, on } from './case.js';
import { prove } from './prove.js';

const cases: Case[] = [
  {
    name: 'the first rule that matches takes the line; it need not match at its beginning; letters count',
    conf: 'a x\nb ^y x\nc X',
    log: log('y x', 'x', 'X', 'Y'),
    letters: { counts: ['a/web1 1 x', 'a/web1 1 y x', 'c/web1 1 X'] },
  },
  {
    name: 'trash swallows what rules below it would take, not above',
    conf: 'a ^x 1\ntrash ^x\na ^',
    log: log('x 1', 'x 2', 'y'),
    letters: { counts: ['a/web1 1 x 1', 'a/web1 1 y'] },
  },
  {
    name: 'what no rule matches, and a queue that holds nothing, makes no letter',
    conf: 'a ^x\nb ^y',
    log: log('z', 'xx'),
    letters: { counts: ['a/web1 1 xx'] },
  },
  {
    name: 'a line for several queues counts in each',
    conf: 'a,b,c ^x (\\d)',
    log: log('x 1', 'x 2'),
    letters: { counts: ['a/web1 2 x ______', 'b/web1 2 x ______', 'c/web1 2 x ______'] },
  },
  {
    name: 'a queue named twice counts twice; a comma at the end ends the list',
    conf: 'a,a ^x\nb, b ^y',
    log: log('x', 'b y', 'y'),
    letters: { counts: ['a/web1 2 x'] },
  },
  {
    name: 'a comma at the end: what follows the blank is the regex',
    conf: 'b, b ?y\n',
    log: log('b y', 'y'),
    letters: { counts: ['b/web1 1 b y'] },
  },
  {
    name: 'groups nest, and what is in none goes on behind them',
    conf: `group ^sshd:
trash ^sshd: noise
group  from
a  root
b (\\d+)$
group_end
c ^sshd: (\\w+)
group_end
a ^`,
    log: log(
      'sshd: noise',
      'sshd: root from 1',
      'sshd: ann from 22',
      'sshd: ann from x',
      'sshd: bye',
      'cron: from',
    ),
    letters: {
      counts: [
        'a/web1 1 cron: from',
        'a/web1 1 sshd: root from 1',
        'b/web1 1 sshd: ann from ______',
        'c/web1 1 sshd: ______',
        'c/web1 1 sshd: ______ from x',
      ],
    },
  },
  {
    name: 'groups by host, in groups by text and around them',
    conf: `group_host ^db\\d
group slow
a ^
group_end
b ^
group_end
group x
group_host ^web
c ^
group_end
group_end
b ^y`,
    log: on('db1', 'slow 1', 'x') + on('web1', 'slow 1', 'x', 'y') + on('DB1', 'x', 'y'),
    letters: {
      counts: ['a/db1 1 slow 1', 'b/DB1 1 y', 'b/db1 1 x', 'b/web1 1 y', 'c/web1 1 x'],
    },
  },
  {
    name: 'an empty group; groups of group regexes mask nothing',
    conf: 'group (x)\ngroup_end\ngroup ^(\\w) (\\d)\na (y)\ngroup_end',
    log: log('x 1 y', 'x y'),
    letters: { counts: ['a/web1 1 x 1 ______'] },
  },
  {
    name: 'a group without its end skips nothing',
    conf: 'group ^s\na x',
    log: log('cron: x', 'sshd: x'),
    letters: { counts: ['a/web1 1 cron: x', 'a/web1 1 sshd: x'] },
  },
  {
    name: 'a group_host without its end',
    mended: 'skips nothing either, instead of being tried on messages',
    conf: 'group_host ^s\na x',
    log: log('cron: x', 'sshd: x'),
    original: { counts: ['a/web1 1 cron: x'] },
    tayori: { counts: ['a/web1 1 cron: x', 'a/web1 1 sshd: x'] },
  },
  {
    name: 'the regex runs to the end of the line, blanks and # and all',
    conf: 'a ^x #\nb ^y \nc  z/@w"{\na  ',
    log: log('x #1', 'x', 'y 1', 'y', 'z/@w"{', '1 2'),
    letters: {
      counts: ['a/web1 1 1 2', 'a/web1 1 x #1', 'b/web1 1 y 1', 'c/web1 1 z/@w"{'],
    },
  },
  {
    name: 'a regex of one blank',
    conf: 'b ^y\na  ',
    log: log('1 2', '12', 'y 1'),
    letters: { counts: ['a/web1 1 1 2', 'b/web1 1 y 1'] },
  },
  {
    name: 'a number on trash counts for nothing',
    conf: 'trash:5 ^x\na ^',
    log: log('x', 'y'),
    letters: { counts: ['a/web1 1 y'] },
  },
  {
    name: 'what Perl knows and JavaScript does not',
    conf: `a ^1 (?>a+)b (?i:ROOT) ([[:digit:]]+)\\z
a ^2 (?<who>\\w++) \\k<who>
a ^3 (a)?b\\1$
b ^3 
a ^4 (?x) ( \\d+ ) # the number
a ^5 \\x{41}\\o{102} \\Aor|^5 \\h(\\H+)\\h
a ^6 (?|x(\\d)|y(\\w))
a ^7 x{y{,2}\\/@ $|^7 x{y
a (?<=8 )\\b(\\w+?)\\b(?! z)`,
    log: log('1 aaab root 77', '2 ann ann', '3 b', '4 55', '5  tab ', '6 yq', '7 x{y/@', '8 abc', '8 abc z'),
    letters: {
      counts: [
        'a/web1 1 1 aaab root ______',
        'a/web1 1 2 ______ ann',
        'a/web1 1 4 ______',
        'a/web1 1 5  ______ ',
        'a/web1 1 6 y______',
        'a/web1 1 7 x{y/@',
        'a/web1 1 8 ______',
        'b/web1 1 3 b',
      ],
    },
  },
  {
    name: '\\Q...\\E',
    mended: 'quotes, as whoever writes it means',
    conf: 'a ^\\Qa.b\\E\nb ^',
    log: log('a.b', 'QaxbE'),
    original: { counts: ['a/web1 1 QaxbE', 'b/web1 1 a.b'] },
    tayori: { counts: ['a/web1 1 a.b', 'b/web1 1 QaxbE'] },
  },
  {
    name: 'a queue defined twice',
    mended: 'the later definition replaces the earlier one, whole',
    conf: `set queue d one@example.org pager:one@example.org [now] Old\nset queue d two@example.org two@example.org ${FAR}\nd ^x`,
    log: log('x'),
    original: {
      counts: ['d/web1 1 x'],
      heads: { d: { subject: 'Old [d]', from: 'two@example.org', dated: false, titles: [null] } },
    },
    tayori: {
      counts: ['d/web1 1 x'],
      heads: { d: { subject: 'tenshi report [d]', from: 'two@example.org', dated: true, titles: ['web1'] } },
    },
  },
  {
    name: 'a hostile line against a hostile rule',
    conf: 'a ^(?:a+)+$\nb ^(\\w+\\s?)*$\nc ^',
    log: log(`${'a'.repeat(40)}!`, `${'b '.repeat(30)}!`),
    letters: { counts: [`c/web1 1 ${'a'.repeat(40)}!`, `c/web1 1 ${'b '.repeat(30)}!`] },
  },
];
prove('rules', cases);

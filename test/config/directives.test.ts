import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { DIRECTIVES } from '../../src/config/directives/directives.js';
import { BASE, read, sound } from './read.js';

interface Row {
  /** Where the value is found, and what it is without the directive. */
  readonly pick: (config: Config, folder: string) => unknown;
  readonly unset: unknown;
  /** What is written behind the name, and what becomes of it. */
  readonly good: readonly (readonly [value: string, expected: unknown])[];
  readonly bad: readonly string[];
}

const smtp = (host: string, port: number): object => ({
  kind: 'smtp',
  host,
  port,
  tls: 'opportunistic',
  ca: null,
  login: null,
});
const values = (settings: readonly { readonly value: unknown }[]): unknown[] =>
  settings.map(({ value }) => value);
const within = (folder: string, path: unknown): unknown =>
  typeof path === 'string' ? path.replace(folder, 'FOLDER') : path;

/** Every directive has a row; one without a row fails. */
const ROWS: Readonly<Record<string, Row>> = {
  uid: {
    pick: ({ uid }) => uid.value,
    unset: null,
    good: [
      ['root', { name: 'root', uid: 0, gid: 0, home: '/root' }],
      ['0', { name: 'root', uid: 0, gid: 0, home: '/root' }],
    ],
    bad: ['', 'no-such-user', '4294000000', '-s', 'root:x'],
  },
  gid: {
    pick: ({ gid }) => gid.value,
    unset: null,
    good: [
      ['root', { name: 'root', gid: 0 }],
      ['0', { name: 'root', gid: 0 }],
    ],
    bad: ['', 'no-such-group', '4294000000'],
  },
  pidfile: {
    pick: ({ pidfile }, folder) => within(folder, pidfile.value),
    unset: null,
    good: [
      ['/run/tenshi.pid', '/run/tenshi.pid'],
      ['tenshi.pid', 'FOLDER/tenshi.pid'],
    ],
    bad: ['', '~/tenshi.pid'],
  },
  logfile: {
    pick: ({ logfiles }) => values(logfiles),
    unset: ['/var/log/x'],
    good: [
      ['/var/log/auth.log', ['/var/log/x', '/var/log/auth.log']],
      ['/var/log/remote/alma-i***.log', ['/var/log/x', '/var/log/remote/alma-i***.log']],
      ['/var/log/x', ['/var/log/x']],
      ['/var/log/y # not a comment', ['/var/log/x', '/var/log/y']],
    ],
    bad: ['', '~root/log', '/var/\0log'],
  },
  tail: {
    pick: ({ logfiles }) => values(logfiles),
    unset: ['/var/log/x'],
    good: [['/usr/bin/tail -q --follow=name --retry -n 0', ['/var/log/x']]],
    bad: [''],
  },
  tail_multiple: {
    pick: ({ logfiles }) => values(logfiles),
    unset: ['/var/log/x'],
    good: [['off', ['/var/log/x']]],
    bad: ['', 'maybe'],
  },
  tail_missing: {
    pick: ({ tailMissing }) => tailMissing.value,
    unset: true,
    good: [
      ['off', false],
      ['on', true],
    ],
    bad: ['', 'ON', '1'],
  },
  fifo: {
    pick: ({ fifos }) => values(fifos),
    unset: [],
    good: [['/run/log.fifo', ['/run/log.fifo']]],
    bad: [''],
  },
  listen: {
    pick: ({ listen }) => values(listen),
    unset: [],
    good: [
      ['127.0.0.1:514', [{ address: '127.0.0.1', port: 514 }]],
      ['[::1]:1514', [{ address: '::1', port: 1514 }]],
    ],
    bad: [
      '',
      '127.0.0.1',
      'localhost:514',
      '::1:514',
      '[::x]:514',
      '127.0.0.1:0',
      '127.0.0.1:65536',
      '1.2.3:514',
    ],
  },
  redisqueue: {
    pick: ({ redisQueues }) => values(redisQueues),
    unset: [],
    good: [['logs', ['logs']]],
    bad: [''],
  },
  redisserver: {
    pick: ({ redisserver }) => redisserver.value,
    unset: { host: '127.0.0.1', port: 6379 },
    good: [
      ['redis.example.org:6380', { host: 'redis.example.org', port: 6380 }],
      ['[::1]:6379', { host: '::1', port: 6379 }],
    ],
    bad: ['', 'redis', 'redis:x', ':6379'],
  },
  start: {
    pick: ({ start }) => start.value,
    unset: 'end',
    good: [['beginning', 'beginning']],
    bad: ['', 'middle'],
  },
  state: {
    pick: ({ state }, folder) => within(folder, state.value),
    unset: null,
    good: [
      ['/var/lib/x', '/var/lib/x'],
      ['state', 'FOLDER/state'],
    ],
    bad: ['', '~/state'],
  },
  sleep: {
    pick: ({ sleep }) => sleep.value,
    unset: 5,
    good: [
      ['0', 0],
      ['60', 60],
      ['5x', 5],
      ['05', 5],
    ],
    bad: ['', '61', '90', '-1', 'x5'],
  },
  limit: {
    pick: ({ limit }) => limit.value,
    unset: null,
    good: [
      ['800', 800],
      ['0', null],
      ['5x', 5],
    ],
    bad: ['', 'none', '99999999999999999999'],
  },
  pager_limit: {
    pick: ({ pagerLimit }) => pagerLimit.value,
    unset: null,
    good: [
      ['2', 2],
      ['0', null],
    ],
    bad: ['', '-2'],
  },
  logprefix: {
    pick: ({ logprefixes }) => logprefixes.map(({ value }) => value.source),
    unset: [],
    good: [
      ['^(\\S+) - - \\[[^\\]]+\\] ', ['^(\\S+) - - \\[[^\\]]+\\] ']],
      ['^foo', ['^foo']],
    ],
    bad: ['', '^(x'],
  },
  mask: {
    pick: ({ mask }) => mask.value,
    unset: '______',
    good: [
      ['___', '___'],
      ['', ''],
      ['___ foo', '___'],
      ['$1', '$1'],
    ],
    bad: [],
  },
  hidepid: { pick: ({ hidepid }) => hidepid.value, unset: false, good: [['on', true]], bad: ['', 'yes'] },
  timezone: {
    pick: ({ timezone }) => timezone.value,
    unset: null,
    good: [['Asia/Tokyo', 'Asia/Tokyo']],
    bad: ['', 'Mars/Base'],
  },
  mailserver: {
    pick: ({ mailserver }) => mailserver.value,
    unset: null,
    good: [
      ['127.0.0.1 ', smtp('127.0.0.1', 25)],
      ['mail.example.org:587', smtp('mail.example.org', 587)],
    ],
    bad: ['', 'one two', 'mail:0'],
  },
  mailuser: {
    pick: ({ mailuser }) => mailuser.value,
    unset: null,
    good: [['logs@example.org', 'logs@example.org']],
    bad: [''],
  },
  mailpassword: {
    pick: ({ mailpassword }, folder) =>
      within(folder, mailpassword.value && Object.values(mailpassword.value)[1]),
    unset: null,
    good: [
      ['secret/mail', 'FOLDER/secret/mail'],
      ['/etc/tayori/mail.password', '/etc/tayori/mail.password'],
      ['credential:mail.password', 'mail.password'],
    ],
    bad: ['', '~/password', 'credential:', 'credential:..', 'credential:a/b'],
  },
  mailfrom: {
    pick: ({ mailfrom }) => mailfrom.value,
    unset: null,
    good: [['logs@example.org', 'logs@example.org']],
    bad: ['', 'a@x,b@x', '<a@x>'],
  },
  alias: {
    pick: ({ aliases }) => aliases.map(({ name, to }) => [name, ...to]),
    unset: [],
    good: [
      ['root you@example.org', [['root', 'you@example.org']]],
      ['root a@x,b@x', [['root', 'a@x', 'b@x']]],
    ],
    bad: ['', 'root', 'root ,', 'root@x a@x'],
  },
  mailhelo: {
    pick: ({ mailhelo }) => mailhelo.value,
    unset: null,
    good: [
      ['logs.example.org', 'logs.example.org'],
      ['[192.0.2.1]', '[192.0.2.1]'],
    ],
    bad: ['', 'a,b', '便り'],
  },
  mailtimeout: {
    pick: ({ mailtimeout }) => mailtimeout.value,
    unset: 10,
    good: [['30', 30]],
    bad: ['', '0', 'x'],
  },
  subject: {
    pick: ({ subject }) => subject.value,
    unset: 'tenshi report',
    good: [
      ['logs of  mira \t', 'logs of  mira'],
      ['便り', '便り'],
      ['0', 'tenshi report'],
    ],
    bad: ['', '  '],
  },
  queue: {
    pick: ({ queues }) => queues.map(({ name }) => name),
    unset: ['a', 'b'],
    good: [['c from@x to@x [now]', ['a', 'b', 'c']]],
    bad: ['', 'c', 'c from@x', 'c from@x to@x', 'c from@x to@x now', 'trash from@x to@x [now]'],
  },
  filter: {
    pick: ({ filters }) => filters.map(({ queue, command }) => [queue, command]),
    unset: [],
    good: [
      ['a /bin/sh -c "cat; echo $HOME" ', [['a', '/bin/sh -c "cat; echo $HOME"']]],
      ['nowhere /bin/sh', [['nowhere', '/bin/sh']]],
    ],
    bad: ['', 'a', 'a cat', 'a /nowhere/at/all', 'a /'],
  },
  csv: {
    pick: ({ csv }) => csv && [csv.schedule.kind, csv.command],
    unset: null,
    good: [
      ['[now] /bin/sh -c "cat >> x.csv"', ['now', '/bin/sh -c "cat >> x.csv"']],
      ['[0 9 * * *] /bin/sh', ['cron', '/bin/sh']],
    ],
    bad: ['', '/bin/sh', '[now]', '[0 9 * *] /bin/sh', '[now] /nowhere/at/all'],
  },
  sort_order: {
    pick: ({ sortOrder }) => sortOrder.value,
    unset: 'descending',
    good: [['ascending', 'ascending']],
    bad: ['', 'up'],
  },
  letter: {
    pick: ({ letter }) => letter.value,
    unset: 'full',
    good: [['plain', 'plain']],
    bad: ['', 'html'],
  },
  fold: {
    pick: ({ folds }) => folds.map(({ queue, steps }) => [queue, ...steps]),
    unset: [],
    good: [
      ['a 30s,2m,2m,1h', [['a', 30_000, 120_000, 120_000, 3_600_000]]],
      ['a off', []],
    ],
    bad: ['', 'a', 'a 2', 'a 10m,2m', 'a 0m', 'a 2m,x'],
  },
  fold_pages: { pick: ({ foldPages }) => foldPages.value, unset: 12, good: [['5', 5]], bad: ['', '0', 'x'] },
  letter_size: {
    pick: ({ letterSize }) => letterSize.value,
    unset: 90,
    good: [['500', 500]],
    bad: ['', '9', 'x'],
  },
  letters: { pick: ({ letters }) => letters.value, unset: 200, good: [['0', 0]], bad: ['', '-1', '10001'] },
  thread: {
    pick: ({ thread }) => thread.value,
    unset: 'none',
    good: [
      ['day', 'day'],
      ['week', 'week'],
    ],
    bad: ['', 'month'],
  },
  history: { pick: ({ history }) => history.value, unset: 90, good: [['7', 7]], bad: ['', '0', 'ever'] },
  louder: {
    pick: ({ louder }) => louder.value,
    unset: { factor: 3, floor: 20 },
    good: [['1.5 0', { factor: 1.5, floor: 0 }]],
    bad: ['', '3', 'x 3', '0.5 20', '3 -1'],
  },
  language: { pick: ({ language }) => language.value, unset: 'en', good: [['ja', 'ja']], bad: ['', 'fr'] },
  template: {
    pick: ({ templates }, folder) => templates.map(({ queue, path }) => [queue, within(folder, path)]),
    unset: [],
    good: [
      ['a letter.hbs', [['a', 'FOLDER/letter.hbs']]],
      ['b /etc/x.hbs', [['b', '/etc/x.hbs']]],
    ],
    bad: ['', 'a', 'a ~/x.hbs'],
  },
  values: {
    pick: ({ valuesOff }) => valuesOff.map(({ queue }) => queue),
    unset: [],
    good: [
      ['a off', ['a']],
      ['a on', []],
    ],
    bad: ['', 'a', 'a never', 'off'],
  },
  resolve: { pick: ({ resolve }) => resolve.value, unset: false, good: [['on', true]], bad: ['', 'off!'] },
  threshold: {
    pick: ({ thresholds }) => thresholds.map(({ queue, below, pattern }) => [queue, below, pattern.source]),
    unset: [],
    good: [['a 5 ^sshd: x ', [['a', 5, '^sshd: x ']]]],
    bad: ['', 'a', 'a 5', 'a 0 x', 'a -1 x', 'a x x', 'nowhere 5 x', 'a 5 ^(x', 'a 99999999999999999999 x'],
  },
  flush_on_signal: {
    pick: ({ flushOnSignal }) => flushOnSignal.value,
    unset: true,
    good: [['off', false]],
    bad: ['', 'never'],
  },
};

const RULES = 'a x\nb y\n';

it('every directive is tried here', () => {
  expect(Object.keys(ROWS).sort()).toEqual(DIRECTIVES.map(({ name }) => name).sort());
});

describe.each(DIRECTIVES)('set $name', ({ name, grammar, help, default: unset }) => {
  const row = ROWS[name];
  if (!row) throw new Error(`no row for ${name}`);

  it('is described', () => {
    expect(grammar).not.toBe('');
    expect(unset).not.toBe('');
    expect(help).toMatch(/^[A-Z].{15,}\.$/s);
  });

  it('has its default where it is not set', () => {
    expect(row.pick(sound(BASE + RULES), '')).toEqual(row.unset);
  });

  it.each(row.good)('takes "%s"', (value, expected) => {
    const result = read(`${BASE}${RULES}set ${name} ${value}\n`);
    if (!result.ok) throw new Error(result.told.join('\n'));
    expect(row.pick(result.config, result.folder)).toEqual(expected);
  });

  it.each(row.bad)('refuses "%s" at its place', (value) => {
    const { faults } = read(`${BASE}${RULES}  set ${name} ${value}\n`);
    const errors = faults.filter(({ severity }) => severity === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.place.line).toBe(6);
    expect(errors[0]?.place.column).toBeGreaterThanOrEqual(3);
    expect(errors[0]?.place.column).toBeLessThanOrEqual(`  set ${name} ${value}`.length + 1);
  });
});

it.each([
  ['set sleep 5\nset sleep 7', ({ sleep }: Config) => sleep.value, 7],
  ['set mask X\nset mask', ({ mask }: Config) => mask.value, ''],
  [
    'set filter a /bin/sh 1\nset filter a /bin/sh 2',
    ({ filters }: Config) => filters.map((f) => f.command),
    ['/bin/sh 2'],
  ],
  ['set template a 1\nset template a /2', ({ templates }: Config) => templates.map((t) => t.path), ['/2']],
  ['set fold a 2m\nset fold a 3m', ({ folds }: Config) => folds.map((f) => f.steps), [[180_000]]],
  ['set fold a 2m\nset fold a off', ({ folds }: Config) => folds, []],
  ['set values a off\nset values a on', ({ valuesOff }: Config) => valuesOff, []],
])('of two the last holds: %j', (lines, pick, expected) => {
  expect(pick(sound(`${BASE}${RULES}${lines}\n`))).toEqual(expected);
});

describe.each(['logfile', 'fifo', 'state', 'pidfile'])('the path of set %s', (name) => {
  const errors = (path: string): readonly string[] =>
    read(`${BASE}${RULES}set ${name} ${path}\n`).told.filter((line) => line.includes(' error: '));
  const deep = (bytes: number): string => `/${'d/'.repeat(bytes)}`.slice(0, bytes);

  it.each([
    ['a name at its bound', `/${'x'.repeat(255)}`],
    ['a name of wide characters at its bound', `/${'\u3042'.repeat(85)}`],
    ['a path at its bound', deep(4095)],
    ['a pattern that is longer than what it matches', `/${'[ab]'.repeat(70)}`],
  ])('may be as long as the system takes: %s', (_, path) => {
    expect(errors(path)).toEqual([]);
  });

  it.each([
    ['a name above its bound', `/${'x'.repeat(256)}`],
    ['a name of wide characters above its bound', `/${'\u3042'.repeat(86)}`],
    ['a path above its bound', `${deep(4095)}x`],
    ['far above it', `/${'x'.repeat(60_000)}`],
  ])('is refused in words where none can be so long: %s', (_, path) => {
    expect(errors(path)).toEqual([
      expect.stringMatching(
        /:6:\d+: error: ".{80}\.\.\." as a path; write a shorter one: names have at most 255/,
      ),
    ]);
  });
});

it('a second set csv is a fault, which names the first', () => {
  const csv = 'set csv [now] /bin/sh 1\n';
  const { told, ok } = read(`${BASE}${RULES}csv .\n`.replace('csv .', `${csv}csv .\n${csv}`));
  expect(ok).toBe(false);
  expect(told).toEqual([
    expect.stringMatching(
      /tenshi\.conf:8:9: error: csv is set again; remove this, or that in .*tenshi\.conf:6:9$/,
    ),
  ]);
});

it.each([
  ['set limit 5x', '6:11 warning ignored-text'],
  ['set mask ___ foo', '6:14 warning ignored-text'],
  ['set logfile /x # y', '6:16 warning ignored-text'],
  ['set subject 0', '6:13 warning ignored-text'],
  ['set subject {{count}} {{new}', '6:23 warning bad-template'],
  ['set tail /usr/bin/tail -n 0', '6:10 notice ignored-directive'],
  ['set tail_multiple on', '6:19 notice ignored-directive'],
  ['set mailuser me', '6:14 warning ignored-directive'],
  ['set mailpassword /x', '6:18 warning ignored-directive'],
  ['set alias root a@x b@x', '6:20 warning ignored-text'],
  ['set alias root a@x\nset alias root b@x', '7:11 notice replaced'],
  ['set logprefix ^foo ', '6:15 warning odd-regex'],
  ['set filter nowhere /bin/sh', '6:12 warning unknown-queue'],
  ['set template nowhere x.hbs', '6:14 warning unknown-queue'],
  ['set values nowhere off', '6:12 warning unknown-queue'],
  ['set fold nowhere 2m', '6:10 warning unknown-queue'],
  ['set fold csv 2m', '6:10 warning unknown-queue'],
  ['set fold a 2m 10m', '6:15 warning ignored-text'],
  ['set fold a 2m\nset fold a 3m', '7:10 notice replaced'],
  ['set queue s f@x t@x [* * * * *] S\ns ^z\nset fold s 2m', '8:10 warning ignored-text'],
  ['set csv [now] /bin/sh\ncsv ^z\nset fold csv 2m', '8:10 warning ignored-text'],
  ['set csv [now] /bin/sh', '6:9 notice unused-queue'],
])('%s is told', (line, code) => {
  const { codes, ok } = read(`${BASE}${RULES}${line}\n`);
  expect({ codes, ok }).toEqual({ codes: [code], ok: true });
});

it.each([
  [
    'set lgofile /x',
    'tenshi.conf:6:5: error: the unknown directive "set lgofile"; did you mean set logfile?',
  ],
  [
    'set HIDEPID on',
    'tenshi.conf:6:5: error: the unknown directive "set HIDEPID"; did you mean set hidepid?',
  ],
  [
    'set flush-on-signal on',
    'tenshi.conf:6:5: error: the unknown directive "set flush-on-signal"; did you mean set flush_on_signal?',
  ],
  ['set', 'tenshi.conf:6:1: error: "set" with nothing behind it; write set NAME VALUE'],
])('%s: the nearest known name', (line, expected) => {
  expect(read(`${BASE}${RULES}${line}\n`).told).toEqual([expected]);
});

it('a name that is near none lists what is known', () => {
  const [told] = read(`${BASE}${RULES}set xylophone 1\n`).told;
  expect(told).toContain('"set xylophone"; known are uid, gid, pidfile, logfile,');
  for (const { name } of DIRECTIVES) expect(told).toContain(name);
});

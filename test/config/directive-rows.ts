import { embeddedTemplate } from '../../src/base/package.js';
import type { Config } from '../../src/config/config.js';
import { valuesOf } from '../../src/queue/exec/command-line.js';

/** How a directive is tried. */
export interface Row {
  /** The default, as the manual prints it. */
  readonly prints: string;
  /** What the config holds without the directive. */
  readonly unset: unknown;
  /** What is written behind the name, and what becomes of it. */
  readonly good: readonly (readonly [value: string, expected: unknown])[];
  readonly bad: readonly string[];
  /** What of the config is looked at; without it, the directive's field: its value, or its values. */
  readonly pick?: (config: Config, folder: string) => unknown;
}

const smtp = (host: string, port: number): object => ({
  kind: 'smtp',
  host,
  port,
  tls: 'opportunistic',
  ca: null,
  login: null,
});
const meeting = (host: string, more: object = {}): object => ({
  host,
  port: 5432,
  database: 'logs',
  user: null,
  tls: { kind: 'required', ca: null },
  ...more,
});
const OFF = { tls: { kind: 'off' } };
const SLACK = embeddedTemplate('slack.json.hbs');
const values = (settings: readonly { readonly value: unknown }[]): unknown[] =>
  settings.map(({ value }) => value);
/** A path in the folder of the config, so that a row can name it. */
export const within = (folder: string, path: unknown): unknown =>
  typeof path === 'string' ? path.replace(folder, 'FOLDER') : path;

/** One row for each directive, by its name; a directive without a row fails. */
export const ROWS: Readonly<Record<string, Row>> = {
  uid: {
    prints: 'none; root must set it',
    unset: null,
    good: [
      ['root', { name: 'root', uid: 0, gid: 0, home: '/root' }],
      ['0', { name: 'root', uid: 0, gid: 0, home: '/root' }],
    ],
    bad: ['', 'no-such-user', '4294000000', '-s', 'root:x'],
  },
  gid: {
    prints: "the user's own",
    unset: null,
    good: [
      ['root', { name: 'root', gid: 0 }],
      ['0', { name: 'root', gid: 0 }],
    ],
    bad: ['', 'no-such-group', '4294000000'],
  },
  pidfile: {
    prints: '/var/run/tenshi.pid; none in the foreground',
    unset: null,
    good: [
      ['/run/tenshi.pid', '/run/tenshi.pid'],
      ['tenshi.pid', 'FOLDER/tenshi.pid'],
    ],
    bad: ['', '~/tenshi.pid'],
  },
  logfile: {
    prints: 'none',
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
    prints: 'none',
    unset: ['/var/log/x'],
    good: [['/usr/bin/tail -q --follow=name --retry -n 0', ['/var/log/x']]],
    bad: [''],
  },
  tail_multiple: {
    pick: ({ logfiles }) => values(logfiles),
    prints: 'on',
    unset: ['/var/log/x'],
    good: [['off', ['/var/log/x']]],
    bad: ['', 'maybe'],
  },
  tail_missing: {
    prints: 'on',
    unset: true,
    good: [
      ['off', false],
      ['on', true],
    ],
    bad: ['', 'ON', '1'],
  },
  fifo: {
    prints: 'none',
    unset: [],
    good: [['/run/log.fifo', ['/run/log.fifo']]],
    bad: [''],
  },
  listen: {
    prints: 'none',
    unset: [],
    good: [
      ['127.0.0.1:514', [{ transport: 'udp', address: '127.0.0.1', port: 514 }]],
      ['udp:[::1]:1514', [{ transport: 'udp', address: '::1', port: 1514 }]],
      ['tcp:127.0.0.1:601', [{ transport: 'tcp', address: '127.0.0.1', port: 601 }]],
      ['relp:[::]:2514', [{ transport: 'relp', address: '::', port: 2514 }]],
    ],
    bad: [
      '',
      'tls:127.0.0.1:6514', // without a certificate
      'tcp:',
      'tcp:514',
      'http:127.0.0.1:514',
      '127.0.0.1',
      'localhost:514',
      '::1:514',
      '[::x]:514',
      '127.0.0.1:0',
      '127.0.0.1:65536',
      '1.2.3:514',
    ],
  },
  listen_cert: {
    prints: 'none',
    unset: null,
    good: [['/etc/tayori/tls.pem', '/etc/tayori/tls.pem']],
    bad: [''],
  },
  listen_key: {
    prints: 'the file of listen_cert',
    unset: null,
    good: [['/etc/tayori/tls.key', '/etc/tayori/tls.key']],
    bad: [''],
  },
  listen_ca: {
    prints: 'none',
    unset: null,
    good: [['/etc/tayori/ca.pem', '/etc/tayori/ca.pem']],
    bad: [''],
  },
  listen_host: {
    prints: 'line',
    unset: 'line',
    good: [
      ['line', 'line'],
      ['certificate\nset listen_ca /etc/tayori/ca.pem', 'certificate'],
    ],
    bad: ['', 'name', 'certificate'],
  },
  redisqueue: {
    prints: 'none',
    unset: [],
    good: [['logs', ['logs']]],
    bad: [''],
  },
  redisserver: {
    prints: '127.0.0.1:6379',
    unset: { host: '127.0.0.1', port: 6379 },
    good: [
      ['redis.example.org:6380', { host: 'redis.example.org', port: 6380 }],
      ['[::1]:6379', { host: '::1', port: 6379 }],
    ],
    bad: ['', 'redis', 'redis:x', ':6379'],
  },
  journal: {
    prints: 'none',
    unset: [],
    good: [
      ['', [{ folder: null, matches: [] }]],
      ['/var/log/journal/remote', [{ folder: '/var/log/journal/remote', matches: [] }]],
      [
        '_SYSTEMD_UNIT=ssh.service PRIORITY=3',
        [{ folder: null, matches: ['_SYSTEMD_UNIT=ssh.service', 'PRIORITY=3'] }],
      ],
      [
        '/j PRIORITY=0..2 + _COMM=sshd',
        [{ folder: '/j', matches: ['PRIORITY=0', 'PRIORITY=1', 'PRIORITY=2', '+', '_COMM=sshd'] }],
      ],
      ['PRIORITY=4..4', [{ folder: null, matches: ['PRIORITY=4'] }]],
      ['MESSAGE=$(reboot);`x`', [{ folder: null, matches: ['MESSAGE=$(reboot);`x`'] }]],
    ],
    bad: [
      '--vacuum-size=1',
      '-f',
      '/j --rotate',
      '_COMM=sshd -D/etc',
      'ssh.service',
      'folder/j',
      '_COMM=',
      '=x',
      'lower=x',
      '+',
      '+ _COMM=a',
      '_COMM=a +',
      '_COMM=a + + _COMM=b',
      'PRIORITY=4..0',
      '_COMM=a\0b',
      `/${'x'.repeat(300)}`,
    ],
  },
  journal_fallback: {
    prints: 'off',
    unset: false,
    good: [
      ['on', true],
      ['off', false],
    ],
    bad: ['', 'yes'],
  },
  command: {
    prints: 'none',
    unset: [],
    good: [
      ['/bin/cat', [{ path: '/bin/cat', args: [] }]],
      ['/bin/sh  -c "a  b"', [{ path: '/bin/sh', args: ['-c', '"a', 'b"'] }]],
    ],
    bad: ['', 'cat', './cat', '/no/such/program', '/etc/passwd', '/etc'],
  },
  start: {
    prints: 'end',
    unset: 'end',
    good: [['beginning', 'beginning']],
    bad: ['', 'middle'],
  },
  start_at: {
    prints: 'none',
    unset: [],
    pick: ({ startsAt }) => values(startsAt),
    good: [
      ['5 70 /var/log/x', [{ path: '/var/log/x', inode: '5', offset: 70 }]],
      ['18446744073709551615 0 /x', [{ path: '/x', inode: '18446744073709551615', offset: 0 }]],
    ],
    bad: ['', '5', '5 70', '-5 70 /x', '5 7.5 /x', '5 99999999999999999999 /x', '/x 5 70'],
  },
  state: {
    prints: '/var/lib/tayori, or tayori in the XDG state folder',
    unset: null,
    good: [
      ['/var/lib/x', '/var/lib/x'],
      ['state', 'FOLDER/state'],
    ],
    bad: ['', '~/state'],
  },
  sleep: {
    prints: '5',
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
    prints: '0 (none)',
    unset: null,
    good: [
      ['800', 800],
      ['0', null],
      ['5x', 5],
    ],
    bad: ['', 'none', '99999999999999999999'],
  },
  pager_limit: {
    prints: '0 (none)',
    unset: null,
    good: [
      ['2', 2],
      ['0', null],
    ],
    bad: ['', '-2'],
  },
  redact: {
    pick: ({ redactions }) => redactions.map(({ value }) => value.source),
    prints: 'none',
    unset: [],
    good: [['token=(\\S+)\nset redact \\d{16}', ['token=(\\S+)', '\\d{16}']]],
    bad: ['', '(x', 'x*', '|secret'],
  },
  prefix: {
    pick: ({ prefixes }) => prefixes.map(({ value }) => value.source),
    prints: 'none',
    unset: [],
    good: [['^(?<time>\\S+) (?<host>\\S+) ', ['^(?<time>\\S+) (?<host>\\S+) ']]],
    bad: ['', '^(x'],
  },
  logprefix: {
    pick: ({ logprefixes }) => logprefixes.map(({ value }) => value.source),
    prints: 'none',
    unset: [],
    good: [
      ['^(\\S+) - - \\[[^\\]]+\\] ', ['^(\\S+) - - \\[[^\\]]+\\] ']],
      ['^foo', ['^foo']],
    ],
    bad: ['', '^(x'],
  },
  logformat: {
    pick: ({ logformats }, folder) =>
      logformats.map(({ value: { glob, format } }) => [within(folder, glob), format]),
    prints: 'syslog',
    unset: [],
    good: [
      ['/srv/shop/*.log json', [['/srv/shop/*.log', 'json']]],
      ['app.log nginx-error', [['FOLDER/app.log', 'nginx-error']]],
    ],
    bad: ['', '/x.log', '/x.log jsn', '/x.log JSON', '/x.log json logfmt', '~/x.log json'],
  },
  jsonfields: {
    pick: ({ jsonfields }) => jsonfields,
    prints: 'none',
    unset: [],
    good: [
      ['message=what host=machine message=text', [{ message: ['what', 'text'], host: ['machine'] }]],
      ['time=a.b=c', [{ time: ['a.b=c'] }]],
    ],
    bad: ['', 'message', 'message=', '=what', 'user=name', `host=${'x'.repeat(256)}`],
  },
  expect: {
    pick: ({ expects }, folder) =>
      expects.map(({ value: { of, time } }) => [
        of.kind === 'logs' ? within(folder, of.glob) : of.name,
        time,
      ]),
    prints: 'none',
    unset: [],
    good: [
      ['/var/log/*.log 90m', [['/var/log/*.log', 5_400_000]]],
      ['web1.example.org 2d', [['web1.example.org', 172_800_000]]],
    ],
    bad: ['', 'web1', 'web1 often', 'web1 0m', 'web1 400d', 'two,names 2h', '~/x 2h'],
  },
  loghost: {
    pick: ({ loghosts }, folder) =>
      loghosts.map(({ value: { glob, host } }) => [
        within(folder, glob),
        host.kind === 'named' ? host.host : host.pattern.source,
      ]),
    prints: 'none',
    unset: [],
    good: [
      ['/var/log/shop/*.log shop1', [['/var/log/shop/*.log', 'shop1']]],
      ['shop.log shop1.example.org', [['FOLDER/shop.log', 'shop1.example.org']]],
      ['/remote/*/*.log ^/remote/([^/]+)/', [['/remote/*/*.log', '^/remote/([^/]+)/']]],
      ['/ope/*.log (?<user>\\w+)_', [['/ope/*.log', '(?<user>\\w+)_']]],
    ],
    bad: [
      '',
      '/x.log',
      '/x.log ',
      '/x.log shop[1]',
      '/x.log sshd:',
      '/x.log a b',
      '/x.log ^(x',
      '/x.log (?:x)',
      '~/x h',
      '/x.log /var/log/web1',
    ],
  },
  multiline: {
    pick: ({ multilines }, folder) =>
      multilines.map(({ value: { glob, start } }) => [
        within(folder, glob),
        start === 'indent' ? start : start.source,
      ]),
    prints: 'none',
    unset: [],
    good: [
      ['/var/log/postgresql/*.log indent', [['/var/log/postgresql/*.log', 'indent']]],
      ['app.log ^\\d{4}-', [['FOLDER/app.log', '^\\d{4}-']]],
      ['app.log ^indent', [['FOLDER/app.log', '^indent']]],
    ],
    bad: ['', '/x.log', '/x.log ^(x', '~/x indent'],
  },
  decode: {
    pick: ({ decodes }, folder) => decodes.map(({ value }) => [within(folder, value.glob), value.decoder]),
    prints: 'none',
    unset: [],
    good: [
      ['/var/log/audit/audit.log audit', [['/var/log/audit/audit.log', 'audit']]],
      ['audit/* audit ', [['FOLDER/audit/*', 'audit']]],
      ['/ope/*.log terminal', [['/ope/*.log', 'terminal']]],
    ],
    bad: ['', '/x.log', '/x.log auditd', '/x.log audit x', '~/x audit'],
  },
  mask: {
    prints: '______',
    unset: '______',
    good: [
      ['___', '___'],
      ['', ''],
      ['___ foo', '___'],
      ['$1', '$1'],
    ],
    bad: [],
  },
  hidepid: { prints: 'off', unset: false, good: [['on', true]], bad: ['', 'yes'] },
  timezone: {
    prints: "this machine's",
    unset: null,
    good: [['Asia/Tokyo', 'Asia/Tokyo']],
    bad: ['', 'Mars/Base'],
  },
  mailserver: {
    prints: 'maildir: in the state folder',
    unset: null,
    good: [
      ['127.0.0.1 ', smtp('127.0.0.1', 25)],
      ['mail.example.org:587', smtp('mail.example.org', 587)],
    ],
    bad: ['', 'one two', 'mail:0'],
  },
  mailuser: {
    prints: 'none',
    unset: null,
    good: [['logs@example.org', 'logs@example.org']],
    bad: [''],
  },
  mailpassword: {
    pick: ({ mailpassword }, folder) =>
      within(folder, mailpassword.value && Object.values(mailpassword.value)[1]),
    prints: 'none',
    unset: null,
    good: [
      ['secret/mail', 'FOLDER/secret/mail'],
      ['/etc/tayori/mail.password', '/etc/tayori/mail.password'],
      ['credential:mail.password', 'mail.password'],
    ],
    bad: ['', '~/password', 'credential:', 'credential:..', 'credential:a/b'],
  },
  mailtoken: {
    prints: 'none',
    unset: null,
    good: [
      ['/bin/cat /etc/tayori/token', '/bin/cat /etc/tayori/token'],
      ['/bin/echo "a b" ', '/bin/echo "a b"'],
    ],
    bad: ['', 'cat token', '/nowhere/oama access you', '/etc/passwd'],
  },
  mailfrom: {
    prints: 'the FROM of each queue',
    unset: null,
    good: [['logs@example.org', 'logs@example.org']],
    bad: ['', 'a@x,b@x', '<a@x>'],
  },
  alias: {
    pick: ({ aliases }) => aliases.map(({ name, to }) => [name, ...to]),
    prints: 'none',
    unset: [],
    good: [
      ['root you@example.org', [['root', 'you@example.org']]],
      ['root a@x,b@x', [['root', 'a@x', 'b@x']]],
    ],
    bad: ['', 'root', 'root ,', 'root@x a@x'],
  },
  mailhelo: {
    prints: "this host's name",
    unset: null,
    good: [
      ['logs.example.org', 'logs.example.org'],
      ['[192.0.2.1]', '[192.0.2.1]'],
    ],
    bad: ['', 'a,b', '便り'],
  },
  mailtimeout: {
    prints: '10',
    unset: 10,
    good: [['30', 30]],
    bad: ['', '0', 'x'],
  },
  webhook: {
    pick: ({ webhooks }, folder) => webhooks.map(({ urls, template }) => [urls, within(folder, template)]),
    prints: 'letters go to URLs as text',
    unset: [],
    good: [
      ['https://x.org/* post.hbs', [['https://x.org/*', 'FOLDER/post.hbs']]],
      ['https://hooks.slack.com/services/T/B/x slack', [['https://hooks.slack.com/services/T/B/x', SLACK]]],
      ['HTTPS://x.org /p.hbs', [['HTTPS://x.org', '/p.hbs']]],
    ],
    bad: [
      '',
      'https://x.org/',
      'x.org slack',
      'https://* slack',
      'https://*.org/ slack',
      '* slack',
      'https://u@x.org/ slack',
      'https://x.org/ ~/x',
    ],
  },
  webhook_token: {
    pick: ({ webhookTokens }, folder) =>
      webhookTokens.map(({ urls, source }) => [
        urls,
        source.kind === 'file' ? within(folder, source.path) : source,
      ]),
    prints: 'none',
    unset: [],
    good: [
      ['https://x.org/* token', [['https://x.org/*', 'FOLDER/token']]],
      ['https://x.org/* credential:ntfy', [['https://x.org/*', { kind: 'credential', name: 'ntfy' }]]],
    ],
    bad: [
      '',
      'https://x.org/',
      'x.org token',
      'https://*/ token',
      'https://x.org/* credential:',
      'https://x.org/* credential:../x',
    ],
  },
  webhook_ca: {
    prints: 'those that Node.js trusts',
    unset: null,
    good: [['ca.pem', 'FOLDER/ca.pem']],
    bad: ['', '~/ca.pem'],
  },
  fallback: {
    pick: ({ fallbacks }) => fallbacks.map(({ queue, time, to }) => [queue, time, ...to]),
    prints: 'none',
    unset: [],
    good: [
      ['a you@example.org', [['a', 600_000, 'you@example.org']]],
      ['a 5m https://x.org/y', [['a', 300_000, 'https://x.org/y']]],
      ['a 90s root,https://x.org/y', [['a', 90_000, 'root', 'https://x.org/y']]],
      ['a 911@example.org', [['a', 600_000, '911@example.org']]],
    ],
    bad: [
      '',
      'a',
      'a 5x you@example.org',
      'a 0m you@example.org',
      'a 5m pager:you@example.org',
      'a 5m ,',
      'a 5m https://u:p@x.org/',
    ],
  },
  heartbeat: {
    pick: ({ heartbeats }) => heartbeats.map(({ to, schedule }) => [to, schedule.text]),
    prints: 'none',
    unset: [],
    good: [
      ['https://x.org/y [*/5 * * * *]', [['https://x.org/y', '*/5 * * * *']]],
      ['a [@daily]', [['a', '@daily']]],
    ],
    bad: [
      '',
      'a',
      'a now',
      'a [now]',
      'a [* * *]',
      '[@daily]',
      'me@example.org [@daily]',
      'ftp://x.org/ [@daily]',
      'https://u:p@x.org/ [@daily]',
    ],
  },
  subject: {
    prints: 'tenshi report',
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
    prints: 'none',
    unset: ['a', 'b'],
    good: [['c from@x to@x [now]', ['a', 'b', 'c']]],
    bad: ['', 'c', 'c from@x', 'c from@x to@x', 'c from@x to@x now', 'trash from@x to@x [now]'],
  },
  filter: {
    pick: ({ filters }) => filters.map(({ queue, command }) => [queue, command]),
    prints: 'none',
    unset: [],
    good: [
      ['a /bin/sh -c "cat; echo $HOME" ', [['a', '/bin/sh -c "cat; echo $HOME"']]],
      ['nowhere /bin/sh', [['nowhere', '/bin/sh']]],
    ],
    bad: ['', 'a', 'a cat', 'a /nowhere/at/all', 'a /'],
  },
  csv: {
    pick: ({ csv }) => csv && [csv.schedule.kind, csv.command],
    prints: 'none',
    unset: null,
    good: [
      ['[now] /bin/sh -c "cat >> x.csv"', ['now', '/bin/sh -c "cat >> x.csv"']],
      ['[0 9 * * *] /bin/sh', ['cron', '/bin/sh']],
    ],
    bad: ['', '/bin/sh', '[now]', '[0 9 * *] /bin/sh', '[now] /nowhere/at/all'],
  },
  sort_order: {
    prints: 'descending',
    unset: 'descending',
    good: [['ascending', 'ascending']],
    bad: ['', 'up'],
  },
  letter: {
    prints: 'full',
    unset: 'full',
    good: [['plain', 'plain']],
    bad: ['', 'html'],
  },
  fleet: {
    prints: 'this machine writes its letters alone',
    unset: null,
    good: [
      ['postgresql://db.example.org/logs', meeting('db.example.org')],
      ['postgres://db/logs', meeting('db')],
      ['PostgreSQL://tayori@db:6432/logs', meeting('db', { user: 'tayori', port: 6432 })],
      ['postgresql://a%40b@db/logs%2Fnew', meeting('db', { user: 'a@b', database: 'logs/new' })],
      ['postgresql://[fd00::1]/logs', meeting('fd00::1')],
      ['postgresql://[::1]:5433/logs', meeting('::1', { port: 5433, ...OFF })],
      ['postgresql://localhost/logs', meeting('localhost', OFF)],
      ['postgresql://localhost/logs?tls=required', meeting('localhost')],
      ['postgresql://db/logs?tls=off', meeting('db', OFF)],
      [
        'postgresql://127.0.0.1/logs?ca=/etc/ca.pem',
        meeting('127.0.0.1', { tls: { kind: 'required', ca: '/etc/ca.pem' } }),
      ],
      [
        'postgresql://db/logs?tls=required&ca=/a%26b',
        meeting('db', { tls: { kind: 'required', ca: '/a&b' } }),
      ],
      ['postgresql:///logs?host=/run/postgresql', meeting('/run/postgresql', OFF)],
      ['postgresql://me@/logs?host=/run/x', meeting('/run/x', { user: 'me', ...OFF })],
    ],
    bad: [
      '',
      'db',
      'db.example.org/logs',
      'mysql://db/logs',
      'postgresql:db/logs',
      'postgresql://',
      'postgresql://db',
      'postgresql://db/',
      'postgresql:///logs',
      'postgresql://db/logs/more',
      'postgresql://db/logs#x',
      'postgresql://@db/logs',
      'postgresql://a@b@db/logs',
      'postgresql://me:secret@db/logs',
      'postgresql://:secret@db/logs',
      'postgresql://fd00::1/logs',
      'postgresql://[fd00::g]/logs',
      'postgresql://[fd00::1]x/logs',
      'postgresql://db:0/logs',
      'postgresql://db:65536/logs',
      'postgresql://db:/logs',
      'postgresql://a,b/logs',
      'postgresql://d\u00fc/logs',
      'postgresql://db/logs?tls=no',
      'postgresql://db/logs?ca=',
      'postgresql://db/logs?ca=%00',
      'postgresql://db/logs?sslmode=require',
      'postgresql://db/logs?tls=off&&ca=/x',
      'postgresql://db/logs?tls=off&ca=/x',
      'postgresql://db/logs?host=/run/postgresql',
      'postgresql:///logs?host=run',
      'postgresql:///logs?host=/run/postgresql&tls=required',
      `postgresql://db/${'x'.repeat(129)}`,
      `postgresql://${'x'.repeat(129)}@db/logs`,
    ],
  },
  fleet_password: {
    pick: ({ fleetPassword }, folder) =>
      within(folder, fleetPassword.value && Object.values(fleetPassword.value)[1]),
    prints: 'none',
    unset: null,
    good: [
      ['secret', 'FOLDER/secret'],
      ['credential:fleet', 'fleet'],
    ],
    bad: ['', '~/password', 'credential:', 'credential:a/b'],
  },
  node: {
    prints: "this host's name",
    unset: null,
    good: [
      ['loghost-a', 'loghost-a'],
      ['web1.example.org', 'web1.example.org'],
    ],
    bad: ['', '-a', '.', 'a/b', 'a,b', 'n\u00f6de', 'x'.repeat(254)],
  },
  fleet_wait: {
    prints: '2m',
    unset: 120_000,
    good: [
      ['0s', 0],
      ['20s', 20_000],
      ['1h', 3_600_000],
    ],
    bad: ['', '2', '2x', '61m', '2h', '-1s'],
  },
  fold: {
    pick: ({ folds }) => folds.map(({ queue, steps }) => [queue, ...steps]),
    prints: 'off',
    unset: [],
    good: [
      ['a 30s,2m,2m,1h', [['a', 30_000, 120_000, 120_000, 3_600_000]]],
      ['a off', []],
    ],
    bad: ['', 'a', 'a 2', 'a 10m,2m', 'a 0m', 'a 2m,x'],
  },
  fold_pages: { prints: '12', unset: 12, good: [['5', 5]], bad: ['', '0', 'x'] },
  letter_size: {
    prints: '90',
    unset: 90,
    good: [['500', 500]],
    bad: ['', '9', 'x'],
  },
  letters: { prints: '200', unset: 200, good: [['0', 0]], bad: ['', '-1', '10001'] },
  thread: {
    prints: 'none',
    unset: 'none',
    good: [
      ['day', 'day'],
      ['week', 'week'],
    ],
    bad: ['', 'month'],
  },
  history: { prints: '90', unset: 90, good: [['7', 7]], bad: ['', '0', 'ever'] },
  louder: {
    prints: '3 20',
    unset: { factor: 3, floor: 20 },
    good: [['1.5 0', { factor: 1.5, floor: 0 }]],
    bad: ['', '3', 'x 3', '0.5 20', '3 -1'],
  },
  language: { prints: 'en', unset: 'en', good: [['ja', 'ja']], bad: ['', 'fr'] },
  template: {
    pick: ({ templates }, folder) => templates.map(({ queue, path }) => [queue, within(folder, path)]),
    prints: 'the built-in conf/templates/letter.hbs',
    unset: [],
    good: [
      ['a letter.hbs', [['a', 'FOLDER/letter.hbs']]],
      ['b /etc/x.hbs', [['b', '/etc/x.hbs']]],
    ],
    bad: ['', 'a', 'a ~/x.hbs'],
  },
  kind: {
    pick: ({ kinds }) => kinds.map(({ queue, kind }) => `${queue} ${kind}`),
    prints: 'trouble for a now queue, trash if the name of the queue begins with that, else report',
    unset: [],
    good: [
      ['a trouble', ['a trouble']],
      ['b trash', ['b trash']],
    ],
    bad: ['', 'a', 'a nonsense', 'trouble'],
  },
  pattern: {
    pick: ({ patterns }) => patterns.flatMap(({ name, regex, place }) => (place ? [`${name} ${regex}`] : [])),
    prints: 'IP, HOST, USER, MAIL, PATH, NUMBER, HEX, UUID, MAC',
    unset: [],
    good: [
      ['JOB [a-z]+', ['JOB [a-z]+']],
      ['NET x%{NUMBER}', [String.raw`NET x(?^:[-+]?\d+(?:[.,]\d+)*)`]],
    ],
    bad: ['', 'JOB', '1 x', 'a-b x', 'JOB (x)', 'JOB [a-z', 'A x(?#'],
  },
  suggest: {
    pick: ({ suggests }) => suggests.map(({ queue, on }) => `${queue} ${on}`),
    prints: 'off',
    unset: [],
    good: [
      ['on', ['null true']],
      ['off', ['null false']],
      ['on a', ['a true']],
      ['off a', ['a false']],
    ],
    bad: ['', 'a', 'a on', 'yes a'],
  },
  automask: {
    pick: ({ automasks }) => automasks.map(({ queue, kinds }) => `${queue} ${kinds.join()}`),
    prints: 'off',
    unset: [],
    good: [
      ['a', ['a number,address,hex,id,uuid,time,path']],
      ['a time,number,time', ['a number,time']],
      ['a off', []],
    ],
    bad: ['', 'a numbers', 'a number,,time', 'a number, time'],
  },
  values: {
    pick: ({ valuesOff }) => valuesOff.map(({ queue }) => queue),
    prints: 'on',
    unset: [],
    good: [
      ['a off', ['a']],
      ['a on', []],
    ],
    bad: ['', 'a', 'a never', 'off'],
  },
  section: {
    pick: ({ sections }) => sections.map(({ queue, parent, title }) => [queue, parent, title]),
    prints: 'none',
    unset: [],
    good: [
      ['c a Further lines', [['c', 'a', 'Further lines']]],
      ['b a  B ', [['b', 'a', 'B']]],
    ],
    bad: ['', 'c', 'c a', 'a a A', 'trash a A', 'c nobody A', `c a ${'x'.repeat(79)}`],
  },
  empty: {
    pick: ({ empties }) => empties.map(({ queue }) => queue),
    prints: 'off',
    unset: [],
    good: [
      ['b on', ['b']],
      ['b off', []],
    ],
    bad: ['', 'b', 'b maybe', 'on'],
  },
  zone: {
    pick: ({ zones }) => zones.map(({ queue, zone }) => [queue, zone]),
    prints: 'that of set timezone',
    unset: [],
    good: [
      ['a Asia/Tokyo', [['a', 'Asia/Tokyo']]],
      ['b UTC', [['b', 'UTC']]],
    ],
    bad: ['', 'a', 'a Asia/Nowhere', 'a +09:00x'],
  },
  resolve: { prints: 'off', unset: false, good: [['on', true]], bad: ['', 'off!'] },
  threshold: {
    pick: ({ thresholds }) => thresholds.map(({ queue, below, pattern }) => [queue, below, pattern.source]),
    prints: 'none',
    unset: [],
    good: [['a 5 ^sshd: x ', [['a', 5, '^sshd: x ']]]],
    bad: ['', 'a', 'a 5', 'a 0 x', 'a -1 x', 'a x x', 'nowhere 5 x', 'a 5 ^(x', 'a 99999999999999999999 x'],
  },
  flush_on_signal: {
    prints: 'on',
    unset: true,
    good: [['off', false]],
    bad: ['', 'never'],
  },
  window: {
    pick: ({ windows }) => windows.map(({ queue, count, span, by }) => [queue, count, span, ...by]),
    prints: 'none',
    unset: [],
    good: [
      ['a 3 24h by ip', [['a', 3, 86_400_000, 'ip']]],
      ['a 20 120s by ip,user', [['a', 20, 120_000, 'ip', 'user']]],
      ['a 1 366d', [['a', 1, 31_622_400_000]]],
    ],
    bad: [
      '',
      'a',
      'a 3',
      'a 0 1h',
      'a -3 1h',
      'a 1001 1h',
      'a 3 0h',
      'a 3 1w',
      'a 3 367d',
      'a 3 1h ip',
      'a 3 1h by',
      'a 3 1h by 1ip',
      'a 3 1h by ip,',
      'a 3 1h by v,w,x,y,z',
      'a 3 1h by ip fleets',
      'a 3 1h fleet by ip',
      'a 3 1h fleet fleet',
    ],
  },
  throttle: {
    pick: ({ throttles }) => throttles.map(({ queue, span, by }) => [queue, span, ...by]),
    prints: 'none',
    unset: [],
    good: [
      ['a 10s', [['a', 10_000]]],
      ['a 7d by ip', [['a', 604_800_000, 'ip']]],
    ],
    bad: ['', 'a', 'a ever', 'a 1h for ip'],
  },
  follows: {
    pick: ({ follows }) => follows.map(({ queue, other, span, by }) => [queue, other, span, ...by]),
    prints: 'none',
    unset: [],
    good: [['a b 1h by ip', [['a', 'b', 3_600_000, 'ip']]]],
    bad: ['', 'a', 'a b', 'a a 1h', 'a b 1h ip'],
  },
  mutes: {
    pick: ({ mutes }) => mutes.map(({ queue, other, span, by }) => [queue, other, span, ...by]),
    prints: 'none',
    unset: [],
    good: [['a b 5m', [['b', 'a', 300_000]]]],
    bad: ['', 'a', 'a b', 'a a 1h', 'a b 5m ip'],
  },
  gather: {
    pick: ({ gathers }) => gathers.map(({ queue, span }) => [queue, span]),
    prints: 'none',
    unset: [],
    good: [['a 30s', [['a', 30_000]]]],
    bad: ['', 'a', 'a 30'],
  },
  exempt: {
    pick: ({ exemptions }) => exemptions.flat().map(({ group, value }) => `${group} ${value}`),
    prints: 'none',
    unset: [],
    good: [
      ['ip 10.0.0.0/8 fe80::/10', ['ip 10.0.0.0/8', 'ip fe80::/10']],
      ['user root', ['user root']],
    ],
    bad: ['', 'ip', '1p 10.0.0.1', 'ip 10.0.0.0/33', 'ip 10.0.0/8', 'ip fe80::/129'],
  },
  ids: {
    prints: 'off',
    unset: false,
    good: [
      ['on', true],
      ['off', false],
    ],
    bad: ['', 'yes'],
  },
  exec: {
    pick: ({ execs }) => execs.map(({ queue, command }) => [queue, command.path, valuesOf(command)]),
    prints: 'none',
    unset: [],
    good: [
      ['a /bin/true {{ip}} x{{user}}{{ip}} {', [['a', '/bin/true', ['ip', 'user']]]],
      ['block /bin/true', [['block', '/bin/true', []]]],
    ],
    bad: [
      '',
      'a',
      'a true',
      'a /no/such/program',
      'a /etc/passwd',
      'csv /bin/true',
      'trash /bin/true',
      'noprefix /bin/true',
    ],
  },
  exec_timeout: { prints: '60', unset: 60, good: [['1', 1]], bad: ['', '0', '3601', 'x'] },
  exec_parallel: { prints: '4', unset: 4, good: [['1', 1]], bad: ['', '0', '65'] },
  exec_repeat: { prints: 'off', unset: false, good: [['on', true]], bad: ['', 'never'] },
  hours: {
    pick: ({ hours }) =>
      hours.map(({ queue, hours: { spans, days }, over }) => ({
        queue,
        spans: spans.map(({ from, to }) => [from, to]),
        days: [...days].sort().join(''),
        over,
      })),
    prints: 'pages go at any time',
    unset: [],
    good: [
      ['a 7-22 mon-fri', [{ queue: 'a', spans: [[420, 1320]], days: '12345', over: null }]],
      ['a 7-22 mon-fri over 20', [{ queue: 'a', spans: [[420, 1320]], days: '12345', over: 20 }]],
      ['a 22-6 *', [{ queue: 'a', spans: [[1320, 360]], days: '0123456', over: null }]],
      ['a 24-6 Fri-Monday', [{ queue: 'a', spans: [[0, 360]], days: '0156', over: null }]],
      [
        'a 7:30-12,13-24 sat,sun over 1',
        [
          {
            queue: 'a',
            spans: [
              [450, 720],
              [780, 1440],
            ],
            days: '06',
            over: 1,
          },
        ],
      ],
    ],
    bad: [
      '',
      'a',
      'a 7-22',
      'a 7 mon',
      'a 7-7 mon',
      'a 7-25 mon',
      'a 7:60-8 mon',
      'a 7-8-9 mon',
      'a mon 7-22',
      'a 7-22 mo',
      'a 7-22 mon-tue-wed',
      'a 7-22 1-5',
      'a 7-22 mon over',
      'a 7-22 mon over 0',
      'a 7-22 mon over x',
      'a 7-22 mon under 3',
    ],
  },
};

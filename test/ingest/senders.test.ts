import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLineReader } from '../../src/line/read-line.js';
import { type Authority, authority } from '../support/certificates.js';
import { heldClock } from '../support/held-clock.js';
import { hasRsyslog, rsyslog, say } from '../support/rsyslog.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { stream } from './stream-listener.js';

/** The time by which real programs write their stamps, also where test/moved-clock.cjs moves that of Node.js. */
function systemNow(): number {
  return Date.now() - Number(process.env.MOVED_CLOCK ?? 0) * 1000;
}

const SENDS_TO_ALL = !!process.env.CI;
const has = (program: string): boolean => SENDS_TO_ALL || existsSync(program);

/** What a message must be when it has come, whichever way: who said it, when, of what program, and how urgent. */
const THIS_HOST = hostname();
const readLine = createLineReader({
  prefixes: [],
  logprefixes: [],
  hidepid: false,
  timezone: null,
  now: () => systemNow(),
  onOverrun() {},
});

function entryOf(line: string) {
  const reading = readLine(line);
  if (reading.kind !== 'entry') throw new Error(`no entry: ${line}`);
  const { host, time, text, priority } = reading.entry;
  return {
    host,
    text,
    priority: priority ?? null,
    isNow: time !== null && Math.abs(systemNow() - time) < 120_000,
  };
}

/** A receiver for whatever is sent; its rules ask for priorities. */
const received = (transport: string, conf = '') =>
  stream(transport, `${conf}group_priority ^auth\\.err$\na x\ngroup_end\n`, {
    clock: heldClock(systemNow()),
  });

const FORMATS = [
  'RSYSLOG_TraditionalForwardFormat',
  'RSYSLOG_ForwardFormat',
  'RSYSLOG_SyslogProtocol23Format',
  'RSYSLOG_TraditionalFileFormat',
  'RSYSLOG_FileFormat',
] as const;

const FRAMINGS: readonly [
  string,
  string,
  (port: number, tls: { ca: string; cert: string; key: string }) => string,
][] = [
  ['UDP', 'udp', (port) => `type="omfwd" target="127.0.0.1" port="${port}" protocol="udp"`],
  ['TCP with newlines', 'tcp', (port) => `type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp"`],
  [
    'TCP with octet counts',
    'tcp',
    (port) => `type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" TCP_Framing="octet-counted"`,
  ],
  [
    'TLS',
    'tls',
    (port) =>
      `type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="loghost.example.org"`,
  ],
  ['RELP', 'relp', (port) => `type="omrelp" target="127.0.0.1" port="${port}"`],
  [
    'RELP within TLS',
    'relp+tls',
    (port, { ca, cert, key }) =>
      `type="omrelp" target="127.0.0.1" port="${port}" tls="on" tls.caCert="${ca}" tls.myCert="${cert}" tls.myPrivKey="${key}" tls.authMode="name" tls.permittedPeer="loghost.example.org"`,
  ],
];

const ours: Authority = authority();

describe.skipIf(!hasRsyslog)('rsyslog', () => {
  const rows = FRAMINGS.flatMap(([name, transport, action]) =>
    FORMATS.map((format) => ({ name, transport, action, format })),
  );

  it.each(rows)('over $name, in $format', async ({ transport, action, format }) => {
    const isTls = transport.endsWith('tls');
    const server = ours.issue('loghost.example.org');
    const own = ours.issue('web1.example.org');
    const conf = isTls
      ? `set listen_cert ${server.cert}\nset listen_key ${server.key}\nset listen_ca ${ours.ca}\n`
      : '';
    const { port, counted } = await received(transport, conf);
    const files = `global(DefaultNetstreamDriverCAFile="${ours.ca}" DefaultNetstreamDriverCertFile="${own.cert}" DefaultNetstreamDriverKeyFile="${own.key}")\n`;
    const socket = await rsyslog(
      `${transport === 'tls' ? files : ''}${transport.startsWith('relp') ? 'module(load="omrelp")\n' : ''}action(${action(port, { ca: ours.ca, ...own })} template="${format}" action.resumeRetryCount="-1")`,
    );
    say(socket, 'disk fails 便り');
    say(socket, 'again');
    const lines = await counted(2);
    const priority = format.includes('FileFormat') ? null : 'auth.err';
    expect(lines.map(entryOf)).toEqual([
      { host: THIS_HOST, text: 'app[77]: disk fails 便り', priority, isNow: true },
      { host: THIS_HOST, text: 'app[77]: again', priority, isNow: true },
    ]);
  });
});

describe.skipIf(!has('/usr/bin/logger'))('logger', () => {
  const NEW = ['--rfc5424', '--id=77'];

  it.each<[string, string, string[], string]>([
    ['-d', 'udp', ['-d', '--id=77'], 'app[77]: disk fails'],
    ['-d --rfc3164', 'udp', ['-d', '--rfc3164', '--id=77'], 'app[77]: disk fails'],
    ['-d --rfc5424', 'udp', ['-d', ...NEW], 'app[77]: disk fails'],
    [
      '-d --rfc5424=notime,nohost',
      'udp',
      ['-d', '--rfc5424=notime,nohost', '--id=77'],
      'app[77]: disk fails',
    ],
    ['-T', 'tcp', ['-T', '--id=77'], 'app[77]: disk fails'],
    ['-T --rfc3164', 'tcp', ['-T', '--rfc3164', '--id=77'], 'app[77]: disk fails'],
    ['-T --rfc5424', 'tcp', ['-T', ...NEW], 'app[77]: disk fails'],
    ['-T --octet-count', 'tcp', ['-T', '--octet-count', '--id=77'], 'app[77]: disk fails'],
    ['-T --octet-count --rfc5424', 'tcp', ['-T', '--octet-count', ...NEW], 'app[77]: disk fails'],
    ['-T --octet-count --rfc3164', 'tcp', ['-T', '--octet-count', '--rfc3164'], 'app: disk fails'],
    [
      'with structured data and a msgid',
      'tcp',
      ['-T', ...NEW, '--msgid', 'ID7', '--sd-id', 'a@1', '--sd-param', 'b="c"'],
      'app[77]: disk fails',
    ],
  ])('%s', async (_name, transport, options, text) => {
    const { port, counted } = await received(transport);
    const args = ['-n', '127.0.0.1', '-P', String(port), '-t', 'app', '-p', 'auth.err', ...options];
    execFileSync('logger', [...args, 'disk fails']);
    const [line = ''] = await counted(1);
    const host = options.join().includes('nohost') ? '127.0.0.1' : THIS_HOST;
    expect(entryOf(line)).toEqual({ host, text, priority: 'auth.err', isNow: true });
  });
});

describe.skipIf(!has('/usr/bin/busybox'))('busybox', () => {
  it('syslogd -R', async () => {
    const { port, counted } = await received('udp');
    const device = join(temporaryFolder(), 'log');
    expect(execFileSync('busybox', ['--list'], { encoding: 'utf8' })).toContain('syslogd');
    // It listens on /dev/log alone, so it gets a /dev of its own.
    const script = `mount -t tmpfs none /dev && mknod /dev/null c 1 3 && busybox syslogd -n -R 127.0.0.1:${port} -L -O ${device}`;
    const child = spawn(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        `${script} & while [ ! -S /dev/log ]; do :; done; logger -u /dev/log -t app --id=77 -p auth.err 'disk fails'; logger -u /dev/log -t app --id=77 -p auth.err again; wait`,
      ],
      { stdio: 'ignore', detached: true },
    );
    onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'));
    const lines = (await counted(2)).filter((line) => line.includes('app'));
    expect(lines.length).toBeGreaterThan(0);
    expect(entryOf(lines[0] ?? '')).toMatchObject({
      text: 'app[77]: disk fails',
      priority: 'auth.err',
      isNow: true,
    });
  });
});

/** Where CI unpacks what cannot be installed beside rsyslog: Debian lets a machine have one of them. */
const UNPACKED = '/opt/senders';
const SYSLOG_NG = join(UNPACKED, 'usr/sbin/syslog-ng');

/** A program in the foreground until the test ends. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
}

describe.skipIf(!has(SYSLOG_NG))('syslog-ng', () => {
  it.each<[string, string, (port: number) => string]>([
    ['network over UDP', 'udp', (port) => `network("127.0.0.1" port(${port}) transport("udp"))`],
    ['network over TCP', 'tcp', (port) => `network("127.0.0.1" port(${port}) transport("tcp"))`],
    [
      'network over TCP, in RFC 5424',
      'tcp',
      (port) => `network("127.0.0.1" port(${port}) transport("tcp") flags(syslog-protocol))`,
    ],
    ['syslog over TCP', 'tcp', (port) => `syslog("127.0.0.1" port(${port}) transport("tcp"))`],
    ['syslog over UDP', 'udp', (port) => `syslog("127.0.0.1" port(${port}) transport("udp"))`],
    [
      'syslog over TLS',
      'tls',
      (port) => `syslog("127.0.0.1" port(${port}) transport("tls") tls(peer-verify(optional-untrusted)))`,
    ],
  ])('%s', async (_name, transport, destination) => {
    const server = transport === 'tls' ? ours.issue('loghost.example.org') : null;
    const conf = server ? `set listen_cert ${server.cert}\nset listen_key ${server.key}\n` : '';
    const { port, counted } = await received(transport, conf);
    const folder = temporaryFolder();
    const [file, socket] = [join(folder, 'syslog-ng.conf'), join(folder, 'log')];
    writeFileSync(
      file,
      `@version: 3.38
options { keep-hostname(yes); };
source s { unix-dgram("${socket}"); };
destination d { ${destination(port)}; };
log { source(s); destination(d); };
`,
    );
    const places = ['persist-file', 'pidfile', 'control'].map((what) => `--${what}=${join(folder, what)}`);
    const modules = `--module-path=${UNPACKED}/usr/lib/syslog-ng/3.38`;
    run(SYSLOG_NG, ['-F', '--no-caps', '-f', file, modules, ...places], {
      LD_LIBRARY_PATH: `${UNPACKED}/usr/lib/syslog-ng`,
    });
    await until(() => existsSync(socket));
    say(socket, 'disk fails 便り');
    const [line = ''] = await counted(1);
    expect(entryOf(line)).toEqual({
      host: THIS_HOST,
      text: 'app[77]: disk fails 便り',
      priority: 'auth.err',
      isNow: true,
    });
  });
});

const SYSLOGD = join(UNPACKED, 'usr/sbin/syslogd');

/**
 * A program in a network of its own, joined to this machine's by a cable: its address is the second. Cable and network
 * go when the program ends.
 */
function runElsewhere(
  program: string,
  args: readonly string[],
  [here, there]: readonly [string, string],
): void {
  const [ours, theirs] = [`ty${process.pid}a`, `ty${process.pid}b`];
  const script = `until ip link set ${theirs} up; do sleep 0.02; done 2> /dev/null; ip address add ${there}/30 dev ${theirs}; exec "$@"`;
  const child = spawn('unshare', ['-n', 'sh', '-c', script, 'sh', program, ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const network = `/proc/${child.pid}/ns/net`;
  while (readlinkSync(network) === readlinkSync('/proc/self/ns/net')); // unshare has not come to it yet
  const ip = (...words: string[]): void => void execFileSync('ip', words);
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', String(child.pid));
  ip('address', 'add', `${here}/30`, 'dev', ours);
  ip('link', 'set', ours, 'up');
}

describe.skipIf(!has(SYSLOGD))('inetutils-syslogd', () => {
  /**
   * It forwards to port 514 and nothing else, from a socket that it binds to 0.0.0.0:514 for each message (2.4; neither
   * --bind nor --bind-port change that): on a machine where anybody listens on UDP port 514, it forwards nothing.
   */
  it('*.* @HOST', async () => {
    const [here, there] = ['198.18.0.1', '198.18.0.2'];
    const folder = temporaryFolder();
    const [file, socket] = [join(folder, 'syslog.conf'), join(folder, 'log')];
    writeFileSync(file, `*.*\t@${here}\n`);
    const places = ['-f', file, '-D', join(folder, 'none'), '-p', socket, '-P', join(folder, 'pid')];
    runElsewhere(SYSLOGD, ['-n', '--no-klog', ...places], [here, there]);
    const { lines, receivers } = await received('tcp', `set listen udp:${here}:514\n`);
    await until(() => existsSync(socket));
    const isOurs = (line: string): boolean => line.includes('disk fails');
    while (!lines.all.some(isOurs)) {
      say(socket, 'disk fails'); // what it forwards before the cable is up is lost
      await receivers.poll();
    }
    expect(entryOf(lines.all.find(isOurs) ?? '')).toEqual({
      host: there,
      text: 'app[77]: disk fails',
      priority: 'auth.err',
      isNow: true,
    });
  });
});

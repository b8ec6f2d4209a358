import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Runner } from '../../src/act/runner.js';
import { readConfig } from '../../src/config/read-config.js';
import { Daemon } from '../../src/daemon/loop.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import { openState } from '../../src/store/folder/open-state.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { recorder, script } from './recorder.js';

const EXAMPLE = new URL('../../conf/examples/swatch.conf', import.meta.url);
const NOON = Date.UTC(2026, 10, 20, 12, 0, 0);

const SSHD = (minute: string, user: string, ip: string): string =>
  `Nov 20 11:${minute} web1 sshd[812]: Invalid user ${user} from ${ip}`;
const VSFTPD = (minute: string, said: string): string => `Fri Nov 20 11:${minute} 2026 [pid 2] ${said}`;

/** The example's logs are in a folder, where `program` stands for nft. */
function prepare(folder: string, program: string): string {
  const conf = join(folder, 'tenshi.conf');
  const example = readFileSync(EXAMPLE, 'utf8').replaceAll('/var/log', folder);
  writeFileSync(
    conf,
    `${example.replaceAll('/usr/sbin/nft', program)}set timezone UTC\nset state ${join(folder, 'state')}\n`,
  );
  for (const log of ['messages', 'secure', 'vsftpd.log']) writeFileSync(join(folder, log), '');
  return conf;
}

/** A daemon on the example, with a clock that the test holds. */
async function start(folder: string, conf: string) {
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const state = openState(join(folder, 'state'));
  if (!state.ok) throw new Error(state.reason);
  const { store } = state;
  const clock = heldClock(NOON);
  const runner = new Runner({ store, clock, onEvent: () => {} });
  const transport = openTransport(
    { kind: 'maildir', path: join(folder, 'Maildir') },
    { helo: null, timeout: 2, onTalk: null },
  );
  const start = { kind: 'end' } as const;
  const rest = { origin: 'web1', version: '0', start, heal: () => false, onEvent: () => {} };
  const daemon = new Daemon({ config: read.config, store, transport, clock, runner, ...rest });
  onTestFinished(async () => {
    await runner.stop();
    await daemon.stop();
    store.end();
    state.release();
  });
  await daemon.poll();
  const ended = (): number =>
    store.runCounts().reduce((sum, one) => sum + [...one.ended.values()].reduce((a, b) => a + b, 0), 0);
  return {
    clock,
    store,
    /** Writes lines, and resolves when the programs have ended that they ran: so many in all. */
    async write(log: string, lines: readonly string[], runs: number) {
      appendFileSync(join(folder, log), lines.map((line) => `${line}\n`).join(''));
      await daemon.poll();
      await until(() => ended() === runs);
      await daemon.poll();
    },
    /** The letters that have come until the pages have waited for their programs. */
    async letters(): Promise<string[]> {
      clock.jump(10_000);
      await daemon.poll();
      const mails = await Promise.all(maildir(folder).map((mail) => PostalMime.parse(mail)));
      return mails.map(({ subject, text }) => `${subject}\n${text}`);
    },
  };
}

it('the example of SWATCH blocks at the third login that fails, and at once who is refused, and mails it', async () => {
  const folder = temporaryFolder();
  const nft = recorder(temporaryFolder(), 'echo done');
  const conf = prepare(folder, nft.path);
  const { write, letters } = await start(folder, conf);
  const element = (ip: string): string => `<add><element><inet><tayori><blocked><{><${ip}><}>`;

  // Two failures, and three of a private address: nothing runs, nothing is mailed at once.
  await write('secure', [SSHD('01:00', 'admin', '203.0.113.7'), SSHD('02:00', 'oracle', '203.0.113.7')], 0);
  await write(
    'secure',
    ['05', '06', '07'].map((minute) => SSHD(`${minute}:00`, 'me', '192.168.0.9')),
    0,
  );
  expect(await letters()).toEqual([]);

  // The third, of another service: it is blocked, and mailed with what was logged and what the program said.
  const third = VSFTPD('08:00', '[bob] FAIL LOGIN: Client "203.0.113.7"');
  await write('vsftpd.log', [third], 1);
  expect(nft.runs()).toEqual([`${element('203.0.113.7')}|${third}`]);
  const [page = '', ...none] = await letters();
  expect(none).toEqual([]);
  expect(page).toContain('blocked at the third time');
  expect(page).toContain('(3 within 1 d: ip 203.0.113.7; also from web1)');
  expect(page).toMatch(
    /program of \[third\] ran: \S+ add element inet tayori blocked '\{' 203\.0\.113\.7 '\}'; it\s+printed: done/,
  );

  // Refused by sshd, vsftpd and named: at once, each address once in ten seconds.
  const refused = [
    'Nov 20 11:10:00 web1 sshd[813]: refused connect from 198.51.100.1 (198.51.100.1)',
    'Nov 20 11:10:01 web1 sshd[814]: refused connect from bad.example.net (::ffff:198.51.100.2)',
  ];
  await write('secure', refused, 3);
  await write(
    'vsftpd.log',
    [VSFTPD('10:03', 'CONNECT: Client "198.51.100.3", "Connection refused: tcp_wrappers denial."')],
    4,
  );
  const version = (second: string): string =>
    `Nov 20 11:11:${second} web1 named[9]: client 198.51.100.4#4053: query 'VERSION.BIND/TXT/CH' denied`;
  await write('messages', [version('00'), version('05'), version('09')], 5);
  await write(
    'messages',
    ["Nov 20 11:12:00 web1 named[9]: client 10.0.0.1#53: query 'x.example/IN' denied"],
    5,
  );
  const ips = nft.runs().map((run) => /<\{><([^>]*)>/.exec(run)?.[1]);
  expect(ips.sort()).toEqual(['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4', '203.0.113.7']);
  const pages = (await letters()).slice(1);
  expect(pages.length).toBeGreaterThan(0);
  for (const one of pages) expect(one).toContain('blocked at once');
  for (const ip of ips.slice(0, 4)) expect(pages.join('\n')).toContain(`'{' ${ip} '}'`);

  const checked = await runCli(['check', '-c', conf]);
  expect(checked.err).not.toMatch(/warning|error/);
});

it.each([
  ['a user whose name looks like an address', SSHD('01:00', 'x from 8.8.8.8', '203.0.113.7'), '203.0.113.7'],
  [
    'a user whose name looks like the whole end of the line',
    SSHD('01:00', 'x from 8.8.8.8 port 22', '203.0.113.7'),
    '203.0.113.7',
  ],
  [
    'a user of FTP whose name looks like the rest',
    VSFTPD('01:00', '[x] FAIL LOGIN: Client "8.8.8.8"] FAIL LOGIN: Client "203.0.113.7"'),
    '203.0.113.7',
  ],
  ['a range in place of the address', SSHD('01:00', 'x', '0.0.0.0/0'), undefined],
])('the example does not block whom a stranger names: %s', async (_, line, ip) => {
  const folder = temporaryFolder();
  const nft = recorder(temporaryFolder());
  const { write } = await start(folder, prepare(folder, nft.path));
  await write(line.startsWith('Fri') ? 'vsftpd.log' : 'secure', [line, line, line], ip ? 1 : 0);
  expect(nft.runs().map((run) => /<\{><([^>]*)>/.exec(run)?.[1])).toEqual(ip ? [ip] : []);
});

/** Why nft cannot be tried in a network of its own; null: it can. */
function whyNoNft(): string | null {
  const { status, stderr } = spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
  return status === 0 ? null : stderr || 'unshare or nft is missing';
}

/** A network that lives as long as the test; `run` runs a command in it. */
async function ownNetwork() {
  const holder: ChildProcess = spawn('unshare', ['-n', 'sh', '-c', 'echo here; exec sleep 600']);
  onTestFinished(() => void holder.kill('SIGKILL'));
  await new Promise((resolve) => holder.stdout?.once('data', resolve));
  const enter = ['nsenter', `--net=/proc/${holder.pid}/ns/net`];
  return {
    enter: enter.join(' '),
    run: (...words: string[]) =>
      execFileSync(enter[0] ?? '', [...enter.slice(1), ...words], { encoding: 'utf8' }),
  };
}

/** The commands that the head of the example gives an administrator. */
function setUp(): string[] {
  return [...readFileSync(EXAMPLE, 'utf8').matchAll(/^# {3}(nft add .*)$/gm)].map(
    ([, command = '']) => command,
  );
}

const noNft = whyNoNft();

describe.skipIf(noNft !== null && !process.env.CI)('nft itself', () => {
  it('has the address in its set for a day, and no second time', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'tools'));
    const network = await ownNetwork();
    const commands = setUp();
    expect(commands).toHaveLength(4);
    for (const command of commands) network.run('sh', '-c', command);
    const program = script(join(folder, 'tools'), 'nft', `exec ${network.enter} nft "$@"`);
    const { write, store } = await start(folder, prepare(folder, program));
    const lines = ['01', '02', '03'].map((minute) => SSHD(`${minute}:00`, 'admin', '203.0.113.7'));
    await write('secure', lines, 1);
    expect(store.recentRuns()).toMatchObject([{ outcome: 'ran', output: '' }]);
    expect(network.run('nft', 'list', 'set', 'inet', 'tayori', 'blocked')).toMatch(
      /elements = \{ 203\.0\.113\.7 (?:timeout 1d )?expires 23h59m/,
    );
  });

  it('tells why it could not block', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'tools'));
    const network = await ownNetwork();
    const program = script(join(folder, 'tools'), 'nft', `exec ${network.enter} nft "$@"`);
    const { write, letters } = await start(folder, prepare(folder, program));
    const lines = ['01', '02', '03'].map((minute) => SSHD(`${minute}:00`, 'admin', '203.0.113.7'));
    await write('secure', lines, 1);
    expect((await letters()).join('\n').replaceAll(/\s+/g, ' ')).toMatch(
      /program of \[third\] failed: .*; it ended with status 1; it printed: Error: No such file or directory/,
    );
  });
});

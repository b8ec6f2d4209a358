import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli } from '../../../src/cli/cli.js';
import { readConfig } from '../../../src/config/read-config.js';
import { startScriptedServer } from '../../mail/servers.js';
import { startMailServer } from '../../support/mail-server.js';
import { type Ran, runCli } from '../../support/run-cli.js';
import { linePrefix } from '../../support/stamp.js';
import { launch, MAIN } from '../../support/tayori.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';

interface Place {
  readonly out: string;
  readonly log: string;
  readonly argv: string[];
}

/** A log, and the command that writes a config beside it. */
function place(...more: string[]): Place {
  const folder = temporaryFolder();
  const log = join(folder, 'x.log');
  writeFileSync(log, '');
  const out = join(folder, 'etc/tenshi.conf');
  return { out, log, argv: ['init', '--out', out, '--log', log, ...more] };
}

function settings(out: string) {
  const read = readConfig(out);
  if (!read.ok) throw new Error(read.faults.map(({ seen }) => seen).join());
  return read.config;
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

/** Runs a command at a terminal, and types each answer when the question that it stands behind is asked. */
async function atTerminal(
  argv: readonly string[],
  answers: readonly (readonly [string, string])[],
): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let out = '';
  let err = '';
  const left = [...answers];
  const code = await cli(argv, {
    stdin,
    stdout: {
      write(text) {
        out += text;
        const [question, typed] = left[0] ?? [];
        if (question === undefined || !out.endsWith(question)) return;
        left.shift();
        setImmediate(() => stdin.write(typed));
      },
    },
    stderr: { write: (text) => (err += text) },
    env: {},
  });
  return { code, out, err };
}

describe('init in a script', () => {
  it('goes from nothing to a letter in the mailbox: the config is sound, commented, and has the shipped rules', async () => {
    const server = await startMailServer();
    const { out, log, argv } = place('--to', 'you@x.org,me@x.org', '--from', 'logs@x.org');
    const ran = launch([...argv, '--mailserver', `127.0.0.1:${server.port}`]);
    expect([await ran.ended, ran.err()]).toEqual([0, '']);
    expect(ran.out()).toContain(`${out}: sound. `);
    expect(ran.out()).toContain('delivered: ');
    expect(ran.out()).toMatch(new RegExp(`\\nNext: tayori -f -c ${out}\\n$`));
    expect(server.envelopes).toEqual([{ from: 'logs@x.org', to: ['you@x.org', 'me@x.org'] }]);
    const { logfiles, queues, rules, mailserver } = settings(out);
    expect(logfiles.map(({ value }) => value)).toEqual([log]);
    expect(mailserver.value).toMatchObject({ kind: 'smtp', host: '127.0.0.1', port: server.port });
    for (const queue of queues)
      expect(queue).toMatchObject({ from: 'logs@x.org', to: ['you@x.org', 'me@x.org'] });
    expect(rules.length).toBeGreaterThan(50);
    expect(readFileSync(out, 'utf8').match(/^# /gm)?.length).toBeGreaterThan(30);
    expect(modeOf(out)).toBe(0o644);
  });

  it('the daemon starts with what it wrote and mails a page, and test-mail sends a letter beside it', async () => {
    const server = await startMailServer();
    const { out, log, argv } = place(
      '--to',
      'you@x.org',
      '--no-test',
      '--mailserver',
      `127.0.0.1:${server.port}`,
    );
    expect((await runCli(argv)).code).toBe(0);
    expect(server.letters).toEqual([]);
    writeFileSync(out, `${readFileSync(out, 'utf8')}\nset state ${join(dirname(out), 'state')}\n`);
    const page = server.next('CRITICAL');
    const tayori = launch(['-f', '-c', out]);
    await tayori.says('tayori ');
    await until(() => existsSync(join(dirname(out), 'state/tayori.db')));
    await tayori.says(log);
    writeFileSync(log, `${linePrefix()}kernel: md/raid1:md0: Disk failure on sdb1, disabling device.\n`, {
      flag: 'a',
    });
    expect((await page).text).toContain('Disk failure');
    const test = launch(['test-mail', '-c', out]);
    expect(await test.ended).toBe(0);
    expect(server.letters.at(-1)?.subject).toMatch(/^Test letter/);
    await tayori.end('SIGTERM');
  });

  it('keeps the password of a login out of the config, and both from others', async () => {
    const { out, argv } = place('--no-test');
    const { code, err } = await runCli([
      ...argv,
      '--yes',
      '--mailserver',
      'smtp://me%40x.org:geheim@mail.x.org:587',
    ]);
    expect([code, err.includes('geheim')]).toEqual([0, false]);
    const file = join(dirname(out), 'mail.password');
    expect(readFileSync(out, 'utf8')).toContain(
      '\nset mailserver smtp://me%40x.org@mail.x.org:587\nset mailpassword ',
    );
    expect(readFileSync(out, 'utf8')).not.toContain('geheim');
    expect(readFileSync(file, 'utf8')).toBe('geheim\n');
    expect([modeOf(out), modeOf(file) & 0o037]).toEqual([0o640, 0]);
    expect(settings(out)).toMatchObject({
      mailserver: { value: { login: { user: 'me@x.org', password: { kind: 'file', path: file } } } },
      queues: expect.arrayContaining([expect.objectContaining({ from: 'me@x.org', to: ['me@x.org'] })]),
    });
  });

  it('uses a file with the password that is there already, and says where to put one that is not', async () => {
    const { out, argv } = place('--no-test', '--to', 'you@x.org', '--mailserver', 'smtp://me@mail.x.org');
    const without = await runCli(argv);
    const file = join(dirname(out), 'mail.password');
    expect([without.code, without.err]).toEqual([
      2,
      expect.stringContaining(`no password for me: write it into ${file}`),
    ]);
    expect(existsSync(out)).toBe(false);
    mkdirSync(dirname(out));
    writeFileSync(file, 'geheim\n', { mode: 0o600 });
    expect((await runCli(argv)).code).toBe(0);
    expect([readFileSync(file, 'utf8'), modeOf(file)]).toEqual(['geheim\n', 0o600]);
  });

  it('writes over no config, unless it is told to, and then keeps the old one', async () => {
    const { out, argv } = place('--no-test', '--yes', '--mailserver', 'localhost');
    mkdirSync(dirname(out));
    writeFileSync(out, 'mine\n');
    const { code, err } = await runCli(argv);
    expect([code, readFileSync(out, 'utf8')]).toEqual([1, 'mine\n']);
    expect(err).toContain(`${out} is there already; --force replaces it and keeps it as ${out}.old`);
    expect((await runCli([...argv, '--force'])).code).toBe(0);
    expect(readFileSync(`${out}.old`, 'utf8')).toBe('mine\n');
    expect(settings(out).mailserver.value).toMatchObject({ host: 'localhost' });
  });

  it('tells what a test letter met, keeps the config, and gives 1', async () => {
    const server = await startScriptedServer({ RCPT: '554 5.7.1 Relay access denied' });
    const { out, argv } = place('--to', 'you@x.org', '--mailserver', `127.0.0.1:${server.route.port}`);
    const { code, out: told, err } = await runCli(argv);
    expect(code).toBe(1);
    expect(told).toMatch(/RCPT +FAILED .*Relay access denied\n +-> the server does not relay this/);
    expect(err).toContain(`mend it in ${out}, and run "tayori test-mail -c ${out}"`);
    expect(told).toContain(`Next: tayori -f -c ${out}`);
    expect(settings(out).queues.length).toBeGreaterThan(0);
  });

  it('says that a log which was named is not there, and follows it', async () => {
    const { out, argv } = place('--no-test', '--yes', '--mailserver', '-');
    const { code } = await runCli([...argv, '--log', '/nowhere/a.log']);
    expect(code).toBe(0);
    expect(settings(out).logfiles.map(({ value }) => value)).toContain('/nowhere/a.log');
    expect(settings(out).mailserver.value).toBeNull();
  });

  it.each([
    [
      'without a terminal and without an address',
      [],
      'no terminal to ask at; name --to and --mailserver, or take what is usual with --yes',
    ],
    [
      'for a server elsewhere without an address',
      ['--yes', '--mailserver', 'mail.x.org'],
      'name who gets the letters: --to ADDRESS',
    ],
    ['with an address that is none', ['--to', 'you@'], 'no domain after the "@"'],
    ['with a line break in an address', ['--to', 'you@x.org\nset uid root'], 'is not an address'],
    [
      'with a line break in the server',
      ['--to', 'a@x.org', '--mailserver', 'mail\nset uid root'],
      'control character',
    ],
    [
      'with a server that is none',
      ['--to', 'a@x.org', '--mailserver', 'imap://x'],
      '"imap:" as a way to send mail',
    ],
    ['with two senders', ['--to', 'a@x.org', '--from', 'a@x.org,b@x.org'], 'two senders'],
    ['with a blank in the name of a log', ['--log', '/var/log/a b'], 'a blank in its name'],
    ['with an option that there is not', ['--frob'], 'frob'],
  ])('is refused %s', async (_name, more, expected) => {
    const { out, argv } = place('--no-test', ...more);
    const { code, err } = await runCli(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(expected)]);
    expect(existsSync(out)).toBe(false);
  });

  it('says why a config cannot be written there', async () => {
    const { log } = place();
    const { code, err } = await runCli([
      'init',
      '--out',
      join(log, 'x'),
      '--log',
      log,
      '--yes',
      '--mailserver',
      '-',
    ]);
    expect([code, err]).toEqual([1, expect.stringMatching(/nothing is written: E(?:EXIST|NOTDIR)/)]);
  });
});

describe('init at a terminal', () => {
  it('asks two questions, again where an answer is none, and takes the usual for an empty one', async () => {
    const server = await startMailServer();
    const { out, argv } = place();
    const { code, out: told } = await atTerminal(argv, [
      [']: ', 'mail:0\n'],
      [']: ', `localhost:${server.port}\n`],
      ['[root@localhost]: ', '\n'],
    ]);
    expect(code).toBe(0);
    expect(told).toContain('"0" as a port; write a number from 1 to 65535\n');
    expect(server.envelopes).toEqual([{ from: 'tayori@localhost', to: ['root@localhost'] }]);
    expect(settings(out).mailserver.value).toMatchObject({ port: server.port });
  });

  it('asks for the password of a login, and does not show it', async () => {
    const { out, argv } = place('--no-test');
    const file = join(dirname(out), 'mail.password');
    const { code, out: told } = await atTerminal(argv, [
      [']: ', 'smtp://me%40x.org@mail.x.org:587\n'],
      ['[me@x.org]: ', 'you@x.org\n'],
      [`(it goes into ${file}): `, 'ge heim\n'],
    ]);
    expect([code, told.includes('heim')]).toEqual([0, false]);
    expect(readFileSync(file, 'utf8')).toBe('ge heim\n');
    expect(settings(out).queues[0]).toMatchObject({ from: 'me@x.org', to: ['you@x.org'] });
  });

  it('that is closed writes nothing', async () => {
    const { out, argv } = place();
    const { code, err } = await atTerminal(argv, [[']: ', '\x04']]);
    expect([code, err]).toEqual([1, 'tayori: called off; nothing is written\n']);
    expect(existsSync(dirname(out)) && readdirSync(dirname(out)).length > 0).toBe(false);
  });

  it.runIf(existsSync('/usr/bin/script'))(
    'that is a real one does as well, and no password stands on it',
    async () => {
      const { out, argv } = place('--no-test');
      const words = [process.execPath, MAIN, ...argv].map((word) => `'${word}'`).join(' ');
      const child = spawn('/usr/bin/script', ['-qefc', words, '/dev/null']);
      onTestFinished(() => void child.kill('SIGKILL'));
      let told = '';
      const answers = [
        [/Maildir\) \[.*\]: /, 'smtp://me@mail.x.org:587\r'],
        [/Who gets the letters.*: /, 'you@x.org\r'],
        [/it goes into .*: /, 'geheim\r'],
      ] as const;
      let asked = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        const [question, typed] = answers[asked] ?? [];
        if (!question?.test(told)) return;
        asked += 1;
        child.stdin.write(typed ?? '');
      });
      const status = await new Promise((resolve) => child.on('close', resolve));
      expect([status, asked, told.includes('geheim')]).toEqual([0, 3, false]);
      expect(readFileSync(join(dirname(out), 'mail.password'), 'utf8')).toBe('geheim\n');
    },
  );
});

it('what init wrote is sound for check in a process of its own', async () => {
  const { out, argv } = place('--no-test', '--yes', '--mailserver', 'localhost');
  expect((await runCli(argv)).code).toBe(0);
  expect(execFileSync(process.execPath, [MAIN, 'check', out], { encoding: 'utf8' })).toContain(
    `${out}: sound.`,
  );
});

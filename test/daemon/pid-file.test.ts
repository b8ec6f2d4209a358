import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { claimPidFile } from '../../src/daemon/pid-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A process that calls itself `title` and runs until the test ends. */
async function running(title: string): Promise<number> {
  const script = `process.title = ${JSON.stringify(title)}; console.log('here'); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return pidOf(child);
}

/** The number of a process that has ended. */
async function dead(): Promise<number> {
  const child = spawn('true');
  const pid = pidOf(child);
  await once(child, 'exit');
  return pid;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('not started');
  return pid;
}

function fresh(): string {
  return join(temporaryFolder(), 'run', 'tayori.pid');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

it('nobody else may write a pid file, nor into the folder that is made for it, whatever the umask', () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const path = fresh();
  const claimed = claimPidFile(path);
  expect([path, dirname(path)].map((one) => (statSync(one).mode & 0o777).toString(8))).toEqual([
    '644',
    '755',
  ]);
  if (claimed.ok) claimed.pidFile.release();
});

describe('a pid file is taken', () => {
  it.each<[string, (path: string) => Promise<void> | void]>([
    ['where there is none, nor its folder', () => {}],
    ['from a process that has died', async (path) => write(path, `${await dead()}\n`)],
    ['from one that was never there', (path) => write(path, '4194305')],
    ['from another program with that number', async (path) => write(path, String(await running('nginx')))],
    ['from this very process, of an earlier life of the machine', (path) => write(path, String(process.pid))],
    ['that is empty', (path) => write(path, '')],
    ['that a power cut has filled with zeros', (path) => write(path, '\0\0\0\0')],
  ])('%s', async (_name, prepare) => {
    const path = fresh();
    await prepare(path);
    const claimed = claimPidFile(path);
    if (!claimed.ok) throw new Error(claimed.reason);
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    expect(readdirSync(dirname(path))).toEqual(['tayori.pid']);
    claimed.pidFile.release();
    expect(existsSync(path)).toBe(false);
    claimed.pidFile.release();
  });
});

describe('a pid file is left as it is, in words,', () => {
  it('while its tayori runs', async () => {
    const path = fresh();
    const pid = await running('tayori -c /etc/tayori/tenshi.conf');
    write(path, `${pid}\n`);
    expect(claimPidFile(path)).toEqual({
      ok: false,
      reason: `another tayori runs as process ${pid}, according to ${path}; stop it, or name another: -P FILE`,
    });
    expect(readFileSync(path, 'utf8')).toBe(`${pid}\n`);
    expect(readdirSync(dirname(path))).toEqual(['tayori.pid']);
  });

  it('while a Tenshi runs with it', async () => {
    const path = fresh();
    const pid = await running('tenshi');
    write(path, `${pid}\n`);
    expect(claimPidFile(path)).toEqual({
      ok: false,
      reason: `Tenshi runs as process ${pid}, according to ${path}; stop it, or name another: -P FILE`,
    });
    expect(readFileSync(path, 'utf8')).toBe(`${pid}\n`);
  });

  it.each([
    ['a line of passwd', 'root:x:0:0:root:/root:/bin/bash\n'],
    ['two numbers', '12 13\n'],
    ['no process number', '0'],
    ['a negative one', '-1'],
    ['a long number', '9'.repeat(64)],
  ])('when it holds %s', (_name, text) => {
    const path = fresh();
    write(path, text);
    expect(claimPidFile(path)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('is not a pid file'),
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(dirname(path))).toEqual(['tayori.pid']);
  });

  it.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(path, { recursive: true })],
    [
      'a link to nothing',
      (path) => {
        mkdirSync(dirname(path));
        symlinkSync('/nowhere/at/all', path);
      },
    ],
    ['in a file instead of a folder', (path) => writeFileSync(dirname(path), '')],
    ['in a folder where nobody may write', () => {}],
  ])('when it is %s', (name, prepare) => {
    const path = name.includes('nobody') ? '/proc/tayori.pid' : fresh();
    prepare(path);
    expect(claimPidFile(path)).toMatchObject({ ok: false, reason: expect.stringContaining('-P FILE') });
  });

  it('at the end, when another has taken it since', () => {
    const path = fresh();
    const claimed = claimPidFile(path);
    if (!claimed.ok) throw new Error(claimed.reason);
    const second = claimPidFile(path);
    claimed.pidFile.release();
    expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
    if (second.ok) second.pidFile.release();
    expect(existsSync(path)).toBe(false);
  });
});

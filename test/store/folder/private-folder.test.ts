import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openState } from '../../../src/store/folder/open-state.js';
import { makeFolder } from '../../../src/store/folder/private-folder.js';
import { runCli } from '../../support/run-cli.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const modeOf = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

/** What may be done with each thing in a folder, and with the folder ("."). */
function modesIn(folder: string): Record<string, string> {
  return Object.fromEntries(['.', ...readdirSync(folder)].map((name) => [name, modeOf(join(folder, name))]));
}

const PRIVATE = {
  ...{ '.': '700', lock: '600', 'lock-journal': '600' },
  ...{ 'tayori.db': '600', 'tayori.db-shm': '600', 'tayori.db-wal': '600' },
};

function opened(folder: string) {
  const state = openState(folder);
  if (!state.ok) throw new Error(state.reason);
  const close = (): void => {
    state.store.end();
    state.release();
  };
  onTestFinished(close);
  return { ...state, close };
}

function withUmask(mask: number): void {
  const before = process.umask(mask);
  onTestFinished(() => void process.umask(before));
}

describe('a state is for its owner alone', () => {
  it.each([
    ['0', 0],
    ['022', 0o022],
    ['0277', 0o277],
  ])('whatever the umask: %s', (_, mask) => {
    const folder = join(temporaryFolder(), 'deep', 'state');
    withUmask(mask);
    opened(folder);
    expect(modesIn(folder)).toEqual(PRIVATE);
  });

  it('also where an earlier version, or systemd, has made it for all to read', () => {
    const folder = join(temporaryFolder(), 'state');
    opened(folder).close();
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
    opened(folder);
    expect(modesIn(folder)).toEqual(PRIVATE);
  });

  it('also when it is brought back', () => {
    const folder = join(temporaryFolder(), 'state');
    const state = opened(folder);
    withUmask(0);
    state.store.setMeta('began', 1);
    rmSync(folder, { recursive: true });
    expect(state.heal()).toBe(true);
    expect(state.store.meta().began).toBe(1);
    expect({ 'lock-journal': '600', ...modesIn(folder) }).toEqual(PRIVATE);
  });

  it('the folders above it stay open to others where root makes them for another user', () => {
    const folder = join(temporaryFolder(), 'deep', 'state');
    withUmask(0o022);
    makeFolder(folder, 0o755);
    expect([modeOf(join(folder, '..')), modeOf(folder)]).toEqual(['755', '700']);
  });
});

describe('a folder that others may come into is refused, as it is, when it', () => {
  it.each<[string, (folder: string) => void, string]>([
    [
      'holds other things',
      (folder) => writeFileSync(join(folder, 'thesis.txt'), ''),
      'others may read it (mode 755), and it holds other things, such as thesis.txt; chmod 700',
    ],
    [
      'may be written by others, and holds what is not ours',
      (folder) => {
        writeFileSync(join(folder, 'x'), '');
        chmodSync(folder, 0o1777);
      },
      'others may write into it (mode 777), and it holds other things, such as x; chmod 700',
    ],
  ])('%s', (_, prepare, told) => {
    const folder = join(temporaryFolder(), 'state');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    prepare(folder);
    const before = modesIn(folder);
    const state = openState(folder);
    expect(state).toMatchObject({ ok: false, reason: expect.stringContaining(told) });
    expect(state).toMatchObject({ reason: expect.stringContaining('or set state to a folder of its own') });
    expect(modesIn(folder)).toEqual(before);
  });

  it.runIf(process.getuid?.() === 0)('holds a lock that somebody else has put there', () => {
    const folder = join(temporaryFolder(), 'state');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'lock'), '');
    chownSync(join(folder, 'lock'), 12_345, 12_345);
    expect(openState(folder)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('(mode 777), and lock in it belongs to somebody else; remove it'),
    });
    expect(statSync(folder).mode & 0o777).toBe(0o777);
  });
});

it('check and status name a state that others may read', async () => {
  const top = temporaryFolder();
  const folder = join(top, 'state');
  const conf = join(top, 'tenshi.conf');
  writeFileSync(conf, 'set uid root\nset state state\nset queue a f@x.org t@x.org [now] S\na .\n');
  const both = async () => ({
    check: await runCli(['check', conf]),
    status: await runCli(['status', '-c', conf]),
  });
  const said = `others may read the state ${folder} (mode 755); chmod 700 ${folder}, which the next start does`;
  opened(folder).close();
  expect((await both()).check.err).not.toContain('others may');
  expect((await both()).status.out).not.toContain('others may');
  chmodSync(folder, 0o755);
  const { check, status } = await both();
  expect(check.err).toContain(`${conf}:2:11: warning: ${said}`);
  expect(check.code).toBe(0);
  expect(status.out).toContain(`Warning: ${said}`);
});

it('a state that cannot be looked at does not keep check from its work', async () => {
  const top = temporaryFolder();
  const conf = join(top, 'tenshi.conf');
  symlinkSync(join(top, 'state'), join(top, 'state'));
  writeFileSync(conf, 'set uid root\nset state state\nset queue a f@x.org t@x.org [now] S\na .\n');
  expect(await runCli(['check', conf])).toMatchObject({ code: 0, err: expect.not.stringContaining('ELOOP') });
});

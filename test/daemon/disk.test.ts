import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { openState } from '../../src/store/folder/open-state.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { noSmallDisk, smallDisk } from '../support/small-disk.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { NOON, type Running, startDaemon } from './start-daemon.js';

const CONF = 'set queue a f@x.org t@x.org [30 12 * * *] S\na ^x\n';
const MINUTE = 60_000;

function kinds({ events }: Running): string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind.startsWith('state-'));
}

function words({ events }: Running): string {
  return events.map(describeEvent).join('\n');
}

/** Lines that together take more room than the disk has left when it is full. */
function many(count: number, from = 0): string[] {
  return Array.from(
    { length: count },
    (_, line) => `x ${from + line} ${createHash('sha512').update(String(line)).digest('base64')}`,
  );
}

if (noSmallDisk !== null) console.warn(`tests of full and read-only disks are skipped: ${noSmallDisk}`);

describe.skipIf(noSmallDisk !== null)('a full disk', () => {
  it('under the state stops the reading, is told once, and counts nothing twice when there is room again', async () => {
    const disk = smallDisk();
    const running = await startDaemon(CONF, { state: join(disk.folder, 'state') });
    const { daemon, write } = running;
    write(...many(100));
    await daemon.poll();
    disk.fill();
    write(...many(5_000, 100));
    for (let look = 0; look < 5; look++) await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed']);
    expect(words(running)).toContain(
      'the state cannot be written (database or disk is full); reading pauses until it can be written, nothing is lost',
    );
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 100, lines: 100 }]);
    write(...many(100, 5_100));
    disk.clear();
    await daemon.poll();
    await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed', 'state-back']);
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 5_200, lines: 5_200 }]);
  });

  it('in the middle of merging what waits stops the reading, and counts nothing twice when there is room again', async () => {
    const disk = smallDisk();
    const running = await startDaemon(CONF, { state: join(disk.folder, 'state') });
    const { daemon, write } = running;
    write(...many(3_000));
    await daemon.poll();
    disk.fill();
    for (let look = 0; look < 3; look++) await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed']);
    write(...many(1_500, 3_000));
    disk.clear();
    for (let look = 0; look < 9; look++) await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed', 'state-back']);
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 4_500, lines: 4_500 }]);
  });

  it('under the state holds a letter that is due; it goes once, with all that was written meanwhile', async () => {
    const disk = smallDisk();
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { state: join(disk.folder, 'state'), clock });
    const { daemon, write, folder } = running;
    write('x');
    await daemon.poll();
    disk.fill();
    write(...many(5_000));
    clock.advance(30 * MINUTE);
    await daemon.poll();
    clock.advance(MINUTE);
    await daemon.poll();
    expect(maildir(folder)).toEqual([]);
    disk.clear();
    await daemon.poll();
    await daemon.poll();
    const [letter, ...more] = maildir(folder);
    expect(more).toEqual([]);
    expect(letter?.match(/^ {4}1: x/gm)).toHaveLength(5_001);
    expect(daemon.pending()).toEqual([]);
  });

  it('under the Maildir makes letters wait; each is there once when there is room again', async () => {
    const disk = smallDisk();
    const clock = heldClock(NOON);
    const box = join(disk.folder, 'Maildir');
    const running = await startDaemon(
      `set mailserver maildir:${box}\nset queue n f@x.org t@x.org [now] S\nn ^x\n`,
      { clock },
    );
    const { daemon, write } = running;
    disk.fill();
    for (const text of ['x 1', 'x 2']) {
      write(text);
      await daemon.poll();
      clock.advance(MINUTE);
    }
    expect(words(running)).toMatch(/mail cannot be sent \(ENOSPC.*letters wait/);
    expect(daemon.outbox()).toHaveLength(2);
    disk.clear();
    clock.advance(15 * MINUTE);
    await daemon.poll();
    expect(daemon.outbox()).toEqual([]);
    expect(readdirSync(join(box, 'new'))).toHaveLength(2);
    expect(readdirSync(join(box, 'tmp'))).toEqual([]);
  });

  it.each([['full'], ['read-only']])('that is %s at the start is told in words', (how) => {
    const disk = smallDisk();
    mkdirSync(join(disk.folder, 'state'));
    if (how === 'full') disk.fill();
    else disk.mount('ro');
    const opened = openState(join(disk.folder, 'state'));
    expect(opened.ok).toBe(false);
    if (opened.ok) return;
    expect(opened.reason).toMatch(/cannot be used: .*(?:full|no space left|read-only)/i);
    expect(opened.reason).not.toContain('move it away');
  });
});

/** Files that nobody may write to, as when the kernel takes a sick disk for reading only. */
function setImmutable(folder: string, how: '+i' | '-i'): boolean {
  const files = readdirSync(folder).map((name) => join(folder, name));
  return spawnSync('chattr', [how, ...files]).status === 0;
}

it('a disk that becomes read-only stops the reading, and it goes on when it can be written again', async (test) => {
  const running = await startDaemon(CONF);
  const { daemon, write, folder } = running;
  const state = join(folder, 'state');
  if (!setImmutable(state, '+i')) {
    setImmutable(state, '-i');
    return test.skip('it needs root, and a file system that knows chattr +i');
  }
  try {
    write('x', 'x');
    for (let look = 0; look < 3; look++) await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed']);
  } finally {
    setImmutable(state, '-i');
  }
  write('x');
  await daemon.poll();
  await daemon.poll();
  expect(kinds(running)).toEqual(['state-failed', 'state-back']);
  expect(daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 3 }]);
});

it('a letter that was sent while the state cannot note it is not sent again and again', async () => {
  const server = await startMailServer();
  const running = await startDaemon(
    `set mailserver 127.0.0.1:${server.port}\nset queue n f@x.org t@x.org [now] S\nn ^x\n`,
  );
  const { daemon, store, write } = running;
  const { recordSent } = store;
  Object.assign(store, {
    recordSent() {
      throw new Error('database or disk is full');
    },
  });
  write('x 1');
  await daemon.poll();
  write('x 2');
  for (let look = 0; look < 4; look++) await daemon.poll();
  expect(server.letters).toHaveLength(1);
  expect(kinds(running)).toEqual(['state-failed']);
  Object.assign(store, { recordSent });
  await daemon.poll();
  expect(server.letters.map(({ text }) => text?.trim())).toEqual([
    'web1: \n    1: x 1',
    'web1: \n    1: x 2',
  ]);
  expect(daemon.outbox()).toEqual([]);
});

describe('a state that is deleted under the daemon', () => {
  it.each([
    ['the file', ['tayori.db']],
    ['its journal', ['tayori.db-wal']],
    ['the file and all beside it', ['tayori.db', 'tayori.db-wal', 'tayori.db-shm']],
    ['the lock', ['lock', 'tayori.db']],
    ['the folder', ['']],
  ])('is brought back, with nothing lost or doubled: %s', async (_, names) => {
    const clock = heldClock(NOON);
    const given = { clock, folder: temporaryFolder() };
    writeFileSync(join(given.folder, 'x.log'), '');
    const conf = `${CONF}set mailserver 127.0.0.1:1\nset queue n f@x.org t@x.org [now] S\nn ^y\n`;
    const first = await startDaemon(conf, given);
    const state = join(first.folder, 'state');
    first.write('x', 'y');
    await first.daemon.poll();
    for (const name of names) rmSync(join(state, name), { recursive: true });
    first.write('x', 'x');
    await first.daemon.poll();
    expect(kinds(first)).toEqual(['state-restored']);
    expect(existsSync(join(state, 'tayori.db'))).toBe(true);
    expect(readdirSync(state).filter((name) => name.includes('new'))).toEqual([]);
    expect(openState(state)).toMatchObject({ ok: false, reason: expect.stringContaining('another tayori') });
    first.write('x');
    await first.daemon.poll();
    expect(kinds(first)).toEqual(['state-restored']);
    await first.stop();
    const second = await startDaemon(conf, given);
    expect(second.daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 4 }]);
    expect(second.daemon.outbox()).toMatchObject([{ queue: 'n', state: 'waiting' }]);
  });

  it('is not brought back over a file that somebody put in its place', async () => {
    const running = await startDaemon(CONF);
    const { daemon, write, folder } = running;
    const file = join(folder, 'state', 'tayori.db');
    write('x');
    await daemon.poll();
    rmSync(file);
    writeFileSync(file, 'a backup that somebody wants');
    write('x');
    for (let look = 0; look < 3; look++) await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed']);
    expect(words(running)).toContain(`another file was put in the place of ${file}; move it away`);
    expect(readFileSync(file, 'utf8')).toBe('a backup that somebody wants');
    renameSync(file, join(folder, 'backup'));
    await daemon.poll();
    expect(kinds(running)).toEqual(['state-failed', 'state-restored']);
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 2 }]);
  });

  it('stops the work when another tayori has taken the folder meanwhile', async () => {
    const running = await startDaemon(CONF);
    const { daemon, write, folder } = running;
    const state = join(folder, 'state');
    rmSync(state, { recursive: true });
    const other = openState(state);
    expect(other.ok).toBe(true);
    write('x');
    await daemon.poll();
    expect(words(running)).toContain('another tayori works with');
    expect(daemon.pending()).toEqual([]);
    if (other.ok) {
      other.store.end();
      other.release();
    }
  });
});

describe('a damaged state', () => {
  /** Writes over all of a file but its first page. */
  function damage(file: string): void {
    const { size } = statSync(file);
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(Math.max(size - 4096, 0), 'damage! '), 0, undefined, 4096);
    closeSync(fd);
  }

  it('under the running daemon is told, stops the reading, and is refused at the next start, as it is', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { clock });
    const { daemon, write, folder } = running;
    const file = join(folder, 'state', 'tayori.db');
    for (let part = 0; part < 10; part++) {
      write(...many(10_000, part * 10_000));
      await daemon.poll();
    }
    damage(file);
    damage(`${file}-wal`);
    write(...many(10_000, 100_000));
    for (let look = 0; look < 5; look++) {
      clock.advance(10 * MINUTE);
      await daemon.poll();
    }
    expect(kinds(running)[0]).toBe('state-failed');
    expect(words(running)).toMatch(/the state cannot be written \(.*(?:malformed|not a database)/);
    expect(kinds(running).length).toBeLessThan(5);
    expect(maildir(folder)).toEqual([]);
    await running.stop();
    const before = readFileSync(file);
    const opened = openState(join(folder, 'state'));
    expect(opened).toMatchObject({ ok: false, reason: expect.stringMatching(/damaged .*; move it away/) });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that looks sound at its head is refused at the start, as it is', async () => {
    const running = await startDaemon(CONF);
    running.write(...many(1_000));
    await running.daemon.poll();
    await running.stop();
    const file = join(running.folder, 'state', 'tayori.db');
    damage(file);
    const before = readFileSync(file);
    expect(openState(join(running.folder, 'state'))).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/the state .* cannot be used: it is damaged .*; move it away/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

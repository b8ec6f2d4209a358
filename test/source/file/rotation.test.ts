import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Follower, followFiles } from '../../../src/source/file/follow-files.js';
import type { FilePosition } from '../../../src/source/file/line-batch.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { listLines } from '../../../src/source/split-lines.js';
import { type HeldClock, heldClock } from '../../support/held-clock.js';
import { setPath } from '../../support/set-path.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A log, and a reader of it that keeps its positions as the state does, so that it can be killed and started. */
interface Reading {
  readonly log: string;
  readonly lines: string[];
  readonly events: SourceEvent[];
  readonly clock: HeldClock;
  write(text: string): void;
  /** Looks as the running reader does; starts one where none runs. */
  look(): Promise<void>;
  /** Stops without a word: what was kept is what a new one begins with. */
  kill(): void;
  /** The next reader dies in its look, having kept what it read up to a line with this in it. */
  killAt(text: string): Promise<void>;
}

function reading(name = 'x.log'): Reading {
  const log = join(temporaryFolder(), name);
  const [lines, events]: [string[], SourceEvent[]] = [[], []];
  const clock = heldClock(0);
  const kept = new Map<string, FilePosition>();
  let follower: Follower | null = null;
  let killer: { readonly text: string; dead: boolean } | null = null;
  const keyOf = ({ path, device, inode }: FilePosition): string => `${path} ${device} ${inode}`;
  const keep = (): void => {
    for (const position of follower?.positions() ?? []) kept.set(keyOf(position), position);
  };
  const kill = (): void => {
    follower?.close();
    follower = null;
  };
  const start = (): Follower =>
    followFiles({
      patterns: [log],
      positions: [...kept.values()],
      start: { kind: 'beginning' },
      waitForMissing: true,
      clock,
      onLines(batch) {
        if (killer?.dead) return;
        lines.push(...listLines(batch.lines));
        keep();
        if (killer && listLines(batch.lines).some((line) => killer?.text && line.includes(killer.text)))
          killer.dead = true;
      },
      onForget: (position) => void (killer?.dead || kept.delete(keyOf(position))),
      onDone: (position) => void (killer?.dead || kept.set(keyOf(position), position)),
      onEvent: (event) => void events.push(event),
    });
  onTestFinished(kill);
  const look = async (): Promise<void> => {
    follower ??= start();
    await follower.poll();
    if (!killer?.dead) keep();
  };
  return {
    log,
    lines,
    events,
    clock,
    look,
    kill,
    write: (text) => appendFileSync(log, text),
    async killAt(text) {
      killer = { text, dead: false };
      await look();
      expect(killer.dead).toBe(true);
      kill();
      killer = null;
    },
  };
}

/** Programs that a machine may be without. */
const missing = ['bzip2', 'xz', 'zstd', 'logrotate'].filter(
  (program) => spawnSync(program, ['--version'], { input: '' }).error !== undefined,
);

function pack(program: string, path: string): string {
  execFileSync(program, ['-q', path]);
  const ending = { gzip: 'gz', bzip2: 'bz2', xz: 'xz', zstd: 'zst' }[program];
  if (program === 'zstd') rmSync(path);
  return `${path}.${ending}`;
}

/** Lines as many as make some chunks: `a 1` to `a COUNT`, each of some length. */
function many(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name} ${n + 1} ${'.'.repeat(50)}`);
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('copytruncate', () => {
  it.each([
    ['while it runs', false, '.1', null],
    ['while nothing runs', true, '.1', null],
    ['while it runs, and the copy is packed', false, '-20261121', 'gzip'],
    ['while nothing runs, and the copy is packed', true, '.1', 'gzip'],
  ])(
    '%s: what was copied and not yet read is fetched from the copy',
    async (_name, stopped, ending, packer) => {
      const { log, lines, events, write, look, kill } = reading();
      write('one\n');
      await look();
      if (stopped) kill();
      write('two\nthree\n');
      copyFileSync(log, `${log}${ending}`);
      truncateSync(log);
      if (packer) pack(packer, `${log}${ending}`);
      write('four\n');
      await look();
      expect(lines).toEqual(['one', 'two', 'three', 'four']);
      expect(events.some(({ kind }) => kind === 'lost')).toBe(false);
      write('five\n');
      await look();
      kill();
      await look();
      expect(lines).toEqual(['one', 'two', 'three', 'four', 'five']);
    },
  );

  it.each([
    ['while it runs', false],
    ['while nothing runs', true],
  ])('three times %s, packed after a day, into a folder: all in order', async (_name, stopped) => {
    const { log, lines, write, look, kill } = reading();
    const old = join(dirname(log), 'old');
    mkdirSync(old);
    write('1\n');
    await look();
    if (stopped) kill();
    for (const n of [2, 3, 4]) {
      write(`${n}\n`);
      if (existsSync(join(old, 'x.log.1'))) {
        if (existsSync(join(old, 'x.log.2.gz'))) renameSync(join(old, 'x.log.2.gz'), join(old, 'x.log.3.gz'));
        renameSync(join(old, 'x.log.1'), join(old, 'x.log.2'));
        pack('gzip', join(old, 'x.log.2'));
      }
      copyFileSync(log, join(old, 'x.log.1'));
      truncateSync(log);
    }
    write('5\n');
    await look();
    expect(lines).toEqual(['1', '2', '3', '4', '5']);
  });

  it.each([
    ['empty', ''],
    ['in the midst of its first line', 'Nov 20 fi'],
  ])(
    'of a log that was %s when it was seen: what was written and emptied since is fetched',
    async (_name, begun) => {
      for (const restarts of [false, true]) {
        const { log, lines, write, look, kill } = reading();
        write(begun);
        await look();
        if (restarts) kill();
        write('Nov 20 first\n'.slice(begun.length));
        copyFileSync(log, `${log}.1`);
        truncateSync(log);
        write('Nov 20 two\n');
        await look();
        await look();
        expect(lines).toEqual(['Nov 20 first', 'Nov 20 two']);
      }
    },
  );

  it.each([
    ['while it runs', false],
    ['while nothing runs', true],
  ])('of half a line, %s, makes no other log look known that begins like it', async (_name, stopped) => {
    const { log, lines, clock, write, look, kill } = reading();
    const half = 'Nov 20 10:00:00 web1 line ';
    write(`${half}1\n`);
    await look();
    const empty = (name: string): void => {
      copyFileSync(log, `${log}.${name}`);
      truncateSync(log);
    };
    empty('4');
    write(half);
    await look();
    empty('3');
    write('2\n');
    await look();
    clock.advance(61_000);
    await look();
    empty('2');
    write(`${half}3\n`);
    await look();
    if (stopped) kill();
    write(`${half}4\n`);
    empty('1');
    write(`${half}5\n`);
    await look();
    await look();
    expect(lines).toEqual([1, 2, 3, 4, 5].map((line) => `${half}${line}`));
  });

  it('without a copy says what may be lost', async () => {
    const { log, events, write, look } = reading();
    write('one\n');
    await look();
    truncateSync(log);
    await look();
    expect(events).toContainEqual({ kind: 'truncated', path: log, copy: null });
  });

  it.each([
    [
      'the rest of a line goes to the log: one line',
      ' second half\n',
      ['Nov 20 a: first half, second half', 'Nov 20 c'],
    ],
    [
      'a copy made in the midst of a write: two',
      'Nov 20 b\n',
      ['Nov 20 a: first half,', 'Nov 20 b', 'Nov 20 c'],
    ],
    ['only the newline goes to the log', '\n', ['Nov 20 a: first half,', 'Nov 20 c']],
  ])('in the midst of a line, %s', async (_name, rest, expected) => {
    for (const restarts of [false, true]) {
      const { log, lines, write, look, kill } = reading();
      write('Nov 20 0\nNov 20 a: first half,');
      await look();
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      await look();
      if (restarts) kill();
      await look();
      write(rest.slice(0, 3));
      await look();
      if (restarts) kill();
      write(rest.slice(3));
      await look();
      if (restarts) kill();
      write('Nov 20 c\n');
      await look();
      expect(lines).toEqual(['Nov 20 0', ...expected]);
    }
  });

  it('without a copy, in the midst of a line: its rest is still joined', async () => {
    const { log, lines, write, look } = reading();
    write('Nov 20 a: first half,');
    await look();
    truncateSync(log);
    await look();
    write(' second half\n');
    await look();
    expect(lines).toEqual(['Nov 20 a: first half, second half']);
  });
});

describe('a packed file', () => {
  it.each(['gzip', 'bzip2', 'xz', 'zstd'].filter((packer) => !missing.includes(packer)))(
    'of %s, rotated while nothing ran, is read on in its midst',
    async (packer) => {
      const { log, lines, write, look, kill } = reading();
      write('one\n');
      await look();
      kill();
      const rest = many('two', 20_000);
      write(text(rest));
      renameSync(log, `${log}.1`);
      pack(packer, `${log}.1`);
      write('three\n');
      await look();
      expect(lines).toEqual(['one', ...rest, 'three']);
    },
  );

  it.each([
    'x.log.1',
    'x.log-20261121',
    'x.log-20261121-1795246220',
    'x-20261121.log',
    'old/x.log.1',
    'x.log.old',
  ])('named %s and gzipped is found', async (name) => {
    const { log, lines, write, look, kill } = reading();
    const rotated = join(dirname(log), name);
    mkdirSync(dirname(rotated), { recursive: true });
    write('one\n');
    await look();
    kill();
    write('two\n');
    renameSync(log, rotated);
    pack('gzip', rotated);
    write('three\n');
    await look();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('is read on where a kill fell, also when it got another number meanwhile', async () => {
    const { log, lines, write, look, kill, killAt } = reading();
    write('one\n');
    await look();
    kill();
    const rest = many('two', 50_000);
    write(text(rest));
    renameSync(log, `${log}.1`);
    pack('gzip', `${log}.1`);
    write('three\n');
    await killAt('two 20000 ');
    expect(lines.length).toBeLessThan(50_000);
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    renameSync(log, `${log}.1`);
    pack('gzip', `${log}.1`);
    await look();
    write('four\n');
    await look();
    expect(lines).toEqual(['one', ...rest, 'three', 'four']);
  });

  it('that is still being written is read to its end when it is whole', async () => {
    const { log, lines, write, look, kill } = reading();
    const rest = many('one', 20_000);
    write(text(rest.slice(0, 1)));
    await look();
    kill();
    write(text(rest.slice(1)));
    renameSync(log, `${log}.1`);
    const bytes = readFileSync(pack('gzip', `${log}.1`));
    writeFileSync(`${log}.1.gz`, bytes.subarray(0, bytes.length / 2));
    write('two\n');
    await look();
    appendFileSync(`${log}.1.gz`, bytes.subarray(bytes.length / 2));
    await look();
    expect(lines.filter((line) => line !== 'two')).toEqual(rest);
  });

  it('that is damaged is read as far as it goes, and said to be', async () => {
    const { log, lines, events, clock, write, look, kill } = reading();
    write('one\n');
    await look();
    kill();
    write(text(many('two', 1000)));
    renameSync(log, `${log}.1`);
    const packed = pack('gzip', `${log}.1`);
    truncateSync(packed, statSync(packed).size - 4);
    write('three\n');
    await look();
    clock.advance(61_000);
    await look();
    expect(lines).toEqual(['one', ...many('two', 1000), 'three']);
    expect(events).toContainEqual({
      kind: 'unreadable',
      path: packed,
      log,
      reason: 'its packed data end too early; the rest is lost',
    });
  });

  it.skipIf(missing.includes('zstd'))('that takes a program which is not there is named', async () => {
    const { log, events, write, look, kill } = reading();
    write('one\n');
    await look();
    kill();
    renameSync(log, `${log}.1`);
    const packed = pack('zstd', `${log}.1`);
    write('two\n');
    setPath(temporaryFolder());
    await look();
    const reason = 'the program zstd is not installed';
    expect(events).toContainEqual({ kind: 'unreadable', path: packed, log, reason });
  });
});

describe('a renamed file', () => {
  it.each([
    ['while it runs', false],
    ['through restarts', true],
  ])('is read for stragglers for a minute, %s, and then no more', async (_name, restarts) => {
    const { log, lines, clock, write, look, kill } = reading();
    const late = (line: string): void => appendFileSync(`${log}.1`, line);
    write('one\n');
    await look();
    renameSync(log, `${log}.1`);
    write('two\n');
    await look();
    for (const straggler of ['s1\ns2, be', 'gun\n', 's3\n']) {
      if (restarts) kill();
      clock.advance(50_000);
      late(straggler);
      await look();
    }
    clock.advance(61_000);
    await look();
    expect(lines).toEqual(['one', 'two', 's1', 's2, begun', 's3']);
  });

  it('whose last line was begun and never ended has it told when it is let go', async () => {
    const { log, lines, clock, write, look } = reading();
    write('one\nbegun');
    await look();
    renameSync(log, `${log}.1`);
    write('two\n');
    await look();
    clock.advance(61_000);
    await look();
    clock.advance(61_000);
    await look();
    expect(lines).toEqual(['one', 'two', 'begun']);
  });

  it('written to after the one that followed it was rotated away too, hides nothing', async () => {
    const { log, lines, write, look, kill } = reading();
    write('one\n');
    await look();
    kill();
    renameSync(log, `${log}.1`);
    write('two\n');
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.2`, 'straggler\n');
    utimesSync(`${log}.2`, 4e9, 4e9);
    write('three\n');
    await look();
    expect(lines.sort()).toEqual(['one', 'straggler', 'three', 'two']);
  });

  it('that is done and is packed or written to late is not read again', async () => {
    const { log, lines, clock, write, look, kill } = reading();
    write('one\n');
    await look();
    renameSync(log, `${log}.1`);
    write('two\n');
    await look();
    clock.advance(61_000);
    await look();
    kill();
    utimesSync(`${log}.1`, 4e9, 4e9);
    pack('gzip', `${log}.1`);
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    renameSync(log, `${log}.1`);
    write('three\n');
    await look();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('that was there before the log was seen for the first time is never read', async () => {
    const { log, lines, write, look } = reading();
    writeFileSync(`${log}.1`, 'before our time\n');
    write('one\n');
    utimesSync(`${log}.1`, 4e9, 4e9);
    await look();
    pack('gzip', `${log}.1`);
    renameSync(`${log}.1.gz`, `${log}.2.gz`);
    renameSync(log, `${log}.1`);
    write('two\n');
    await look();
    expect(lines).toEqual(['one', 'two']);
  });

  it.each([
    ['between two looks', false],
    ['while nothing runs', true],
  ])('packed the next day, three rotations %s: all in order, each once', async (_name, stopped) => {
    const { log, lines, write, look, kill } = reading();
    write('1\n');
    await look();
    if (stopped) kill();
    for (const n of [2, 3, 4]) {
      write(`${n}\n`);
      if (existsSync(`${log}.2.gz`)) renameSync(`${log}.2.gz`, `${log}.3.gz`);
      if (existsSync(`${log}.1`)) {
        renameSync(`${log}.1`, `${log}.2`);
        pack('gzip', `${log}.2`);
      }
      renameSync(log, `${log}.1`);
    }
    write('5\n');
    await look();
    write('6\n');
    await look();
    kill();
    await look();
    expect(lines).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('is found after the log itself is gone, and so is what came meanwhile', async () => {
    const { log, lines, write, look, kill } = reading();
    write('1\n');
    await look();
    kill();
    write('2\n');
    renameSync(log, `${log}.2`);
    pack('gzip', `${log}.2`);
    write('3\n');
    renameSync(log, `${log}.1`);
    await look();
    write('4\n');
    await look();
    expect(lines).toEqual(['1', '2', '3', '4']);
  });

  it('that a glob finds is not read under its new name', async () => {
    const { lines, log, clock, look, kill } = reading('*');
    const one = join(dirname(log), 'x.log');
    writeFileSync(one, 'one\n');
    await look();
    for (const name of ['x.log.1', 'x.log-20261121']) {
      renameSync(one, join(dirname(log), name));
      writeFileSync(one, `${name}\n`);
      await look();
      clock.advance(61_000);
      await look();
      await look();
    }
    pack('gzip', join(dirname(log), 'x.log.1'));
    await look();
    kill();
    await look();
    writeFileSync(join(dirname(log), 'x.log-2'), 'of another\n');
    await look();
    expect(lines).toEqual(['one', 'x.log.1', 'x.log-20261121', 'of another']);
  });

  it('is not mistaken for the log of somebody else', async () => {
    const folder = temporaryFolder();
    const [log, other] = [join(folder, 'x.log'), join(folder, 'x.log-20261121')];
    const lines: string[] = [];
    const follower = followFiles({
      patterns: [log, other],
      positions: [],
      start: { kind: 'beginning' },
      waitForMissing: true,
      clock: heldClock(0),
      onLines: (batch) => void lines.push(...listLines(batch.lines)),
      onForget() {},
      onDone() {},
      onEvent() {},
    });
    onTestFinished(() => follower.close());
    writeFileSync(log, 'one\n');
    await follower.poll();
    writeFileSync(other, 'other\n');
    await follower.poll();
    renameSync(log, `${log}.1`);
    writeFileSync(log, 'two\n');
    await follower.poll();
    expect(lines).toEqual(['one', 'other', 'two']);
  });
});

it('a log that is written all the time does not keep a look from ending', async () => {
  const { log, lines, write, look } = reading();
  write('one\n');
  const writer = spawn('perl', [
    '-e',
    'open F, ">>", shift; select F; $| = 1; print "more\\n" x 9 for 1 .. 5e6',
    log,
  ]);
  onTestFinished(() => void writer.kill('SIGKILL'));
  while (lines.length < 3) await look();
  expect(writer.exitCode).toBeNull();
});

describe('another file in its place', () => {
  const cases: readonly [string, (log: string) => void, string[]][] = [
    ['a shorter one', (log) => replace(log, 'new\n'), ['new']],
    [
      'one that has grown past the old place',
      (log) => replace(log, `${'new '.repeat(99)}\n`),
      ['new '.repeat(99)],
    ],
    ['a shorter one of the same inode', (log) => writeFileSync(log, 'new\n'), ['new']],
    [
      'a longer one of the same inode',
      (log) => writeFileSync(log, `${'new '.repeat(99)}\n`),
      ['new '.repeat(99)],
    ],
    ['one that begins alike, but is shorter', (log) => replace(log, 'old 1\n'), ['old 1']],
    ['an empty one', (log) => replace(log, ''), []],
  ];

  it.each(
    cases.flatMap(([name, put, expected]) =>
      [false, true].map((stopped) => [name, stopped, put, expected] as const),
    ),
  )('%s (stopped meanwhile: %s) is read from its beginning', async (_name, stopped, put, expected) => {
    const { log, lines, write, look, kill } = reading();
    write('old 1\nold 2\n');
    await look();
    if (stopped) kill();
    put(log);
    await look();
    write('more\n');
    await look();
    expect(lines).toEqual(['old 1', 'old 2', ...expected, 'more']);
  });

  it('with an inode used before: both are read', async () => {
    const { log, lines, write, look, kill } = reading();
    write('one\n');
    await look();
    kill();
    const { ino } = statSync(log);
    write('two\n');
    copyFileSync(log, `${log}.1`);
    pack('gzip', `${log}.1`);
    for (let attempt = 1; attempt < 1000; attempt++) {
      rmSync(log);
      writeFileSync(log, 'three\n');
      if (statSync(log).ino === ino) break;
    }
    await look();
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('with the same lines and more, after a restart, is read on: it was moved to another disk', async () => {
    const { log, lines, write, look, kill } = reading();
    write('one\n');
    await look();
    kill();
    replace(log, 'one\ntwo\n');
    await look();
    expect(lines).toEqual(['one', 'two']);
  });

  function replace(log: string, text: string): void {
    writeFileSync(`${log}.new`, text);
    renameSync(`${log}.new`, log);
  }
});

it('all programs are there where nothing may be left out', () => {
  if (missing.length > 0) console.warn(`not installed, and so not tried: ${missing.join(', ')}`);
  expect(process.env.CI ? missing : []).toEqual([]);
});

describe.skipIf(missing.includes('logrotate'))('logrotate itself', () => {
  it.each(
    [
      ['create, delaycompress', 'create\ncompress\ndelaycompress'],
      ['create, compress at once', 'create\ncompress'],
      ['copytruncate', 'copytruncate'],
      ['copytruncate, compress', 'copytruncate\ncompress'],
      ['dateext with seconds, extension', 'create\ncompress\ndateext\ndateformat -%Y%m%d-%s\nextension .log'],
      ['olddir', 'create\ncompress\nolddir old'],
      ['zstd', 'create\ncompress\ncompresscmd /usr/bin/zstd\ncompressoptions -q --rm\ncompressext .zst'],
    ].filter(([name]) => !missing.includes(name ?? '')),
  )('%s, seen and unseen: every line once', async (_name, directives) => {
    for (const stopped of [false, true]) {
      const { log, lines, write, look, kill } = reading();
      const folder = dirname(log);
      mkdirSync(join(folder, 'old'));
      chmodSync(folder, 0o755);
      const conf = join(folder, 'rotate.conf');
      const { uid, gid } = userInfo();
      const su = uid === 0 ? `su ${uid} ${gid}\n` : '';
      writeFileSync(conf, `"${log}" {\nrotate 20\n${su}${directives}\n}\n`);
      chmodSync(conf, 0o644);
      const rotate = (): void => void execFileSync('logrotate', ['-f', '-s', join(folder, 'state'), conf]);
      const written: string[] = [];
      for (let n = 1; n <= 12; n++) {
        written.push(`line ${n}`);
        write(`line ${n}\n`);
        if (n === 1) await look();
        if (n === 1 && stopped) kill();
        if (n % 3 === 2 && (n === 5 || !directives.includes('%s'))) rotate();
        if (n % 4 === 0 && !stopped) await look();
      }
      await look();
      expect(lines).toEqual(written);
    }
  });
});

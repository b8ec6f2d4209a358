import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Follower, followFiles } from '../../src/source/follow-files.js';
import type { FilePosition } from '../../src/source/line-batch.js';
import type { SourceEvent } from '../../src/source/source-event.js';
import { type HeldClock, heldClock } from '../held-clock.js';
import { temporaryFolder } from '../temporary-folder.js';

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
        lines.push(...batch.lines);
        keep();
        if (killer && batch.lines.some((line) => killer?.text && line.includes(killer.text)))
          killer.dead = true;
      },
      onForget: (position) => void (killer?.dead || kept.delete(keyOf(position))),
      onDone: (position) => void (killer?.dead || kept.set(keyOf(position), position)),
      onEvent: (event) => void events.push(event),
    });
  onTestFinished(kill);
  const look = async (): Promise<void> => {
    follower ??= start();
    await follower.look();
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
  it.each(['gzip', 'bzip2', 'xz', 'zstd'])(
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
      reason: 'its packed data end too early; what follows is lost',
    });
  });

  it('that takes a program which is not there is named', async () => {
    const { log, events, write, look, kill } = reading();
    const path = process.env.PATH;
    onTestFinished(() => {
      process.env.PATH = path;
    });
    write('one\n');
    await look();
    kill();
    renameSync(log, `${log}.1`);
    const packed = pack('zstd', `${log}.1`);
    write('two\n');
    process.env.PATH = temporaryFolder();
    await look();
    const reason = 'it takes the program zstd, which is not installed';
    expect(events).toContainEqual({ kind: 'unreadable', path: packed, reason });
  });
});

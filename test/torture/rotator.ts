import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Random } from '../support/random.js';
import type { Writer } from './writers.js';

const run = promisify(execFile);
const hasXz = spawnSync('xz', ['--version']).error === undefined;

/** All that is done to logs; a log is either renamed or copied and emptied, as an administrator would set it up. */
export interface Rotator {
  /** Rotates the log, now in this way and now in that. */
  rotate(): Promise<void>;
  /** How often it did what. */
  readonly done: ReadonlyMap<string, number>;
}

/** Rotates one log. Files are packed only when nobody writes to them any more. */
export function createRotator(
  log: string,
  lock: string,
  how: 'rename' | 'copytruncate',
  random: Random,
  writers: readonly Writer[],
): Rotator {
  const done = new Map<string, number>();
  const old = join(dirname(log), 'old');
  mkdirSync(old, { recursive: true });
  let serial = 1_795_000_000;

  const count = (what: string): void => void done.set(what, (done.get(what) ?? 0) + 1);

  /** `x.log.1` becomes `x.log.2` and so on, packed ones too, the highest first. */
  function makeRoom(): string {
    const numbered = readdirSync(dirname(log))
      .map((name) => ({
        name,
        match: /^\.(\d+)((?:\.gz|\.zst|\.xz|\.bz2)?)$/.exec(name.slice(basename(log).length)),
      }))
      .filter(({ name, match }) => match && name.startsWith(basename(log)))
      .map(({ name, match }) => ({ name, number: Number(match?.[1]), ending: match?.[2] ?? '' }))
      .sort((a, b) => b.number - a.number);
    for (const { name, number, ending } of numbered)
      renameSync(join(dirname(log), name), `${log}.${number + 1}${ending}`);
    return `${log}.1`;
  }

  function newName(): { readonly way: string; readonly path: string } {
    const way = random.pick(['number', 'number', 'number', 'date', 'olddir', 'extension']);
    serial++;
    if (way === 'date') return { way, path: `${log}-20261121-${serial}` };
    if (way === 'olddir') return { way, path: join(old, `${basename(log)}-20261121-${serial}`) };
    if (way === 'extension') return { way, path: log.replace(/\.log$/, `-20261121-${serial}.log`) };
    return { way, path: makeRoom() };
  }

  async function moveAway(path: string): Promise<void> {
    if (how === 'rename') {
      renameSync(log, path);
      if (random.chance(0.5)) writeFileSync(log, '', { flag: 'a' });
    } else {
      await run('flock', ['-x', lock, 'sh', '-c', 'cp "$0" "$1" && : > "$0"', log, path]);
    }
  }

  async function packSome(): Promise<void> {
    for (const folder of [dirname(log), old])
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        if (path === log || !name.startsWith(basename(log, '.log')) || /\.(?:gz|zst|xz|bz2|lock)$/.test(name))
          continue;
        if (!statSync(path).isFile() || random.chance(0.4)) continue;
        if (writers.some((writer) => writer.hasOpen(path))) continue;
        const packer = hasXz && random.chance(0.12) ? 'xz' : 'gzip';
        await run(packer, ['-q', path]);
        count(packer);
      }
  }

  return {
    async rotate() {
      if (!existsSync(log) || statSync(log).size === 0) return;
      const { way, path } = newName();
      await moveAway(path);
      count(`${how} ${way}`);
      if (random.chance(0.6)) await packSome();
    },
    done,
  };
}

export interface Rotating {
  /** Rotates some log, now, and resolves when it is rotated. */
  now(): Promise<void>;
  end(): Promise<void>;
  ways(): { readonly total: number; readonly each: ReadonlyMap<string, number> };
}

/** Rotates logs, one after the other, until it is ended. */
export function rotateAll(rotators: readonly Rotator[], random: Random): Rotating {
  let ended = false;
  let turn: Promise<void> = Promise.resolve();
  const now = (): Promise<void> => {
    turn = turn.then(() => rotators[random.below(rotators.length)]?.rotate());
    return turn;
  };
  const loop = (async () => {
    while (!ended) {
      await now();
      await pause(random.below(250));
    }
  })();
  loop.catch(() => {}); // told at the end
  return {
    now,
    async end() {
      ended = true;
      await loop;
      await turn;
    },
    ways() {
      const each = new Map<string, number>();
      for (const { done } of rotators)
        for (const [way, times] of done) each.set(way, (each.get(way) ?? 0) + times);
      const total = [...each].reduce((sum, [way, times]) => (way.includes(' ') ? sum + times : sum), 0);
      return { total, each };
    },
  };
}

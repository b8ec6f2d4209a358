import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JoinLines } from '../../../src/base/text/joiner.js';
import { type Follower, followFiles } from '../../../src/source/file/follow-files.js';
import type { FilePosition } from '../../../src/source/file/line-batch.js';
import type { Start } from '../../../src/source/file/segment.js';
import type { Loss } from '../../../src/source/loss.js';
import type { SourceEvent } from '../../../src/source/source-event.js';
import { listLines } from '../../../src/source/split-lines.js';
import { type HeldClock, heldClock } from '../../support/held-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** Logs, and a reader of them that keeps its positions as the state does, so that it can be stopped and started. */
export interface Reading {
  readonly folder: string;
  /** The first of the patterns. */
  readonly log: string;
  readonly lines: string[];
  readonly events: SourceEvent[];
  readonly losses: Loss[];
  readonly clock: HeldClock;
  /** What the state would hold. */
  readonly kept: ReadonlyMap<string, FilePosition>;
  kinds(): string[];
  /** Appends to the log. */
  write(text: string): void;
  /** Looks as the running reader does; starts one where none runs. */
  look(): Promise<void>;
  /** Stops without a word: what was kept is what a new one begins with. */
  stop(): void;
}

export interface ReadingOptions {
  readonly folder?: string;
  /** Within the folder. */
  readonly patterns?: readonly string[];
  /** What a start begins with where nothing is known. */
  readonly start?: Start['kind'];
  readonly maxOpen?: number;
  readonly maxFollowed?: number;
  /** Joins the lines of all logs. */
  readonly join?: JoinLines;
}

export function reading(options: ReadingOptions = {}): Reading {
  const folder = options.folder ?? temporaryFolder();
  const patterns = (options.patterns ?? ['x.log']).map((pattern) => join(folder, pattern));
  const [log = ''] = patterns;
  const [lines, events, losses]: [string[], SourceEvent[], Loss[]] = [[], [], []];
  const clock = heldClock(0);
  const kept = new Map<string, FilePosition>();
  let follower: Follower | null = null;
  const keyOf = ({ path, device, inode }: FilePosition): string => `${path} ${device} ${inode}`;
  const start = (): Follower =>
    followFiles({
      patterns,
      positions: [...kept.values()],
      start: options.start === 'end' ? { kind: 'end' } : { kind: 'beginning' },
      waitForMissing: true,
      clock,
      ...(options.maxOpen === undefined ? {} : { maxOpen: options.maxOpen }),
      ...(options.maxFollowed === undefined ? {} : { maxFollowed: options.maxFollowed }),
      joinerOf: () => options.join ?? null,
      onLines: (batch) => void lines.push(...listLines(batch.lines)),
      onForget: (position) => void kept.delete(keyOf(position)),
      onDone: (position) => void kept.set(keyOf(position), position),
      onEvent: (event) => void events.push(event),
      onLoss: (loss) => void losses.push(loss),
    });
  const stop = (): void => {
    follower?.close();
    follower = null;
  };
  onTestFinished(stop);
  return {
    folder,
    log,
    lines,
    events,
    losses,
    clock,
    kept,
    kinds: () => events.map(({ kind }) => kind),
    write: (text) => appendFileSync(log, text),
    async look() {
      follower ??= start();
      await follower.poll();
      for (const position of follower.positions()) kept.set(keyOf(position), position);
    },
    stop,
  };
}

/** Lines that carry the time, as most logs have them: `Nov 29 10:00:07 web1 NAME 7`. */
export function timed(name: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const n = from + at;
    const time = new Date(Date.UTC(2026, 10, 29, 10) + n * 1000).toISOString().slice(11, 19);
    return `Nov 29 ${time} web1 ${name} ${n}`;
  });
}

/** Lines without any time. */
export function untimed(name: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `${name} ${from + at}`);
}

export const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** The name of another file in the folder of a path. */
export const beside = (path: string, name: string): string => join(dirname(path), name);

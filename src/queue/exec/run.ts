import type { CommandValues } from './command-line.js';

/** A hit for which a program is to run. */
export interface RunHit extends CommandValues {
  readonly queue: string;
  /** The line as it was read, for the standard input of the program. */
  readonly line: string;
}

/** A hit that waits for its program. */
export interface WaitingRun extends RunHit {
  readonly id: number;
}

/**
 * How it ended. `ran`: with status 0. `refused`: its values must not be arguments, or the config has no program for the
 * queue any more. `interrupted`: tayori ended meanwhile, so that nobody knows whether it ran. `left-out`: too many waited.
 */
export const RUN_OUTCOMES = ['ran', 'failed', 'refused', 'interrupted', 'left-out'] as const;

export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** The end of a run, or of `hits` that came to the same end together. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly hits: number;
  /** The command as one would write it for a shell; '': there was none. */
  readonly command: string;
  /** Why, in words; '': there is nothing to say. */
  readonly why: string;
  /** The beginning of what it printed. */
  readonly output: string;
}

/** The end of a run as it is kept. */
export interface EndedRun extends RunEnd {
  readonly id: number;
  readonly queue: string;
  /** When it ended (ms). */
  readonly at: number;
}

/** Of each queue with a program: hits that wait, that run, and how many have come to each end. */
export interface RunCounts {
  readonly queue: string;
  readonly waiting: number;
  readonly running: number;
  readonly ended: ReadonlyMap<RunOutcome, number>;
}

/**
 * So many hits of a queue are held that wait, run, or were not told yet, and so many characters of them. Later ones are left
 * out, and that is told: an attacker may make more than the programs can take.
 */
export const MAX_HELD_RUNS = 10_000;
export const MAX_HELD_TEXT = 32_000_000;

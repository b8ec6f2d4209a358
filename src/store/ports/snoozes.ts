import type { Snooze, SnoozeEnd } from '../../queue/snooze.js';

/** Entries of letters that somebody has put aside. Commands write here while the daemon runs. */
export interface Snoozes {
  /** All of them, in the order in which they began. */
  snoozes(): Snooze[];
  /** How many lines of it wait for a letter. */
  snoozedLines(snooze: Pick<Snooze, 'queue' | 'message' | 'host'>): number;
  /** Adds one; it replaces an earlier one of the same entry and host. */
  addSnooze(snooze: Snooze): void;
  beginSnoozeDay(snooze: Snooze, day: number, before: number): void;
  endSnooze(snooze: Snooze, at: number, why: SnoozeEnd): void;
  dropSnooze(snooze: Snooze): void;
}

/** What a letter did with snoozes: written in the transaction that seals it. */
export interface SnoozeOutcome {
  /** Lines that were held back of each. */
  readonly held: readonly { readonly snooze: Snooze; readonly lines: number }[];
  /** Snoozes whose end it tells. */
  readonly told: readonly Snooze[];
}

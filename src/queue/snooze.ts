import { DAY } from '../base/time/duration.js';

/** An entry of letters that somebody has put aside for a while: it is counted, and stands in no letter. Times in ms. */
export interface Snooze {
  /** The whole id of the entry. */
  readonly id: string;
  readonly queue: string;
  readonly message: string;
  /** The host that it holds for; '': every host. */
  readonly host: string;
  readonly reason: string;
  readonly began: number;
  readonly until: number;
  /** How many lines of it a usual day had when it was put aside: at least 1. */
  readonly usual: number;
  /** How many lines it has held back, up to the last letter. */
  readonly held: number;
  /** When the day began in which lines are counted now, and how many lines there were before it. */
  readonly day: number;
  readonly before: number;
  /** When and why it ended, until a letter has told that; null: it goes on. */
  readonly ended: number | null;
  readonly why: SnoozeEnd | null;
}

/** `hand`: somebody ended it. */
export type SnoozeEnd = 'time' | 'grown' | 'hand';

/** So many times its usual day wakes an entry. */
export const GROWTH = 10;

/** No more are kept: a letter that leaves out so much tells nothing. */
export const MAX_SNOOZES = 1000;

export function isAsleep({ ended, until }: Snooze, now: number): boolean {
  return ended === null && until > now;
}

/** What becomes of a snooze at a time. `day`: its next day begins. */
export type SnoozeStep =
  | { readonly kind: 'sleeps' }
  | { readonly kind: 'day'; readonly day: number; readonly before: number }
  | { readonly kind: 'ends'; readonly why: 'time' | 'grown' };

/**
 * Decides whether a snooze that goes on ends: by its time, or since one day of 24 hours, counted from its begin on, has ten
 * times as many lines as a usual one. `waiting`: its lines that are in no letter yet.
 */
export function stepSnooze(snooze: Snooze, waiting: number, now: number): SnoozeStep {
  if (now >= snooze.until) return { kind: 'ends', why: 'time' };
  const total = snooze.held + waiting;
  if (total - snooze.before >= GROWTH * snooze.usual) return { kind: 'ends', why: 'grown' };
  const isOver = now >= snooze.day + DAY || now < snooze.day - DAY; // the clock was set back
  return isOver ? { kind: 'day', day: now, before: total } : { kind: 'sleeps' };
}

/** Makes the function that says whether a row of their queue belongs to one of these snoozes, and to which. */
export function sleeperAmong(snoozes: readonly Snooze[]): (host: string, message: string) => Snooze | null {
  const byMessage = new Map<string, Map<string, Snooze>>();
  for (const snooze of snoozes) {
    const ofMessage = byMessage.get(snooze.message) ?? new Map<string, Snooze>();
    byMessage.set(snooze.message, ofMessage.set(snooze.host, snooze));
  }
  return (host, message) => {
    const ofMessage = byMessage.get(message);
    return ofMessage?.get(host) ?? ofMessage?.get('') ?? null;
  };
}

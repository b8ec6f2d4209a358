import type { GateAnswer, GateQuestion } from './fleet-gate.js';

/** A line that waits for what the fleet says of it: all that is needed to count it then. */
export interface AskedHit {
  readonly queue: string;
  readonly message: string;
  readonly count: number;
  readonly how: 'add' | 'set';
  /** When it was read, by the clock of this machine (ms). */
  readonly at: number;
  /** The text of named groups that took part. */
  readonly groups: ReadonlyMap<string, string>;
  /** Its masked values; null: they are not recorded. */
  readonly masked: StoredSpans | null;
  /** What its program is given; null: none runs. */
  readonly run: { readonly message: string; readonly line: string } | null;
  /** `set mutes`: it makes no page, whatever the fleet says. */
  readonly muted: boolean;
  readonly question: GateQuestion;
}

/** Masked spans of a text: start and end in turn. */
export interface StoredSpans {
  readonly text: string;
  readonly spans: readonly number[];
  readonly names: readonly (string | null)[];
}

/** What became of it. `alone`: the fleet could not be asked in time, so that this machine counts it by itself. */
export type HitVerdict = GateAnswer | { readonly kind: 'alone' };

/** A line that the fleet has spoken about. */
export interface AnsweredHit {
  readonly id: number;
  readonly hit: AskedHit;
  readonly verdict: Exclude<HitVerdict, { readonly kind: 'stopped' }>;
}

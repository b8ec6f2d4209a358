import type { AnsweredHit, AskedHit, HitVerdict } from '../../queue/timed/asked-hit.js';

/** So many hits wait for the word of the fleet, and so many characters of them; older ones are counted without it. */
export const MAX_ASKED_HITS = 50_000;
export const MAX_ASKED_TEXT = 32_000_000;

/** Lines that wait for what the fleet says of them: windows and throttles that count across its nodes. */
export interface FleetHits {
  /** The oldest ones that nothing was said of. */
  askedHits(limit: number): { readonly id: number; readonly hit: AskedHit }[];
  /** The same, without reading them: whether there is one that was read at `until` (ms) or before. */
  hasAskedHits(until?: number): boolean;
  /** What became of them. What is stopped is gone. */
  answerHits(verdicts: ReadonlyMap<number, HitVerdict>): void;
  /** The oldest ones that are to be counted now. */
  answeredHits(limit: number): AnsweredHit[];
}

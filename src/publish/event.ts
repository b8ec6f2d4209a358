import type { Letter } from '../letter/letter.js';

/** What publish emits. */
export type PublishEvent =
  | { readonly kind: 'sealed'; readonly letter: Letter }
  /** A letter cannot be made for now: emitted once for each reason, and tried again and again. */
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** The program of `set csv` ended badly; it had its lines all the same. */
  | { readonly kind: 'csv-failed'; readonly reason: string }
  /** `set resolve`: the resolver does not answer, and letters go without host names. */
  | { readonly kind: 'unresolved'; readonly reason: string };

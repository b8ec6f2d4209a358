import type { Letter } from '../letter/letter.js';

/** Events of the publisher. */
export type PublishEvent =
  | { readonly kind: 'sealed'; readonly letter: Letter }
  /** A letter cannot be made now: emitted once for each reason, while it is tried again and again. */
  | { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }
  /** The program of `set csv` failed, after it got its lines. */
  | { readonly kind: 'csv-failed'; readonly reason: string }
  /** `set resolve`: the resolver does not answer, and letters go without host names. */
  | { readonly kind: 'unresolved'; readonly reason: string };

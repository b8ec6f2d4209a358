import type { TextBlock } from '../base/text/text-block.js';

/** A count for a queue. `set`: an escalation hands over its running count, which replaces the one before. */
export interface QueueCount {
  readonly queue: string;
  readonly count: number;
  readonly how: 'add' | 'set';
}

/**
 * What stood under the masks of a text: from where to where, by turns, in UTF-16 units. `names`: of named groups;
 * empty when there is none. It holds until the next verdict.
 */
export interface NamedMaskedSpans {
  readonly whole: TextBlock;
  readonly spans: ArrayLike<number>;
  readonly names: readonly (string | null)[];
}

/** What the rules say of an entry. */
export type Verdict =
  /** Goes to these queues (none, when an escalation has not come to its number). */
  | {
      readonly kind: 'counted';
      readonly message: string;
      readonly counts: readonly QueueCount[];
      /** What stood under the masks; undefined where nobody asked, or nothing is masked. */
      readonly under: NamedMaskedSpans | undefined;
      /** A `repeat` claimed more than MAX_REPEATS: so many repeats were not counted. */
      readonly uncounted?: number;
    }
  | { readonly kind: 'trash' }
  /** A `repeat` that had nothing to repeat: no line before it, or one that was thrown away or unknown. */
  | { readonly kind: 'idle' }
  /** No rule knows it. */
  | { readonly kind: 'unknown' };

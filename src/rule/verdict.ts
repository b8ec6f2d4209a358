import type { ComposedText } from '../base/text/composed-text.js';
import type { TextBlock } from '../base/text/text-block.js';

/** A count for a queue. `set`: the running count of an escalation, which replaces the one before. */
export interface QueueCount {
  readonly queue: string;
  readonly count: number;
  readonly how: 'add' | 'set';
}

/**
 * The masked spans of a text: start and end in turn, in UTF-16 units. `names`: those of the named groups; empty when
 * there is none. It is valid until the next verdict.
 */
export interface NamedMaskedSpans {
  readonly whole: TextBlock;
  readonly spans: ArrayLike<number>;
  readonly names: readonly (string | null)[];
}

/** The text of named groups, unmasked; null: the group took no part, or the rule has none of that name. */
export type GroupValues = ReadonlyMap<string, string | null>;

/**
 * A message as a queue counts it, and its masked values; undefined if they are not recorded, or nothing is masked. Both are
 * valid until the next verdict.
 */
export interface QueueMessage {
  readonly message: ComposedText;
  readonly masked: NamedMaskedSpans | undefined;
}

export type CountedVerdict = Extract<Verdict, { readonly kind: 'counted' }>;

/** The decision of the rules about an entry; valid until the next one. */
export type Verdict =
  /** The message goes to these queues (to none, while an escalation has not reached its number). */
  | {
      readonly kind: 'counted';
      readonly message: ComposedText;
      readonly counts: readonly QueueCount[];
      /** The masked values; undefined if they are not recorded, or nothing is masked. */
      readonly masked: NamedMaskedSpans | undefined;
      /** What named groups matched; undefined if nothing of the rule's queues is keyed by groups or hosts. */
      readonly groups: GroupValues | undefined;
      /** The queues that count the entry as another message: they mask by themselves, and others of the rule do not. */
      readonly byQueue?: ReadonlyMap<string, QueueMessage> | undefined;
      /** A `repeat` claimed more than MAX_REPEATS: how many repeats were not counted. */
      readonly uncounted?: number | undefined;
    }
  | { readonly kind: 'trash' }
  /** A `repeat` with nothing to repeat: there is no line before it, or that line was trash or unknown. */
  | { readonly kind: 'idle' }
  /** No rule matches. */
  | { readonly kind: 'unknown' };

/** The message of an entry as a queue counts it. */
export function messageFor(verdict: CountedVerdict, queue: string): QueueMessage {
  return verdict.byQueue?.get(queue) ?? verdict;
}

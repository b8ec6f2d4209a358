import type { SourceLocation } from '../base/place.js';
import type { Pattern } from '../perl-regex/perl-regex.js';

/** A queue that a rule feeds. `every`: the escalation number (`b:10`), null when each hit counts. */
export interface Target {
  readonly queue: string;
  readonly every: number | null;
}

interface Ruled {
  readonly place: SourceLocation;
  readonly pattern: Pattern;
}

/** One line of rules, or a group of them. Groups nest. */
export type Rule =
  | (Ruled & { readonly kind: 'queues'; readonly targets: readonly Target[] })
  | (Ruled & { readonly kind: 'trash' })
  | (Ruled & { readonly kind: 'repeat' })
  | (Ruled & { readonly kind: 'group'; readonly on: 'text' | 'host'; readonly rules: readonly Rule[] });

import type { SourceLocation } from '../base/place.js';
import type { Pattern } from '../perl-regex/perl-regex.js';

/** A queue that a rule feeds. `every`: the escalation number (`b:10`), null if each hit counts. */
export interface Target {
  readonly queue: string;
  readonly every: number | null;
}

interface RuleBase {
  readonly place: SourceLocation;
  readonly pattern: Pattern;
}

/** What the regex of a group is tried on. An entry without a file or a priority is in no group that asks for one. */
export type Subject = 'text' | 'host' | 'file' | 'priority';

/** One line of rules, or a group of them. Groups nest. */
export type Rule =
  | (RuleBase & { readonly kind: 'queues'; readonly targets: readonly Target[] })
  | (RuleBase & { readonly kind: 'trash' })
  | (RuleBase & { readonly kind: 'repeat' })
  | (RuleBase & { readonly kind: 'group'; readonly on: Subject; readonly rules: readonly Rule[] });

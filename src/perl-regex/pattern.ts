import type { TextBlock } from '../base/text/text-block.js';
import type { Regex } from './parse/ast.js';

/** A half-open stretch of a text, in UTF-16 units as JavaScript counts them. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a pattern matched; `groups[0]` is Perl's `$1`, null when the group took no part. */
export interface Match extends Span {
  readonly groups: readonly (Span | null)[];
}

/** A Perl regex made ready to run. Its meaning is Perl's, whatever runs underneath. */
export interface Pattern {
  /** The regex as it was written. */
  readonly source: string;
  /** What was written, as a tree. */
  readonly regex: Regex;
  /** For each capture group, the index of the capture group that encloses it, or null. */
  readonly enclosing: readonly (number | null)[];
  /** Whether `test` answers each text of so many UTF-16 units: it is given up on none of them. */
  answersAll(length: number): boolean;
  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  exec(text: string): Match | null;
  /**
   * `text` with every outermost capture group that took part replaced by `mask`, or null when it does not match.
   * Groups are masked by place; places that overlap are masked as one.
   */
  mask(text: string, mask: string): string | null;
  /** What `mask` masks, or null when it does not match; it holds until the next call. */
  under(text: string): MaskedSpans | null;
  /** The same for a text that is known to match, where it lies; null also when it has to be taken out first. */
  underLaid(text: TextView): MaskedSpans | null;
}

/** A text in a larger one: from `from` to `gap` and from `resume` to `to`. It holds no newline. */
export interface TextView {
  readonly whole: TextBlock;
  readonly from: number;
  readonly gap: number;
  readonly resume: number;
  readonly to: number;
}

/** Where the masks of a text are, in their order. */
export interface MaskedSpans {
  /** Where each begins and ends, by turns, in UTF-16 units. */
  readonly spans: ArrayLike<number>;
  /** By index, the capture group of each; -1: several that overlap. */
  readonly groups: readonly number[];
}

/** Something worth telling of a regex that works. `offset` counts characters from its start, from 0. */
export interface PatternNotice {
  readonly offset: number;
  readonly seen: string;
  readonly instead: string;
}

/** What became of a Perl regex: a pattern, or a refusal that says where and why. */
export type Compilation =
  | { readonly ok: true; readonly pattern: Pattern; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

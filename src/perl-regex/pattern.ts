import type { TextBlock } from '../base/text/text-block.js';

/** A half-open range of a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a pattern matched; `groups[0]` is Perl's `$1`, null if the group took no part. */
export interface Match extends Span {
  readonly groups: readonly (Span | null)[];
}

/** A compiled Perl regex. Its meaning is Perl's, whichever matcher runs it. */
export interface Pattern {
  /** The regex as written. */
  readonly source: string;
  /** The number of capture groups: the highest of Perl's `$1`, `$2` ... */
  readonly groupCount: number;
  /** By index, the name of each capture group (`groupNames[0]` is that of `$1`), or null. */
  readonly groupNames: readonly (string | null)[];
  /** Whether it matches anywhere in `text`. */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  exec(text: string): Match | null;
  /**
   * The matches from left to right, none overlapping another; at most `max` of them. As Perl's `//g`, but
   * behind an empty match it goes on one character further. All of them together have the limit of one match.
   */
  execAll(text: string, max: number): Match[];
  /**
   * `text` with every outermost capture group that took part replaced by `mask`, or null if it does not match. Groups whose
   * spans overlap are masked as one.
   */
  mask(text: string, mask: string): string | null;
  /** The spans that `mask` replaces, or null if it does not match. The result is valid until the next call. */
  maskedSpans(text: string): MaskedSpans | null;
  /**
   * The same for a view of a text that is known to match, without copying it; offsets count from the start of `view.whole`.
   * Null if only `maskedSpans` can answer.
   */
  maskedSpansIn(view: TextView): MaskedSpans | null;
  /** The result of `mask` for every matching text without a newline; null if it is not always the same. */
  fixedMask(mask: string): string | null;
}

/**
 * A text without a newline that lies in a larger one (`whole`): from `from` to `gap`, and from `resume` to `to`.
 * Without a gap, `gap`, `resume` and `to` are the same. Offsets count UTF-16 units.
 */
export interface TextView {
  readonly whole: TextBlock;
  readonly from: number;
  readonly gap: number;
  readonly resume: number;
  readonly to: number;
}

/** The masked spans of a text, in order. */
export interface MaskedSpans {
  /** Start and end of each, in turn, in UTF-16 units. */
  readonly spans: ArrayLike<number>;
  /** By index, the capture group of each; -1: several that overlap. */
  readonly groups: readonly number[];
}

/** A warning about a regex that works. `offset` counts characters from its start, from 0. */
export interface PatternNotice {
  readonly offset: number;
  readonly seen: string;
  readonly instead: string;
}

/** A compiled Perl regex, or where and why it was rejected. `offset` counts characters from its start, from 0. */
export type Compilation =
  | { readonly ok: true; readonly pattern: Pattern; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

import type { TextBlock } from '../base/text/text-block.js';

/** A half-open range of a text, in UTF-16 units as JavaScript counts them. */
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
  /** How many capture groups it has: the highest of Perl's `$1`, `$2` ... */
  readonly groupCount: number;
  /** By index, the name of each capture group (`groupNames[0]` is that of `$1`), or null. */
  readonly groupNames: readonly (string | null)[];
  /** Whether it matches anywhere in `text`. */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  exec(text: string): Match | null;
  /**
   * `text` with every outermost capture group that took part replaced by `mask`, or null when it does not match.
   * Groups are masked by place; places that overlap are masked as one.
   */
  mask(text: string, mask: string): string | null;
  /** The places that `mask` replaces, or null when it does not match. The answer holds until the next call. */
  maskedSpans(text: string): MaskedSpans | null;
  /**
   * The same for a view of a text that is known to match, without copying it; places count from the start of
   * `view.whole`. Null when only `maskedSpans` can tell.
   */
  maskedSpansIn(view: TextView): MaskedSpans | null;
  /** What `mask` makes of every text without a newline that matches; null when that is not always the same. */
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

/** The places of a text that are masked, in order. */
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

/** A compiled Perl regex, or a refusal that says where and why. `offset` counts characters from its start, from 0. */
export type Compilation =
  | { readonly ok: true; readonly pattern: Pattern; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

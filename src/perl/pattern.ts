import type { Regex } from './ast.js';

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
  /** Whether it is found anywhere in `text`. */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  exec(text: string): Match | null;
  /**
   * `text` with every outermost capture group that took part replaced by `mask`, or null when it does not match.
   * Groups are masked by place; places that overlap are masked as one.
   */
  mask(text: string, mask: string): string | null;
  /** The same, and what is under the masks. */
  maskAndKeep(text: string, mask: string): Masked | null;
  /** Only what would be under the masks. */
  under(text: string): Under | null;
}

/** A masked text, and what is under its masks. */
export interface Masked {
  readonly text: string;
  readonly under: Under;
}

/** What is under the masks of a text, in their order. */
export interface Under {
  readonly values: readonly string[];
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
export type Translation =
  | { readonly ok: true; readonly pattern: Pattern; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

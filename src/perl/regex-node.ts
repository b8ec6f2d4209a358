/** A class member: a range of code points (one character is a range too), or a named set such as `\d`. */
export type ClassItem =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'shorthand'; readonly name: Shorthand; readonly negated: boolean }
  | { readonly kind: 'property'; readonly name: string; readonly negated: boolean };

/** Named sets of characters, all of ASCII: those of Perl's escapes and of POSIX. */
export type Shorthand =
  | 'alnum'
  | 'alpha'
  | 'ascii'
  | 'blank'
  | 'cntrl'
  | 'digit'
  | 'graph'
  | 'lower'
  | 'print'
  | 'punct'
  | 'space'
  | 'upper'
  | 'vertical'
  | 'word'
  | 'xdigit';

/** `fold`: without regard to case. */
export type RegexNode =
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternatives'; readonly options: readonly RegexNode[] }
  | { readonly kind: 'char'; readonly code: number; readonly fold: boolean }
  | {
      readonly kind: 'class';
      readonly items: readonly ClassItem[];
      readonly negated: boolean;
      readonly fold: boolean;
    }
  | { readonly kind: 'any'; readonly newline: boolean }
  | { readonly kind: 'linebreak' }
  | {
      readonly kind: 'assert';
      readonly what: 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word';
    }
  | { readonly kind: 'never' }
  | { readonly kind: 'capture'; readonly index: number; readonly body: RegexNode }
  | { readonly kind: 'atomic'; readonly body: RegexNode }
  | { readonly kind: 'look'; readonly ahead: boolean; readonly negated: boolean; readonly body: RegexNode }
  | {
      readonly kind: 'backreference';
      readonly group: number;
      readonly fold: boolean;
      readonly offset: number;
    }
  | {
      readonly kind: 'repeat';
      readonly body: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly mode: 'greedy' | 'lazy' | 'possessive';
      readonly offset: number;
    };

export interface Regex {
  readonly root: RegexNode;
  /** For each capture group (by number, from 0), the one that encloses it, or null. */
  readonly enclosing: readonly (number | null)[];
}

/** Why a regex is refused, at a character of it (from 0). */
export class RegexFault extends Error {
  constructor(
    readonly offset: number,
    readonly seen: string,
    readonly instead: string,
  ) {
    super(seen);
  }
}

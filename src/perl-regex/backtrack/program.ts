import type { CharSet } from '../parse/char-set.js';

/**
 * The instructions of the backtracking matcher, one opcode and its operands after another in one array.
 * `pc` is a place in that array, `reg` a register, `memo` the number of a place in the regex where it is remembered
 * what came of each place in the text, or -1.
 */
export const Op = {
  /** The end of the whole regex. */
  match: 0,
  /** unit: one UTF-16 unit. */
  unit: 1,
  /** set: one character. */
  set: 2,
  /** pc */
  jump: 3,
  /** pc of the other way, tried when what follows fails. */
  split: 4,
  /** reg := place */
  save: 5,
  /** set, min, max, run, memo, next: a run of one set. `run`: its number, -1 for one of few lengths; `next`: see below. */
  greedyRun: 6,
  lazyRun: 7,
  possessiveRun: 8,
  /** which of `AssertionCode` */
  assert: 9,
  /** index into `references` */
  backreference: 10,
  /** pc, group */
  call: 11,
  /** group, reg of its start: returns from a recursion into it. */
  groupEnd: 12,
  /** reg := height of the stack */
  mark: 13,
  /** reg: forgets every other way since its `mark`. */
  commit: 14,
  /** reg: as `commit`, and goes back to the place in reg + 1. */
  lookEnd: 15,
  /** reg: what must not match has matched. */
  notLookEnd: 16,
  /** reg, min, max: steps back from the place kept in reg. */
  behind: 17,
  /** reg: the lookbehind must end at the place kept in reg. */
  behindEnd: 18,
  /** reg: turns := 0 */
  loopStart: 19,
  /** reg, min, max, lazy, pc of the exit: a loop that counts its turns; a turn follows. */
  loop: 20,
  /** reg: begins a turn. */
  turn: 21,
  /** index into `references`, pc when none of the groups took part. */
  ifGroup: 22,
  /** index into `references` (-1: any), pc when no such recursion goes on. */
  ifRecursing: 23,
  /** reg of a group's start: the group forgets its value. */
  forget: 24,
  fail: 25,
  /** memo: nothing is tried twice from here at one place of the text. */
  memo: 26,
  /** reg, pc: goes there when nothing was taken since the place in reg was saved. */
  ifEmpty: 27,
  /** index into `choices`: tries those branches that can begin with the next character. */
  choose: 28,
} as const;

/** Stands for "no end" in the operands of loops and runs. */
export const NO_END = 0x7fffffff;
/** Operands of a run. */
export const RUN = { set: 1, min: 2, max: 3, run: 4, memo: 5, next: 6, length: 7 } as const;
/** What must follow a run, where it is a UTF-16 unit, is that unit. Not known: */
export const NEXT_UNKNOWN = -1;
/** From here down, index of the reference whose text must follow: `NEXT_REFERENCE - index`. */
export const NEXT_REFERENCE = -2;

export const AssertionCode = {
  textStart: 0,
  textEnd: 1,
  end: 2,
  lineStart: 3,
  lineEnd: 4,
  boundary: 5,
  noBoundary: 6,
} as const;

/** Which groups an instruction speaks of. */
export interface Reference {
  readonly groups: readonly number[];
  readonly ignoreCase: boolean;
}

/** A set made quick to ask: a table for the first 256 characters, ranges for the rest. */
export interface FastSet {
  readonly low: Uint8Array;
  readonly set: CharSet;
  /** It holds all but the newline. */
  readonly isDot: boolean;
}

/** A choice among many. */
export interface Branches {
  /** What each must begin with; null where it may match without any character. */
  readonly firsts: readonly (FastSet | null)[];
  /** pc of each. */
  readonly entries: readonly number[];
}

/** What is remembered of a place in the regex. */
export interface Memo {
  /** Registers with the starts of turns under way that would end a loop if they took nothing. */
  readonly turns: readonly number[];
  /**
   * In a lookaround or an atomic group: where that ends, so that what succeeded once need not be walked again. -1:
   * elsewhere, and where groups would have to be set on the way.
   */
  exit: number;
}

export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly FastSet[];
  readonly references: readonly Reference[];
  readonly choices: readonly Branches[];
  readonly groupCount: number;
  /** Registers: start and end of the match and of each group, then those of loops and lookarounds. */
  readonly registers: number;
  /** By number of the memo. A memo with turns has so many numbers, 2 ** turns: all but the first are undefined. */
  readonly memos: readonly (Memo | undefined)[];
  /** How many runs there are that have a number. */
  readonly runs: number;
  readonly anchor: 'text' | 'line' | 'none';
  /** What a match must begin with, when it cannot be empty. */
  readonly first: FastSet | null;
}

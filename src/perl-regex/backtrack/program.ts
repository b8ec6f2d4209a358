import type { CharSet } from '../parse/char-set.js';

/**
 * The instructions of the backtracking matcher: opcodes and their operands in one array. `pc` is an index in that array,
 * `reg` a register, `memo` the number of a memo point, where results are memoised by offset, or -1.
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
  /** pc of the alternative, tried when what follows fails. */
  split: 4,
  /** reg := offset */
  save: 5,
  /** set, min, max, run, memo, next: a run of one set. `run`: its number, -1 for a run of few lengths; `next`: see below. */
  greedyRun: 6,
  lazyRun: 7,
  possessiveRun: 8,
  /** which of `Assertion` */
  assert: 9,
  /** index into `references` */
  backreference: 10,
  /** pc, group */
  call: 11,
  /** group, reg of its start: returns from a recursion into it. */
  groupEnd: 12,
  /** reg := height of the choice stack */
  saveHeight: 13,
  /** reg: drops all choice points since its `saveHeight`. */
  commit: 14,
  /** reg: as `commit`, and returns to the offset in reg + 1. */
  lookEnd: 15,
  /** reg: the body of a negative lookaround has matched. */
  notLookEnd: 16,
  /** reg, min, max: steps back from the offset in reg. */
  behind: 17,
  /** reg: the lookbehind must end at the offset in reg. */
  behindEnd: 18,
  /** reg: iterations := 0 */
  loopStart: 19,
  /** reg, min, max, lazy, pc of the exit: a loop that counts its iterations; an iteration follows. */
  loop: 20,
  /** reg: begins an iteration. */
  turn: 21,
  /** index into `references`, pc if none of the groups took part. */
  ifGroup: 22,
  /** index into `references` (-1: any), pc if no such recursion is active. */
  ifRecursing: 23,
  /** reg of a group's start: unsets the group. */
  unsetGroup: 24,
  fail: 25,
  /** memo: memoises what follows by offset, so that nothing is tried twice. */
  memo: 26,
  /** reg, pc: jumps if nothing was consumed since the offset in reg was saved. */
  ifEmpty: 27,
  /** index into `choices`: tries the branches that can begin with the next character. */
  choose: 28,
} as const;

/** Stands for "no end" in the operands of loops and runs. */
export const NO_END = 0x7fffffff;
/** Operands of a run. */
export const RUN = { set: 1, min: 2, max: 3, run: 4, memo: 5, next: 6, length: 7 } as const;
/** Operand `next` of a run: the UTF-16 unit that must follow; this, if it is not known. */
export const NEXT_UNKNOWN = -1;
/** From here down: the text of a reference must follow, `NEXT_REFERENCE - index`. */
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

/** The groups that an instruction refers to. */
export interface Reference {
  readonly groups: readonly number[];
  readonly ignoreCase: boolean;
}

/** A set for fast look-up: a table for the first 256 characters, ranges for the rest. */
export interface FastSet {
  readonly low: Uint8Array;
  readonly set: CharSet;
  /** All characters but the newline. */
  readonly isDot: boolean;
}

/** A choice among many branches. */
export interface Branches {
  /** The first characters of each; null if it may be empty. */
  readonly firsts: readonly (FastSet | null)[];
  /** pc of each. */
  readonly entries: readonly number[];
}

/** A memo point of the regex. */
export interface Memo {
  /** Registers with the starts of active iterations, which end their loop if they consume nothing. */
  readonly turns: readonly number[];
  /**
   * In a lookaround or an atomic group: pc of its end, so that a success can be memoised, too. -1: elsewhere, or if groups
   * would be set on the way.
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
  /** By number of the memo. A memo takes 2 ** `turns.length` numbers; all but the first are undefined. */
  readonly memos: readonly (Memo | undefined)[];
  /** How many runs have a number. */
  readonly runs: number;
  readonly anchor: 'text' | 'line' | 'none';
  /** The first characters of a match, if it cannot be empty. */
  readonly first: FastSet | null;
}

import type { CharSet } from './char-set.js';

/**
 * The instructions of the backtracking matcher, one opcode and its operands after another in one array.
 * `pc` is a place in that array, `reg` a register, `memo` the number of a loop whose failures are remembered, or -1.
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
  /** set, min, max, memo, next unit or -1: a run of one set. */
  greedyRun: 6,
  lazyRun: 7,
  possessiveRun: 8,
  /** which of `Assertion` */
  assert: 9,
  /** index into `references` */
  backreference: 10,
  /** pc, group */
  call: 11,
  /** group: returns from a recursion into it. */
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
  /** reg, min, max, lazy, memo, pc of the exit; a turn follows. */
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
} as const;

export const Assertion = {
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
}

export interface Program {
  readonly code: Int32Array;
  readonly sets: readonly FastSet[];
  readonly references: readonly Reference[];
  readonly groupCount: number;
  /** Registers: start and end of the match and of each group, then those of loops and lookarounds. */
  readonly registers: number;
  readonly memos: number;
  readonly anchor: 'text' | 'line' | 'none';
  /** What a match must begin with, when it cannot be empty. */
  readonly first: FastSet | null;
  /** Texts that must all be somewhere in what is searched. */
  readonly required: readonly string[];
}

import { MatchLimitError } from '../match-limit.js';
import { Choice, ChoiceStack } from './choice-stack.js';
import { MemoTable } from './memo-table.js';
import type { FastSet, Memo, Program } from './program.js';
import { RunTable } from './run-table.js';

/** Steps before failures are memoised: most matches end long before. */
export const STEPS_BEFORE_MEMO = 2_000;
/** Characters in a row that count as one step. */
export const CHARACTERS_A_STEP = 8;
const HIGH_HALF = /[\ud800-\udbff]/;

/** An active recursion. */
export interface Frame {
  readonly group: number;
  /** pc after the recursion. */
  readonly back: number;
  readonly outer: Frame | null;
  readonly depth: number;
  /** The registers before it. */
  readonly registers: Int32Array;
}

/** The state of a match. Steps are functions on it: they set `pc` to the next instruction, or return false to fail. */
export class Machine {
  readonly program: Program;
  readonly source: string;
  readonly code: Int32Array;
  readonly registers: Int32Array;
  readonly choices: ChoiceStack;
  text = '';
  pc = 0;
  at = 0;
  frame: Frame | null = null;
  /** The trail of frames that were replaced. */
  frames: (Frame | null)[] = [];
  /** Memoised results for this text; null before memoising begins, or if it would take too much memory. */
  memos: MemoTable | null = null;
  runs: RunTable | null = null;
  /** Whether the text holds surrogate pairs; set when memoising begins. */
  hasPairs = false;
  readonly #sets: readonly FastSet[];
  readonly #stepsBeforeMemo: number;
  /** Steps after which memoising begins; Infinity once it has begun. */
  #memoBegins = 0;
  #steps = 0;
  #maxSteps = 0;

  constructor(program: Program, source: string, stepsBeforeMemo: number) {
    this.program = program;
    this.source = source;
    this.code = program.code;
    this.registers = new Int32Array(program.registers);
    this.choices = new ChoiceStack(() => this.giveUp('stack'));
    this.#sets = program.sets;
    this.#stepsBeforeMemo = stepsBeforeMemo;
  }

  begin(text: string, maxSteps: number): void {
    this.text = text;
    this.#steps = 0;
    this.#maxSteps = maxSteps;
    this.#memoBegins = this.#stepsBeforeMemo;
  }

  end(): void {
    this.text = '';
    this.memos = null;
    this.runs = null;
    this.frames = [];
    this.choices.tidy();
  }

  /** Prepares for a match from `start`. */
  startAt(start: number): void {
    this.registers.fill(-1);
    this.registers[0] = start;
    this.choices.clear();
    this.frame = null;
    if (this.frames.length > 0) this.frames.length = 0;
    this.at = start;
    this.pc = 0;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#maxSteps) this.giveUp('steps');
  }

  giveUp(what: MatchLimitError['what']): never {
    throw new MatchLimitError(this.source, what);
  }

  goOn(pc: number): true {
    this.pc = pc;
    return true;
  }

  operand(at: number): number {
    return this.code[at] as number;
  }

  setAt(at: number): FastSet {
    return this.#sets[this.operand(at)] as FastSet;
  }

  reg(register: number): number {
    return this.registers[register] as number;
  }

  /** Sets a register, with an entry on the trail. */
  write(register: number, value: number): void {
    this.choices.push(Choice.restore, register, this.reg(register), 0);
    this.registers[register] = value;
  }

  /** Changes the active recursion, with an entry on the trail (register -1). */
  enter(frame: Frame | null): void {
    this.frames.push(this.frame);
    this.choices.push(Choice.restore, -1, this.frames.length - 1, 0);
    this.frame = frame;
  }

  restore(register: number, value: number): void {
    if (register >= 0) {
      this.registers[register] = value;
      return;
    }
    this.frame = this.frames[value] ?? null;
    this.frames.length = value;
  }

  /** Memoised results; null before memoising begins, or if it would take too much memory. */
  memoTable(): MemoTable | null {
    if (this.#steps >= this.#memoBegins) this.#beginMemo();
    return this.memos;
  }

  /** Memoised ranges of runs; null before memoising begins. */
  runTable(): RunTable | null {
    if (this.#steps >= this.#memoBegins) this.#beginMemo();
    return this.runs;
  }

  #beginMemo(): void {
    this.#memoBegins = Number.POSITIVE_INFINITY;
    this.hasPairs = HIGH_HALF.test(this.text);
    this.memos = MemoTable.create(this.program.memos.length, this.text.length);
    this.runs = new RunTable(this.program.runs);
  }

  memoAt(number: number): Memo {
    return this.program.memos[number] as Memo;
  }
}

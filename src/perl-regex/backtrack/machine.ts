import { MatchLimitError } from '../match-limit.js';
import { Choice, ChoiceStack } from './choice-stack.js';
import { MemoTable } from './memo-table.js';
import type { FastSet, Memo, Program } from './program.js';
import { RunTable } from './run-table.js';

/** When it begins to be remembered what failed: most matches end long before. */
export const STEPS_BEFORE_MEMORY = 2_000;
/** So many characters looked at one behind the other count as a step. */
export const CHARACTERS_A_STEP = 8;
const HIGH_HALF = /[\ud800-\udbff]/;

/** A recursion under way. */
export interface Frame {
  readonly group: number;
  /** Where it goes on when it ends. */
  readonly back: number;
  readonly outer: Frame | null;
  readonly depth: number;
  /** What the registers held before it. */
  readonly registers: Int32Array;
}

/** What a match under way has at hand. Steps are functions on it: false when they fail; they set `pc` to what comes next. */
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
  /** Those that were under way when another took their place. */
  frames: (Frame | null)[] = [];
  /** What was learned of this text; null until there is reason to, and where it would take too much memory. */
  memory: MemoTable | null = null;
  runs: RunTable | null = null;
  /** Whether the text holds characters of two UTF-16 units; known when something is remembered. */
  hasPairs = false;
  readonly #sets: readonly FastSet[];
  readonly #forgetfulSteps: number;
  /** Steps after which something is remembered; Infinity once that has begun. */
  #memoryBegins = 0;
  #steps = 0;
  #mostSteps = 0;

  constructor(program: Program, source: string, forgetfulSteps: number) {
    this.program = program;
    this.source = source;
    this.code = program.code;
    this.registers = new Int32Array(program.registers);
    this.choices = new ChoiceStack(() => this.giveUp('stack'));
    this.#sets = program.sets;
    this.#forgetfulSteps = forgetfulSteps;
  }

  begin(text: string, mostSteps: number): void {
    this.text = text;
    this.#steps = 0;
    this.#mostSteps = mostSteps;
    this.#memoryBegins = this.#forgetfulSteps;
  }

  end(): void {
    this.text = '';
    this.memory = null;
    this.runs = null;
    this.frames = [];
    this.choices.tidy();
  }

  /** Makes ready for a match that begins at `start`. */
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
    if (this.#steps > this.#mostSteps) this.giveUp('steps');
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

  /** Sets a register so that backtracking puts it back. */
  write(register: number, value: number): void {
    this.choices.push(Choice.undo, register, this.reg(register), 0);
    this.registers[register] = value;
  }

  /** Changes the recursion under way so that backtracking can change it back: undone as register -1. */
  enter(frame: Frame | null): void {
    this.frames.push(this.frame);
    this.choices.push(Choice.undo, -1, this.frames.length - 1, 0);
    this.frame = frame;
  }

  undo(register: number, value: number): void {
    if (register >= 0) {
      this.registers[register] = value;
      return;
    }
    this.frame = this.frames[value] ?? null;
    this.frames.length = value;
  }

  /** What was learned of this text so far; null until a match takes long enough, and where it would be too much. */
  learned(): MemoTable | null {
    if (this.#steps >= this.#memoryBegins) this.#beginMemory();
    return this.memory;
  }

  /** What was learned of runs; null until a match takes long enough. */
  learnedOfRuns(): RunTable | null {
    if (this.#steps >= this.#memoryBegins) this.#beginMemory();
    return this.runs;
  }

  #beginMemory(): void {
    this.#memoryBegins = Number.POSITIVE_INFINITY;
    this.hasPairs = HIGH_HALF.test(this.text);
    this.memory = MemoTable.create(this.program.memos.length, this.text.length);
    this.runs = new RunTable(this.program.runs);
  }

  memoAt(number: number): Memo {
    return this.program.memos[number] as Memo;
  }
}

import { type CharSet, charSet, contains, NOT_NEWLINE, sameSet } from '../parse/char-set.js';
import type { Branches, FastSet, Memo, Program, Reference } from './program.js';

const TABLE_SIZE = 256;

/** Collects the instructions of a program, and the tables that they refer to. */
export class Assembler {
  readonly #code: number[] = [];
  readonly #sets: FastSet[] = [];
  readonly #references: Reference[] = [];
  readonly #choices: Branches[] = [];
  readonly #memos: (Memo | undefined)[] = [];
  /** The address of each group, for recursion; and the calls to patch at the end. */
  readonly #entries = new Map<number, number>([[0, 0]]);
  readonly #calls: (readonly [operand: number, group: number])[] = [];
  #registers: number;
  #runs = 0;

  constructor(groupCount: number) {
    this.#registers = 2 * (groupCount + 1);
  }

  /** Adds an instruction; returns the index of its first operand. */
  emit(...instruction: readonly number[]): number {
    const at = this.#code.length + 1;
    this.#code.push(...instruction);
    return at;
  }

  /** The address of the next instruction. */
  get here(): number {
    return this.#code.length;
  }

  /** Sets an operand to the address of the next instruction. */
  patch(operand: number): void {
    this.#code[operand] = this.here;
  }

  registers(count: number): number {
    const first = this.#registers;
    this.#registers += count;
    return first;
  }

  run(): number {
    return this.#runs++;
  }

  set(set: CharSet): number {
    return this.#sets.push(fastSet(set)) - 1;
  }

  reference(groups: readonly number[], ignoreCase = false): number {
    return this.#references.push({ groups, ignoreCase }) - 1;
  }

  choice(branches: Branches): number {
    return this.#choices.push(branches) - 1;
  }

  /** A memo takes one number for each state of the active iterations. */
  memo(turns: readonly number[]): { readonly number: number; readonly memo: Memo } {
    const number = this.#memos.length;
    const memo: Memo = { turns, exit: -1 };
    this.#memos.push(memo);
    this.#memos.length = number + 2 ** turns.length;
    return { number, memo };
  }

  /** A recursion into the group enters here, unless a group of the same number comes before. */
  enter(group: number): void {
    if (!this.#entries.has(group)) this.#entries.set(group, this.here);
  }

  /** `operand` will be set to the address of the group. */
  call(operand: number, group: number): void {
    this.#calls.push([operand, group]);
  }

  /** The parts of the program that the assembler knows. */
  finish(): Pick<Program, 'code' | 'sets' | 'references' | 'choices' | 'registers' | 'memos' | 'runs'> {
    for (const [operand, group] of this.#calls) this.#code[operand] = this.#entries.get(group) ?? 0;
    return {
      code: Int32Array.from(this.#code),
      sets: this.#sets,
      references: this.#references,
      choices: this.#choices,
      registers: this.#registers,
      memos: this.#memos,
      runs: this.#runs,
    };
  }
}

export function fastSet(set: CharSet): FastSet {
  const low = new Uint8Array(TABLE_SIZE);
  for (let code = 0; code < TABLE_SIZE; code++) low[code] = contains(set, code) ? 1 : 0;
  return { low, set: charSet(set), isDot: sameSet(set, NOT_NEWLINE) };
}

import { MAX_UNROLLED_SIZE, MAX_UNROLLED_TURNS } from '../analyse/steady-size.js';
import { kindsIn, type Node, type Regex, some } from '../parse/ast.js';
import { Assembler } from './assembler.js';
import { type Memo, Op } from './program.js';

/** `referenced`: keeps only groups that the regex itself refers to, which is enough to find a match. */
export type Groups = 'all' | 'referenced';

/** Writes the instructions of a node; `next`: the node that must follow, if known. */
type WriteNode = (compilation: Compilation, node: Node, next: Node | null) => void;

/** A program in the making: facts about the regex, and about the position of the next instruction in it. */
export class Compilation {
  readonly out: Assembler;
  /** Whether the span of a group is needed. */
  readonly isKept: (group: number) => boolean;
  readonly recurses: boolean;
  /** Whether anything refers to a group. */
  readonly refers: boolean;
  /** Whether failures may be memoised here: true if what follows depends on the offset alone. */
  isMemoisable: boolean;
  readonly #write: WriteNode;
  /** Registers with the starts of active iterations, of loops that end when one consumes nothing. */
  #turns: readonly number[] = [];
  /** The memos of the current lookaround or atomic group, if they may get its end. */
  #bodyMemos: Memo[] | null = null;
  /** Instructions that unrolled loops may still take. */
  #room = MAX_UNROLLED_SIZE;

  constructor({ root, enclosing }: Regex, groups: Groups, write: WriteNode) {
    this.out = new Assembler(enclosing.length);
    this.recurses = kindsIn(root).has('recursion');
    this.refers = some(root, refersToGroups);
    this.isMemoisable = !this.recurses;
    this.isKept = groups === 'all' || this.recurses ? () => true : keptIn(root);
    this.#write = write;
  }

  write(node: Node, next: Node | null): void {
    this.#write(this, node, next);
  }

  refersIn(node: Node): boolean {
    return this.refers && some(node, refersToGroups);
  }

  /** Adds a memo point. */
  memoise(): void {
    const memo = this.memo();
    if (memo >= 0) this.out.emit(Op.memo, memo);
  }

  /** The number of a new memo; -1 if what follows depends on more than the offset. */
  memo(): number {
    if (!this.isMemoisable || this.#turns.length > MAX_UNROLLED_TURNS) return -1;
    const { number, memo } = this.out.memo(this.#turns);
    this.#bodyMemos?.push(memo);
    return number;
  }

  /** Writes a part that depends on more than the offset. */
  withoutMemo(write: () => void): void {
    const outer = this.isMemoisable;
    this.isMemoisable = false;
    write();
    this.isMemoisable = outer;
  }

  /** Unrolls a counted loop, if there is room and it helps. Its size includes that of inner loops. */
  unroll(instructions: number, write: () => void): boolean {
    const room = this.#room;
    if (!this.isMemoisable || instructions > room) return false;
    this.#room = Number.POSITIVE_INFINITY;
    write();
    this.#room = room - instructions;
    return true;
  }

  /** Writes an iteration whose start is saved in a register. */
  withTurnStart(start: number, write: () => void): void {
    const outer = this.#turns;
    this.out.emit(Op.save, start);
    this.#turns = [...outer, start];
    write();
    this.#turns = outer;
  }

  /**
   * Writes a lookaround or atomic group, and its end. Its result does not depend on what follows: failures can be
   * memoised, and ends as well, unless groups are set on the way.
   */
  body(body: Node, write: () => void, end: () => number): void {
    const outer = { isFree: this.isMemoisable, turns: this.#turns, memos: this.#bodyMemos };
    const setsGroups = some(body, (node) => node.kind === 'capture' && this.isKept(node.group));
    const memos: Memo[] = [];
    this.isMemoisable = !this.recurses;
    this.#turns = [];
    this.#bodyMemos = setsGroups ? null : memos;
    if (!this.refersIn(body)) this.memoise();
    write();
    const exit = end() - 1;
    for (const memo of memos) memo.exit = exit;
    this.isMemoisable = outer.isFree;
    this.#turns = outer.turns;
    this.#bodyMemos = outer.memos;
  }

  /** Tries what follows first or, if lazy, last; returns the operand of the jump around it. */
  splitAround(lazy: boolean): number {
    if (!lazy) return this.out.emit(Op.split, 0);
    const into = this.out.emit(Op.split, 0);
    const around = this.out.emit(Op.jump, 0);
    this.out.patch(into);
    return around;
  }

  /** Writes a part that is only reached by recursion. */
  writeDefinition(body: Node): void {
    const over = this.out.emit(Op.jump, 0);
    this.write(body, null);
    this.out.patch(over);
  }
}

function refersToGroups(node: Node): boolean {
  return node.kind === 'backreference' || (node.kind === 'conditional' && node.test.kind === 'groups');
}

/** The groups that the regex itself refers to. */
function keptIn(root: Node): (group: number) => boolean {
  const kept = new Set<number>();
  some(root, (node) => {
    if (node.kind === 'backreference') for (const group of node.groups) kept.add(group);
    if (node.kind === 'conditional' && node.test.kind === 'groups')
      for (const group of node.test.groups) kept.add(group);
    return false;
  });
  return (group) => kept.has(group);
}

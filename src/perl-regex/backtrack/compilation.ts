import { MAX_UNROLLED_SIZE, MAX_UNROLLED_TURNS } from '../analyse/steady-size.js';
import { kindsIn, type Node, type Regex, some } from '../parse/ast.js';
import { Assembler } from './assembler.js';
import { type Memo, Op } from './program.js';

/** `referenced`: of groups only what the regex itself asks for is kept, which is all that finding it needs. */
export type Groups = 'all' | 'referenced';

/** Writes the instructions of a node; `next`: the node that must follow, where that is known. */
type WriteNode = (compilation: Compilation, node: Node, next: Node | null) => void;

/** A program being written: what is known of the regex, and of the place in it where the next instruction will be. */
export class Compilation {
  readonly out: Assembler;
  /** Whether it matters where a group is. */
  readonly isKept: (group: number) => boolean;
  readonly recurses: boolean;
  /** Whether it asks anywhere what a group holds. */
  readonly refers: boolean;
  /** Whether nothing but the place in the text decides what becomes of it from here on. */
  isFree: boolean;
  readonly #write: WriteNode;
  /** Registers with the starts of turns under way, of loops that end when one takes nothing. */
  #turns: readonly number[] = [];
  /** The memos of the lookaround or atomic group under way, if they may be given its end. */
  #bodyMemos: Memo[] | null = null;
  /** So many instructions loops may still be written out to. */
  #room = MAX_UNROLLED_SIZE;

  constructor({ root, enclosing }: Regex, groups: Groups, write: WriteNode) {
    this.out = new Assembler(enclosing.length);
    this.recurses = kindsIn(root).has('recursion');
    this.refers = some(root, refersToGroups);
    this.isFree = !this.recurses;
    this.isKept = groups === 'all' || this.recurses ? () => true : keptIn(root);
    this.#write = write;
  }

  write(node: Node, next: Node | null): void {
    this.#write(this, node, next);
  }

  refersIn(node: Node): boolean {
    return this.refers && some(node, refersToGroups);
  }

  /** From here on, nothing is tried twice at one place. */
  remember(): void {
    const memo = this.memo();
    if (memo >= 0) this.out.emit(Op.memo, memo);
  }

  /** The number of a new memo; -1 where more than the place decides what follows. */
  memo(): number {
    if (!this.isFree || this.#turns.length > MAX_UNROLLED_TURNS) return -1;
    const { number, memo } = this.out.memo(this.#turns);
    this.#bodyMemos?.push(memo);
    return number;
  }

  /** Writes what more than the place decides. */
  unfree(write: () => void): void {
    const outer = this.isFree;
    this.isFree = false;
    write();
    this.isFree = outer;
  }

  /** Writes a counted loop turn by turn, if there is room and it would help; what loops in it take is counted with it. */
  writeOut(instructions: number, write: () => void): boolean {
    const room = this.#room;
    if (!this.isFree || instructions > room) return false;
    this.#room = Number.POSITIVE_INFINITY;
    write();
    this.#room = room - instructions;
    return true;
  }

  /** Writes a turn whose start is noted in a register. */
  noted(start: number, write: () => void): void {
    const outer = this.#turns;
    this.out.emit(Op.save, start);
    this.#turns = [...outer, start];
    write();
    this.#turns = outer;
  }

  /**
   * Writes a lookaround or atomic group, and its end. What becomes of it is decided inside: of a place can be
   * remembered that it failed, and where it led, unless groups are set on the way.
   */
  body(body: Node, write: () => void, end: () => number): void {
    const outer = { isFree: this.isFree, turns: this.#turns, memos: this.#bodyMemos };
    const setsGroups = some(body, (node) => node.kind === 'capture' && this.isKept(node.group));
    const memos: Memo[] = [];
    this.isFree = !this.recurses;
    this.#turns = [];
    this.#bodyMemos = setsGroups ? null : memos;
    if (!this.refersIn(body)) this.remember();
    write();
    const exit = end() - 1;
    for (const memo of memos) memo.exit = exit;
    this.isFree = outer.isFree;
    this.#turns = outer.turns;
    this.#bodyMemos = outer.memos;
  }

  /** Lets what follows be tried first or, where it is lazy, last; returns the operand of the way around it. */
  splitAround(lazy: boolean): number {
    if (!lazy) return this.out.emit(Op.split, 0);
    const into = this.out.emit(Op.split, 0);
    const around = this.out.emit(Op.jump, 0);
    this.out.land(into);
    return around;
  }

  /** Writes what is only there to be recursed into. */
  skipped(body: Node): void {
    const over = this.out.emit(Op.jump, 0);
    this.write(body, null);
    this.out.land(over);
  }
}

function refersToGroups(node: Node): boolean {
  return node.kind === 'backreference' || (node.kind === 'conditional' && node.test.kind === 'groups');
}

/** The groups that the regex itself asks for. */
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

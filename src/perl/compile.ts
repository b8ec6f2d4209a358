import { anchorOf, beginning, requiredTexts } from './analyse.js';
import {
  type Atomic,
  forgets,
  type Look,
  type Node,
  type Place,
  type Regex,
  type Repeat,
  some,
  widthOf,
} from './ast.js';
import { type CharSet, charSet, contains, FIRST_ASTRAL } from './char-set.js';
import { Assertion, type FastSet, Op, type Program, type Reference } from './program.js';

/** Stands for "no end" in a loop's operands. */
const NO_END = 0x7fffffff;
const TABLE_SIZE = 256;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** Turns a regex into instructions for the backtracking matcher. */
export function compileProgram(regex: Regex): Program {
  return new Compiler(regex).compile();
}

const ASSERTIONS: Readonly<Record<Place['place'], number>> = {
  'text-start': Assertion.textStart,
  'text-end': Assertion.textEnd,
  end: Assertion.end,
  'line-start': Assertion.lineStart,
  'line-end': Assertion.lineEnd,
  boundary: Assertion.boundary,
  'no-boundary': Assertion.noBoundary,
};

class Compiler {
  readonly #regex: Regex;
  readonly #code: number[] = [];
  readonly #sets: FastSet[] = [];
  readonly #references: Reference[] = [];
  /** Where each group begins, for recursion; and the calls to be given it at the end. */
  readonly #entries = new Map<number, number>([[0, 0]]);
  readonly #calls: (readonly [operand: number, group: number])[] = [];
  #registers: number;
  #memos = 0;
  /** Whether a failure at a loop and place is one for good: nothing but the place decides what follows. */
  #memorable: boolean;

  constructor(regex: Regex) {
    this.#regex = regex;
    this.#registers = 2 * (regex.enclosing.length + 1);
    this.#memorable = !some(
      regex.root,
      ({ kind }) => kind === 'backreference' || kind === 'conditional' || kind === 'recursion',
    );
  }

  compile(): Program {
    const { root, enclosing } = this.#regex;
    this.#node(root, null);
    this.#emit(Op.match);
    for (const [operand, group] of this.#calls) this.#code[operand] = this.#entries.get(group) ?? 0;
    const first = beginning(root);
    return {
      code: Int32Array.from(this.#code),
      sets: this.#sets,
      references: this.#references,
      groupCount: enclosing.length,
      registers: this.#registers,
      memos: this.#memos,
      anchor: anchorOf(root),
      first: first.empty ? null : fastSet(first.set),
      required: requiredTexts(root),
    };
  }

  /** Adds instructions; returns the place of the first operand. */
  #emit(...instruction: readonly number[]): number {
    const at = this.#code.length + 1;
    this.#code.push(...instruction);
    return at;
  }

  get #here(): number {
    return this.#code.length;
  }

  #land(operand: number): void {
    this.#code[operand] = this.#here;
  }

  #register(count: number): number {
    const first = this.#registers;
    this.#registers += count;
    return first;
  }

  #set(set: CharSet): number {
    return this.#sets.push(fastSet(set)) - 1;
  }

  #reference(groups: readonly number[], ignoreCase = false): number {
    return this.#references.push({ groups, ignoreCase }) - 1;
  }

  /** `next`: the node that follows in the same sequence, which can cut runs short. */
  #node(node: Node, next: Node | null): void {
    switch (node.kind) {
      case 'char':
        if (isUnit(node.code)) this.#emit(Op.unit, node.code);
        else this.#emit(Op.set, this.#set([[node.code, node.code]]));
        return;
      case 'set':
        this.#emit(Op.set, this.#set(node.set));
        return;
      case 'sequence':
        for (const [i, item] of node.items.entries()) this.#node(item, node.items[i + 1] ?? null);
        return;
      case 'choice':
        this.#choice(node.branches);
        return;
      case 'capture':
        this.#capture(node.group, node.body);
        return;
      case 'repeat':
        this.#repeat(node, next);
        return;
      case 'atomic':
        this.#atomic(node);
        return;
      case 'look':
        this.#look(node);
        return;
      case 'place':
        this.#emit(Op.assert, ASSERTIONS[node.place]);
        return;
      case 'keep':
        this.#emit(Op.save, 0);
        return;
      case 'backreference':
        this.#emit(Op.backreference, this.#reference(node.groups, node.ignoreCase));
        return;
      case 'recursion':
        this.#calls.push([this.#emit(Op.call, 0, node.group), node.group]);
        return;
      case 'conditional':
        this.#conditional(node);
        return;
      case 'fail':
        this.#emit(Op.fail);
    }
  }

  #choice(branches: readonly Node[]): void {
    const exits: number[] = [];
    for (const [i, branch] of branches.entries()) {
      const other = i < branches.length - 1 ? this.#emit(Op.split, 0) : null;
      this.#node(branch, null);
      if (other === null) continue;
      exits.push(this.#emit(Op.jump, 0));
      this.#land(other);
    }
    for (const exit of exits) this.#land(exit);
  }

  #capture(group: number, body: Node): void {
    if (!this.#entries.has(group)) this.#entries.set(group, this.#here);
    // The start is kept apart until the group is closed: till then a backreference sees the value before.
    const start = this.#register(1);
    this.#emit(Op.save, start);
    this.#node(body, null);
    this.#emit(Op.groupEnd, group, start);
  }

  #repeat(node: Repeat, next: Node | null): void {
    if (node.max === 0) {
      this.#skipped(node.body);
      return;
    }
    if (forgets(node)) this.#emit(Op.forget, 2 * node.body.group);
    const run = runOf(node.body);
    if (run) {
      this.#run(node, run, node.lazy ? Op.lazyRun : Op.greedyRun, next);
      return;
    }
    if (node.max === 1) {
      this.#optional(node);
      return;
    }
    const reg = this.#register(2);
    this.#emit(Op.loopStart, reg);
    const top = this.#here;
    const outer = this.#memorable;
    const memo = node.max === Number.POSITIVE_INFINITY ? this.#memo() : -1;
    const exit = this.#emit(Op.loop, reg, node.min, bound(node.max), node.lazy ? 1 : 0, memo, 0) + 5;
    this.#memorable &&= node.max === Number.POSITIVE_INFINITY && node.min <= 1 && widthOf(node.body).min > 0;
    this.#emit(Op.turn, reg);
    this.#node(node.body, null);
    this.#memorable = outer;
    this.#emit(Op.jump, top);
    this.#land(exit);
  }

  #memo(): number {
    return this.#memorable ? this.#memos++ : -1;
  }

  /** Only there to be recursed into. */
  #skipped(body: Node): void {
    const over = this.#emit(Op.jump, 0);
    this.#node(body, null);
    this.#land(over);
  }

  #optional({ body, lazy }: Repeat): void {
    if (!lazy) {
      const other = this.#emit(Op.split, 0);
      this.#node(body, null);
      this.#land(other);
      return;
    }
    const into = this.#emit(Op.split, 0);
    const over = this.#emit(Op.jump, 0);
    this.#land(into);
    this.#node(body, null);
    this.#land(over);
  }

  #run({ min, max }: Repeat, set: CharSet, op: number, next: Node | null): void {
    const memo = max === Number.POSITIVE_INFINITY && op !== Op.possessiveRun ? this.#memo() : -1;
    const unit = next?.kind === 'char' && isUnit(next.code) ? next.code : -1;
    this.#emit(op, this.#set(set), min, bound(max), memo, unit);
  }

  #atomic({ body }: Atomic): void {
    const run = body.kind === 'repeat' && !body.lazy && body.max > 0 ? runOf(body.body) : null;
    if (run && body.kind === 'repeat') {
      this.#run(body, run, Op.possessiveRun, null);
      return;
    }
    const reg = this.#register(1);
    this.#emit(Op.mark, reg);
    this.#node(body, null);
    this.#emit(Op.commit, reg);
  }

  #look(look: Look): void {
    if (look.negative) this.#notLook(look);
    else this.#positive(look);
  }

  #positive(look: Look): void {
    const reg = this.#register(2);
    this.#emit(Op.mark, reg);
    this.#emit(Op.save, reg + 1);
    this.#lookBody(look);
    this.#emit(Op.lookEnd, reg);
  }

  #notLook(look: Look): void {
    const reg = this.#register(1);
    this.#emit(Op.mark, reg);
    const other = this.#emit(Op.split, 0);
    this.#lookBody(look);
    this.#emit(Op.notLookEnd, reg);
    this.#land(other);
  }

  #lookBody({ toward, body, reach }: Look): void {
    if (toward === 'ahead') {
      this.#node(body, null);
      return;
    }
    const outer = this.#memorable;
    this.#memorable = false;
    const reg = this.#register(1);
    const { min, max } = reach ?? widthOf(body);
    this.#emit(Op.save, reg);
    this.#emit(Op.behind, reg, min, max);
    this.#node(body, null);
    this.#emit(Op.behindEnd, reg);
    this.#memorable = outer;
  }

  #conditional({ test, yes, no }: Extract<Node, { kind: 'conditional' }>): void {
    switch (test.kind) {
      case 'define':
        this.#skipped(yes);
        return;
      case 'look':
        this.#lookConditional(test.look, yes, no);
        return;
      case 'groups':
        this.#branches(this.#emit(Op.ifGroup, this.#reference(test.groups), 0) + 1, yes, no);
        return;
      case 'recursing': {
        const groups = test.groups === null ? -1 : this.#reference(test.groups);
        this.#branches(this.#emit(Op.ifRecursing, groups, 0) + 1, yes, no);
        return;
      }
    }
  }

  /** Once the condition has matched, `commit` takes the way to the other branch off the stack, too. */
  #lookConditional(look: Look, yes: Node, no: Node): void {
    const reg = this.#register(2);
    this.#emit(Op.mark, reg);
    this.#emit(Op.save, reg + 1);
    const other = this.#emit(Op.split, 0);
    this.#lookBody(look);
    this.#emit(Op.lookEnd, reg);
    if (look.negative) this.#branches(other, no, yes);
    else this.#branches(other, yes, no);
  }

  /** `other`: the operand that is to hold the place of the second branch. */
  #branches(other: number, first: Node, second: Node): void {
    this.#node(first, null);
    const exit = this.#emit(Op.jump, 0);
    this.#land(other);
    this.#node(second, null);
    this.#land(exit);
  }
}

function runOf(body: Node): CharSet | null {
  if (body.kind === 'set') return body.set;
  return body.kind === 'char' ? [[body.code, body.code]] : null;
}

function bound(max: number): number {
  return max === Number.POSITIVE_INFINITY ? NO_END : max;
}

/** Whether a character is one UTF-16 unit that cannot be half of a pair. */
function isUnit(code: number): boolean {
  return code < FIRST_ASTRAL && (code < FIRST_SURROGATE || code > LAST_SURROGATE);
}

function fastSet(set: CharSet): FastSet {
  const low = new Uint8Array(TABLE_SIZE);
  for (let code = 0; code < TABLE_SIZE; code++) low[code] = contains(set, code) ? 1 : 0;
  return { low, set: charSet(set) };
}

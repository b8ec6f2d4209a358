import type { Assertion, Node, Repeat } from '../parse/ast.js';
import { ANY, type CharSet, contains, FIRST_ASTRAL } from '../parse/char-set.js';

/** Kinds of NFA states. The two operands are in `a` and `b`. */
export const NfaState = {
  /** a: the code of one ASCII character, b: the next state. */
  char: 0,
  /** a: index into `sets`, b: the next state. */
  set: 1,
  /** The second half of a surrogate pair; b: the next state. */
  lowHalf: 2,
  /** a, b: two next states, without a character. */
  split: 3,
  /** At the start of the text; b: the next state. */
  textStart: 4,
  /** At the end of the text; b: the next state. */
  textEnd: 5,
  /** a: the regex; it matches for sure. */
  match: 6,
  /** a: the regex; it may match, and its own matcher must decide. */
  maybe: 7,
  /** a: the regex, whose further states are made on demand. */
  pending: 8,
  dead: 9,
} as const;

/** How much of a regex the NFA holds. `heads`: up to the first run of almost anything, such as `.*`. */
export type NfaDetail = 'whole' | 'heads';

/** States of a regex; repeats beyond are taken as unbounded. */
const MAX_PATTERN_STATES = 4000;
/** A set of this many ASCII characters is "almost anything"; `\w` has 63. */
const WIDE = 70;

/** The alphabet: tables for ASCII, ranges for the rest. */
export interface NfaSet {
  readonly low: Uint8Array;
  readonly set: CharSet;
  /** Holds characters that take two UTF-16 units. */
  readonly astral: boolean;
}

/**
 * A Thompson NFA (1968) of many regexes, which accepts texts that begin with a match. A text must not contain newlines.
 * What an NFA cannot express (lookarounds, word boundaries, backreferences ...) is left out, and the regex ends in `maybe`
 * instead of `match`: so the NFA accepts every match, and some texts that do not match.
 */
export class Nfa {
  readonly kind: number[] = [];
  readonly a: number[] = [];
  readonly b: number[] = [];
  /** The regex that a state belongs to. */
  readonly owner: number[] = [];
  readonly sets: NfaSet[] = [];
  readonly #setNumbers = new Map<CharSet | string, number>();
  readonly #lowHalves = new Map<number, number>();
  readonly #rest = new Map<number, Node>();
  readonly #detail: NfaDetail;
  readonly #dead: number;
  #exact = true;
  #budget = 0;
  #regex = 0;

  constructor(detail: NfaDetail) {
    this.#detail = detail;
    this.#dead = this.#add(NfaState.dead, 0, 0);
  }

  /** Adds a regex under its number; returns its first state. Only its literal head is made at once. */
  addRegex(regex: number, root: Node): number {
    const items = root.kind === 'sequence' ? root.items : [root];
    this.#regex = regex;
    let head = 0;
    while (isPlainHead(items[head])) head++;
    this.#rest.set(regex, { kind: 'sequence', items: items.slice(head) });
    let next = this.#add(NfaState.pending, regex, 0);
    for (const item of items.slice(0, head).reverse()) next = this.#write(item, next);
    return next;
  }

  /** Makes the states after a `pending` one; returns the first. Most regexes of a large set never need this. */
  expand(regex: number): number {
    const rest = this.#rest.get(regex);
    if (!rest) return this.#dead;
    this.#exact = true;
    this.#budget = MAX_PATTERN_STATES;
    this.#regex = regex;
    const end = this.#add(NfaState.match, regex, 0);
    const first = this.#write(rest, end);
    if (!this.#exact) this.kind[end] = NfaState.maybe;
    return first;
  }

  /** The state for the second half of a surrogate pair, before `next`. */
  lowHalf(next: number): number {
    let step = this.#lowHalves.get(next);
    if (step === undefined) {
      this.#regex = this.owner[next] ?? 0;
      step = this.#add(NfaState.lowHalf, 0, next);
      this.#lowHalves.set(next, step);
    }
    return step;
  }

  #add(kind: number, a: number, b: number): number {
    this.kind.push(kind);
    this.a.push(a);
    this.b.push(b);
    this.owner.push(this.#regex);
    this.#budget--;
    return this.kind.length - 1;
  }

  /** Makes the states of a node before `next`, from its end to its beginning. */
  #write(node: Node, next: number): number {
    switch (node.kind) {
      case 'char':
        if (node.code < ASCII) return this.#add(NfaState.char, node.code, next);
        return this.#add(NfaState.set, this.#set([[node.code, node.code]]), next);
      case 'set':
        return this.#add(NfaState.set, this.#set(node.set), next);
      case 'sequence':
        return node.items.reduceRight((behind, item) => this.#write(item, behind), next);
      case 'choice':
        return node.branches
          .map((branch) => this.#write(branch, next))
          .reduce((a, b) => this.#add(NfaState.split, a, b));
      case 'capture':
        return this.#write(node.body, next);
      case 'repeat':
        return this.#repeat(node, next);
      case 'place':
        return this.#place(node, next);
      case 'keep':
        return next;
      case 'fail':
        return this.#dead;
      default:
        this.#exact = false;
        return this.#beyond(node, next);
    }
  }

  /** What an NFA cannot express: it accepts more than the node, never less. */
  #beyond(node: Node, next: number): number {
    switch (node.kind) {
      case 'atomic':
        return this.#write(node.body, next);
      case 'conditional':
        if (node.test.kind === 'define') return next;
        return this.#add(NfaState.split, this.#write(node.yes, next), this.#write(node.no, next));
      case 'backreference':
      case 'recursion':
        return this.#anything(next);
      default:
        return next;
    }
  }

  #anything(next: number): number {
    return this.#loop(next, (again) => this.#add(NfaState.set, this.#set(ANY), again));
  }

  #place({ place }: Assertion, next: number): number {
    switch (place) {
      case 'text-start':
      case 'line-start':
        return this.#add(NfaState.textStart, 0, next);
      case 'text-end':
      case 'end':
      case 'line-end':
        return this.#add(NfaState.textEnd, 0, next);
      default:
        this.#exact = false;
        return next;
    }
  }

  #repeat({ body, min, max }: Repeat, next: number): number {
    if (max === Number.POSITIVE_INFINITY && this.#detail === 'heads' && isWide(body)) {
      // The regex itself decides about the rest.
      return this.#add(NfaState.maybe, this.#regex, 0);
    }
    const before = this.#budget;
    const endless = max === Number.POSITIVE_INFINITY;
    let first = endless ? this.#loop(next, (again) => this.#write(body, again)) : next;
    const turns = endless ? min : max;
    for (let turn = 0; turn < turns; turn++) {
      const optional = !endless && turn < max - min;
      const once = this.#write(body, first);
      first = optional ? this.#add(NfaState.split, once, next) : once;
      const size = (before - this.#budget) / (turn + 1);
      if (this.#budget < size * (turns - turn)) return this.#unbounded(body, min, next);
    }
    return first;
  }

  /** A count that is too large to unroll. */
  #unbounded(body: Node, min: number, next: number): number {
    this.#exact = false;
    const loop = this.#loop(next, (again) => this.#write(body, again));
    return min > 0 ? this.#write(body, loop) : loop;
  }

  #loop(next: number, body: (again: number) => number): number {
    const split = this.#add(NfaState.split, next, this.#dead);
    this.b[split] = body(split);
    return split;
  }

  #set(set: CharSet): number {
    const known = this.#setNumbers.get(set) ?? this.#setNumbers.get(set.join());
    if (known !== undefined) return known;
    const low = new Uint8Array(ASCII);
    for (let code = 0; code < ASCII; code++) low[code] = contains(set, code) ? 1 : 0;
    const number = this.sets.push({ low, set, astral: (set.at(-1)?.[1] ?? 0) >= FIRST_ASTRAL }) - 1;
    this.#setNumbers.set(set, number);
    this.#setNumbers.set(set.join(), number);
    return number;
  }
}

const ASCII = 128;

/** Start anchors and characters: what almost every rule begins with. */
function isPlainHead(item: Node | undefined): boolean {
  if (item?.kind === 'char') return item.code < ASCII;
  return item?.kind === 'place' && item.place === 'text-start';
}

function isWide(body: Node): boolean {
  if (body.kind !== 'set') return false;
  let size = 0;
  for (let code = 0; code < ASCII; code++) if (contains(body.set, code)) size++;
  return size >= WIDE;
}

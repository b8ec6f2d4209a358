import type { Assertion, Node, Repeat } from '../parse/ast.js';
import { ANY, type CharSet, contains, FIRST_ASTRAL } from '../parse/char-set.js';

/** What a step of the graph is. Its two operands are in `a` and `b`. */
export const NfaStep = {
  /** a: the code of one ASCII character, b: the step behind it. */
  char: 0,
  /** a: index into `sets`, b: the step behind it. */
  set: 1,
  /** b: the step behind the second half of a surrogate pair. */
  lowHalf: 2,
  /** a, b: two steps to go on at. */
  fork: 3,
  /** b: the step behind, where the text begins. */
  textStart: 4,
  /** b: the step behind, where the text ends. */
  textEnd: 5,
  /** a: the regex, found for sure. */
  match: 6,
  /** a: the regex, which may be found here: its own matcher must say. */
  maybe: 7,
  /** a: the regex, whose steps from here on are still to be written. */
  unwritten: 8,
  dead: 9,
} as const;

/** How closely the graph follows regexes. `heads`: up to the first run of almost anything, such as `.*`. */
export type NfaDetail = 'whole' | 'heads';

/** A regex counts so many steps at most; what repeats more often is taken for endless. */
const MAX_PATTERN_STATES = 4000;
/** Sets of so many ASCII characters are "almost anything"; `\w` has 63. */
const WIDE = 70;

/** The alphabet: tables for ASCII, ranges for the rest. */
export interface NfaSet {
  readonly low: Uint8Array;
  readonly set: CharSet;
  /** Holds characters that take two UTF-16 units. */
  readonly astral: boolean;
}

/**
 * Many regexes as one graph (Thompson, 1968) whose ways spell the texts that begin with a match. A text may not hold
 * newlines. Whatever cannot be said so (lookarounds, word borders, backreferences ...) is passed over, and the regex
 * ends in `maybe` instead of `match`: so every match is found, and some texts that are none.
 */
export class Nfa {
  readonly kind: number[] = [];
  readonly a: number[] = [];
  readonly b: number[] = [];
  /** The regex that a step belongs to. */
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
    this.#dead = this.#add(NfaStep.dead, 0, 0);
  }

  /** Adds a regex under its number; returns its first step. Only its literal head is written at once. */
  addRegex(regex: number, root: Node): number {
    const items = root.kind === 'sequence' ? root.items : [root];
    this.#regex = regex;
    let head = 0;
    while (isPlainHead(items[head])) head++;
    this.#rest.set(regex, { kind: 'sequence', items: items.slice(head) });
    let next = this.#add(NfaStep.unwritten, regex, 0);
    for (const item of items.slice(0, head).reverse()) next = this.#write(item, next);
    return next;
  }

  /** Writes the steps behind an `unwritten` one; returns the first. Most regexes of a large set never come to this. */
  writeRest(regex: number): number {
    const rest = this.#rest.get(regex);
    if (!rest) return this.#dead;
    this.#exact = true;
    this.#budget = MAX_PATTERN_STATES;
    this.#regex = regex;
    const end = this.#add(NfaStep.match, regex, 0);
    const first = this.#write(rest, end);
    if (!this.#exact) this.kind[end] = NfaStep.maybe;
    return first;
  }

  /** The step that takes the second half of a surrogate pair and goes on at `next`. */
  lowHalf(next: number): number {
    let step = this.#lowHalves.get(next);
    if (step === undefined) {
      this.#regex = this.owner[next] ?? 0;
      step = this.#add(NfaStep.lowHalf, 0, next);
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

  /** The steps of a node that goes on at `next`; written from its end to its beginning. */
  #write(node: Node, next: number): number {
    switch (node.kind) {
      case 'char':
        if (node.code < ASCII) return this.#add(NfaStep.char, node.code, next);
        return this.#add(NfaStep.set, this.#set([[node.code, node.code]]), next);
      case 'set':
        return this.#add(NfaStep.set, this.#set(node.set), next);
      case 'sequence':
        return node.items.reduceRight((behind, item) => this.#write(item, behind), next);
      case 'choice':
        return node.branches
          .map((branch) => this.#write(branch, next))
          .reduce((a, b) => this.#add(NfaStep.fork, a, b));
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

  /** What a graph cannot say: more than the node allows, never less. */
  #beyond(node: Node, next: number): number {
    switch (node.kind) {
      case 'atomic':
        return this.#write(node.body, next);
      case 'conditional':
        if (node.test.kind === 'define') return next;
        return this.#add(NfaStep.fork, this.#write(node.yes, next), this.#write(node.no, next));
      case 'backreference':
      case 'recursion':
        return this.#anything(next);
      default:
        return next;
    }
  }

  #anything(next: number): number {
    return this.#loop(next, (again) => this.#add(NfaStep.set, this.#set(ANY), again));
  }

  #place({ place }: Assertion, next: number): number {
    switch (place) {
      case 'text-start':
      case 'line-start':
        return this.#add(NfaStep.textStart, 0, next);
      case 'text-end':
      case 'end':
      case 'line-end':
        return this.#add(NfaStep.textEnd, 0, next);
      default:
        this.#exact = false;
        return next;
    }
  }

  #repeat({ body, min, max }: Repeat, next: number): number {
    if (max === Number.POSITIVE_INFINITY && this.#detail === 'heads' && isWide(body)) {
      // What follows is left to the regex itself.
      return this.#add(NfaStep.maybe, this.#regex, 0);
    }
    const before = this.#budget;
    const endless = max === Number.POSITIVE_INFINITY;
    let first = endless ? this.#loop(next, (again) => this.#write(body, again)) : next;
    const turns = endless ? min : max;
    for (let turn = 0; turn < turns; turn++) {
      const optional = !endless && turn < max - min;
      const once = this.#write(body, first);
      first = optional ? this.#add(NfaStep.fork, once, next) : once;
      const size = (before - this.#budget) / (turn + 1);
      if (this.#budget < size * (turns - turn)) return this.#unbounded(body, min, next);
    }
    return first;
  }

  /** Counts too large to be written out. */
  #unbounded(body: Node, min: number, next: number): number {
    this.#exact = false;
    const loop = this.#loop(next, (again) => this.#write(body, again));
    return min > 0 ? this.#write(body, loop) : loop;
  }

  #loop(next: number, body: (again: number) => number): number {
    const fork = this.#add(NfaStep.fork, next, this.#dead);
    this.b[fork] = body(fork);
    return fork;
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

/** Places at the start and characters: what almost every rule begins with. */
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

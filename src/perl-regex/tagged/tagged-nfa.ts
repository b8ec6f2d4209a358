import { anchorOf } from '../analyse/beginning.js';
import {
  type Assertion,
  type Capture,
  forgets,
  type Lookaround,
  type Node,
  type Regex,
  type Repeat,
} from '../parse/ast.js';
import { ANY, type CharSet, isUnit, WORD } from '../parse/char-set.js';

/** Kinds of nodes. The two operands are in `a` and `b`. */
export const NodeKind = {
  /** a: the number of a set, b: the next node. It takes one character. */
  leaf: 0,
  /** a, b: two next nodes; the first one is preferred. */
  split: 1,
  /** a: a tag, b: the next node. */
  tag: 2,
  /** At the start of the text; b: the next node. */
  textStart: 3,
  /** In a lookahead: at the end of the text; b: the next node. */
  textEnd: 4,
  /** a: the number of a lookahead, b: the next node. */
  look: 5,
  /** a: 1 for `\b`, 0 for `\B`; b: the next node. */
  boundary: 6,
  match: 7,
  dead: 8,
} as const;

/** What a tag does to the group of slot `tag >> TAG_BITS`. */
export const TagKind = { start: 0, end: 1, unset: 2 } as const;
export const TAG_BITS = 2;

/** Lookaheads that each automaton has: the end of the text, and both sides of a word boundary. */
export const FixedLook = { nothingFollows: 0, wordFollows: 1, noWordFollows: 2 } as const;

export interface Look {
  readonly first: number;
  readonly negative: boolean;
}

/**
 * A Thompson NFA (1968) with tags where the outermost groups begin and end (Laurikari, "NFAs with Tagged Transitions",
 * 2000). Of two ways the first one is preferred, as in Perl. Texts must not contain newlines.
 */
export class TaggedNfa {
  readonly kind: number[] = [];
  readonly a: number[] = [];
  readonly b: number[] = [];
  readonly sets: CharSet[] = [];
  readonly looks: Look[] = [];
  /** By slot, the outermost groups (indices from 0): what is masked. */
  readonly groups: readonly number[];
  /** The units that each text begins with; the automaton begins behind them. */
  readonly head: readonly number[];
  readonly first: number;
  readonly match: number;
  readonly #setNumbers = new Map<CharSet | string, number>();
  #isInLook = false;

  constructor({ root, enclosing }: Regex) {
    this.groups = enclosing.flatMap((outer, group) => (outer === null ? [group] : []));
    this.match = this.#add(NodeKind.match, 0, 0);
    this.#addFixedLooks();
    const { head, rest } = cutHead(root);
    this.head = head;
    this.first = this.#write(anchorOf(root) === 'none' ? anywhere(rest) : rest, this.match);
  }

  #add(kind: number, a: number, b: number): number {
    this.kind.push(kind);
    this.a.push(a);
    this.b.push(b);
    return this.kind.length - 1;
  }

  #addFixedLooks(): void {
    const anything = this.#leaf(ANY, this.match);
    const word = this.#leaf(WORD, this.match);
    this.looks.push(
      { first: anything, negative: true },
      { first: word, negative: false },
      { first: word, negative: true },
    );
  }

  /** Adds the nodes of a part before `next`, from its end to its beginning; returns the first. */
  #write(node: Node, next: number): number {
    switch (node.kind) {
      case 'char':
        return this.#leaf([[node.code, node.code]], next);
      case 'set':
        return this.#leaf(node.set, next);
      case 'sequence':
        return node.items.reduceRight((behind, item) => this.#write(item, behind), next);
      case 'choice':
        return node.branches
          .map((branch) => this.#write(branch, next))
          .reduceRight((others, branch) => this.#add(NodeKind.split, branch, others));
      case 'capture':
        return this.#capture(node, next);
      case 'repeat':
        return this.#repeat(node, next);
      case 'place':
        return this.#place(node, next);
      case 'look':
        return this.#look(node, next);
      default:
        // (*FAIL); canTag() lets nothing else through.
        return this.#add(NodeKind.dead, 0, 0);
    }
  }

  #leaf(set: CharSet, next: number): number {
    const known = this.#setNumbers.get(set);
    return this.#add(NodeKind.leaf, known ?? this.#addSet(set, set.join()), next);
  }

  /** Equal sets have one number. */
  #addSet(set: CharSet, key: string): number {
    const number = this.#setNumbers.get(key) ?? this.sets.push(set) - 1;
    this.#setNumbers.set(key, number);
    this.#setNumbers.set(set, number);
    return number;
  }

  #capture({ group, body }: Capture, next: number): number {
    const slot = this.groups.indexOf(group - 1);
    if (slot < 0) return this.#write(body, next);
    return this.#tag(slot, TagKind.start, this.#write(body, this.#tag(slot, TagKind.end, next)));
  }

  #tag(slot: number, kind: number, next: number): number {
    return this.#add(NodeKind.tag, (slot << TAG_BITS) | kind, next);
  }

  #repeat(node: Repeat, next: number): number {
    if (node.max === 0) return next;
    const first = this.#turns(node, next);
    const slot = forgets(node) ? this.groups.indexOf(node.body.group - 1) : -1;
    return slot < 0 ? first : this.#tag(slot, TagKind.unset, first);
  }

  #turns({ body, min, max, lazy }: Repeat, next: number): number {
    const endless = max === Number.POSITIVE_INFINITY;
    let first = endless ? this.#loop(body, lazy, min > 0, next) : next;
    const optional = endless ? 0 : max - min;
    for (let turn = 0; turn < optional; turn++) first = this.#split(this.#write(body, first), next, lazy);
    const needed = endless ? min - 1 : min;
    for (let turn = 0; turn < needed; turn++) first = this.#write(body, first);
    return first;
  }

  /** Any number of turns; `atLeastOnce`: one of them is needed. */
  #loop(body: Node, lazy: boolean, atLeastOnce: boolean, next: number): number {
    const split = this.#split(next, next, lazy);
    const turn = this.#write(body, split);
    if (lazy) this.b[split] = turn;
    else this.a[split] = turn;
    return atLeastOnce ? turn : split;
  }

  #split(turn: number, next: number, lazy: boolean): number {
    return lazy ? this.#add(NodeKind.split, next, turn) : this.#add(NodeKind.split, turn, next);
  }

  #place({ place }: Assertion, next: number): number {
    switch (place) {
      case 'text-start':
      case 'line-start':
        return this.#add(NodeKind.textStart, 0, next);
      case 'text-end':
      case 'end':
      case 'line-end':
        return this.#isInLook
          ? this.#add(NodeKind.textEnd, 0, next)
          : this.#add(NodeKind.look, FixedLook.nothingFollows, next);
      default:
        return this.#add(NodeKind.boundary, place === 'boundary' ? 1 : 0, next);
    }
  }

  #look({ body, negative }: Lookaround, next: number): number {
    this.#isInLook = true;
    const look = this.looks.push({ first: this.#write(body, this.match), negative }) - 1;
    this.#isInLook = false;
    return this.#add(NodeKind.look, look, next);
  }
}

/** Cuts off the characters behind `^`. */
function cutHead(root: Node): { readonly head: readonly number[]; readonly rest: Node } {
  const items = root.kind === 'sequence' ? root.items : [root];
  const [begin, ...others] = items;
  if (begin?.kind !== 'place' || begin.place !== 'text-start') return { head: [], rest: root };
  const head: number[] = [];
  for (const item of others) {
    if (item.kind !== 'char' || !isUnit(item.code)) break;
    head.push(item.code);
  }
  if (head.length === 0) return { head, rest: root };
  return { head, rest: { kind: 'sequence', items: others.slice(head.length) } };
}

/** The leftmost match is the one before which `.*?` takes least. */
function anywhere(node: Node): Node {
  const skipped: Node = {
    kind: 'repeat',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    lazy: true,
    body: { kind: 'set', set: ANY },
  };
  return { kind: 'sequence', items: [skipped, node] };
}

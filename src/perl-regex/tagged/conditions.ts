import { NodeKind, type TaggedNfa } from './tagged-nfa.js';

/** No condition; and one that cannot be met any more. */
export const NONE = 0;
export const BROKEN = -1;

/** A lookahead on its way: what of it is still open. */
interface Condition {
  readonly negative: boolean;
  /** The leaves that wait for a character, and ends of the text; sorted. */
  readonly leaves: readonly number[];
}

/**
 * What must follow for a way through an automaton to be one: its open lookaheads, `$` and word boundaries. A set of
 * conditions has a number; equal sets have the same.
 */
export class Conditions {
  readonly #nfa: TaggedNfa;
  readonly #takes: (leaf: number, cls: number) => boolean;
  readonly #conditions: Condition[] = [];
  readonly #conditionNumbers = new Map<string, number>();
  /** By number, the conditions of a set, sorted. */
  readonly #sets: (readonly number[])[] = [[]];
  readonly #setNumbers = new Map<string, number>([['', NONE]]);
  /** Nodes that were followed so far. */
  work = 0;

  constructor(nfa: TaggedNfa, takes: (leaf: number, cls: number) => boolean) {
    this.#nfa = nfa;
    this.#takes = takes;
  }

  /** A set of conditions and one more: that a lookahead holds here. */
  withLook(set: number, look: number, isStart: boolean): number {
    const { first, negative } = this.#nfa.looks[look] ?? { first: this.#nfa.match, negative: true };
    return this.#with(set, negative, this.#closure([first], isStart));
  }

  /** Both sets. */
  join(a: number, b: number): number {
    if (a === NONE || b === NONE) return a + b;
    return this.#number([...(this.#sets[a] ?? []), ...(this.#sets[b] ?? [])]);
  }

  /** What is left of a set behind a character of this class. */
  behind(set: number, cls: number): number {
    let left: number = NONE;
    for (const number of this.#sets[set] ?? []) {
      const { negative, leaves } = this.#conditions[number] as Condition;
      const taken = leaves.filter((leaf) => this.#nfa.kind[leaf] === NodeKind.leaf && this.#takes(leaf, cls));
      left = this.#with(
        left,
        negative,
        this.#closure(
          taken.map((leaf) => this.#nfa.b[leaf] as number),
          false,
        ),
      );
      if (left === BROKEN) return BROKEN;
    }
    return left;
  }

  /** Whether all conditions of a set are met at the end of the text. */
  holdAtEnd(set: number): boolean {
    return (this.#sets[set] ?? []).every((number) => {
      const { negative, leaves } = this.#conditions[number] as Condition;
      return leaves.some((leaf) => this.#matchesAtEnd(leaf)) !== negative;
    });
  }

  #with(set: number, negative: boolean, leaves: readonly number[]): number {
    const isFound = leaves.includes(this.#nfa.match);
    if (isFound || leaves.length === 0) return isFound === negative ? BROKEN : set;
    const key = `${negative}${leaves}`;
    const number = this.#conditionNumbers.get(key) ?? this.#conditions.push({ negative, leaves }) - 1;
    this.#conditionNumbers.set(key, number);
    return this.#number([...(this.#sets[set] ?? []), number]);
  }

  #number(conditions: readonly number[]): number {
    const sorted = [...new Set(conditions)].sort((a, b) => a - b);
    const key = sorted.join();
    const number = this.#setNumbers.get(key) ?? this.#sets.push(sorted) - 1;
    this.#setNumbers.set(key, number);
    return number;
  }

  /** The leaves, ends of the text and the match that are reached without a character; sorted. */
  #closure(nodes: readonly number[], isStart: boolean): readonly number[] {
    const { kind, a, b } = this.#nfa;
    const reached = new Set<number>();
    const passed = new Set<number>();
    const open = [...nodes];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (passed.size === passed.add(node).size) continue;
      this.work += 1;
      if (kind[node] === NodeKind.split) open.push(a[node] as number, b[node] as number);
      else if (kind[node] === NodeKind.textStart) open.push(...(isStart ? [b[node] as number] : []));
      else if (kind[node] !== NodeKind.dead) reached.add(node);
    }
    return [...reached].sort((x, y) => x - y);
  }

  #matchesAtEnd(leaf: number): boolean {
    const { kind, b, match } = this.#nfa;
    if (kind[leaf] !== NodeKind.textEnd) return false;
    const next = this.#closure([b[leaf] as number], false);
    return next.includes(match) || next.some((node) => this.#matchesAtEnd(node));
  }
}

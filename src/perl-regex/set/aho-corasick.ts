import type { TextView } from '../pattern.js';

/** Finds which of many literals a text contains, in one pass (Aho and Corasick, 1975). Ignores case. */
export class AhoCorasick {
  readonly #table: Table;
  /** The members found in this text. */
  readonly #found: number[] = [];
  /** The number of this search, and the search that found a member last. */
  #turn = 0;
  readonly #seen = new Map<number, number>();

  /** Literals by member, in lower-case ASCII; one of them is enough for a hit. */
  constructor(literals: ReadonlyMap<number, readonly string[]>) {
    this.#table = linkFailures(buildTrie(literals));
  }

  /**
   * The members with a literal in the text, each once, in no order. The next search reuses the array.
   */
  search({ whole: { units }, from, gap, resume, to }: TextView): readonly number[] {
    this.#found.length = 0;
    this.#turn += 1;
    const state = this.#walk(0, units, from, gap);
    if (resume < to) this.#walk(state, units, resume, to);
    return this.#found;
  }

  #walk(first: number, units: Uint16Array, from: number, to: number): number {
    const { classOf, classes, next } = this.#table;
    let state = first;
    for (let i = from; i < to; i++) {
      const code = units[i] as number;
      // Characters beyond ASCII are in no literal: class 0, which leads back to the root.
      state = next[state * classes + (code < ASCII ? (classOf[code] as number) : 0)] as number;
      if (state < 0) {
        state = ~state;
        this.#note(state);
      }
    }
    return state;
  }

  #note(state: number): void {
    for (const number of this.#table.hits[state] ?? []) {
      if (this.#seen.get(number) === this.#turn) continue;
      this.#seen.set(number, this.#turn);
      this.#found.push(number);
    }
  }
}

const ASCII = 128;

interface Trie {
  /** The class of each character, 0 if it is in no literal. An upper-case letter has the class of the lower-case one. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly children: Map<number, number>[];
  readonly hits: number[][];
}

function buildTrie(wanted: ReadonlyMap<number, readonly string[]>): Trie {
  const classOf = new Uint8Array(ASCII);
  let classes = 1;
  const children: Map<number, number>[] = [new Map()];
  const hits: number[][] = [[]];
  const classFor = (code: number): number => {
    if (classOf[code] === 0) classOf[code] = classes++;
    return classOf[code] ?? 0;
  };
  for (const [number, literals] of wanted)
    for (const literal of literals) {
      let state = 0;
      for (let i = 0; i < literal.length; i++) {
        const char = classFor(literal.charCodeAt(i));
        let child = children[state]?.get(char);
        if (child === undefined) {
          child = children.push(new Map()) - 1;
          hits.push([]);
          children[state]?.set(char, child);
        }
        state = child;
      }
      hits[state]?.push(number);
    }
  for (let code = 65; code <= 90; code++) classOf[code] = classOf[code + 32] ?? 0;
  return { classOf, classes, children, hits };
}

interface Table {
  readonly classOf: Uint8Array;
  readonly classes: number;
  /** `next[state * classes + class]`: the next state, or `~state` for one with hits. */
  readonly next: Int32Array;
  /** By state, the members found there. */
  readonly hits: readonly (readonly number[])[];
}

/** Turns the trie into a transition table. */
function linkFailures({ classOf, classes, children, hits }: Trie): Table {
  const next = new Int32Array(children.length * classes);
  const failure = new Int32Array(children.length);
  const order: number[] = [0];
  for (const state of order) {
    const back = failure[state] ?? 0;
    if (state !== 0) hits[state]?.push(...(hits[back] ?? []));
    for (let char = 1; char < classes; char++) {
      const around = state === 0 ? 0 : (next[back * classes + char] ?? 0);
      const child = children[state]?.get(char);
      if (child !== undefined) {
        failure[child] = around;
        order.push(child);
      }
      next[state * classes + char] = child ?? around;
    }
  }
  for (let i = 0; i < next.length; i++) {
    const state = next[i] ?? 0;
    if ((hits[state]?.length ?? 0) > 0) next[i] = ~state;
  }
  return { classOf, classes, next, hits };
}

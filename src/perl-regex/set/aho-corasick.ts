import type { Excerpt } from '../../line/excerpt.js';

/** Finds which of many literals a text contains, in one pass (Aho and Corasick, 1975). */
export interface AhoCorasick {
  /**
   * The numbers of those whose literal stands in an excerpt's text, each once, in no order. The array is used again
   * at the next search.
   */
  search(excerpt: Excerpt): readonly number[];
}

/** `literals[i]`: texts in folded ASCII, any of which is a hit for `numbers[i]`. */
export function createAhoCorasick(
  wanted: readonly { readonly number: number; readonly literals: readonly string[] }[],
): AhoCorasick {
  const trie = buildTrie(wanted);
  const { classOf, classes, next, hits } = linkFailures(trie);
  const found: number[] = [];
  let stamp = 0;
  const seen = new Map<number, number>();
  const note = (state: number): void => {
    for (const number of hits[state] ?? []) {
      if (seen.get(number) === stamp) continue;
      seen.set(number, stamp);
      found.push(number);
    }
  };

  function walk(first: number, units: Uint16Array, from: number, to: number): number {
    let state = first;
    for (let i = from; i < to; i++) {
      const code = units[i] as number;
      // What is not ASCII is in no literal: class 0, which leads back to the root.
      state = next[state * classes + (code < ASCII ? (classOf[code] as number) : 0)] as number;
      if (state < 0) {
        state = ~state;
        note(state);
      }
    }
    return state;
  }

  return {
    search({ whole: { units }, from, gap, resume, to }) {
      found.length = 0;
      stamp += 1;
      const state = walk(0, units, from, gap);
      if (resume < to) walk(state, units, resume, to);
      return found;
    },
  };
}

const ASCII = 128;

interface Trie {
  /** For each character the number of its class; 0 for those in no literal. Capitals fall in with small letters. */
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly children: Map<number, number>[];
  readonly hits: number[][];
}

function buildTrie(
  wanted: readonly { readonly number: number; readonly literals: readonly string[] }[],
): Trie {
  const classOf = new Uint8Array(ASCII);
  let classes = 1;
  const children: Map<number, number>[] = [new Map()];
  const hits: number[][] = [[]];
  const classFor = (code: number): number => {
    if (classOf[code] === 0) classOf[code] = classes++;
    return classOf[code] ?? 0;
  };
  for (const { number, literals } of wanted)
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

/** Turns the trie into a table of where each character leads; states with hits are written as `~state`. */
function linkFailures({ classOf, classes, children, hits }: Trie): {
  readonly classOf: Uint8Array;
  readonly classes: number;
  readonly next: Int32Array;
  readonly hits: readonly (readonly number[])[];
} {
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

import { contains, WORD } from '../parse/char-set.js';
import type { Alphabet } from './alphabet.js';
import { Before, Closures, type Reached } from './closures.js';
import { BROKEN, Conditions, NONE } from './conditions.js';
import { MAX_THREADS } from './links.js';
import { nodesBeforeTags, nodesBehindTags } from './reached.js';
import { NodeKind, type TaggedNfa } from './tagged-nfa.js';

/** How a thread comes into a state. */
export interface Step {
  readonly thread: number;
  /** The place of the thread that it comes from, in the state before. */
  readonly from: number;
  /** The tags in between, the last one first. */
  readonly tags: readonly number[];
}

/**
 * The ways through an automaton that are still open at a place of a text, as the threads of a Pike VM (Cox, 2009). A
 * thread is a number: the leaf at which it waits, and its conditions.
 */
export class Threads {
  readonly #nfa: TaggedNfa;
  /** Numbers of threads with the same conditions; without conditions a thread has the number of its leaf. */
  readonly #span: number;
  readonly #alphabet: Alphabet;
  /** By set and class; made when it is first needed. */
  readonly #takes: (Uint8Array | undefined)[] = [];
  readonly #isWord: Uint8Array;
  readonly #conditions: Conditions;
  readonly #closures: Closures;
  readonly #beforeTags: Uint8Array;
  readonly #behindTags: Uint8Array;
  #steps = 0;

  constructor(nfa: TaggedNfa, alphabet: Alphabet) {
    this.#nfa = nfa;
    this.#span = nfa.kind.length;
    this.#alphabet = alphabet;
    this.#isWord = alphabet.classesIn(WORD);
    this.#conditions = new Conditions(nfa, (leaf, cls) => this.#takesClass(leaf, cls));
    this.#closures = new Closures(nfa, this.#conditions);
    this.#beforeTags = nodesBeforeTags(nfa);
    this.#behindTags = nodesBehindTags(nfa);
  }

  /** What was done so far: threads and conditions that were followed. */
  get work(): number {
    return this.#steps + this.#conditions.work;
  }

  /** The threads with which each text begins. */
  first(): readonly Step[] {
    const unit = this.#nfa.head.at(-1);
    const before = unit === undefined ? Before.start : contains(WORD, unit) ? Before.word : Before.other;
    return this.#closures.of(this.#nfa.first, before).map((reached) => this.#step(reached, NONE, 0));
  }

  /** The threads behind a character of a class, in Perl's order of preference. */
  behind(threads: Int32Array, cls: number): readonly Step[] {
    const before = this.#isWord[cls] === 1 ? Before.word : Before.other;
    const met = new Set<number>();
    const steps: Step[] = [];
    for (const [from, thread] of threads.entries()) {
      const conditions = this.#goOn(thread, cls);
      this.#steps += 1;
      if (conditions === BROKEN) continue;
      const closure = this.#closures.of(this.#next(thread), before);
      this.#steps += closure.length;
      for (const reached of closure) {
        const step = this.#step(reached, conditions, from);
        // What the same leaf without conditions does not match, one with conditions does not match either.
        if (met.has(step.thread) || met.has(reached.leaf)) continue;
        met.add(step.thread);
        steps.push(step);
      }
      // What matches for sure is preferred to all behind it.
      if (met.has(this.#nfa.match) || met.size > MAX_THREADS) break;
    }
    return steps;
  }

  /** Whether a thread matches if the text ends. */
  matchesAtEnd(thread: number): boolean {
    return this.#leafOf(thread) === this.#nfa.match && this.#conditions.holdAtEnd(this.#conditionsOf(thread));
  }

  /** Whether a thread may still meet a tag. */
  isBeforeTags(thread: number): boolean {
    return this.#beforeTags[this.#leafOf(thread)] === 1;
  }

  /** Whether a thread may have met a tag. */
  isBehindTags(thread: number): boolean {
    return this.#behindTags[this.#leafOf(thread)] === 1;
  }

  /** Whether all characters have the same effect on a thread. */
  isBlind(thread: number): boolean {
    const [first = 0, ...others] = this.#alphabet.classes.map((cls) => this.#goOn(thread, cls));
    return others.every((conditions) => conditions === first) && !this.#nfa.kind.includes(NodeKind.boundary);
  }

  #step({ leaf, conditions, tags }: Reached, others: number, from: number): Step {
    return { thread: leaf + this.#span * this.#conditions.join(conditions, others), from, tags };
  }

  #leafOf(thread: number): number {
    return thread % this.#span;
  }

  #conditionsOf(thread: number): number {
    return Math.floor(thread / this.#span);
  }

  /** The conditions of a thread behind a character of a class; `BROKEN` if it ends. */
  #goOn(thread: number, cls: number): number {
    const leaf = this.#leafOf(thread);
    const goesOn = leaf === this.#nfa.match || this.#takesClass(leaf, cls);
    return goesOn ? this.#conditions.behind(this.#conditionsOf(thread), cls) : BROKEN;
  }

  /** The node behind a leaf. A match stays one, whatever follows. */
  #next(thread: number): number {
    const leaf = this.#leafOf(thread);
    return leaf === this.#nfa.match ? leaf : (this.#nfa.b[leaf] as number);
  }

  #takesClass(leaf: number, cls: number): boolean {
    const set = this.#nfa.a[leaf] as number;
    this.#takes[set] ??= this.#alphabet.classesIn(this.#nfa.sets[set] ?? []);
    return this.#takes[set][cls] === 1;
  }
}

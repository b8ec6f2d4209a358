import type { Regex } from '../parse/ast.js';
import type { MaskedSpans, TextView } from '../pattern.js';
import { Alphabet, UNREAD } from './alphabet.js';
import { canTag } from './can-tag.js';
import { GroupSpans } from './group-spans.js';
import { MAX_THREADS, NO_TAGS_BEFORE } from './links.js';
import { TaggedNfa } from './tagged-nfa.js';
import { NO_STATE, STOP, TaggedStates } from './tagged-states.js';

/** Longer texts are left to the other matchers (UTF-16 units). */
const MAX_LENGTH = 4096;
/** More classes of characters have regexes that list them. */
const MAX_CLASSES = 128;
/** If the states serve fewer texts than this each, making them costs more than they save. */
const TEXTS_A_STATE = 4;

/**
 * How a text was read: runs of units behind which the state was the same, with the offset of the first one. Shared by all,
 * since nothing of it is needed after a call.
 */
const reached = new Uint16Array(MAX_LENGTH);
const starts = new Int32Array(MAX_LENGTH);

/** null for a regex whose groups an automaton cannot find, or that would be too large. */
export function createTaggedDfa(regex: Regex): TaggedDfa | null {
  if (!canTag(regex)) return null;
  const nfa = new TaggedNfa(regex);
  const alphabet = new Alphabet(nfa.sets);
  return alphabet.size > MAX_CLASSES ? null : new TaggedDfa(nfa, alphabet);
}

/**
 * Finds the masked spans of texts that are known to match, without a regex and without allocation. It reads a text once,
 * with all ways to match it, and then follows the one that Perl takes back from the end, as "two-pass" parsers do
 * (Grathwohl et al., "Two-Pass Greedy Regular Expression Parsing", 2013).
 */
export class TaggedDfa {
  readonly #nfa: TaggedNfa;
  readonly #alphabet: Alphabet;
  readonly #spans: GroupSpans;
  /** null: its texts need too many states. */
  #states: TaggedStates | null;
  /** Texts since the states were begun. */
  #texts = 0;
  /** The number of runs. */
  #runs = 0;
  /** The offset behind the last unit that was read. */
  #end = 0;

  constructor(nfa: TaggedNfa, alphabet: Alphabet) {
    this.#nfa = nfa;
    this.#alphabet = alphabet;
    this.#spans = new GroupSpans(nfa.groups);
    this.#states = new TaggedStates(nfa, alphabet);
  }

  /** The number of states; 0 if its texts need too many. */
  get stateCount(): number {
    return this.#states?.count ?? 0;
  }

  /** The masked spans, valid until the next call; offsets count from the start of the whole. null: it cannot tell. */
  maskedSpansIn(view: TextView): MaskedSpans | null {
    const states = this.#statesForText();
    if (!states || !this.#find(states, view)) return null;
    // A span that begins before what is cut out would hold it.
    return this.#spans.result(view.resume === view.to ? view.from : view.resume);
  }

  #statesForText(): TaggedStates | null {
    if (this.#states?.isFull) {
      const isWorthIt = this.#texts >= this.#states.count * TEXTS_A_STATE;
      this.#states = isWorthIt ? new TaggedStates(this.#nfa, this.#alphabet) : null;
      this.#texts = 0;
    }
    this.#texts += 1;
    this.#states?.begin();
    return this.#states;
  }

  /** Finds where the groups of a text are; false if it cannot tell. */
  #find(states: TaggedStates, { whole: { units }, from, gap, resume, to }: TextView): boolean {
    // The text in two parts, of which the first may be empty, without the units that each text begins with.
    const isWhole = resume === to;
    const first = from + this.#nfa.head.length;
    const firstEnd = isWhole ? first : Math.max(first, gap);
    const second = isWhole ? first : resume + firstEnd - gap;
    const secondEnd = isWhole ? gap : to;
    if (second > secondEnd || firstEnd - first + secondEnd - second > MAX_LENGTH) return false;

    this.#spans.clear();
    this.#runs = 0;
    let state = this.#readAll(states, units, first, firstEnd);
    if (state === NO_STATE) return false;
    const runs = this.#runs;
    const firstRead = this.#end;
    let thread = 0;
    if (state < STOP) {
      state = this.#read(states, state, units, second, secondEnd);
      thread = this.#lastThread(states, state, units, secondEnd);
      if (thread === NO_THREAD) return false;
      thread = this.#goBack(states, thread, runs, this.#runs, this.#end, this.#end);
    }
    const between = firstRead === firstEnd ? resume : firstRead;
    thread = this.#goBack(states, thread, 0, runs, firstRead, between);
    if (thread !== NO_THREAD)
      this.#spans.take(states.firstTags[thread] ?? [], first === firstEnd ? second : first);
    return true;
  }

  /** Reads the units of the first part, and stops before its end only where the groups are settled. */
  #readAll(states: TaggedStates, units: Uint16Array, from: number, to: number): number {
    let state = this.#read(states, states.first, units, from, to);
    while (state >= STOP && !states.isSettled(state - STOP))
      state = this.#read(states, state - STOP, units, this.#end, to);
    return state;
  }

  /**
   * Reads units and notes the runs. Returns the state behind them or `NO_STATE`; with `STOP` if those behind `#end` need
   * not be read.
   */
  #read(states: TaggedStates, first: number, units: Uint16Array, from: number, to: number): number {
    const alphabet = this.#alphabet;
    const { low } = alphabet;
    let { table } = states;
    let state = first;
    let runs = this.#runs;
    let i = from;
    for (; i < to && state < STOP; i++) {
      const unit = units[i] as number;
      const cls = unit < low.length ? (low[unit] as number) : alphabet.beyond(unit);
      let next = table[state + cls] as number;
      if (next === state && i > from) continue;
      if (next === NO_STATE) {
        next = states.make(state, cls);
        if (next === NO_STATE) return NO_STATE;
        table = states.table;
      }
      reached[runs] = next;
      starts[runs] = i;
      runs += 1;
      state = next;
    }
    this.#runs = runs;
    this.#end = i;
    return state;
  }

  /** The thread that has matched behind the last unit that was read, or `NO_THREAD`. */
  #lastThread(states: TaggedStates, last: number, units: Uint16Array, to: number): number {
    if (last < STOP) return last === NO_STATE ? NO_THREAD : states.ending(last);
    return states.isSettled(last - STOP) ? 0 : this.#backInLoop(states, last - STOP, units, to);
  }

  /** The same where the rest of the text has been left out, since each unit of it leads back to the same state. */
  #backInLoop(states: TaggedStates, state: number, units: Uint16Array, to: number): number {
    const { links } = states;
    const place = states.table[state + states.linksColumn] as number;
    let thread = states.ending(state);
    for (let at = to; at > this.#end && thread !== NO_THREAD; at--) {
      const link = links.numbers[place + thread] as number;
      if (place === NO_TAGS_BEFORE || link === thread) break;
      this.#spans.take(links.tagsOf(link), at);
      thread = link & (MAX_THREADS - 1);
      // A half of a character is no step.
      const isHalf = this.#alphabet.classOf(units[at - 1] as number) === UNREAD;
      if (isHalf && links.numbers[place + thread] !== thread) return NO_THREAD;
    }
    return thread;
  }

  /**
   * Follows a thread back over runs, whose last one ends at `to`; the place there has the offset `end`. Returns where the
   * thread comes from, or `NO_THREAD` if no group begins before.
   */
  #goBack(
    states: TaggedStates,
    last: number,
    fromRun: number,
    toRun: number,
    to: number,
    end: number,
  ): number {
    const { links, linksColumn, table } = states;
    const { numbers } = links;
    let thread = last;
    let at = to;
    for (let run = toRun - 1; run >= fromRun && thread !== NO_THREAD; run--) {
      const place = table[((reached[run] as number) & (STOP - 1)) + linksColumn] as number;
      if (place === NO_TAGS_BEFORE) return NO_THREAD;
      const start = starts[run] as number;
      for (; at > start; at--) {
        const link = numbers[place + thread] as number;
        if (link === thread) break;
        if (link >= MAX_THREADS) this.#spans.take(links.tagsOf(link), at === to ? end : at);
        thread = link & (MAX_THREADS - 1);
      }
      at = start;
    }
    return thread;
  }
}

const NO_THREAD = -1;

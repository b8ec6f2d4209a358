import { type Alphabet, UNREAD } from './alphabet.js';
import { Links, MAX_THREADS, NO_TAGS_BEFORE } from './links.js';
import type { TaggedNfa } from './tagged-nfa.js';
import { type Step, Threads } from './threads.js';

/** Entries of a table: 32 kB. A state takes one for each class of characters, and one more. */
const MAX_ENTRIES = 2 ** 14;
/** Steps to make states for one text: a few milliseconds. */
const MAX_WORK = 50_000;
/** Room for so many states is made at first. */
const FEW_STATES = 16;

/** No state: it is not made yet, there is no room, or the unit is one that is not read. */
export const NO_STATE = 0;
/** Added to a state where reading can stop. */
export const STOP = 0x8000;

/**
 * The states of a tagged automaton, made when a text first needs them. A state is a list of threads in Perl's order of
 * preference, as in RE2 (Cox, 2010), together with the links that lead back to where they come from. So where the groups
 * are need not be carried along, and reading a text copies nothing. Its number is the offset of its row in `table`.
 */
export class TaggedStates {
  readonly #threads: Threads;
  /** By row. */
  readonly #lists: Int32Array[] = [];
  readonly #numbers = new Map<string, number>();
  /** By row, the place of the thread that matches if the text ends there; -1: none does. */
  readonly #endings: (number | undefined)[] = [];
  /** How far the work of `#threads` may go for the current text. */
  #maxWork = MAX_WORK;
  /** Entries of a row: the next state for each class, and last the place of the links. */
  readonly #width: number;
  readonly first: number;
  table: Uint16Array;
  readonly links = new Links();
  /** By thread of the first state, the tags before it. */
  readonly firstTags: readonly (readonly number[])[];
  /** A text needed more states, or more work to make them, than there may be. */
  isFull: boolean;

  constructor(nfa: TaggedNfa, alphabet: Alphabet) {
    this.#threads = new Threads(nfa, alphabet);
    this.#width = alphabet.size + 1;
    this.table = new Uint16Array(FEW_STATES * this.#width);
    // The first row stands for `NO_STATE`.
    this.#lists.push(new Int32Array());
    const first = this.#threads.first();
    this.first = this.#intern(first, NO_TAGS_BEFORE);
    this.isFull = this.first === NO_STATE;
    this.firstTags = first.map(({ tags }) => tags);
  }

  get count(): number {
    return this.#lists.length;
  }

  /** Where in the row of a state the place of its links is. */
  get linksColumn(): number {
    return this.#width - 1;
  }

  /** Before each text. */
  begin(): void {
    this.#maxWork = this.#threads.work + MAX_WORK;
  }

  /** The place of the thread that matches if the text ends in this state; -1: none does. */
  ending(state: number): number {
    const row = state / this.#width;
    this.#endings[row] ??= this.#listOf(state).findIndex((thread) => this.#threads.matchesAtEnd(thread));
    return this.#endings[row];
  }

  /** Whether nothing that follows changes the groups of a text that matches: the only thread meets no more tags. */
  isSettled(state: number): boolean {
    const list = this.#listOf(state);
    return list.length === 1 && !this.#threads.isBeforeTags(list[0] as number);
  }

  /** Makes the state behind a character of this class. Returns its entry in the table, or `NO_STATE`. */
  make(state: number, cls: number): number {
    if (cls === UNREAD) return NO_STATE;
    const steps = this.#threads.behind(this.#listOf(state), cls);
    const next = this.#intern(steps, this.#placeOf(steps));
    if (next === NO_STATE) {
      this.isFull = true;
      return NO_STATE;
    }
    const stops = this.isSettled(next) || (next === state && this.#isBlind(state));
    const entry = stops ? next + STOP : next;
    this.table[state + cls] = entry;
    return entry;
  }

  #listOf(state: number): Int32Array {
    return this.#lists[state / this.#width] as Int32Array;
  }

  /** Whether each character leads to the same state. */
  #isBlind(state: number): boolean {
    return this.#listOf(state).every((thread) => this.#threads.isBlind(thread));
  }

  /** The number of the state with these threads and links, known or new; `NO_STATE` if there is no room. */
  #intern(steps: readonly Step[], place: number | null): number {
    const list = Int32Array.from(steps, ({ thread }) => thread);
    const key = `${list.join()} ${place}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#lists.length * this.#width;
    const end = number + this.#width;
    const isTooMuch = list.length > MAX_THREADS || this.#threads.work > this.#maxWork;
    if (place === null || end > MAX_ENTRIES || isTooMuch) return NO_STATE;
    this.#lists.push(list);
    this.#numbers.set(key, number);
    if (end > this.table.length) this.#makeRoom();
    this.table[number + this.linksColumn] = place;
    return number;
  }

  #makeRoom(): void {
    const larger = new Uint16Array(2 * this.table.length);
    larger.set(this.table);
    this.table = larger;
  }

  #placeOf(steps: readonly Step[]): number | null {
    if (!steps.some(({ thread }) => this.#threads.isBehindTags(thread))) return NO_TAGS_BEFORE;
    return this.links.placeOf(steps.map(({ from, tags }) => this.links.linkOf(from, tags)));
  }
}

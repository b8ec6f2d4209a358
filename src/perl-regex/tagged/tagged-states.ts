import { type Alphabet, UNREAD } from './alphabet.js';
import { Links, MAX_THREADS, NO_TAGS_BEFORE } from './links.js';
import type { TaggedNfa } from './tagged-nfa.js';
import { type Step, Threads } from './threads.js';

/** Entries of a table, which has a column for each class of characters: 32 kB, and as much again for the links. */
const MAX_ENTRIES = 2 ** 14;
/** Threads that are followed to make states for one text: a few milliseconds. */
const MAX_WORK = 50_000;

/** In the table: not made yet. Elsewhere: none, since there is no room, or since the unit is one that is not read. */
export const NO_STATE = 0;
export const FIRST_STATE = 1;
/** Added to a state where reading can stop. */
export const STOP = 0x8000;

/**
 * The states of a tagged automaton, made when a text first needs them. A state is a list of threads in Perl's order of
 * preference, as in RE2 (Cox, 2010). It does not say where the groups are: `links` lead back from each thread to where it
 * comes from, so reading a text copies nothing.
 */
export class TaggedStates {
  readonly #threads: Threads;
  /** By state. */
  readonly #lists: Int32Array[] = [];
  readonly #numbers = new Map<string, number>();
  /** By state, the place of the thread that matches if the text ends there; -1: none does. */
  readonly #endings: (number | undefined)[] = [];
  #work = MAX_WORK;
  /** `table[(state << shift) | class]` is the next state, `places` the place of its links. */
  readonly shift: number;
  table: Uint16Array;
  places: Uint16Array;
  readonly links = new Links();
  /** By thread of the first state, the tags before it. */
  readonly firstTags: readonly (readonly number[])[];
  /** A text needed more states, or more work to make them, than there may be. */
  isFull: boolean;

  constructor(nfa: TaggedNfa, alphabet: Alphabet) {
    this.#threads = new Threads(nfa, alphabet);
    this.shift = Math.ceil(Math.log2(alphabet.size));
    this.table = new Uint16Array(FEW_STATES << this.shift);
    this.places = new Uint16Array(FEW_STATES << this.shift);
    const first = this.#threads.first();
    this.#lists.push(new Int32Array());
    this.isFull = this.#intern(first) === NO_STATE;
    this.firstTags = first.map(({ tags }) => tags);
  }

  get count(): number {
    return this.#lists.length;
  }

  /** Before each text. */
  begin(): void {
    this.#work = MAX_WORK;
  }

  /** The place of the thread that matches if the text ends in this state; -1: none does. */
  ending(state: number): number {
    this.#endings[state] ??= this.#listOf(state).findIndex((thread) => this.#threads.matchesAtEnd(thread));
    return this.#endings[state];
  }

  /** Whether nothing that follows changes the groups of a text that matches: the only thread meets no more tags. */
  isSettled(state: number): boolean {
    const list = this.#listOf(state);
    return list.length === 1 && !this.#threads.isBeforeTags(list[0] as number);
  }

  /** Makes the state behind a character of this class, and enters it into the table. */
  make(state: number, cls: number): number {
    if (cls === UNREAD) return NO_STATE;
    const steps = this.#threads.behind(this.#listOf(state), cls);
    this.#work -= 1 + steps.length;
    const next = this.#intern(steps);
    const place = this.#placeOf(steps);
    if (next === NO_STATE || place === null) {
      this.isFull = true;
      return NO_STATE;
    }
    const stops = this.isSettled(next) || (next === state && this.#isBlind(state));
    const at = (state << this.shift) | cls;
    this.places[at] = place;
    this.table[at] = stops ? next + STOP : next;
    return this.table[at] as number;
  }

  #listOf(state: number): Int32Array {
    return this.#lists[state] as Int32Array;
  }

  /** Whether each character leads to the same state. */
  #isBlind(state: number): boolean {
    return this.#listOf(state).every((thread) => this.#threads.isBlind(thread));
  }

  /** The number of the state with these threads, known or new; `NO_STATE` if there is no room. */
  #intern(steps: readonly Step[]): number {
    const list = Int32Array.from(steps, ({ thread }) => thread);
    const key = list.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#lists.length;
    const end = (number + 1) << this.shift;
    if (end > MAX_ENTRIES || list.length > MAX_THREADS || this.#work < 0) return NO_STATE;
    this.#lists.push(list);
    this.#numbers.set(key, number);
    if (end > this.table.length) this.#makeRoom();
    return number;
  }

  #makeRoom(): void {
    const { table, places } = this;
    this.table = new Uint16Array(2 * table.length);
    this.places = new Uint16Array(2 * table.length);
    this.table.set(table);
    this.places.set(places);
  }

  #placeOf(steps: readonly Step[]): number | null {
    if (!steps.some(({ thread }) => this.#threads.isBehindTags(thread))) return NO_TAGS_BEFORE;
    return this.links.placeOf(steps.map(({ from, tags }) => this.links.linkOf(from, tags)));
  }
}

/** Room for so many states is made at first. */
const FEW_STATES = 16;

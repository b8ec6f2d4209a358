/** The number of a thread within its state takes so many bits of a link. */
export const THREAD_BITS = 8;
/** Threads of a state. */
export const MAX_THREADS = 2 ** THREAD_BITS;
/** Numbers that all lists of links take: places of lists are 16 bits. */
const MAX_LINKS = 65_535;

/** In place of a list: no group begins before, whichever thread one comes from. */
export const NO_TAGS_BEFORE = 0;

/**
 * Where the threads of a state come from. For each transition there is a list with a link for each thread behind it: the
 * thread before it, and the tags between both (a number, from `THREAD_BITS` on). Equal lists are kept once.
 */
export class Links {
  /** The lists, one behind the other. */
  numbers = new Uint32Array(64);
  #used = NO_TAGS_BEFORE + 1;
  readonly #places = new Map<string, number>();
  /** By number, tags; the last one first. */
  readonly #tags: (readonly number[])[] = [[]];
  readonly #tagNumbers = new Map<string, number>([['', 0]]);

  linkOf(thread: number, tags: readonly number[]): number {
    const key = tags.join();
    const number = this.#tagNumbers.get(key) ?? this.#tags.push(tags) - 1;
    this.#tagNumbers.set(key, number);
    return thread | (number << THREAD_BITS);
  }

  tagsOf(link: number): readonly number[] {
    return this.#tags[link >>> THREAD_BITS] as readonly number[];
  }

  /** The place of a list in `numbers`; null if there is no room. */
  placeOf(list: readonly number[]): number | null {
    const key = list.join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#used;
    this.#used += list.length;
    if (this.#used > MAX_LINKS) return null;
    if (this.#used > this.numbers.length) this.#makeRoom();
    this.numbers.set(list, place);
    this.#places.set(key, place);
    return place;
  }

  #makeRoom(): void {
    const larger = new Uint32Array(2 * this.#used);
    larger.set(this.numbers);
    this.numbers = larger;
  }
}

/** Bits: 8 MB. A regex that would take more on this text is matched without a memo. */
const MAX_MEMO_BITS = 64_000_000;
/** Bits: 128 kB, which fits the cache of a processor. */
const MAX_QUICK_BITS = 1 << 20;

/**
 * Memoised results of a search: the pairs of memo point and offset from which nothing matches, and the ends of those that
 * succeeded. So nothing is tried twice (packrat parsing; selective memoisation, Davis et al., 2021).
 */
export class MemoTable {
  readonly #places: number;
  /** It does not fit the cache of a processor: a look-up costs as much as a few steps. */
  readonly isLarge: boolean;
  /** One bit for each pair: it has failed. */
  readonly #failed: Uint8Array;
  /** The end of each pair that has succeeded. */
  readonly #ends = new Map<number, number>();

  private constructor(memos: number, places: number) {
    this.#places = places;
    this.#failed = new Uint8Array((memos * places + 7) >> 3);
    this.isLarge = memos * places > MAX_QUICK_BITS;
  }

  /** Null if it would be too large. */
  static create(memos: number, textLength: number): MemoTable | null {
    const places = textLength + 1;
    return memos * places > MAX_MEMO_BITS ? null : new MemoTable(memos, places);
  }

  /** The pair of a memo and an offset as one number. */
  point(memo: number, place: number): number {
    return memo * this.#places + place;
  }

  hasFailed(point: number): boolean {
    return (((this.#failed[point >> 3] as number) >> (point & 7)) & 1) === 1;
  }

  fail(point: number): void {
    this.#failed[point >> 3] = (this.#failed[point >> 3] as number) | (1 << (point & 7));
  }

  /** The end of a pair that has succeeded; -1: not known. */
  endOf(point: number): number {
    return this.#ends.size === 0 ? -1 : (this.#ends.get(point) ?? -1);
  }

  succeed(point: number, end: number): void {
    this.#ends.set(point, end);
  }
}

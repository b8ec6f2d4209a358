/** Bits: 8 MB. A regex that would take more on this text goes without. */
const MAX_MEMO_BITS = 64_000_000;
/** 128 kB. */
const MAX_QUICK_BITS = 1 << 20;

/**
 * What a search has learned of its text: from which places in the regex at which places in the text nothing can match,
 * and where what succeeded has ended. So nothing need be tried twice (packrat parsing; selective memoisation, Davis et
 * al., 2021).
 */
export class MemoTable {
  readonly #places: number;
  /** It does not stay in the processor's cache: to look something up takes as long as some steps. */
  readonly isLarge: boolean;
  /** One bit a point where all has failed. */
  readonly #failed: Uint8Array;
  /** Where what began at a point has ended. */
  readonly #ends = new Map<number, number>();

  private constructor(memos: number, places: number) {
    this.#places = places;
    this.#failed = new Uint8Array((memos * places + 7) >> 3);
    this.isLarge = memos * places > MAX_QUICK_BITS;
  }

  /** Null when it would be too large. */
  static create(memos: number, textLength: number): MemoTable | null {
    const places = textLength + 1;
    return memos * places > MAX_MEMO_BITS ? null : new MemoTable(memos, places);
  }

  /** The number of a memo and a place in the text as one number. */
  point(memo: number, place: number): number {
    return memo * this.#places + place;
  }

  hasFailed(point: number): boolean {
    return (((this.#failed[point >> 3] as number) >> (point & 7)) & 1) === 1;
  }

  fail(point: number): void {
    this.#failed[point >> 3] = (this.#failed[point >> 3] as number) | (1 << (point & 7));
  }

  /** Where what began here has ended; -1: it has not been seen to end. */
  endOf(point: number): number {
    return this.#ends.size === 0 ? -1 : (this.#ends.get(point) ?? -1);
  }

  succeed(point: number, end: number): void {
    this.#ends.set(point, end);
  }
}

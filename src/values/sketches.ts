import { REGISTERS, type Registers, rankOf, registerOf } from './hyperloglog.js';

/** Bits of a hash: bucket, then HyperLogLog register in it; last the doorkeeper slot and the tracked bit. */
const BUCKET_BITS = 6;
const BUCKETS = 2 ** BUCKET_BITS;

/** Words of a bucket: doorkeeper slots, then registers, four to a word, then one bit for each tracked value. */
const SEEN_SLOTS = 4;
const IN_BUCKET = REGISTERS / BUCKETS;
const TRACKED = SEEN_SLOTS + IN_BUCKET / 4;
const BUCKET_WIDTH = TRACKED + 1;
const WIDTH = BUCKETS * BUCKET_WIDTH;

/**
 * Sketches of the values of many masks, each of which has too many to be tracked. All sketches share one array, and the
 * words that one value needs lie side by side: one fetch from memory instead of seven.
 */
export class Sketches {
  #words: Int32Array = new Int32Array(4 * WIDTH);
  #count = 0;

  /** Memory taken, in UTF-16 units. */
  get size(): number {
    return 2 * this.#count * WIDTH;
  }

  /** Adds a sketch; returns its number. */
  add(): number {
    const sketch = this.#count++;
    if (this.#count * WIDTH > this.#words.length) {
      const larger = new Int32Array(2 * this.#words.length);
      larger.set(this.#words);
      this.#words = larger;
    }
    return sketch;
  }

  clear(): void {
    this.#words.fill(0, 0, this.#count * WIDTH);
    this.#count = 0;
  }

  /** Counts a value. */
  observe(sketch: number, hash: number): void {
    observeIn(this.#words, bucketOf(sketch, hash), hash);
  }

  /**
   * Counts a value. True if it was seen before; if not, it is remembered until another value takes its doorkeeper slot.
   * Most values come once, so they need not be tracked.
   */
  isSeen(sketch: number, hash: number): boolean {
    return isSeenIn(this.#words, bucketOf(sketch, hash), hash);
  }

  /** True if the value is tracked already (one false positive in forty), or has been seen once before. */
  isTrackedOrSeen(sketch: number, hash: number): boolean {
    const words = this.#words;
    const bucket = bucketOf(sketch, hash);
    return ((words[bucket + TRACKED] as number) & trackedBitOf(hash)) !== 0 || isSeenIn(words, bucket, hash);
  }

  /** Marks a value as tracked. */
  markTracked(sketch: number, hash: number): void {
    const word = bucketOf(sketch, hash) + TRACKED;
    this.#words[word] = (this.#words[word] as number) | trackedBitOf(hash);
  }

  /** Marks all values as not tracked. */
  clearTracked(sketch: number): void {
    const end = (sketch + 1) * WIDTH;
    for (let word = sketch * WIDTH + TRACKED; word < end; word += BUCKET_WIDTH) this.#words[word] = 0;
  }

  /** A copy of the HyperLogLog registers. */
  registers(sketch: number): Registers {
    const registers = new Uint8Array(REGISTERS);
    for (let at = 0; at < REGISTERS; at++) {
      const inBucket = at & (IN_BUCKET - 1);
      const bucket = sketch * WIDTH + Math.floor(at / IN_BUCKET) * BUCKET_WIDTH;
      registers[at] = (this.#words[bucket + SEEN_SLOTS + (inBucket >> 2)] ?? 0) >>> (8 * (inBucket & 3));
    }
    return registers;
  }
}

function observeIn(words: Int32Array, bucket: number, hash: number): void {
  const inBucket = registerOf(hash) & (IN_BUCKET - 1);
  const word = bucket + SEEN_SLOTS + (inBucket >> 2);
  const shift = 8 * (inBucket & 3);
  const rank = rankOf(hash);
  const ranks = words[word] as number;
  if (rank > ((ranks >>> shift) & 0xff)) words[word] = (ranks & ~(0xff << shift)) | (rank << shift);
}

function isSeenIn(words: Int32Array, bucket: number, hash: number): boolean {
  observeIn(words, bucket, hash);
  const slot = bucket + (hash & (SEEN_SLOTS - 1));
  if (words[slot] === hash) return true;
  words[slot] = hash;
  return false;
}

function bucketOf(sketch: number, hash: number): number {
  return sketch * WIDTH + (hash >>> (32 - BUCKET_BITS)) * BUCKET_WIDTH;
}

function trackedBitOf(hash: number): number {
  return 1 << (hash >> 2);
}

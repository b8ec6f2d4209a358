import { REGISTERS, type Registers, rankOf, registerOf } from './hyperloglog.js';

/** A hash's first bits say its bucket, the next ones its register there, the last ones its door and its sign. */
const BUCKET_BITS = 6;
const BUCKETS = 2 ** BUCKET_BITS;

/** Words of a bucket: doors, then registers, four to a word, then signs, a bit each. */
const DOORS = 4;
const IN_BUCKET = REGISTERS / BUCKETS;
const SIGNS = DOORS + IN_BUCKET / 4;
const BUCKET_WIDTH = SIGNS + 1;
const WIDTH = BUCKETS * BUCKET_WIDTH;

/**
 * What is known of values too many to be held, for many masks. They are looked at in turn with each line: all of them
 * lie in one array, and all that one look needs side by side, which is one fetch from memory instead of seven.
 */
export class Sketches {
  #words: Int32Array = new Int32Array(4 * WIDTH);
  #count = 0;

  /** What they take, in UTF-16 units. */
  get size(): number {
    return 2 * this.#count * WIDTH;
  }

  /** Begins another one, and says its number. */
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

  /** Takes note that a value came. */
  observe(sketch: number, hash: number): void {
    observeIn(this.#words, bucketOf(sketch, hash), hash);
  }

  /**
   * Takes note that a value came, and says whether it is known to have come before: of many values most come once.
   * If not, it is known from now on, until another takes its door.
   */
  isSecond(sketch: number, hash: number): boolean {
    return isSecondIn(this.#words, bucketOf(sketch, hash), hash);
  }

  /** Whether this may be held, as one in forty of the others seems to be, or else is a second one. */
  isKnown(sketch: number, hash: number): boolean {
    const words = this.#words;
    const bucket = bucketOf(sketch, hash);
    return ((words[bucket + SIGNS] as number) & signOf(hash)) !== 0 || isSecondIn(words, bucket, hash);
  }

  /** Takes note that a value is held. */
  putUpSign(sketch: number, hash: number): void {
    const word = bucketOf(sketch, hash) + SIGNS;
    this.#words[word] = (this.#words[word] as number) | signOf(hash);
  }

  /** Nothing is held any more. */
  takeDownSigns(sketch: number): void {
    const end = (sketch + 1) * WIDTH;
    for (let word = sketch * WIDTH + SIGNS; word < end; word += BUCKET_WIDTH) this.#words[word] = 0;
  }

  /** A copy of what was observed. */
  registers(sketch: number): Registers {
    const registers = new Uint8Array(REGISTERS);
    for (let at = 0; at < REGISTERS; at++) {
      const inBucket = at & (IN_BUCKET - 1);
      const bucket = sketch * WIDTH + Math.floor(at / IN_BUCKET) * BUCKET_WIDTH;
      registers[at] = (this.#words[bucket + DOORS + (inBucket >> 2)] ?? 0) >>> (8 * (inBucket & 3));
    }
    return registers;
  }
}

function observeIn(words: Int32Array, bucket: number, hash: number): void {
  const inBucket = registerOf(hash) & (IN_BUCKET - 1);
  const word = bucket + DOORS + (inBucket >> 2);
  const shift = 8 * (inBucket & 3);
  const rank = rankOf(hash);
  const ranks = words[word] as number;
  if (rank > ((ranks >>> shift) & 0xff)) words[word] = (ranks & ~(0xff << shift)) | (rank << shift);
}

function isSecondIn(words: Int32Array, bucket: number, hash: number): boolean {
  observeIn(words, bucket, hash);
  const door = bucket + (hash & (DOORS - 1));
  if (words[door] === hash) return true;
  words[door] = hash;
  return false;
}

function bucketOf(sketch: number, hash: number): number {
  return sketch * WIDTH + (hash >>> (32 - BUCKET_BITS)) * BUCKET_WIDTH;
}

function signOf(hash: number): number {
  return 1 << (hash >> 2);
}

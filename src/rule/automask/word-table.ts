import { bitsOf, UPPER } from './units.js';

const SLOTS = 1024;

/** A set of short words in ASCII, which is asked with units of a text, in whichever case: nothing is copied. */
export class WordTable {
  readonly #slots: string[][] = Array.from({ length: SLOTS }, () => []);
  #longest = 0;

  constructor(words: Iterable<string>) {
    for (const word of words) {
      const units = Uint16Array.from(word, (character) => character.charCodeAt(0));
      this.#slots[slotOf(units, 0, units.length)]?.push(word);
      this.#longest = Math.max(this.#longest, word.length);
    }
  }

  has(units: Uint16Array, start: number, end: number): boolean {
    if (end - start > this.#longest) return false;
    const words = this.#slots[slotOf(units, start, end)] as string[];
    for (const word of words) if (isWord(word, units, start, end)) return true;
    return false;
  }
}

function isWord(word: string, units: Uint16Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = start; at < end; at++)
    if (word.charCodeAt(at - start) !== small(units[at] as number)) return false;
  return true;
}

function slotOf(units: Uint16Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + small(units[at] as number)) | 0;
  return hash & (SLOTS - 1);
}

function small(code: number): number {
  return (bitsOf(code) & UPPER) === 0 ? code : code + 32;
}

/** What a UTF-16 unit may be, as bits. A letter beyond ASCII is `LETTER`, kana and kanji are nothing of this. */
export const LETTER = 1;
export const DIGIT = 2;
export const HEX = 4;
export const UPPER = 8;
export const LOWER = 16;
/** May stand in a path, beside letters and digits. */
export const PATH = 32;
/** Joins pieces of what may be Base64. */
export const JOINT = 64;
/** What a mask may begin with that begins with neither a letter nor a digit. */
export const START = 128;
export const WORD = LETTER | DIGIT;

const FIRST_WIDE = 0x2e80;
const FIRST_LATIN_LETTER = 0xaa;

/** The bits of each unit there is: one load for each, and no branch. */
const table = new Uint8Array(0x10000).fill(LETTER, FIRST_LATIN_LETTER, FIRST_WIDE);

function enter(characters: string, bits: number): void {
  for (const character of characters)
    table[character.charCodeAt(0)] = (table[character.charCodeAt(0)] ?? 0) | bits;
}

enter('ABCDEF', LETTER | HEX | UPPER);
enter('GHIJKLMNOPQRSTUVWXYZ', LETTER | UPPER);
enter('abcdef', LETTER | HEX | LOWER);
enter('ghijklmnopqrstuvwxyz', LETTER | LOWER);
enter('0123456789', DIGIT | HEX);
enter('/._-~%+@#!$*?&^\\', PATH);
enter('+/-_', JOINT);
enter('/:@', START);

export function bitsOf(code: number): number {
  return table[code] as number;
}

/** The units of a text up to `to`. Behind it there is nothing, whatever the array holds. */
export class Units {
  array: Uint16Array = new Uint16Array();
  to = 0;

  set(array: Uint16Array, to: number): void {
    this.array = array;
    this.to = to;
  }

  code(at: number): number {
    return at < this.to ? (this.array[at] as number) : 0;
  }

  bits(at: number): number {
    return at < this.to ? bitsOf(this.array[at] as number) : 0;
  }

  isDigit(at: number): boolean {
    return (this.bits(at) & DIGIT) !== 0;
  }

  isWord(at: number): boolean {
    return (this.bits(at) & WORD) !== 0;
  }

  /** How many digits stand there; more than `max` are not counted. */
  digits(at: number, max: number): number {
    let count = 0;
    while (count <= max && this.isDigit(at + count)) count += 1;
    return count;
  }

  /** Where what has one of these bits ends. */
  skip(at: number, bits: number): number {
    while ((this.bits(at) & bits) !== 0) at += 1;
    return at;
  }
}

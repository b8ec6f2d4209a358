import { bitsOf, DIGIT, HEX, JOINT, LETTER, LOWER, START, type Units, UPPER, WORD } from './units.js';

/** A run of letters and digits: what it is made of. One serves for many. */
export class Piece {
  start = 0;
  end = 0;
  digits = 0;
  /** All its characters are hexadecimal digits. */
  isHex = false;
  /** It has capitals and small letters. */
  isMixed = false;
  /** From a digit to a letter and back, so often. */
  changes = 0;
  isDigitLast = false;
  /** Where the first change is. */
  firstChange = 0;

  read({ array, to }: Units, start: number): void {
    let all = HEX;
    let some = 0;
    let before = 0;
    let digits = 0;
    let changes = 0;
    let firstChange = 0;
    let at = start;
    for (; at < to; at++) {
      const bits = bitsOf(array[at] as number);
      const kind = bits & WORD;
      if (kind === 0) break;
      all &= bits;
      some |= bits;
      digits += kind >> 1;
      if (kind !== before) {
        if (changes++ === 1) firstChange = at;
        before = kind;
      }
    }
    this.digits = digits;
    this.changes = changes - 1;
    this.firstChange = firstChange;
    this.start = start;
    this.end = at;
    this.isDigitLast = before === DIGIT;
    this.isHex = all !== 0;
    this.isMixed = (some & (UPPER | LOWER)) === (UPPER | LOWER);
  }

  get isDigitFirst(): boolean {
    return this.changes % 2 === 0 ? this.isDigitLast : !this.isDigitLast;
  }

  get length(): number {
    return this.end - this.start;
  }
}

const VOWELS = new Set(Buffer.from('aeiouyAEIOUY'));

export function hasVowel(units: Units, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (VOWELS.has(units.code(at))) return true;
  return false;
}

/** Where letters end that are no digits and not all hexadecimal; 0: they are not so. */
export function plainWordEnd(array: Uint16Array, start: number, to: number): number {
  let all = HEX;
  let at = start;
  for (; at < to; at++) {
    const bits = bitsOf(array[at] as number);
    if ((bits & LETTER) === 0) {
      if ((bits & DIGIT) !== 0) return 0;
      break;
    }
    all &= bits;
  }
  return all === 0 ? at : 0;
}

/**
 * Where digits end that are a number whatever stands in front of them; 0: more must be looked at, as they may be part of a
 * time, an address, a name or a key.
 */
export function plainNumberEnd(array: Uint16Array, start: number, to: number): number {
  let at = start;
  let bits = DIGIT;
  while (at < to) {
    bits = bitsOf(array[at] as number);
    if ((bits & DIGIT) === 0) break;
    at += 1;
  }
  if (at === to) return at - start < MIN_BLOB ? at : 0;
  if ((bits & (LETTER | JOINT | START)) !== 0 || at - start >= MIN_BLOB) return 0;
  const next = array[at] as number;
  return next === DOT || (next === BLANK && at - start <= 2) ? 0 : at;
}

/** Letters and digits of a name with a number in its midst, of one digit or more; a longer text is an id. */
const MAX_NAME_WITH_DIGIT = 6;
const MAX_NAME_WITH_NUMBER = 4;

/** `2nd`, `4xx`, `k8s`, `e2fsck`, `i18n` */
export function isShortName({ digits, changes, length, isDigitFirst }: Piece): boolean {
  if (changes > 2) return false;
  if (digits === 1) return changes === 1 || length <= MAX_NAME_WITH_DIGIT;
  return changes === 2 && !isDigitFirst && length <= MAX_NAME_WITH_NUMBER;
}

const BLANK = 32;
const PLUS = 43;
const DOT = 46;
const SLASH = 47;
const EQUALS = 61;

/** Characters of a text in Base64 or the like that is told by its look. */
export const MIN_BLOB = 16;

/** In random Base64 two of five letters and digits are of another sort than the one before; in names in CamelCase a seventh. */
const MIN_CHANGES = 0.18;

/** Where letters, digits and the marks of Base64 end. */
export function compoundEnd(units: Units, start: number): number {
  return units.skip(start, WORD | JOINT);
}

/**
 * Whether capitals, small letters and digits stand as mixed as in a key or a hash: a capital in front of small letters
 * does not count, as in CamelCase.
 */
export function isBlob(units: Units, start: number, end: number): boolean {
  if (end - start < MIN_BLOB) return false;
  let changes = 0;
  let all = 0;
  let before = 0;
  let counted = 0;
  for (let at = start; at < end; at++) {
    const bits = units.bits(at);
    const kind = (bits & LETTER) !== 0 ? bits & (UPPER | LOWER) : bits & DIGIT;
    all |= kind;
    if (kind !== 0) counted += 1;
    if (kind !== 0 && before !== 0 && kind !== before && !(before === UPPER && kind === LOWER)) changes += 1;
    before = kind;
  }
  return all === (UPPER | LOWER | DIGIT) && changes > MIN_CHANGES * counted;
}

/** Where Base64 begins whose first letter stands there. */
export function blobStart(units: Units, from: number, start: number): number {
  let at = start;
  while (at > from && (units.code(at - 1) === PLUS || units.code(at - 1) === SLASH)) at -= 1;
  return at;
}

/** The `=` that fill up Base64 at its end, two at most. */
export function fillEnd(units: Units, end: number): number {
  let at = end;
  while (at < end + 2 && units.code(at) === EQUALS) at += 1;
  return at;
}

import { DIGIT, LETTER, type Units } from './units.js';

const BLANK = 32;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const QUESTION = 63;
const AT = 64;
const BRACKET = 91;
const UNDERSCORE = 95;

/** Where the name of the program at the beginning of a text ends: in front of `[`, or of a colon and a blank. */
export function nameEnd(units: Units, from: number): number {
  if ((units.bits(from) & LETTER) === 0) return from;
  let at = from;
  while (units.isWord(at) || isOfName(units.code(at))) at += 1;
  const code = units.code(at);
  const isName = code === BRACKET || (code === COLON && (units.code(at + 1) === BLANK || at + 1 >= units.to));
  return isName ? at : from;
}

function isOfName(code: number): boolean {
  return code === DASH || code === DOT || code === UNDERSCORE || code === SLASH || code === AT;
}

/** `0x1f` */
export function isHexNumber(units: Units, start: number, end: number): boolean {
  if (units.code(start) !== ZERO || (units.code(start + 1) | 32) !== 120 || end < start + 3) return false;
  for (let at = start + 2; at < end; at++) if (!isHexCode(units, at)) return false;
  return true;
}

function isHexCode(units: Units, at: number): boolean {
  const code = units.code(at);
  return (units.bits(at) & DIGIT) !== 0 || ((code | 32) >= 97 && (code | 32) <= 102);
}

/** `1.2.3` behind `v`: where it ends. */
export function versionEnd(units: Units, at: number): number {
  let end = at;
  while (units.code(end) === DOT && units.isDigit(end + 1)) {
    const next = units.skip(end + 1, DIGIT);
    if ((units.bits(next) & LETTER) !== 0) return end;
    end = next;
  }
  return end;
}

/** What may stand at the end of a path and does not belong to it. */
export function isPunctuation(code: number): boolean {
  return code === DOT || code === QUESTION || code === COLON || code === 33;
}

const OPENING = new Set(Buffer.from(' \t=([{<"\',;|'));

/** What may stand in front of a sign: blanks, `=`, brackets, quotes, commas. */
export function isOpening(code: number): boolean {
  return OPENING.has(code);
}

export function joinsValues(code: number): boolean {
  return code === DASH || code === DOT;
}

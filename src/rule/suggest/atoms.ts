import { CharClass, isDigitCode, isHexCode, isLetterCode } from './char-classes.js';
import { TokenKind } from './tokens.js';
import { DOMAINS, PACKAGE_ROOTS, UNITS } from './words.js';

const { digit, dot, letter } = CharClass;
const { word, name, numbered, integer, decimal, number, quantity, hex, uuid, id, ipv4, host, time } =
  TokenKind;

/**
 * What letters and digits with dots, dashes, underscores and the like are. They begin and end with a letter or a
 * digit, or nearly so. `seen`: the classes of their characters.
 */
export function atomKind(text: string, from: number, to: number, seen: number): number {
  if (to - from === 4 && isProtocol(text, from)) return word;
  if ((seen & (1 << digit)) === 0) return letterKind(text, from, to, seen);
  const end = numberEnd(text, from, to);
  if (end === to) return numberKind(text, from, to);
  if (isHexNumber(text, from, to)) return hex;
  if (end > from && isUnit(text, end, to)) return quantity;
  if (isUuid(text, from, to)) return uuid;
  if (isDate(text, from, to)) return time;
  if (seen & (1 << dot)) return isHost(text, from, to) ? host : id;
  if (to - from >= LEAST_HEX && isAllHex(text, from, to)) return hex;
  return stemEnd(text, from, to) > from ? numbered : id;
}

/** `IPv4` and `IPv6` are names, and not the same. */
function isProtocol(text: string, from: number): boolean {
  const last = text.charCodeAt(from + 3);
  return (last === 52 || last === 54) && text.slice(from, from + 3).toLowerCase() === 'ipv';
}

function letterKind(text: string, from: number, to: number, seen: number): number {
  if (seen & (1 << dot)) return isHostName(text, from, to) ? host : name;
  return (seen & ~(1 << letter)) === 0 ? lettersKind(text, from, to) : word;
}

/** What letters alone are. */
export function lettersKind(text: string, from: number, to: number): number {
  const length = to - from;
  if (length < LEAST_WORDLESS_HEX) return word;
  if (isAllHex(text, from, to)) return hex;
  return length >= LEAST_RANDOM && isRandom(text, from, to) ? id : word;
}

/** A name with dots that ends as domains do and does not begin as those of packages. */
export function isHostName(text: string, from: number, to: number): boolean {
  if (!isHost(text, from, to)) return false;
  return !PACKAGE_ROOTS.has(text.slice(from, text.indexOf('.', from)).toLowerCase());
}

/** Letters of a top-level domain that is still taken for one, such as `photography`. */
const LONGEST_DOMAIN = 11;

/** `facade` and `decade` are words; so is no text of eight such letters. */
const LEAST_WORDLESS_HEX = 8;
/** Digits and letters of a hexadecimal number that is told by its look. */
const LEAST_HEX = 6;
/** A text of letters and digits alone that is so long was made by a machine. */
const LEAST_RANDOM = 20;

/** Whether upper and lower case change as often as in base64, more than in any CamelCase. */
function isRandom(text: string, from: number, to: number): boolean {
  let changes = 0;
  for (let at = from + 1; at < to; at++)
    if (((text.charCodeAt(at) ^ text.charCodeAt(at - 1)) & 32) !== 0) changes += 1;
  return changes > 0.36 * (to - from);
}

/**
 * Whether letters, digits and the marks of base64 stand as mixed as in a hash or a key. Capitals that follow small
 * letters and digits beside letters are counted: names in CamelCase have fewer of them.
 */
export function isBlob(text: string, from: number, to: number): boolean {
  if (to - from < LEAST_BLOB) return false;
  let changes = 0;
  let marks = 0;
  let before = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    const kind = isDigitCode(code) ? 1 : code >= 97 && code <= 122 ? 2 : code >= 65 && code <= 90 ? 3 : 0;
    if (kind === 0) {
      if (code === PLUS || code === SLASH) marks += 1;
      else if (code !== DASH && code !== UNDERSCORE) return false;
    } else if (before > 0 && kind !== before && !(before === 3 && kind === 2)) changes += 1;
    before = kind;
  }
  return changes > (marks > 0 ? 0.14 : 0.2) * (to - from);
}

/** What such a text is. */
export function blobKind(text: string, from: number, to: number): number {
  if (isUuid(text, from, to)) return uuid;
  return isAllHex(text, from, to) ? hex : id;
}

/** Characters of a text in Base64 or the like that is told by its look. */
const LEAST_BLOB = 12;
const PLUS = 43;
const DASH = 45;
const SLASH = 47;
const UNDERSCORE = 95;

/** Where a number that begins at `from` ends: a sign, digits, groups behind dots, a percent sign; `from` for none. */
function numberEnd(text: string, from: number, to: number): number {
  let at = from;
  const sign = text.charCodeAt(at);
  if (sign === 45 || sign === 43) at += 1;
  if (!isDigitCode(text.charCodeAt(at))) return from;
  while (at < to) {
    if (isDigitCode(text.charCodeAt(at))) at += 1;
    else if (text.charCodeAt(at) === 46 && at + 1 < to && isDigitCode(text.charCodeAt(at + 1))) at += 1;
    else break;
  }
  return at + 1 === to && text.charCodeAt(at) === PERCENT ? to : at;
}

const PERCENT = 37;

function numberKind(text: string, from: number, to: number): number {
  let dots = 0;
  let digits = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 46) dots += 1;
    else if (isDigitCode(code)) digits += 1;
  }
  if (digits === to - from) return integer;
  if (digits + dots < to - from) return number;
  return dots === 3 && isIpv4(text, from, to) ? ipv4 : decimal;
}

/** Four groups of one to three digits, none above 255. */
export function isIpv4(text: string, from: number, to: number): boolean {
  let groups = 0;
  let value = 0;
  let digits = 0;
  for (let at = from; at <= to; at++) {
    const code = at < to ? text.charCodeAt(at) : 46;
    if (isDigitCode(code)) {
      value = value * 10 + code - 48;
      digits += 1;
    } else {
      if (code !== 46 || digits === 0 || digits > 3 || value > 255) return false;
      groups += 1;
      value = 0;
      digits = 0;
    }
  }
  return groups === 4;
}

/** `0x1f`, `0X20`. */
function isHexNumber(text: string, from: number, to: number): boolean {
  if (text.charCodeAt(from) !== 48 || (text.charCodeAt(from + 1) | 32) !== 120) return false;
  return to > from + 2 && isAllHex(text, from + 2, to);
}

export function isAllHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isHexCode(text.charCodeAt(at))) return false;
  return to > from;
}

function isUnit(text: string, from: number, to: number): boolean {
  return to - from <= LONGEST_UNIT && UNITS.has(text.slice(from, to).toLowerCase());
}

/** Letters of a unit behind a number, such as `milliseconds`. */
const LONGEST_UNIT = 12;

const UUID_DASHES = [8, 13, 18, 23];

function isUuid(text: string, from: number, to: number): boolean {
  if (to - from !== 36) return false;
  for (let at = 0; at < 36; at++) {
    const code = text.charCodeAt(from + at);
    if (UUID_DASHES.includes(at) ? code !== 45 : !isHexCode(code)) return false;
  }
  return true;
}

/** `2026-11-29` or `2026.11.29`, with a time behind it or not. */
export function isDate(text: string, from: number, to: number): boolean {
  if (to - from < 8 || !isDigits(text, from, from + 4)) return false;
  const mark = text.charCodeAt(from + 4);
  if (mark !== 45 && mark !== 46 && mark !== 47) return false;
  let at = from + 5;
  const month = digitsFrom(text, at, to);
  at += month;
  if (month < 1 || month > 2 || text.charCodeAt(at) !== mark) return false;
  const day = digitsFrom(text, at + 1, to);
  at += 1 + day;
  if (day < 1 || day > 2) return false;
  return at === to || !(isDigitCode(text.charCodeAt(at)) || isPlainLetter(text, at));
}

/** A letter behind a date, but for the `T` of ISO 8601. */
function isPlainLetter(text: string, at: number): boolean {
  return isLetterCode(text.charCodeAt(at)) && text.charCodeAt(at) !== 84;
}

function isDigits(text: string, from: number, to: number): boolean {
  return digitsFrom(text, from, to) === to - from;
}

/** How many digits stand there. */
export function digitsFrom(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isDigitCode(text.charCodeAt(at))) at += 1;
  return at - from;
}

/** Labels with dots between them, the last of which is a domain. */
function isHost(text: string, from: number, to: number): boolean {
  const last = text.lastIndexOf('.', to - 1) + 1;
  if (last <= from + 1 || to - last < 2 || to - last > LONGEST_DOMAIN) return false;
  if (lettersIn(text, last, to) < to - last) return false;
  for (let at = from; at < last; at++) if (text.charCodeAt(at) === 95) return false;
  return DOMAINS.has(text.slice(last, to).toLowerCase());
}

/**
 * Where the words of a word with a number end: `eth` of `eth0`, `blk_` of `blk_-4411`. `from`: the text is no such
 * word, but an id whose letters mean nothing.
 */
export function stemEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && !isDigitCode(text.charCodeAt(at))) at += 1;
  const letters = lettersIn(text, from, at);
  if (letters === 0 || to - from > LONGEST_NUMBERED || isMixed(text, from, at, letters)) return from;
  const changes = changesIn(text, at, to);
  if (changes >= (letters >= LEAST_STEM ? MAX_CHANGES : 2)) return from;
  return codeStart(text, from, at);
}

/** Where the code begins of which that is the first digit: `A8` in `rack_A8`, `-44` in `blk_-44`. */
function codeStart(text: string, from: number, digits: number): number {
  let at = digits;
  while (at > from && digits - at < LONGEST_CODE && isLetterCode(text.charCodeAt(at - 1))) at -= 1;
  if (text.charCodeAt(at - 1) === 45 && text.charCodeAt(at - 2) === 95) at -= 1;
  return at - 1 > from && isJoint(text.charCodeAt(at - 1)) ? at : digits;
}

function isJoint(code: number): boolean {
  return code === 95 || code === 45;
}

/** Letters before a number that make a code, such as `E42`. */
const LONGEST_CODE = 2;

/** A longer text with a number at its end is no name with a number. */
const LONGEST_NUMBERED = 80;
/** Letters before the number of a name such as `eth0`. */
const LEAST_STEM = 3;
/** From a digit to a letter and back, so often: `3f9a1c`. */
const MAX_CHANGES = 3;

/** Whether capitals begin and end in the midst of it so often that the letters are no word: `jABKpNk`. */
function isMixed(text: string, from: number, to: number, letters: number): boolean {
  let changes = 0;
  for (let at = from + 1; at < to; at++) {
    const before = text.charCodeAt(at - 1);
    const here = text.charCodeAt(at);
    if (isSmall(before) && isCapital(here)) changes += 1;
    else if (isCapital(before) && isSmall(here) && at - 2 >= from && isCapital(text.charCodeAt(at - 2)))
      changes += 1;
  }
  return changes > 1 && changes > 0.2 * letters;
}

function isSmall(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function lettersIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (isLetterCode(text.charCodeAt(at))) count += 1;
  return count;
}

/** How often a letter follows a digit, or a digit a letter. */
function changesIn(text: string, from: number, to: number): number {
  let changes = 0;
  for (let at = from + 1; at < to; at++) {
    const before = text.charCodeAt(at - 1);
    const here = text.charCodeAt(at);
    if (isDigitCode(before) ? isLetterCode(here) : isLetterCode(before) && isDigitCode(here)) changes += 1;
  }
  return changes;
}

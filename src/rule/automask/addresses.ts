import { DIGIT, HEX, LETTER, type Units } from './units.js';

const PERCENT = 37;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const UNDERSCORE = 95;

/** Digits of a group of an IPv4 address, and of an IPv6 address; groups of an IPv6 address, pairs of a MAC address. */
const MAX_DIGITS = 3;
const MAX_HEX = 4;
const MAX_GROUPS = 8;
const MIN_PAIRS = 6;
const MAX_PAIRS = 32;

/** Where an IPv4 address ends, with its network (`/24`) where it has one; `at` for none. */
export function ipv4End(units: Units, at: number): number {
  const { array, to } = units;
  let end = at;
  for (let group = 0; group < 4; group++) {
    if (group > 0 && (end >= to || array[end++] !== DOT)) return at;
    const start = end;
    let value = 0;
    for (; end < to && end <= start + MAX_DIGITS; end++) {
      const digit = (array[end] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    if (end === start || end > start + MAX_DIGITS || value > 255) return at;
  }
  if (units.isWord(end) || (units.code(end) === DOT && units.isDigit(end + 1))) return at;
  return networkEnd(units, end);
}

function networkEnd(units: Units, end: number): number {
  if (units.code(end) !== SLASH) return end;
  const digits = units.digits(end + 1, 3);
  return digits < 1 || digits > 3 || units.isWord(end + 1 + digits) ? end : end + 1 + digits;
}

/** Where an address of pairs ends: six and more, all with colons or all with dashes between them; `at` for none. */
export function pairsEnd(units: Units, at: number): number {
  const mark = units.code(at + 2);
  if (mark !== COLON && mark !== DASH) return at;
  let pairs = 0;
  for (let from = at; pairs < MAX_PAIRS; from += 3) {
    if (!isHex(units, from) || !isHex(units, from + 1)) return at;
    pairs += 1;
    if (units.code(from + 2) === mark && isHex(units, from + 3)) continue;
    return pairs < MIN_PAIRS || units.isWord(from + 2) ? at : from + 2;
  }
  return at;
}

/** Where an IPv6 address ends: eight groups, or fewer with `::` and a digit, with zone and network; `at` for none. */
export function ipv6End(units: Units, at: number): number {
  let groups = 0;
  let end = at;
  let isShort = false;
  let hasDigit = false;
  for (;;) {
    if (units.code(end) === COLON && units.code(end + 1) === COLON) {
      if (isShort || units.code(end + 2) === COLON) return at;
      isShort = true;
      end += 2;
    } else if (groups > 0) {
      if (units.code(end) !== COLON || !isHex(units, end + 1)) break;
      end += 1;
    }
    const ipv4 = ipv4End(units, end);
    if (ipv4 > end && isShort) return ipv4;
    const digits = hexDigits(units, end);
    if (digits === 0) break;
    groups += 1;
    if (digits > MAX_HEX || groups > MAX_GROUPS) return at;
    for (let i = 0; i < digits; i++) hasDigit ||= units.isDigit(end + i);
    end += digits;
  }
  if (groups === 0 || !hasDigit || !(isShort || groups === MAX_GROUPS) || units.isWord(end)) return at;
  return networkEnd(units, zoneEnd(units, end));
}

function hexDigits(units: Units, at: number): number {
  let count = 0;
  while (count <= MAX_HEX && isHex(units, at + count)) count += 1;
  return count;
}

function zoneEnd(units: Units, end: number): number {
  return units.code(end) === PERCENT ? units.skip(end + 1, LETTER | DIGIT) : end;
}

function isHex(units: Units, at: number): boolean {
  return (units.bits(at) & HEX) !== 0;
}

const UUID_GROUPS = [8, 4, 4, 4, 12];

/** Where a UUID ends; `at` for none. */
export function uuidEnd(units: Units, at: number): number {
  let end = at;
  for (const [index, length] of UUID_GROUPS.entries()) {
    if (index > 0 && units.code(end++) !== DASH) return at;
    for (let i = 0; i < length; i++) if (!isHex(units, end++)) return at;
  }
  return units.isWord(end) ? at : end;
}

/** Where the domain of a mail address ends, which has a dot in it; `at` for none. */
export function domainEnd(units: Units, at: number): number {
  let end = at;
  let dots = 0;
  if (!units.isWord(at)) return at;
  for (; ; end++) {
    const code = units.code(end);
    if (code === DOT && units.isWord(end + 1)) dots += 1;
    else if (!units.isWord(end) && code !== DASH && code !== UNDERSCORE) break;
  }
  while (!units.isWord(end - 1)) end -= 1;
  return dots > 0 ? end : at;
}

/** What may stand in front of the `@` of a mail address, beside letters and digits. */
export function isOfLocalPart(code: number): boolean {
  return code === DOT || code === DASH || code === UNDERSCORE || code === PERCENT || code === 43;
}

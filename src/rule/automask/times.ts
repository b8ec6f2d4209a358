import { type Units, UPPER } from './units.js';
import { WordTable } from './word-table.js';

const BLANK = 32;
const PLUS = 43;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const T = 84;
const Z = 90;

const MONTHS = new WordTable([
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
]);
const DAYS = new WordTable(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

/** Where a time that begins with a digit ends: a clock, a date, or both; `at` for none. */
export function timeEnd(units: Units, at: number): number {
  const digits = units.digits(at, 4);
  if (digits > 4) return at;
  if (digits === 4) return isoEnd(units, at);
  if (digits > 2) return at;
  const next = units.code(at + digits);
  if (next === COLON) return clockEnd(units, at);
  return next === BLANK || next === SLASH || next === DASH ? dayFirstEnd(units, at, at + digits) : at;
}

/** Where a time that begins with the name of a month or a weekday ends: `Nov 29 12:00:00`; `at` for none. */
export function namedTimeEnd(units: Units, at: number): number {
  if (isName(units, at, MONTHS)) return monthFirstEnd(units, at);
  if (!isName(units, at, DAYS)) return at;
  const day = skipBlanks(units, units.code(at + 3) === COMMA ? at + 4 : at + 3);
  if (day < 0) return at;
  const digits = units.digits(day, 2);
  const end =
    digits === 0
      ? isName(units, day, MONTHS)
        ? monthFirstEnd(units, day)
        : day
      : digits > 2
        ? day
        : dayFirstEnd(units, day, day + digits);
  return end > day ? end : at;
}

/** A name of three letters, with a capital, that no fourth one follows. */
function isName(units: Units, at: number, names: WordTable): boolean {
  if ((units.bits(at) & UPPER) === 0 || at + 3 > units.to || units.isWord(at + 3)) return false;
  return names.has(units.array, at, at + 3);
}

/** `7:05`, `07:05:59`, `07:05:59.123`; behind it no further group. */
function clockEnd(units: Units, at: number): number {
  const hours = units.digits(at, 2);
  if (hours < 1 || hours > 2 || units.code(at + hours) !== COLON) return at;
  if (units.digits(at + hours + 1, 2) !== 2) return at;
  let end = at + hours + 3;
  if (units.code(end) === COLON && units.digits(end + 1, 2) === 2) {
    end += 3;
    const mark = units.code(end);
    if ((mark === DOT || mark === COMMA) && units.isDigit(end + 1)) end = skipDigits(units, end + 1);
  }
  return isCut(units, end) ? at : end;
}

/** Whether what stands there belongs to what is in front, which is no time then. */
function isCut(units: Units, end: number): boolean {
  return (units.isWord(end) && units.code(end) !== Z) || (units.code(end) === COLON && units.isWord(end + 1));
}

/** `2026-11-29` or `2026/11/29`, alone or with a clock behind it. */
function isoEnd(units: Units, at: number): number {
  const mark = units.code(at + 4);
  if (mark !== DASH && mark !== SLASH) return at;
  const month = units.digits(at + 5, 2);
  if (month < 1 || month > 2 || units.code(at + 5 + month) !== mark) return at;
  const day = units.digits(at + 6 + month, 2);
  if (day < 1 || day > 2) return at;
  const end = at + 6 + month + day;
  return withClock(units, end) || (units.isWord(end) ? at : end);
}

/** `29/Nov/2026:07:05:59 +0900`, `29 Nov 2026 07:05:59`. */
function dayFirstEnd(units: Units, at: number, behind: number): number {
  const mark = units.code(behind);
  if (!isName(units, behind + 1, MONTHS) || units.code(behind + 4) !== mark) return at;
  if (units.digits(behind + 5, 4) !== 4) return at;
  const end = behind + 9;
  return withClock(units, end) || (units.isWord(end) ? at : end);
}

/** `Nov 29`, `Nov  9 07:05:59`, `Nov 29 07:05:59 2026`, `Nov 29 2026`. */
function monthFirstEnd(units: Units, at: number): number {
  const day = skipBlanks(units, at + 3);
  if (day < 0) return at;
  const digits = units.digits(day, 2);
  if (digits < 1 || digits > 2 || units.isWord(day + digits) || units.code(day + digits) === COLON) return at;
  const end = withClock(units, day + digits) || day + digits;
  const isYear = units.code(end) === BLANK && units.digits(end + 1, 4) === 4 && !units.isWord(end + 5);
  return isYear ? end + 5 : end;
}

/** Where a clock and its zone end that follow a date behind a `T`, a blank or a colon; 0 for none. */
function withClock(units: Units, end: number): number {
  const mark = units.code(end);
  if (mark !== T && mark !== BLANK && mark !== COLON) return 0;
  const behind = clockEnd(units, end + 1);
  if (behind === end + 1) return 0;
  return zoneEnd(units, behind);
}

/** `Z`, `+09:00`, ` +0900`. */
function zoneEnd(units: Units, at: number): number {
  if (units.code(at) === Z) return units.isWord(at + 1) ? at : at + 1;
  const sign = units.code(at) === BLANK ? at + 1 : at;
  if (units.code(sign) !== PLUS && units.code(sign) !== DASH) return at;
  const digits = units.digits(sign + 1, 4);
  const isSplit = digits === 2 && units.code(sign + 3) === COLON && units.digits(sign + 4, 2) === 2;
  const end = isSplit ? sign + 6 : sign + 5;
  return (digits === 4 || isSplit) && !units.isWord(end) ? end : at;
}

/** One blank or two; -1 for none, or more. */
function skipBlanks(units: Units, at: number): number {
  if (units.code(at) !== BLANK) return -1;
  const end = units.code(at + 1) === BLANK ? at + 2 : at + 1;
  return units.code(end) === BLANK ? -1 : end;
}

function skipDigits(units: Units, at: number): number {
  while (units.isDigit(at)) at += 1;
  return at;
}

import { type CharSet, charSet, invert, POSIX, type Range } from './char-set.js';
import type { Cursor } from './cursor.js';
import { closeOverCase } from './letter-case.js';
import { parseEscape } from './parse-escape.js';

type Member =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet };

/** Classes without escapes and such, behind their `[`: the same few stand in most rules of a config. */
const SIMPLE = /\^?(?:\[:\^?[a-z]{1,10}:\]|[^\][\\]){1,60}\]/y;
/** By their text; more than any config uses, and forgotten when there are more. */
const known = new Map<string, CharSet>();
const MOST_KNOWN = 1000;

/** Reads a bracketed class (perlrecharclass); its `[` is taken, at `offset`. */
export function parseClass(reading: Cursor, offset: number): CharSet {
  const { modifiers, notices } = reading;
  const text = modifiers.i || modifiers.x === 'xx' ? null : reading.find(SIMPLE);
  const same = text === null ? undefined : known.get(text);
  const end = reading.at + (text?.length ?? 0);
  if (same) {
    reading.at = end;
    return same;
  }
  const before = notices.length;
  const set = readClass(reading, offset);
  // One that is worth a word is read each time, and so is one that ends elsewhere, as `[^]x]` does.
  if (text === null || reading.at !== end || notices.length > before) return set;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, set);
  return set;
}

function readClass(reading: Cursor, offset: number): CharSet {
  const ranges: Range[] = [];
  skipBlanks(reading);
  const negated = reading.skip('^');
  skipBlanks(reading);
  for (let first = true; first || reading.peek() !== ']'; first = false) {
    ranges.push(...parseMember(reading, offset));
    skipBlanks(reading);
    if (reading.ended)
      reading.refuse(offset, 'a "[" that is never closed', 'close it with ], or write \\[ for a bracket');
  }
  reading.at++;
  noticePosixOutside(reading, offset);
  const set = reading.modifiers.i ? closeOverCase(charSet(ranges)) : charSet(ranges);
  return negated ? invert(set) : set;
}

/** One character, a range, or a set. A dash next to a set is a dash that begins no range: `[\w-.]`, `[\w--.]`. */
function parseMember(reading: Cursor, open: number): readonly Range[] {
  const offset = reading.at;
  const from = parseSingle(reading, open);
  const dashed = dashFollows(reading);
  if (from.kind === 'set') {
    if (!dashed) return from.set;
    const code = reading.takeCode();
    return [...from.set, [code, code]];
  }
  if (!dashed) return [[from.code, from.code]];
  const dash = reading.at;
  reading.at++;
  skipBlanks(reading);
  const to = parseSingle(reading, open);
  if (to.kind === 'set') {
    reading.at = dash;
    return [[from.code, from.code]];
  }
  if (to.code < from.code)
    reading.refuse(
      offset,
      `the range "${reading.slice(offset)}", which runs backwards`,
      'put the smaller character first, or the - at the end of the brackets',
    );
  return [[from.code, to.code]];
}

function dashFollows(reading: Cursor): boolean {
  skipBlanks(reading);
  if (reading.peek() !== '-') return false;
  let ahead = 1;
  while (isSkipped(reading, reading.peek(ahead))) ahead++;
  return reading.peek(ahead) !== ']' && reading.peek(ahead) !== '';
}

function parseSingle(reading: Cursor, open: number): Member {
  const offset = reading.at;
  if (reading.ended)
    reading.refuse(open, 'a "[" that is never closed', 'close it with ], or write \\[ for a bracket');
  const posix = parsePosix(reading);
  if (posix) return { kind: 'set', set: posix };
  if (!reading.skip('\\')) return { kind: 'char', code: reading.takeCode() };
  if (reading.skip('b')) return { kind: 'char', code: 8 };
  return parseEscape(reading, offset);
}

const POSIX_MARKS: ReadonlySet<string> = new Set(':.=');
/** What Perl takes for the name of a collating symbol, `[.x.]`, or of an equivalence class, `[=x=]`. */
const RESERVED_NAME = /^(?:[\w-]*|.)$/s;

/** `[:digit:]`, `[:^digit:]`; null when it is only a bracket among others. */
function parsePosix(reading: Cursor): CharSet | null {
  if (reading.peek() !== '[' || !POSIX_MARKS.has(reading.peek(1))) return null;
  const offset = reading.at;
  const text = /^\[([:.=])(\^?)([^\]:.=]*)\1\]/s.exec(reading.slice(offset, offset + 40));
  const [all = '', mark, caret, name = ''] = text ?? [];
  if (!text || !(mark === ':' ? /^\w*$/ : RESERVED_NAME).test(name)) return null;
  if (mark !== ':')
    reading.refuse(offset, `"${all}"`, 'Perl has no such POSIX syntax; write the characters themselves');
  if (/[A-Z]/.test(name)) return noticeCapitals(reading, offset, all);
  const set = POSIX.get(name);
  if (!set)
    return reading.refuse(
      offset,
      `the unknown class "${all}"`,
      `write one of ${[...POSIX.keys()].join(', ')}`,
    );
  reading.at += all.length;
  const cased = reading.modifiers.i && (name === 'upper' || name === 'lower') ? POSIX.get('alpha') : set;
  return caret === '' ? (cased ?? set) : invert(cased ?? set);
}

/** Perl takes `[:ALPHA:]` for the characters as they stand. */
function noticeCapitals(reading: Cursor, offset: number, text: string): null {
  reading.notice(
    offset,
    `"${text}" is no class and stands for its characters`,
    `write ${text.toLowerCase()}`,
  );
  return null;
}

/** `[:digit:]` alone is a class of the characters `:digt`. */
function noticePosixOutside(reading: Cursor, offset: number): void {
  const text = reading.slice(offset);
  if (/^\[:\^?[a-z]+:\]$/.test(text))
    reading.notice(offset, `"${text}" stands for the characters between the brackets`, `write [${text}]`);
}

function skipBlanks(reading: Cursor): void {
  while (isSkipped(reading, reading.peek())) reading.at++;
}

function isSkipped(reading: Cursor, char: string): boolean {
  return reading.modifiers.x === 'xx' && (char === ' ' || char === '\t');
}

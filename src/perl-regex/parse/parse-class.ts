import { type CharSet, charSet, invert, POSIX, type Range } from './char-set.js';
import type { Cursor } from './cursor.js';
import { closeOverCase } from './letter-case.js';
import { parseEscape } from './parse-escape.js';

type Member =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly set: CharSet };

/** Simple classes, without escapes, after their `[`: most rules of a config use the same few. */
const SIMPLE = /\^?(?:\[:\^?[a-z]{1,10}:\]|[^\][\\]){1,60}\]/y;
/** Cached classes, by their text; more than any config uses. The cache is cleared when it is full. */
const known = new Map<string, CharSet>();
const MAX_CACHED_CLASSES = 1000;

/** Reads a bracketed class (perlrecharclass) after its `[`, which is at `offset`. */
export function parseClass(cursor: Cursor, offset: number): CharSet {
  const { modifiers, notices } = cursor;
  const text = modifiers.i || modifiers.x === 'xx' ? null : cursor.find(SIMPLE);
  const same = text === null ? undefined : known.get(text);
  const end = cursor.at + (text?.length ?? 0);
  if (same) {
    cursor.at = end;
    return same;
  }
  const before = notices.length;
  const set = readClass(cursor, offset);
  // A class with a notice is parsed each time, and so is one that ends elsewhere, such as `[^]x]`.
  if (text === null || cursor.at !== end || notices.length > before) return set;
  if (known.size >= MAX_CACHED_CLASSES) known.clear();
  known.set(text, set);
  return set;
}

function readClass(cursor: Cursor, offset: number): CharSet {
  const ranges: Range[] = [];
  skipBlanks(cursor);
  const negated = cursor.skip('^');
  skipBlanks(cursor);
  for (let first = true; first || cursor.peek() !== ']'; first = false) {
    ranges.push(...parseMember(cursor, offset));
    skipBlanks(cursor);
    if (cursor.ended)
      cursor.refuse(offset, 'a "[" that is never closed', 'close it with ], or write \\[ for a bracket');
  }
  cursor.at++;
  noticePosixOutside(cursor, offset);
  const set = cursor.modifiers.i ? closeOverCase(charSet(ranges)) : charSet(ranges);
  return negated ? invert(set) : set;
}

/** One character, a range, or a set. A dash next to a set is literal: `[\w-.]`, `[\w--.]`. */
function parseMember(cursor: Cursor, open: number): readonly Range[] {
  const offset = cursor.at;
  const from = parseSingle(cursor, open);
  const dashed = dashFollows(cursor);
  if (from.kind === 'set') {
    if (!dashed) return from.set;
    const code = cursor.takeCode();
    return [...from.set, [code, code]];
  }
  if (!dashed) return [[from.code, from.code]];
  const dash = cursor.at;
  cursor.at++;
  skipBlanks(cursor);
  const to = parseSingle(cursor, open);
  if (to.kind === 'set') {
    cursor.at = dash;
    return [[from.code, from.code]];
  }
  if (to.code < from.code)
    cursor.refuse(
      offset,
      `the range "${cursor.slice(offset)}" runs backwards`,
      'put the smaller character first, or the - at the end of the brackets',
    );
  return [[from.code, to.code]];
}

function dashFollows(cursor: Cursor): boolean {
  skipBlanks(cursor);
  if (cursor.peek() !== '-') return false;
  let ahead = 1;
  while (isSkipped(cursor, cursor.peek(ahead))) ahead++;
  return cursor.peek(ahead) !== ']' && cursor.peek(ahead) !== '';
}

function parseSingle(cursor: Cursor, open: number): Member {
  const offset = cursor.at;
  if (cursor.ended)
    cursor.refuse(open, 'a "[" that is never closed', 'close it with ], or write \\[ for a bracket');
  const posix = parsePosix(cursor);
  if (posix) return { kind: 'set', set: posix };
  if (!cursor.skip('\\')) return { kind: 'char', code: cursor.takeCode() };
  if (cursor.skip('b')) return { kind: 'char', code: 8 };
  return parseEscape(cursor, offset);
}

const POSIX_MARKS: ReadonlySet<string> = new Set(':.=');
/** A collating symbol, `[.x.]`, or an equivalence class, `[=x=]`, as Perl recognises them. */
const RESERVED_NAME = /^(?:[\w-]*|.)$/s;

/** `[:digit:]`, `[:^digit:]`; null if it is only a bracket. */
function parsePosix(cursor: Cursor): CharSet | null {
  if (cursor.peek() !== '[' || !POSIX_MARKS.has(cursor.peek(1))) return null;
  const offset = cursor.at;
  const text = /^\[([:.=])(\^?)([^\]:.=]*)\1\]/s.exec(cursor.slice(offset, offset + 40));
  const [all = '', mark, caret, name = ''] = text ?? [];
  if (!text || !(mark === ':' ? /^\w*$/ : RESERVED_NAME).test(name)) return null;
  if (mark !== ':')
    cursor.refuse(offset, `"${all}"`, 'Perl has no such POSIX syntax; write the characters themselves');
  if (/[A-Z]/.test(name)) return noticeCapitals(cursor, offset, all);
  const set = POSIX.get(name);
  if (!set)
    return cursor.refuse(offset, `unknown class "${all}"`, `write one of ${[...POSIX.keys()].join(', ')}`);
  cursor.at += all.length;
  const cased = cursor.modifiers.i && (name === 'upper' || name === 'lower') ? POSIX.get('alpha') : set;
  return caret === '' ? (cased ?? set) : invert(cased ?? set);
}

/** In Perl `[:ALPHA:]` is not a class but its characters. */
function noticeCapitals(cursor: Cursor, offset: number, text: string): null {
  cursor.notice(
    offset,
    `"${text}" is not a class and stands for its characters`,
    `write ${text.toLowerCase()}`,
  );
  return null;
}

/** `[:digit:]` alone is a class of the characters `:digt`. */
function noticePosixOutside(cursor: Cursor, offset: number): void {
  const text = cursor.slice(offset);
  if (/^\[:\^?[a-z]+:\]$/.test(text))
    cursor.notice(offset, `"${text}" stands for the characters between the brackets`, `write [${text}]`);
}

function skipBlanks(cursor: Cursor): void {
  while (isSkipped(cursor, cursor.peek())) cursor.at++;
}

function isSkipped(cursor: Cursor, char: string): boolean {
  return cursor.modifiers.x === 'xx' && (char === ' ' || char === '\t');
}

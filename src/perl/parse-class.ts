import { type Cursor, readCodeEscape } from './cursor.js';
import { type ClassItem, RegexFault, type Shorthand } from './regex-node.js';

const POSIX = new Set<string>([
  'alnum',
  'alpha',
  'ascii',
  'blank',
  'cntrl',
  'digit',
  'graph',
  'lower',
  'print',
  'punct',
  'space',
  'upper',
  'word',
  'xdigit',
]);

/** The escapes that stand for a set, outside and inside of brackets. */
export const SHORTHANDS: Readonly<Record<string, Shorthand>> = {
  d: 'digit',
  w: 'word',
  s: 'space',
  h: 'blank',
  v: 'vertical',
};

export interface ClassText {
  readonly items: readonly ClassItem[];
  readonly negated: boolean;
}

/** Reads a bracket class; the cursor stands behind its `[`. `blanks`: `(?xx)` lets blanks stand for nothing. */
export function parseClass(cursor: Cursor, blanks: boolean): ClassText {
  const start = cursor.at - 1;
  const negated = cursor.take('^');
  const items: ClassItem[] = [];
  for (let first = true; ; first = false) {
    if (cursor.ended)
      throw new RegexFault(start, '"[" without its "]"', 'close the class, or write \\[ for a bracket');
    if (cursor.peek() === ']' && !first) break;
    if (blanks && (cursor.peek() === ' ' || cursor.peek() === '\t')) cursor.next();
    else items.push(readItem(cursor));
  }
  cursor.next();
  return { items, negated };
}

function readItem(cursor: Cursor): ClassItem {
  const offset = cursor.at;
  const from = readMember(cursor);
  if (from.kind !== 'range' || cursor.peek() !== '-' || cursor.peek(1) === ']' || cursor.peek(1) === '')
    return from;
  const dash = cursor.at;
  cursor.next();
  const to = readMember(cursor);
  if (to.kind !== 'range') {
    cursor.at = dash; // `[a-\d]`: the dash is a dash
    return from;
  }
  if (to.to < from.from)
    throw new RegexFault(
      offset,
      `the range "${cursor.text.slice(offset, cursor.at)}" runs backwards`,
      'put the smaller character first',
    );
  return { kind: 'range', from: from.from, to: to.to };
}

function readMember(cursor: Cursor): ClassItem {
  const posix = /^\[:(\^?)([a-z]*):\]/.exec(cursor.rest);
  if (posix) return readPosix(cursor, posix[0], posix[1] === '^', posix[2] ?? '');
  const offset = cursor.at;
  const char = cursor.next();
  if (char !== '\\') return single(char);
  const letter = cursor.next();
  if (letter === '')
    throw new RegexFault(offset, 'a "\\" at the end', 'write \\\\ for a backslash, or remove it');
  const shorthand = SHORTHANDS[letter.toLowerCase()];
  if (shorthand) return { kind: 'shorthand', name: shorthand, negated: letter !== letter.toLowerCase() };
  if (letter === 'p' || letter === 'P') return readProperty(cursor, offset, letter === 'P');
  if (letter === 'b') return single('\b');
  if (letter === 'N' || letter === 'R' || letter === 'X')
    throw new RegexFault(
      offset,
      `"\\${letter}" inside a class`,
      'it stands for more than one set; use it outside',
    );
  const code = readCodeEscape(cursor, letter, offset);
  return code === null ? single(letter) : { kind: 'range', from: code, to: code };
}

function readPosix(cursor: Cursor, text: string, negated: boolean, name: string): ClassItem {
  if (!POSIX.has(name))
    throw new RegexFault(cursor.at, `the unknown class "${text}"`, `use one of ${[...POSIX].join(', ')}`);
  cursor.at += text.length;
  return { kind: 'shorthand', name: name as Shorthand, negated };
}

/** `\p{Name}` or `\pL`; the cursor stands behind the `p`. */
export function readProperty(cursor: Cursor, offset: number, negated: boolean): ClassItem {
  const match = /^(?:\{\s*(\^?)\s*([\w=: ]+?)\s*\}|(\w))/.exec(cursor.rest);
  const name = match && javascriptProperty(match[2] ?? match[3] ?? '');
  if (!match || !name)
    throw new RegexFault(offset, 'a Unicode property that is not known here', 'use a class such as [A-Z]');
  cursor.at += match[0].length;
  return { kind: 'property', name, negated: negated !== (match[1] === '^') };
}

function javascriptProperty(name: string): string | null {
  const plain = name.replace(/^Is/, '');
  return [plain, `Script=${plain}`].find(isProperty) ?? null;
}

function isProperty(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, 'u');
    return true;
  } catch {
    return false;
  }
}

function single(char: string): ClassItem {
  const code = char.codePointAt(0) ?? 0;
  return { kind: 'range', from: code, to: code };
}

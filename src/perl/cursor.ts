import { RegexFault } from './regex-node.js';

/** A place in a regex text that moves forward, one character (not one UTF-16 unit) at a time. */
export class Cursor {
  at = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  /** The unit `ahead` places on, '' behind the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  next(): string {
    const code = this.text.codePointAt(this.at);
    if (code === undefined) return '';
    const char = String.fromCodePoint(code);
    this.at += char.length;
    return char;
  }

  /** Moves over `text` if it stands here. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
}

const CONTROL: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/**
 * The character that an letter stands for (`\x41`, `\x{41}`, `\101`, `\o{101}`, `\cI`, `\n` ...), or null when the
 * letter is none of those. The cursor stands behind the letter `letter`.
 */
export function readCodeEscape(cursor: Cursor, letter: string, offset: number): number | null {
  const control = CONTROL[letter];
  if (control !== undefined) return control;
  if (letter === 'x')
    return readNumber(cursor, /^(?:\{\s*([0-9a-fA-F_]*)\s*\}|([0-9a-fA-F]{0,2}))/, 16, offset);
  if (letter === 'o') return readNumber(cursor, /^\{\s*([0-7_]+)\s*\}/, 8, offset);
  if (letter === 'c') return (cursor.next().toUpperCase().codePointAt(0) ?? 64) ^ 64;
  if (!/[0-7]/.test(letter)) return null;
  cursor.at -= 1;
  return readNumber(cursor, /^([0-7]{1,3})/, 8, offset);
}

function readNumber(cursor: Cursor, form: RegExp, base: number, offset: number): number {
  const match = form.exec(cursor.rest);
  if (!match) throw new RegexFault(offset, 'a character letter without its number', 'write it as \\x{41}');
  cursor.at += match[0].length;
  const code = Number.parseInt((match[1] ?? match[2] ?? '').replaceAll('_', '') || '0', base);
  if (code > 0x10ffff)
    throw new RegexFault(offset, 'a character beyond Unicode', 'write at most \\x{10FFFF}');
  return code;
}

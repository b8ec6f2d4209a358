import type { PatternNotice } from '../pattern.js';
import { unquote } from './quoting.js';

/** The modifiers at a position; `(?i)` changes them to the end of its group. */
export interface Modifiers {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly n: boolean;
  readonly x: 'off' | 'x' | 'xx';
}

export const NO_MODIFIERS: Modifiers = { i: false, m: false, s: false, n: false, x: 'off' };

/** Why a regex is rejected. Thrown inside the parser only; `parsePerl` returns it. */
export class Refusal extends Error {
  constructor(
    readonly offset: number,
    readonly seen: string,
    readonly instead: string,
  ) {
    super(`${seen}; ${instead}`);
  }
}

const HIGH_HALF = /[\ud800-\udbff]/;

/**
 * The cursor of the parser: characters (code points), position, modifiers and notices. `\Q...\E` are expanded; reported
 * offsets are those of the regex as written.
 */
export class Cursor {
  at = 0;
  modifiers = NO_MODIFIERS;
  /** An array of characters, or the string itself if it has no surrogate pairs. */
  readonly chars: string | readonly string[];
  readonly notices: PatternNotice[] = [];

  /** For each character its offset as written; null if nothing was expanded. */
  readonly #offsets: readonly number[] | null;

  constructor(source: string) {
    const unquoted = unquote(source);
    const chars = unquoted?.chars ?? source;
    this.#offsets = unquoted?.offsets ?? null;
    if (HIGH_HALF.test(source)) this.chars = Array.from(chars);
    else this.chars = typeof chars === 'string' ? chars : chars.join('');
    for (const offset of unquoted?.quotes ?? []) this.notices.push({ offset, ...QUOTED });
    for (const offset of unquoted?.strays ?? []) this.notices.push({ offset, ...STRAY });
  }

  get ended(): boolean {
    return this.at >= this.chars.length;
  }

  /** The character `ahead` positions on, '' after the end. */
  peek(ahead = 0): string {
    return this.chars[this.at + ahead] ?? '';
  }

  /** Takes the next character; returns its code point. */
  takeCode(): number {
    return this.take().codePointAt(0) ?? 0;
  }

  take(): string {
    const char = this.peek();
    if (char !== '') this.at++;
    return char;
  }

  /** The match of a sticky regex here; always null if there are surrogate pairs. */
  find(sticky: RegExp): string | null {
    if (typeof this.chars !== 'string') return null;
    sticky.lastIndex = this.at;
    return sticky.exec(this.chars)?.[0] ?? null;
  }

  looksAt(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    return true;
  }

  /** Takes `text` if it is next. */
  skip(text: string): boolean {
    if (!this.looksAt(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Takes characters as long as they fit, at most `most`. */
  takeWhile(fits: (char: string) => boolean, most = Number.POSITIVE_INFINITY): string {
    const start = this.at;
    while (!this.ended && this.at - start < most && fits(this.peek())) this.at++;
    return this.slice(start);
  }

  /** Takes the text up to the next `end`, and `end` itself; null (and takes nothing) if there is none. */
  takeUntil(end: string): string | null {
    const close = this.chars.indexOf(end, this.at);
    if (close < 0) return null;
    const text = this.slice(this.at, close);
    this.at = close + 1;
    return text;
  }

  slice(start: number, end = this.at): string {
    const chars = this.chars.slice(start, end);
    return typeof chars === 'string' ? chars : chars.join('');
  }

  /** `offset` counts `chars`. */
  refuse(offset: number, seen: string, instead: string): never {
    throw new Refusal(this.written(offset), seen, instead);
  }

  /** `offset` counts `chars`. */
  notice(offset: number, seen: string, instead: string): void {
    this.notices.push({ offset: this.written(offset), seen, instead });
  }

  /** Where a character of `chars` stands in the regex as written. */
  written(offset: number): number {
    return this.#offsets?.[offset] ?? offset;
  }
}

/** In a Tenshi rule, Perl sees them too late and matches the letters; their author means quoting. */
const QUOTED = {
  seen: '"\\Q...\\E" quotes the text here; Tenshi matches the letters Q and E',
  instead: 'put a backslash before each special character instead',
};
const STRAY = { seen: '"\\E" ends no "\\Q"', instead: 'remove it' };

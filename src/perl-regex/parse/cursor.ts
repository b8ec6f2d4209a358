import type { PatternNotice } from '../pattern.js';
import { unquote } from './quoting.js';

/** The modifiers in force at a place; `(?i)` changes them to the end of the group it stands in. */
export interface Modifiers {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly n: boolean;
  readonly x: 'off' | 'x' | 'xx';
}

export const NO_MODIFIERS: Modifiers = { i: false, m: false, s: false, n: false, x: 'off' };

/** Why Perl, or we, cannot take a regex. Thrown inside the parser only; `parsePerl` returns it. */
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
 * A regex being read: its characters (code points), how far, and what was met. `\Q...\E` are written out; offsets
 * that are told are those of the regex as it was written.
 */
export class Cursor {
  at = 0;
  modifiers = NO_MODIFIERS;
  /** One by one; the text itself where no character takes two UTF-16 units. */
  readonly chars: string | readonly string[];
  readonly notices: PatternNotice[] = [];

  /** For each character its place as it was written; null where all are in place. */
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

  /** The character `ahead` places on, '' behind the end. */
  peek(ahead = 0): string {
    return this.chars[this.at + ahead] ?? '';
  }

  /** The code point of the next character, which is taken. */
  takeCode(): number {
    return this.take().codePointAt(0) ?? 0;
  }

  take(): string {
    const char = this.peek();
    if (char !== '') this.at++;
    return char;
  }

  /** What a sticky regex finds here; null also where characters take two UTF-16 units. */
  find(sticky: RegExp): string | null {
    if (typeof this.chars !== 'string') return null;
    sticky.lastIndex = this.at;
    return sticky.exec(this.chars)?.[0] ?? null;
  }

  looksAt(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.peek(i) !== text[i]) return false;
    return true;
  }

  /** Takes `text` if it stands here. */
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

  /** Takes what stands before the next `end`, and `end` itself; null (and nothing taken) when there is none. */
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
    throw new Refusal(this.#written(offset), seen, instead);
  }

  /** `offset` counts `chars`. */
  notice(offset: number, seen: string, instead: string): void {
    this.notices.push({ offset: this.#written(offset), seen, instead });
  }

  #written(offset: number): number {
    return this.#offsets?.[offset] ?? offset;
  }
}

/** Perl sees them too late in a rule and looks for the letters; whoever writes them means quoting. */
const QUOTED = {
  seen: '"\\Q...\\E" quotes the text here; Tenshi matches the letters Q and E',
  instead: 'put a backslash before each special character instead',
};
const STRAY = { seen: '"\\E" ends no "\\Q"', instead: 'remove it' };

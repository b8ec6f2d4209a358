import { nearest } from '../base/text/nearest.js';
import { quote } from '../base/text/quote.js';

/** Named patterns: the regex of each, without names of others in it. */
export type NamedPatterns = ReadonlyMap<string, { readonly regex: string }>;

/** Something at fault in the use of a name. `offset`: characters from the start of the text as written. */
export interface NameFault {
  readonly severity: 'error' | 'warning';
  readonly offset: number;
  readonly seen: string;
  readonly instead: string;
}

/** A regex with the regexes of all names in it. */
export interface Expanded {
  readonly text: string;
  readonly faults: readonly NameFault[];
  /** Where a character of `text` comes from in the text as written: within a named pattern, its name. Both in characters. */
  originOf(offset: number): number;
}

/** UTF-16 units of a regex with all names replaced: patterns within patterns could grow without end. */
const MAX_EXPANDED = 50_000;

const USE = /%\{([A-Za-z]\w*)(?::([^}]*))?\}/y;

/** A part of an expanded regex: where it begins there, and in the text as written; `moves`: it is the text as written. */
interface Part {
  readonly start: number;
  readonly origin: number;
  readonly moves: boolean;
}

/**
 * Replaces `%{NAME}` by `(?:...)` and `%{NAME:group}` by a group of that name. Where Perl reads something else, in a class,
 * behind a backslash and in `\Q...\E`, and where no pattern has that name, the text stays as it is.
 */
export function expandPatterns(text: string, patterns: NamedPatterns): Expanded {
  if (!text.includes('%{')) return { text, faults: [], originOf: (offset) => offset };
  return new Expansion(text, patterns).expand();
}

class Expansion {
  readonly #text: string;
  readonly #patterns: NamedPatterns;
  readonly #faults: NameFault[] = [];
  readonly #parts: Part[] = [];
  #made = '';

  constructor(text: string, patterns: NamedPatterns) {
    this.#text = text;
    this.#patterns = patterns;
  }

  expand(): Expanded {
    const text = this.#text;
    let from = 0;
    for (let at = 0; at < text.length; ) {
      const use = this.#useAt(at);
      if (use === null) {
        at = endOfPiece(text, at);
        continue;
      }
      this.#add(from, at, text.slice(from, at), true);
      this.#add(at, at + use.length, use.source, false);
      at += use.length;
      from = at;
      if (this.#made.length > MAX_EXPANDED) return this.#tooLong(at - use.length);
    }
    this.#add(from, text.length, text.slice(from), true);
    return { text: this.#made, faults: this.#faults, originOf: (offset) => this.#originOf(offset) };
  }

  /** What stands for a name there; null: no known name does. */
  #useAt(at: number): { readonly length: number; readonly source: string } | null {
    USE.lastIndex = at;
    const use = USE.exec(this.#text);
    if (use === null) return null;
    const [whole, name = '', group] = use;
    const pattern = this.#patterns.get(name);
    if (!pattern) {
      this.#unknown(at, whole, name);
      return null;
    }
    if (group !== undefined && !/^[A-Za-z_]\w{0,31}$/.test(group))
      this.#fault(
        'error',
        at,
        `${quote(group)} as the name of a group`,
        'write a letter, then letters, digits and _',
      );
    const source = `(?^:${pattern.regex})`;
    return { length: whole.length, source: group === undefined ? source : `(?<${group}>${source})` };
  }

  #unknown(at: number, whole: string, name: string): void {
    const near = nearest(name, [...this.#patterns.keys()]);
    const literal = `or the text itself write \\%\\{${name}`;
    const instead = near
      ? `did you mean %{${near}}? F${literal}`
      : `define it, as in set pattern ${name} \\S+; f${literal}`;
    const seen = `no pattern is named ${quote(name)}: ${quote(whole)} is matched as it stands`;
    this.#fault('warning', at, seen, instead);
  }

  #fault(severity: NameFault['severity'], at: number, seen: string, instead: string): void {
    this.#faults.push({ severity, offset: lengthOf(this.#text.slice(0, at)), seen, instead });
  }

  #tooLong(at: number): Expanded {
    this.#fault('error', at, 'a regex that grows too long with its named patterns', 'write shorter patterns');
    return { text: '', faults: this.#faults, originOf: () => 0 };
  }

  #add(from: number, to: number, text: string, moves: boolean): void {
    if (to > from)
      this.#parts.push({ start: lengthOf(this.#made), origin: lengthOf(this.#text.slice(0, from)), moves });
    this.#made += text;
  }

  #originOf(offset: number): number {
    const part = this.#parts.findLast(({ start }) => start <= offset);
    if (!part) return offset;
    return part.moves ? part.origin + offset - part.start : part.origin;
  }
}

/** In characters. */
function lengthOf(text: string): number {
  return [...text].length;
}

/** Where what begins there ends: an escape, a quotation, a class, or one character. */
function endOfPiece(text: string, at: number): number {
  if (text.startsWith('\\Q', at)) {
    const end = text.indexOf('\\E', at);
    return end < 0 ? text.length : end + 2;
  }
  if (text[at] === '\\') return at + 2;
  return text[at] === '[' ? endOfClass(text, at) : at + 1;
}

/** A `]` that stands first in a class belongs to it. */
function endOfClass(text: string, start: number): number {
  let at = text[start + 1] === '^' ? start + 2 : start + 1;
  if (text[at] === ']') at += 1;
  while (at < text.length && text[at] !== ']') {
    const posix = text.startsWith('[:', at) ? text.indexOf(':]', at) : -1;
    at = posix > at ? posix + 2 : at + (text[at] === '\\' ? 2 : 1);
  }
  return at + 1;
}

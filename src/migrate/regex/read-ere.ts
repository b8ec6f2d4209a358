import { quote } from '../../base/text/quote.js';
import { type Branch, literal, literalInBrackets, type RegexNode, type RegexTree } from './regex-node.js';

/**
 * Reads an extended regular expression as `grep -E` does (POSIX.1-2017, 9.4, with the extensions of GNU grep 3.8),
 * byte for byte in the C locale. What differs from Perl: a quantifier behind another one repeats it, a backslash in
 * brackets is a character, `\d` is the letter d, `{,n}` is a quantifier, `)` alone and a quantifier with nothing before
 * it are allowed, `\<` and `\>` are the edges of words.
 */
export function readEre(source: string): RegexTree {
  try {
    return { ok: true, branches: new EreReader(source).read() };
  } catch (error) {
    if (error instanceof BadEre) return { ok: false, reason: error.message };
    throw error;
  }
}

class BadEre extends Error {}

/** The largest number in braces (`RE_DUP_MAX`). */
const MAX_REPEATS = 32_767;
/** Groups in groups: reading is recursive. */
const MAX_DEPTH = 150;

/** Places between characters, by what stands behind a backslash. */
const PLACES: Readonly<Record<string, string>> = {
  __proto__: null as never,
  b: '\\b',
  B: '\\B',
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
  '`': '\\A',
  "'": '\\z',
};

const CLASSES = 'alpha upper lower digit xdigit space punct alnum print graph cntrl blank'.split(' ');

class EreReader {
  readonly #source: string;
  #at = 0;
  #depth = 0;
  /** Groups that are open or closed, and those that are closed. */
  #groups = 0;
  readonly #closed = new Set<number>();
  /** Numbers of groups that a backreference names: they have to capture. */
  readonly #named = new Set<number>();

  constructor(source: string) {
    this.#source = source;
    for (const [, number] of source.matchAll(/\\([1-9])/g)) this.#named.add(Number(number));
  }

  read(): Branch[] {
    return this.#branches();
  }

  #branches(): Branch[] {
    const branches: Branch[] = [this.#branch()];
    while (this.#take('|')) branches.push(this.#branch());
    return branches;
  }

  #branch(): Branch {
    const nodes: RegexNode[] = [];
    while (this.#at < this.#source.length) {
      if (this.#sees('|') || (this.#depth > 0 && this.#sees(')'))) break;
      const last = nodes.length;
      const quantifier = this.#quantifier();
      if (!quantifier) nodes.push(...this.#atom());
      else if (last > 0) nodes.push({ kind: 'repeat', item: nodes.pop() as RegexNode, ...quantifier });
    }
    return nodes;
  }

  #atom(): RegexNode[] {
    const char = this.#next();
    switch (char) {
      case '^':
        return [{ kind: 'start' }];
      case '$':
        return [{ kind: 'end' }];
      case '.':
        return [{ kind: 'unit', perl: '.' }];
      case '(':
        return [this.#group()];
      case '[':
        return [{ kind: 'unit', perl: this.#brackets() }];
      case '\\':
        return [this.#escape()];
      default:
        return [{ kind: 'unit', perl: literal(char) }];
    }
  }

  #group(): RegexNode {
    if (++this.#depth > MAX_DEPTH) throw new BadEre(`groups nested more than ${MAX_DEPTH} deep`);
    const number = ++this.#groups;
    const branches = this.#branches();
    if (!this.#take(')')) throw new BadEre('a ( without its )');
    this.#depth--;
    this.#closed.add(number);
    return { kind: 'group', open: this.#named.has(number) ? '(' : '(?:', branches };
  }

  #escape(): RegexNode {
    if (this.#at >= this.#source.length) throw new BadEre('a backslash at the end');
    const char = this.#next();
    if (/[1-9]/.test(char)) return { kind: 'unit', perl: this.#backreference(Number(char)) };
    const place = PLACES[char];
    if (place !== undefined) return { kind: 'place', perl: place };
    return { kind: 'unit', perl: /[wWsS]/.test(char) ? `\\${char}` : literal(char) };
  }

  /** Groups that no backreference names do not capture in what is written, so the numbers change. */
  #backreference(number: number): string {
    if (!this.#closed.has(number)) throw new BadEre(`\\${number} without its group`);
    return `\\g{${[...this.#named].filter((other) => other <= number).length}}`;
  }

  #quantifier(): { readonly least: number; readonly most: number | null } | null {
    if (this.#take('*')) return { least: 0, most: null };
    if (this.#take('+')) return { least: 1, most: null };
    if (this.#take('?')) return { least: 0, most: 1 };
    return this.#sees('{') ? this.#interval() : null;
  }

  /** `{n}`, `{n,}`, `{,m}`, `{,}`, `{n,m}`; any other brace is a character. */
  #interval(): { readonly least: number; readonly most: number | null } | null {
    const [text, low = '', comma, high = ''] =
      /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 40)) ?? [];
    if (text === undefined || (low === '' && comma === '')) return null;
    const least = Number(low);
    const most = comma === '' ? least : high === '' ? null : Number(high);
    if (most !== null && least > most) throw new BadEre(`${quote(text)}: the numbers fall`);
    if (Math.max(least, most ?? 0) > MAX_REPEATS)
      throw new BadEre(`${quote(text)}: a number above ${MAX_REPEATS}`);
    this.#at += text.length;
    return { least, most };
  }

  #brackets(): string {
    const from = this.#at - 1;
    const isNegated = this.#take('^');
    const parts: string[] = [];
    for (let isFirst = true; isFirst || !this.#sees(']'); isFirst = false) {
      if (this.#at >= this.#source.length) throw new BadEre('a [ without its ]');
      parts.push(this.#take('[:') ? this.#namedClass() : this.#range());
    }
    this.#at++;
    const whole = this.#source.slice(from, this.#at);
    if (/^\[:[^:]*:\]$/.test(whole)) throw new BadEre(`${quote(whole)}: a class is written [${whole}]`);
    if (parts.at(-1) === '\\-') parts.splice(-1, 1, '-');
    return `[${isNegated ? '^' : ''}${parts.join('')}]`;
  }

  #namedClass(): string {
    const end = this.#source.indexOf(':]', this.#at);
    const name = this.#source.slice(this.#at, end < 0 ? this.#source.length : end);
    if (!CLASSES.includes(name)) throw new BadEre(`${quote(`[:${name}:]`)}, which is no class`);
    this.#at = end + 2;
    if (this.#sees('-') && !this.#sees('-]')) throw new BadEre('a range that begins with a class');
    return `[:${name}:]`;
  }

  #range(): string {
    const first = this.#endpoint();
    if (!this.#sees('-') || this.#sees('-]')) return literalInBrackets(first);
    this.#at++;
    if (this.#sees('[:')) throw new BadEre('a range that ends with a class');
    const last = this.#endpoint();
    const [low, high] = [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0];
    if (low > high) throw new BadEre(`${quote(`${first}-${last}`)}: a range that falls`);
    if (this.#sees('-') && !this.#sees('-]')) throw new BadEre('a range that begins where another one ends');
    return `${literalInBrackets(first)}-${literalInBrackets(last)}`;
  }

  /** A character, `[.x.]` or `[=x=]`. */
  #endpoint(): string {
    const [text, , char] = /^\[([.=])(.)\1\]/su.exec(this.#source.slice(this.#at, this.#at + 8)) ?? [];
    if (text !== undefined) {
      this.#at += text.length;
      return char ?? '';
    }
    if (this.#sees('[.') || this.#sees('[=')) throw new BadEre('a collating element of several characters');
    return this.#next();
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** The next character, which may be two UTF-16 units. */
  #next(): string {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += char.length;
    return char;
  }
}

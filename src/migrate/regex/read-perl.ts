import { compile } from '../../perl-regex/perl-regex.js';
import type { Branch, RegexNode, RegexTree } from './regex-node.js';

/** The name of the capturing group of this number; null: it only groups. */
export type GroupNames = (number: number) => string | null;

/** Groups in groups: reading is recursive. */
const MAX_DEPTH = 150;

/**
 * Reads a regex of Perl, or one that means the same there, as far as it takes to cut it and to name its groups: escapes,
 * classes and what begins with `(?` are kept as they are. Whether Perl takes it is asked of `perl-regex`. Groups that
 * the regex itself refers to by number keep theirs, and no group is changed then.
 */
export function readPerl(source: string, nameOf: GroupNames): RegexTree {
  const compiled = compile(source);
  if (!compiled.ok) return { ok: false, reason: `${compiled.seen}; ${compiled.instead}` };
  try {
    return { ok: true, branches: new PerlReader(source, refersToGroups(source) ? null : nameOf).read() };
  } catch (error) {
    if (error instanceof TooDeep) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Whether a regex names groups by number: `\1`, `\g1`, `(?1)`, `(?(1)...)`. */
export function refersToGroups(source: string): boolean {
  return /(?<!\\)(?:\\\\)*(?:\\[1-9]|\\g\{?-?\d|\(\?[-+]?\d|\(\?\(\d|\(\?R)/.test(source);
}

class TooDeep extends Error {}

/** An escape with what belongs to it: `\x{20}`, `\p{L}`, `\k<n>`, `\o{7}`, `\cA`. */
const ESCAPE =
  /\\(?:[xpPoNgkbB]\{[^}]*\}|k(?:<[^>]*>|'[^']*')|x[\da-fA-F]{0,2}|c.|g-?\d+|[1-9]\d*|0[0-7]{0,2}|.)/sy;
const PLACE = /^\\(?:[bBAzZGK]|[bB]\{.*)$/s;
const OPEN =
  /\((?:\?(?:#[^)]*\)|(?:[-\w^]*:)|<[=!]|P?<\w+>|'\w+'|[=!>|]|\((?:[^()]|\([^()]*\))*\)|[-\w^&+]+\)|P[=>]\w+\))|\*[^)]*\))?/sy;
const QUANTIFIER = /(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)/y;

class PerlReader {
  readonly #source: string;
  readonly #nameOf: GroupNames | null;
  #at = 0;
  #groups = 0;
  #depth = 0;

  constructor(source: string, nameOf: GroupNames | null) {
    this.#source = source;
    this.#nameOf = nameOf;
  }

  read(): Branch[] {
    const branches: Branch[] = [this.#branch()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      branches.push(this.#branch());
    }
    return branches;
  }

  #branch(): Branch {
    const nodes: RegexNode[] = [];
    for (let char = this.#source[this.#at]; char !== undefined; char = this.#source[this.#at]) {
      if (char === '|' || (char === ')' && this.#depth > 0)) break;
      const quantifier = nodes.length > 0 ? this.#quantifier() : null;
      if (quantifier) nodes.push({ kind: 'repeat', item: nodes.pop() as RegexNode, ...quantifier });
      else nodes.push(this.#atom(char));
    }
    return nodes;
  }

  #atom(char: string): RegexNode {
    if (char === '^' || char === '$') {
      this.#at++;
      return { kind: char === '^' ? 'start' : 'end' };
    }
    if (char === '\\') {
      const perl = this.#match(ESCAPE)?.[0] ?? '\\\\';
      return PLACE.test(perl) ? { kind: 'place', perl } : { kind: 'unit', perl: perl === '\\/' ? '/' : perl };
    }
    if (char === '[') return { kind: 'unit', perl: this.#brackets() };
    if (char === '(') return this.#group();
    const whole = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    this.#at += whole.length;
    return { kind: 'unit', perl: whole };
  }

  #group(): RegexNode {
    const open = this.#match(OPEN)?.[0] ?? '(';
    if (open.endsWith(')') && !/^\(\?\(/.test(open)) return { kind: 'place', perl: open };
    if (++this.#depth > MAX_DEPTH) throw new TooDeep(`groups nested more than ${MAX_DEPTH} deep`);
    const written = this.#opened(open);
    const branches = this.read();
    this.#at++; // its )
    this.#depth--;
    return { kind: 'group', open: written, branches };
  }

  /** How a group begins in what is written. */
  #opened(open: string): string {
    const [, name] = /^\(\?P?<(\w+)>$/.exec(open) ?? [];
    if (open !== '(' && name === undefined) return open;
    const number = ++this.#groups;
    if (name !== undefined) return `(?<${name}>`;
    if (this.#nameOf === null) return '(';
    const given = this.#nameOf(number);
    return given === null ? '(?:' : `(?<${given}>`;
  }

  #quantifier(): Pick<Extract<RegexNode, { kind: 'repeat' }>, 'least' | 'most' | 'how'> | null {
    const [, sign, low = '', comma, high = '', how] = this.#match(QUANTIFIER) ?? [];
    const lazy: { readonly how?: '?' | '+' } = how === '?' || how === '+' ? { how } : {};
    if (sign !== undefined) return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : null, ...lazy };
    if (comma === undefined) return null;
    return {
      least: Number(low),
      most: comma === '' ? Number(low) : high === '' ? null : Number(high),
      ...lazy,
    } as const;
  }

  #brackets(): string {
    const from = this.#at++;
    if (this.#source[this.#at] === '^') this.#at++;
    for (let isFirst = true; this.#at < this.#source.length; isFirst = false) {
      const char = this.#source[this.#at];
      if (char === ']' && !isFirst) break;
      const [named] = /^\[[:.=][^\]]*[:.=]\]/.exec(this.#source.slice(this.#at, this.#at + 30)) ?? [];
      this.#at += named?.length ?? (char === '\\' ? 2 : 1);
    }
    this.#at++;
    return this.#source.slice(from, this.#at);
  }

  #match(regex: RegExp): RegExpExecArray | null {
    regex.lastIndex = this.#at;
    const found = regex.exec(this.#source);
    if (!found || found[0] === '' || (regex === QUANTIFIER && /^\{,?\}/.test(found[0]))) return null;
    this.#at += found[0].length;
    return found;
  }
}

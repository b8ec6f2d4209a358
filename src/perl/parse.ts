import { Cursor, readCodeEscape } from './cursor.js';
import { parseClass, readProperty, SHORTHANDS } from './parse-class.js';
import type { PatternNotice } from './pattern.js';
import { type Regex, RegexFault, type RegexNode } from './regex-node.js';

/** The modifiers in force; they end with the group they stand in. */
interface Modifiers {
  readonly i: boolean;
  readonly m: boolean;
  readonly n: boolean;
  readonly s: boolean;
  readonly x: boolean;
  readonly xx: boolean;
}

const NONE: Modifiers = { i: false, m: false, n: false, s: false, x: false, xx: false };
const MOST_REPEATS = 65_534; // perlre, "Quantifiers"

/** Reads a Perl regex as perl 5.34 and later do (perlre, perlrecharclass). Throws `RegexFault` where it refuses. */
export function parsePerl(source: string): Regex & { readonly notices: readonly PatternNotice[] } {
  const parser = new Parser(source);
  return { root: parser.parse(), enclosing: parser.enclosing, notices: parser.notices };
}

class Parser {
  readonly enclosing: (number | null)[] = [];
  readonly notices: PatternNotice[] = [];
  readonly #cursor: Cursor;
  readonly #names = new Map<string, number>();
  readonly #groups: number;
  #modifiers = NONE;
  #inside: number | null = null;

  constructor(source: string) {
    this.#cursor = new Cursor(source);
    this.#groups = countGroups(source);
  }

  parse(): RegexNode {
    const root = this.#alternatives();
    if (!this.#cursor.ended)
      this.#refuse(this.#cursor.at, '")" without its "("', 'remove it, or write \\) for a parenthesis');
    return root;
  }

  #refuse(offset: number, seen: string, instead: string): never {
    throw new RegexFault(offset, seen, instead);
  }

  #alternatives(): RegexNode {
    const options = [this.#sequence()];
    while (this.#cursor.take('|')) options.push(this.#sequence());
    return options.length === 1 && options[0] ? options[0] : { kind: 'alternatives', options };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      this.#skipFreeSpace();
      const char = this.#cursor.peek();
      if (char === '' || char === '|' || char === ')') return { kind: 'sequence', items };
      const offset = this.#cursor.at;
      const quoted = this.#cursor.take('\\Q') ? this.#quoted(offset) : null;
      if (quoted) items.push(...quoted);
      const atom = quoted ? items.pop() : this.#atom();
      if (atom) items.push(this.#quantified(atom, offset));
    }
  }

  /** `\Q...\E`: whoever writes it means quoting, though Perl sees it too late here and takes the letters. */
  #quoted(offset: number): RegexNode[] {
    const end = this.#cursor.text.indexOf('\\E', this.#cursor.at);
    const text = this.#cursor.text.slice(this.#cursor.at, end < 0 ? undefined : end);
    this.#cursor.at += text.length + (end < 0 ? 0 : 2);
    this.notices.push({
      offset,
      seen: '"\\Q...\\E" is read as quoting, as it was meant; Tenshi looks for the letters Q and E',
      instead: 'quote each character with a backslash to mean the same in both',
    });
    return [...text].map((char) => this.#char(char.codePointAt(0) ?? 0));
  }

  #skipFreeSpace(): void {
    if (!this.#modifiers.x) {
      if (this.#cursor.rest.startsWith('(?#')) this.#comment();
      return;
    }
    for (;;) {
      const blank = /^(?:[ \t\n\r\f\v]+|#.*\n?)/.exec(this.#cursor.rest);
      if (blank) this.#cursor.at += blank[0].length;
      else if (this.#cursor.rest.startsWith('(?#')) this.#comment();
      else return;
    }
  }

  #comment(): void {
    const end = this.#cursor.text.indexOf(')', this.#cursor.at);
    if (end < 0) this.#refuse(this.#cursor.at, '"(?#" without its ")"', 'close the comment');
    this.#cursor.at = end + 1;
    this.#skipFreeSpace();
  }

  /** One thing that a quantifier may follow; null for what stands for nothing by itself, such as `(?i)`. */
  #atom(): RegexNode | null {
    const offset = this.#cursor.at;
    const char = this.#cursor.next();
    switch (char) {
      case '\\':
        return this.#escape(offset);
      case '[':
        return { kind: 'class', ...parseClass(this.#cursor, this.#modifiers.xx), fold: this.#modifiers.i };
      case '(':
        return this.#group(offset);
      case '.':
        return { kind: 'any', newline: this.#modifiers.s };
      case '^':
        return { kind: 'assert', what: this.#modifiers.m ? 'line-start' : 'start' };
      case '$':
        return { kind: 'assert', what: this.#modifiers.m ? 'line-end' : 'end' };
      case '*':
      case '+':
      case '?':
        return this.#refuse(
          offset,
          `"${char}" with nothing before it to repeat`,
          `write \\${char} for the character`,
        );
      default:
        return this.#char(char.codePointAt(0) ?? 0);
    }
  }

  #char(code: number): RegexNode {
    return { kind: 'char', code, fold: this.#modifiers.i };
  }

  #quantified(body: RegexNode, atomOffset: number): RegexNode {
    this.#skipFreeSpace();
    const offset = this.#cursor.at;
    const range = this.#quantifier();
    if (!range) return body;
    const mode = this.#cursor.take('+') ? 'possessive' : this.#cursor.take('?') ? 'lazy' : 'greedy';
    const before = this.#cursor.at;
    if (this.#quantifier())
      this.#refuse(before, 'a quantifier behind a quantifier', 'group the first one: (?:x+)*');
    this.#cursor.at = before;
    const [min, max] = range;
    if (min > MOST_REPEATS || (max !== Number.POSITIVE_INFINITY && max > MOST_REPEATS))
      this.#refuse(offset, `a count over ${MOST_REPEATS}`, 'write a smaller one, or {n,}');
    if (min > max) return { kind: 'never' };
    return { kind: 'repeat', body, min, max, mode, offset: atomOffset };
  }

  #quantifier(): [min: number, max: number] | null {
    const match = /^(?:([*+?])|\{[ \t]*(\d+)[ \t]*\}|\{[ \t]*(\d*)[ \t]*,[ \t]*(\d*)[ \t]*\})/.exec(
      this.#cursor.rest,
    );
    if (!match || (match[3] === '' && match[4] === '')) return null;
    this.#cursor.at += match[0].length;
    if (match[1] === '*') return [0, Number.POSITIVE_INFINITY];
    if (match[1] === '+') return [1, Number.POSITIVE_INFINITY];
    if (match[1] === '?') return [0, 1];
    if (match[2] !== undefined) return [Number(match[2]), Number(match[2])];
    return [Number(match[3] ?? 0), match[4] ? Number(match[4]) : Number.POSITIVE_INFINITY];
  }

  #escape(offset: number): RegexNode {
    const cursor = this.#cursor;
    const letter = cursor.next();
    if (letter === '') this.#refuse(offset, 'a "\\" at the end', 'write \\\\ for a backslash, or remove it');
    const shorthand = SHORTHANDS[letter.toLowerCase()];
    if (shorthand) {
      const negated = letter !== letter.toLowerCase();
      return {
        kind: 'class',
        items: [{ kind: 'shorthand', name: shorthand, negated }],
        negated: false,
        fold: false,
      };
    }
    switch (letter) {
      case 'A':
      case 'G':
        return { kind: 'assert', what: 'start' };
      case 'z':
      case 'Z':
        return { kind: 'assert', what: 'end' };
      case 'b':
      case 'B':
        if (cursor.peek() === '{') this.#refuse(offset, `"\\${letter}{...}"`, `use \\${letter} alone`);
        return { kind: 'assert', what: letter === 'b' ? 'word' : 'not-word' };
      case 'R':
        return { kind: 'linebreak' };
      case 'N':
        if (cursor.peek() === '{') this.#refuse(offset, 'a character by its name', 'write it as \\x{...}');
        return { kind: 'any', newline: false };
      case 'p':
      case 'P':
        return {
          kind: 'class',
          items: [readProperty(cursor, offset, letter === 'P')],
          negated: false,
          fold: false,
        };
      case 'K':
      case 'X':
        return this.#refuse(offset, `"\\${letter}"`, 'it cannot be carried over; write the rule without it');
      case 'g':
      case 'k':
        return this.#reference(letter, offset);
      default:
        return this.#numberOrChar(letter, offset);
    }
  }

  #numberOrChar(letter: string, offset: number): RegexNode {
    const digits = /^[1-9]/.test(letter) ? letter + (/^\d*/.exec(this.#cursor.rest)?.[0] ?? '') : '';
    if (digits !== '' && (digits.length === 1 || Number(digits) <= this.#groups)) {
      this.#cursor.at += digits.length - 1;
      return this.#backreference(Number(digits), offset);
    }
    if (letter === '\\' && /^[dwsDWS]/.test(this.#cursor.peek()))
      this.notices.push({
        offset,
        seen: `"\\\\${this.#cursor.peek()}" looks for a backslash and the letter ${this.#cursor.peek()}`,
        instead: `write \\${this.#cursor.peek()}`,
      });
    const code = readCodeEscape(this.#cursor, letter, offset);
    return this.#char(code ?? letter.codePointAt(0) ?? 0);
  }

  /** `\g1`, `\g{-1}`, `\g{name}`, `\k<name>`, `\k'name'`, `\k{name}`. */
  #reference(letter: string, offset: number): RegexNode {
    const match = /^(?:\{\s*([^}]+?)\s*\}|<([^>]+)>|'([^']+)'|(-?\d+))/.exec(this.#cursor.rest);
    const name = match?.[1] ?? match?.[2] ?? match?.[3] ?? match?.[4];
    if (!match || name === undefined)
      return this.#refuse(offset, `"\\${letter}" without a group`, `write \\${letter}{name}`);
    this.#cursor.at += match[0].length;
    if (!/^-?\d+$/.test(name)) return this.#namedReference(name, offset);
    const number = Number(name);
    return this.#backreference(number < 0 ? this.enclosing.length + 1 + number : number, offset);
  }

  #namedReference(name: string, offset: number): RegexNode {
    const group = this.#names.get(name);
    if (group === undefined)
      return this.#refuse(
        offset,
        `a reference to the unknown group "${name}"`,
        'name a group that stands before it',
      );
    return this.#backreference(group + 1, offset);
  }

  #backreference(number: number, offset: number): RegexNode {
    if (number < 1 || number > this.#groups)
      this.#refuse(
        offset,
        `a reference to group ${number}, which does not exist`,
        `there are ${this.#groups} groups`,
      );
    return { kind: 'backreference', group: number - 1, fold: this.#modifiers.i, offset };
  }

  #group(offset: number): RegexNode | null {
    const cursor = this.#cursor;
    if (cursor.peek() === '*')
      return this.#refuse(offset, `"(*"`, 'control verbs cannot be carried over; remove it');
    if (!cursor.take('?')) return this.#modifiers.n ? this.#body(offset) : this.#capture(null, offset);
    for (const [text, make] of OPENINGS) if (cursor.take(text)) return make(this.#body(offset));
    const name = /^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(cursor.rest);
    if (name) {
      cursor.at += name[0].length;
      return this.#capture(name[1] ?? name[2] ?? '', offset);
    }
    const again = /^P=(\w+)\)/.exec(cursor.rest);
    if (again) {
      cursor.at += again[0].length;
      return this.#namedReference(again[1] ?? '', offset);
    }
    return this.#modified(offset);
  }

  #capture(name: string | null, offset: number): RegexNode {
    const index = this.enclosing.length;
    this.enclosing.push(this.#inside);
    if (name !== null && !this.#names.has(name)) this.#names.set(name, index);
    const outer = this.#inside;
    this.#inside = index;
    const body = this.#body(offset);
    this.#inside = outer;
    return { kind: 'capture', index, body };
  }

  /** The inside of a group, to its `)`: modifiers set in it end with it. */
  #body(offset: number): RegexNode {
    const outer = this.#modifiers;
    const body = this.#alternatives();
    this.#modifiers = outer;
    if (!this.#cursor.take(')'))
      this.#refuse(offset, '"(" without its ")"', 'close the group, or write \\( for a parenthesis');
    return body;
  }

  /** `(?i)`, `(?i-x:...)`, `(?^s:...)`. */
  #modified(offset: number): RegexNode | null {
    const match = /^(\^?)([a-z]*)(?:-([a-z]*))?([:)])/.exec(this.#cursor.rest);
    if (!match) return this.#refuse(offset, `"${seenGroup(this.#cursor.rest)}"`, whyNot(this.#cursor.rest));
    const [text, caret = '', on = '', off = '', end] = match;
    const unknown = /[^imnsxaudlp]/.exec(on + off);
    if (unknown) this.#refuse(offset, `the unknown modifier "${unknown[0]}"`, 'known are i, m, n, s, x');
    this.#cursor.at += text.length;
    const outer = this.#modifiers;
    this.#modifiers = changed(caret ? NONE : outer, on, off);
    if (end === ')') return null; // in force to the end of the group around it, whose #body restores
    const body = this.#alternatives();
    this.#modifiers = outer;
    if (!this.#cursor.take(')')) this.#refuse(offset, '"(" without its ")"', 'close the group');
    return body;
  }
}

const look = (ahead: boolean, negated: boolean) => (body: RegexNode) =>
  ({ kind: 'look', ahead, negated, body }) as const;

const OPENINGS: readonly (readonly [text: string, make: (body: RegexNode) => RegexNode])[] = [
  [':', (body) => ({ kind: 'sequence', items: [body] })],
  ['=', look(true, false)],
  ['!', look(true, true)],
  ['<=', look(false, false)],
  ['<!', look(false, true)],
  ['>', (body) => ({ kind: 'atomic', body })],
];

function changed(modifiers: Modifiers, on: string, off: string): Modifiers {
  const set = { ...modifiers };
  for (const letter of ['i', 'm', 'n', 's', 'x'] as const) {
    if (on.includes(letter)) set[letter] = true;
    if (off.includes(letter)) set[letter] = false;
  }
  set.xx = on.includes('xx') || (set.xx && set.x);
  return set;
}

function seenGroup(rest: string): string {
  return `(?${rest.slice(0, 3)}...`;
}

function whyNot(rest: string): string {
  if (rest.startsWith('{') || rest.startsWith('?{'))
    return 'embedded code is not run; write the rule without it';
  if (/^(?:R|[+-]?\d|&|P>)/.test(rest)) return 'recursion cannot be carried over; write the pattern out';
  if (rest.startsWith('(')) return 'a condition cannot be carried over; write two rules';
  if (rest.startsWith('|')) return 'branch reset cannot be carried over; write plain groups';
  return 'write (?:...), (?i), (?=...), (?!...), (?<=...), (?<!...), (?>...) or (?<name>...)';
}

/** How many capture groups a regex has in all: `\10` means a group only if there are ten. */
function countGroups(source: string): number {
  const bare = source.replace(
    /\\Q.*?(?:\\E|$)|\\.|\[\^?\]?(?:\\.|\[:\^?[a-z]*:\]|[^\]\\])*\]|\(\?#[^)]*\)/gs,
    '',
  );
  return bare.match(/\((?!\?|\*)|\(\?(?:P?<(?![=!])|')/g)?.length ?? 0;
}

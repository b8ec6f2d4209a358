import type { PatternNotice } from '../pattern.js';
import type { Assertion, Node, Regex } from './ast.js';
import { charNode } from './char-node.js';
import { ANY, type CharSet, NOT_NEWLINE, VERTICAL } from './char-set.js';
import { Cursor, Refusal } from './cursor.js';
import { Grammar } from './grammar.js';
import { GroupTable } from './group-table.js';
import { parseClass } from './parse-class.js';
import { parseEscape } from './parse-escape.js';
import { parseGroup } from './parse-group.js';
import { parseQuantifier } from './parse-quantifier.js';
import { parseBackreference } from './parse-reference.js';

export type Parsed =
  | { readonly ok: true; readonly regex: Regex; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

/** Blanks under `(?x)`, perlre: Pattern_White_Space. */
const FREE_BLANK = /^[\t-\r \x85\u200e\u200f\u2028\u2029]$/;
/** Characters without a special meaning. */
const PLAIN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 :/=_-,;<>@%~!&\'"';
const PLAIN = nodesOf(PLAIN_CHARACTERS, 'one-case');
const PLAIN_OF_ANY_CASE = nodesOf(PLAIN_CHARACTERS, 'any-case');
/** Characters that a backslash makes literal. */
const QUOTED = nodesOf('!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~', 'one-case');
const QUANTIFIERS: ReadonlySet<string> = new Set('*+?{');
/** A comment may stand before a quantifier. */
const MAY_REPEAT: ReadonlySet<string> = new Set([...QUANTIFIERS, '(']);
/**
 * Parses a Perl regex as `qr/$regex/` of perl 5.34 and later does (perlre, perlrecharclass, perlrebackslash), or says
 * where and why it is rejected.
 */
export function parsePerl(source: string, outline: Outline | null = null): Parsed {
  const parser = new Parser(source, outline);
  try {
    const regex = parser.parse();
    return { ok: true, regex, notices: parser.notices };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, offset: error.offset, seen: error.seen, instead: error.instead };
  }
}

/**
 * Where the items of each sequence begin, in characters of the regex as written, and where the last one ends. With an
 * outline no sequence is left out, however short, and none stands in two places.
 */
export type Outline = Map<Node, readonly number[]>;

class Parser {
  readonly #cursor: Cursor;
  readonly #outline: Outline | null;
  readonly #groups: GroupTable;
  readonly #grammar: Grammar;

  constructor(source: string, outline: Outline | null) {
    this.#cursor = new Cursor(source);
    this.#outline = outline;
    this.#groups = new GroupTable(this.#cursor);
    this.#grammar = new Grammar(
      this.#cursor,
      this.#groups,
      (beforeBranch) => this.#choice(beforeBranch),
      () => this.#sequence(),
      () => this.#skipIgnored(),
    );
  }

  get notices(): readonly PatternNotice[] {
    return this.#cursor.notices;
  }

  parse(): Regex {
    const root = this.#choice();
    if (!this.#cursor.ended)
      this.#cursor.refuse(
        this.#cursor.at,
        'a ")" without its "("',
        'remove it, or write \\) for a parenthesis',
      );
    this.#groups.checkAll();
    return { root, enclosing: this.#groups.enclosing };
  }

  #choice(beforeBranch: () => void = () => {}): Node {
    const branches: Node[] = [];
    do {
      beforeBranch();
      branches.push(this.#sequence());
    } while (this.#cursor.skip('|'));
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches };
  }

  #sequence(): Node {
    const cursor = this.#cursor;
    const items: Node[] = [];
    const begins: number[] | null = this.#outline ? [] : null;
    for (;;) {
      const from = cursor.at;
      this.#plainRun(items);
      if (begins) for (let at = from; begins.length < items.length; at++) begins.push(cursor.written(at));
      this.#skipIgnored();
      const start = cursor.at;
      const char = cursor.peek();
      if (char === '' || char === '|' || char === ')') break;
      const atom = this.#atom(start);
      if (atom) this.#quantified(atom, start, items);
      while (begins && begins.length < items.length) begins.push(cursor.written(start));
    }
    if (items.length === 1 && items[0] && !begins) return items[0];
    const sequence: Node = { kind: 'sequence', items };
    if (begins) this.#outline?.set(sequence, [...begins, cursor.written(cursor.at)]);
    return sequence;
  }

  /** Fast path for literal characters without a quantifier, which are most of a regex. */
  #plainRun(items: Node[]): void {
    const cursor = this.#cursor;
    const { chars, modifiers } = cursor;
    if (modifiers.x !== 'off') return;
    const nodes = modifiers.i ? PLAIN_OF_ANY_CASE : PLAIN;
    let { at } = cursor;
    for (let node = nodes.get(chars[at] ?? ''); node; at++) {
      const next = nodes.get(chars[at + 1] ?? '');
      if (!next && MAY_REPEAT.has(chars[at + 1] ?? '')) break;
      items.push(node);
      node = next;
    }
    cursor.at = at;
  }

  /** Skips comments, and blanks under `(?x)`. They may also stand between an atom and its quantifier. */
  #skipIgnored(): void {
    const cursor = this.#cursor;
    if (cursor.modifiers.x === 'off' && cursor.peek() !== '(') return;
    for (;;) {
      const offset = cursor.at;
      if (cursor.skip('(?#')) {
        if (cursor.takeUntil(')') === null)
          cursor.refuse(offset, 'a comment "(?#" that is never closed', 'close it with )');
      } else if (cursor.modifiers.x === 'off') return;
      else if (cursor.peek() === '#') cursor.takeWhile((char) => char !== '\n');
      else if (cursor.takeWhile((char) => FREE_BLANK.test(char)) === '') return;
    }
  }

  #char(code: number): Node {
    return charNode(code, this.#cursor.modifiers.i);
  }

  #set(set: CharSet): Node {
    return { kind: 'set', set };
  }

  /** Adds the node with its quantifier, if one follows. */
  #quantified(body: Node, offset: number, items: Node[]): void {
    const cursor = this.#cursor;
    this.#skipIgnored();
    const follows = QUANTIFIERS.has(cursor.peek());
    const found = follows ? parseQuantifier(cursor, () => this.#skipIgnored()) : null;
    if (!found) {
      items.push(body);
      return;
    }
    if (cursor.slice(offset, offset + 2) === '\\K')
      cursor.refuse(offset, 'a repeated "\\K"', 'remove the quantifier: \\K matches nothing');
    const { min, max, how } = found;
    if (min > max) {
      items.push({ kind: 'repeat', min: 0, max: 0, lazy: false, body }, FAIL);
      return;
    }
    const repeated: Node =
      min === 1 && max === 1 ? body : { kind: 'repeat', min, max, lazy: how === 'lazy', body };
    items.push(how === 'possessive' ? { kind: 'atomic', body: repeated } : repeated);
  }

  /** One atom, or null for a group that only changes the modifiers. */
  #atom(offset: number): Node | null {
    const cursor = this.#cursor;
    const char = cursor.peek();
    if (char === '(') return parseGroup(this.#grammar, offset);
    cursor.at++;
    switch (char) {
      case '\\':
        return this.#escape(offset);
      case '[':
        return this.#set(parseClass(cursor, offset));
      case '.':
        return this.#set(cursor.modifiers.s ? ANY : NOT_NEWLINE);
      case '^':
        return { kind: 'place', place: cursor.modifiers.m ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'place', place: cursor.modifiers.m ? 'line-end' : 'end' };
      case '*':
      case '+':
      case '?':
        return cursor.refuse(
          offset,
          `a "${char}" with nothing before it to repeat`,
          `write \\${char} for the character itself`,
        );
      default:
        return this.#char(char.codePointAt(0) ?? 0);
    }
  }

  #escape(offset: number): Node {
    const cursor = this.#cursor;
    const letter = cursor.peek();
    const quoted = QUOTED.get(letter);
    if (quoted) {
      cursor.at++;
      return quoted;
    }
    switch (letter) {
      case 'A':
      case 'G':
        return this.#place('text-start');
      case 'z':
        return this.#place('text-end');
      case 'Z':
        return this.#place('end');
      case 'b':
      case 'B':
        if (cursor.peek(1) === '{')
          cursor.refuse(offset, `"\\${letter}{...}"`, `write \\${letter} alone, a boundary of an ASCII word`);
        return this.#place(letter === 'b' ? 'boundary' : 'no-boundary');
      case 'K':
        cursor.at++;
        if (this.#grammar.looking > 0)
          cursor.refuse(offset, '"\\K" inside a lookahead or lookbehind', 'put it outside of it');
        return { kind: 'keep' };
      case 'R':
        cursor.at++;
        return LINE_BREAK;
      case 'X':
      case 'C':
        return cursor.refuse(offset, `"\\${letter}"`, 'write . for one character');
      case 'N':
        if (
          cursor.peek(1) === '{' &&
          !/^\{\s*(?:\d*\s*,\s*)?\d*\s*\}/.test(cursor.slice(cursor.at + 1, cursor.at + 20))
        )
          break;
        cursor.at++;
        return this.#set(NOT_NEWLINE);
    }
    const backreference = parseBackreference(this.#grammar, offset);
    if (backreference) return backreference;
    const escaped = parseEscape(cursor, offset);
    return escaped.kind === 'set' ? this.#set(escaped.set) : this.#char(escaped.code);
  }

  #place(place: Assertion['place']): Node {
    this.#cursor.at++;
    return { kind: 'place', place };
  }
}

function nodesOf(characters: string, cases: 'one-case' | 'any-case'): ReadonlyMap<string, Node> {
  return new Map(
    Array.from(characters, (char) => [char, charNode(char.charCodeAt(0), cases === 'any-case')]),
  );
}

const FAIL: Node = { kind: 'fail' };

/** `\R`, perlrebackslash: `(?>\r\n|\v)`. */
const LINE_BREAK: Node = {
  kind: 'atomic',
  body: {
    kind: 'choice',
    branches: [
      { kind: 'sequence', items: [charNode(13, false), charNode(10, false)] },
      { kind: 'set', set: VERTICAL },
    ],
  },
};

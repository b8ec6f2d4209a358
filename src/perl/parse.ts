import {
  type Backreference,
  type Look,
  type Node,
  type Place,
  type Recursion,
  type Regex,
  type Test,
  widthOf,
} from './ast.js';
import { charNode } from './char-node.js';
import { ANY, type CharSet, NOT_NEWLINE, VERTICAL } from './char-set.js';
import { parseClass } from './parse-class.js';
import { isDigit, isOctal, parseEscape } from './parse-escape.js';
import { parseModifiers } from './parse-modifiers.js';
import { parseQuantifier } from './parse-quantifier.js';
import type { PatternNotice } from './pattern.js';
import { Reading, Refusal } from './reading.js';

export type Parsed =
  | { readonly ok: true; readonly regex: Regex; readonly notices: readonly PatternNotice[] }
  | { readonly ok: false; readonly offset: number; readonly seen: string; readonly instead: string };

/** No rule written by hand nests deeper; Perl itself stops at 1,000. Keeps the parser's own stack shallow. */
const DEEPEST_GROUP = 200;
/** perlre: a lookbehind looks at most so many characters back. */
const LONGEST_LOOKBEHIND = 255;
/** Blanks under `(?x)`, perlre: Pattern_White_Space. */
const FREE_BLANK = /^[\t-\r \x85\u200e\u200f\u2028\u2029]$/;
/** What never is anything but a character. */
const PLAIN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 :/=_-,;<>@%~!&\'"';
const PLAIN = nodesOf(PLAIN_CHARACTERS, 'one-case');
const PLAIN_OF_ANY_CASE = nodesOf(PLAIN_CHARACTERS, 'any-case');
/** What a backslash always makes a character. */
const QUOTED = nodesOf('!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~', 'one-case');
const QUANTIFIERS: ReadonlySet<string> = new Set('*+?{');
/** A comment may stand before a quantifier. */
const MAY_REPEAT: ReadonlySet<string> = new Set([...QUANTIFIERS, '(']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a Perl regex as `qr/$regex/` of perl 5.34 and later does (perlre, perlrecharclass, perlrebackslash), or says
 * where and why it cannot be taken.
 */
export function parsePerl(source: string): Parsed {
  const parser = new Parser(source);
  try {
    const regex = parser.parse();
    return { ok: true, regex, notices: parser.notices };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, offset: error.offset, seen: error.seen, instead: error.instead };
  }
}

/** What follows `(?` and what it opens. The longer ones first. */
const LOOKS: readonly (readonly [opening: string, toward: Look['toward'], negative: boolean])[] = [
  ['(?<=', 'behind', false],
  ['(?<!', 'behind', true],
  ['(?=', 'ahead', false],
  ['(?!', 'ahead', true],
  ['(*positive_lookbehind:', 'behind', false],
  ['(*negative_lookbehind:', 'behind', true],
  ['(*positive_lookahead:', 'ahead', false],
  ['(*negative_lookahead:', 'ahead', true],
  ['(*plb:', 'behind', false],
  ['(*nlb:', 'behind', true],
  ['(*pla:', 'ahead', false],
  ['(*nla:', 'ahead', true],
];
const ATOMICS: readonly string[] = ['(?>', '(*atomic:'];
const NAMINGS: readonly (readonly [opening: string, end: string])[] = [
  ['(?P<', '>'],
  ['(?<', '>'],
  ["(?'", "'"],
];

class Parser {
  readonly #reading: Reading;
  readonly #enclosing: (number | null)[] = [];
  readonly #names = new Map<string, number[]>();
  /** What can be checked only when all groups are known, in the order it was written. */
  readonly #afterwards: (() => void)[] = [];
  /** Groups opened so far; inside `(?|...)` each branch begins anew. */
  #groups = 0;
  #inside: number | null = null;
  #depth = 0;
  #looking = 0;

  constructor(source: string) {
    this.#reading = new Reading(source);
  }

  get notices(): readonly PatternNotice[] {
    return this.#reading.notices;
  }

  parse(): Regex {
    const root = this.#choice();
    if (!this.#reading.ended)
      this.#reading.refuse(
        this.#reading.at,
        'a ")" without its "("',
        'remove it, or write \\) for a parenthesis',
      );
    for (const check of this.#afterwards) check();
    return { root, enclosing: this.#enclosing };
  }

  #choice(beforeBranch: () => void = () => {}): Node {
    const branches: Node[] = [];
    do {
      beforeBranch();
      branches.push(this.#sequence());
    } while (this.#reading.skip('|'));
    return branches.length === 1 && branches[0] ? branches[0] : { kind: 'choice', branches };
  }

  #sequence(): Node {
    const reading = this.#reading;
    const items: Node[] = [];
    for (;;) {
      this.#plainRun(items);
      this.#skipIgnored();
      const start = reading.at;
      const char = reading.peek();
      if (char === '' || char === '|' || char === ')') break;
      const atom = isQuoteMark(reading) ? this.#quoted(start, items) : this.#atom(start);
      if (atom) this.#quantified(atom, start, items);
    }
    return items.length === 1 && items[0] ? items[0] : { kind: 'sequence', items };
  }

  /** Characters that stand for themselves and are not repeated: by far the most of a regex, taken the short way. */
  #plainRun(items: Node[]): void {
    const reading = this.#reading;
    const { chars, modifiers } = reading;
    if (modifiers.x !== 'off') return;
    const nodes = modifiers.i ? PLAIN_OF_ANY_CASE : PLAIN;
    let { at } = reading;
    for (let node = nodes.get(chars[at] ?? ''); node; at++) {
      const next = nodes.get(chars[at + 1] ?? '');
      if (!next && MAY_REPEAT.has(chars[at + 1] ?? '')) break;
      items.push(node);
      node = next;
    }
    reading.at = at;
  }

  /** Comments, and blanks under `(?x)`. They may also stand between a thing and its quantifier. */
  #skipIgnored(): void {
    const reading = this.#reading;
    if (reading.modifiers.x === 'off' && reading.peek() !== '(') return;
    for (;;) {
      const offset = reading.at;
      if (reading.skip('(?#')) {
        if (reading.takeUntil(')') === null)
          reading.refuse(offset, 'a comment "(?#" that is never closed', 'close it with )');
      } else if (reading.modifiers.x === 'off') return;
      else if (reading.peek() === '#') reading.takeWhile((char) => char !== '\n');
      else if (reading.takeWhile((char) => FREE_BLANK.test(char)) === '') return;
    }
  }

  /**
   * `\Q...\E`. Perl sees it too late here and looks for the letters; whoever writes it means quoting. Adds all but
   * the last of its characters, which a quantifier may follow.
   */
  #quoted(offset: number, items: Node[]): Node | null {
    const reading = this.#reading;
    const opens = reading.skip('\\Q');
    reading.notice(
      offset,
      opens ? '"\\Q...\\E" is taken as quoting; Tenshi looks for the letters Q and E' : '"\\E" ends no "\\Q"',
      opens ? 'put a backslash before each special character instead' : 'remove it',
    );
    let last: Node | null = null;
    while (opens && !reading.ended && !reading.looksAt('\\E')) {
      if (last) items.push(last);
      last = this.#char(reading.takeCode());
    }
    reading.skip('\\E');
    return last;
  }

  #char(code: number): Node {
    return charNode(code, this.#reading.modifiers.i);
  }

  #set(set: CharSet): Node {
    return { kind: 'set', set };
  }

  /** Adds the node with the quantifier that follows it, if one does. */
  #quantified(body: Node, offset: number, items: Node[]): void {
    const reading = this.#reading;
    this.#skipIgnored();
    const follows = QUANTIFIERS.has(reading.peek());
    const found = follows ? parseQuantifier(reading, () => this.#skipIgnored()) : null;
    if (!found) {
      items.push(body);
      return;
    }
    if (body.kind === 'keep')
      reading.refuse(offset, 'a repeated "\\K"', 'remove the quantifier: \\K matches nothing');
    const { min, max, how } = found;
    if (min > max) {
      items.push({ kind: 'repeat', min: 0, max: 0, lazy: false, body }, FAIL);
      return;
    }
    const repeated: Node =
      min === 1 && max === 1 ? body : { kind: 'repeat', min, max, lazy: how === 'lazy', body };
    items.push(how === 'possessive' ? { kind: 'atomic', body: repeated } : repeated);
  }

  /** One thing that a quantifier may follow, or nothing for what only changes the modifiers. */
  #atom(offset: number): Node | null {
    const reading = this.#reading;
    const char = reading.peek();
    if (char === '(') return this.#group(offset);
    reading.at++;
    switch (char) {
      case '\\':
        return this.#escape(offset);
      case '[':
        return this.#set(parseClass(reading, offset));
      case '.':
        return this.#set(reading.modifiers.s ? ANY : NOT_NEWLINE);
      case '^':
        return { kind: 'place', place: reading.modifiers.m ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'place', place: reading.modifiers.m ? 'line-end' : 'end' };
      case '*':
      case '+':
      case '?':
        return reading.refuse(
          offset,
          `a "${char}" with nothing before it to repeat`,
          `write \\${char} for the character itself`,
        );
      default:
        return this.#char(char.codePointAt(0) ?? 0);
    }
  }

  #escape(offset: number): Node {
    const reading = this.#reading;
    const letter = reading.peek();
    const quoted = QUOTED.get(letter);
    if (quoted) {
      reading.at++;
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
        if (reading.peek(1) === '{')
          reading.refuse(
            offset,
            `"\\${letter}{...}"`,
            `write \\${letter} alone, the border of an ASCII word`,
          );
        return this.#place(letter === 'b' ? 'boundary' : 'no-boundary');
      case 'K':
        reading.at++;
        if (this.#looking > 0)
          reading.refuse(offset, '"\\K" inside a lookahead or lookbehind', 'put it outside of it');
        return { kind: 'keep' };
      case 'R':
        reading.at++;
        return LINE_BREAK;
      case 'X':
      case 'C':
        return reading.refuse(offset, `"\\${letter}"`, 'write . for one character');
      case 'N':
        if (
          reading.peek(1) === '{' &&
          !/^\{\s*(?:\d*\s*,\s*)?\d*\s*\}/.test(reading.slice(reading.at + 1, reading.at + 20))
        )
          break;
        reading.at++;
        return this.#set(NOT_NEWLINE);
      case 'g':
        return this.#groupReference(offset);
      case 'k':
        return this.#namedReference(offset);
    }
    const number = this.#backreferenceNumber();
    if (number !== null) return this.#numberedBackreference(number, offset);
    const escaped = parseEscape(reading, offset);
    return escaped.kind === 'set' ? this.#set(escaped.set) : this.#char(escaped.code);
  }

  #place(place: Place['place']): Node {
    this.#reading.at++;
    return { kind: 'place', place };
  }

  /** `\1` to `\9` are groups; `\10` and above are, if so many groups stand before it, else an octal character. */
  #backreferenceNumber(): number | null {
    const reading = this.#reading;
    const start = reading.at;
    const digits = reading.peek() === '0' ? '' : reading.takeWhile(isDigit);
    const number = Number(digits);
    if (digits !== '' && (number < 10 || number <= this.#groups || !isOctal(digits.charAt(0)))) return number;
    reading.at = start;
    return null;
  }

  /** `\g1`, `\g-1`, `\g{1}`, `\g{-1}`, `\g{name}`. */
  #groupReference(offset: number): Node {
    const reading = this.#reading;
    reading.at++;
    const braced = reading.skip('{');
    const text = braced ? (reading.takeUntil('}') ?? '') : reading.takeWhile((char) => /^[-\d]$/.test(char));
    const name = text.trim();
    if (NAME.test(name)) return this.#nameBackreference(name, offset);
    if (!/^-?\d+$/.test(name))
      return reading.refuse(offset, `"\\g" without a group`, 'write \\g{1}, \\g{-1} or \\g{name}');
    const number = Number(name);
    return this.#numberedBackreference(number < 0 ? this.#groups + 1 + number : number, offset);
  }

  /** `\k<name>`, `\k'name'`, `\k{name}`. */
  #namedReference(offset: number): Node {
    const reading = this.#reading;
    reading.at++;
    const end = new Map([
      ['<', '>'],
      ["'", "'"],
      ['{', '}'],
    ]).get(reading.take());
    const name = end === undefined ? null : (reading.takeUntil(end)?.trim() ?? null);
    if (name === null || !NAME.test(name))
      return reading.refuse(offset, '"\\k" without a name', 'write \\k<name>, or k for the letter');
    return this.#nameBackreference(name, offset);
  }

  #numberedBackreference(number: number, offset: number): Backreference {
    this.#afterwards.push(() => this.#checkGroup(number, offset));
    return { kind: 'backreference', groups: [number], ignoreCase: this.#reading.modifiers.i };
  }

  #nameBackreference(name: string, offset: number): Backreference {
    const groups: number[] = [];
    this.#afterwards.push(() => groups.push(...this.#groupsNamed(name, offset)));
    return { kind: 'backreference', groups, ignoreCase: this.#reading.modifiers.i };
  }

  #checkGroup(number: number, offset: number): void {
    const count = this.#enclosing.length;
    if (number >= 1 && number <= count) return;
    const there =
      count === 0 ? 'there is no group here' : `there ${count === 1 ? 'is 1 group' : `are ${count} groups`}`;
    this.#reading.refuse(
      offset,
      'a reference to a group that does not exist',
      `${there}; write a number in brackets, [1], if the character is meant`,
    );
  }

  #groupsNamed(name: string, offset: number): readonly number[] {
    const groups = this.#names.get(name);
    if (groups) return groups;
    const known = [...this.#names.keys()];
    return this.#reading.refuse(
      offset,
      `a reference to the unknown group "${name}"`,
      known.length === 0 ? `name a group: (?<${name}>...)` : `write one of ${known.join(', ')}`,
    );
  }

  #group(offset: number): Node | null {
    const reading = this.#reading;
    const kind = reading.peek(1);
    if (kind !== '?' && kind !== '*') return this.#plainGroup(offset);
    for (const [opening, toward, negative] of LOOKS)
      if (reading.skip(opening)) return this.#look(toward, negative, offset);
    for (const opening of ATOMICS)
      if (reading.skip(opening)) return { kind: 'atomic', body: this.#body(offset) };
    if (reading.looksAt('(*')) return this.#verb(offset);
    if (reading.skip('(?|')) return this.#branchReset(offset);
    if (reading.skip('(?(')) return this.#conditional(offset);
    if (reading.skip('(?P=')) return this.#nameBackreference(this.#name(')', offset), offset);
    if (reading.skip('(?&') || reading.skip('(?P>')) return this.#namedRecursion(offset);
    for (const [opening, end] of NAMINGS)
      if (reading.skip(opening)) return this.#capture(offset, this.#name(end, offset));
    return this.#numberedRecursion(offset) ?? this.#modified(offset);
  }

  #plainGroup(offset: number): Node {
    this.#reading.at++;
    return this.#reading.modifiers.n ? this.#body(offset) : this.#capture(offset, null);
  }

  #name(end: string, offset: number): string {
    const reading = this.#reading;
    const start = reading.at;
    const name = reading.takeUntil(end);
    if (name !== null && NAME.test(name)) return name;
    return reading.refuse(
      name === null ? offset : start,
      name === null ? `a group name without its "${end}"` : `the group name "${name}"`,
      'write letters, digits and _, beginning with no digit: (?<name>...)',
    );
  }

  #capture(offset: number, name: string | null): Node {
    const group = ++this.#groups;
    if (group > this.#enclosing.length) this.#enclosing.push(this.#inside);
    if (name !== null) this.#names.set(name, [...(this.#names.get(name) ?? []), group]);
    const outer = this.#inside;
    this.#inside = group - 1;
    const body = this.#body(offset);
    this.#inside = outer;
    return { kind: 'capture', group, name, body };
  }

  /** The rest of a group to its `)`. Modifiers that change inside are put back. */
  #body(offset: number, beforeBranch?: () => void): Node {
    const outer = this.#reading.modifiers;
    const body = this.#nested(offset, () => this.#choice(beforeBranch));
    this.#reading.modifiers = outer;
    return body;
  }

  #nested<T>(offset: number, read: () => T): T {
    if (++this.#depth > DEEPEST_GROUP)
      this.#reading.refuse(offset, `groups more than ${DEEPEST_GROUP} deep`, 'write it flatter');
    const value = read();
    this.#depth--;
    if (!this.#reading.skip(')'))
      this.#reading.refuse(
        offset,
        'a "(" that is never closed',
        'close it with ), or write \\( for a parenthesis',
      );
    return value;
  }

  #look(toward: Look['toward'], negative: boolean, offset: number): Look {
    this.#looking++;
    const body = this.#body(offset);
    this.#looking--;
    if (toward === 'behind') this.#afterwards.push(() => this.#checkLookbehind(body, offset));
    return { kind: 'look', toward, negative, body };
  }

  #checkLookbehind(body: Node, offset: number): void {
    if (widthOf(body).max <= LONGEST_LOOKBEHIND) return;
    this.#reading.refuse(
      offset,
      `a lookbehind that may be longer than ${LONGEST_LOOKBEHIND} characters`,
      'bound it, as in (?<=x{1,20}), or match the text before and put \\K behind it',
    );
  }

  /** Each branch of `(?|...)` numbers its groups from the same place. */
  #branchReset(offset: number): Node {
    const first = this.#groups;
    let last = first;
    const body = this.#body(offset, () => {
      last = Math.max(last, this.#groups);
      this.#groups = first;
    });
    this.#groups = Math.max(last, this.#groups);
    return body;
  }

  #verb(offset: number): Node {
    const reading = this.#reading;
    const text = reading.takeUntil(')');
    if (text === '(*FAIL' || text === '(*F') return FAIL;
    return reading.refuse(
      offset,
      `"${text ?? '(*'}${text === null ? '' : ')'}"`,
      'write the regex without control verbs; of these only (*FAIL) is known, \\(\\* is the text',
    );
  }

  /** `(?R)`, `(?0)`, `(?1)`, `(?+1)`, `(?-1)`; null when it is none of them. */
  #numberedRecursion(offset: number): Node | null {
    const reading = this.#reading;
    const [text, sign, digits] = /^\(\?(?:R|([+-]?)(\d+))\)/.exec(reading.slice(offset, offset + 20)) ?? [];
    if (text === undefined) return null;
    reading.at += text.length;
    const number = Number(digits ?? 0);
    const group = sign === '+' ? this.#groups + number : sign === '-' ? this.#groups + 1 - number : number;
    if (digits !== undefined && (group !== 0 || sign !== ''))
      this.#afterwards.push(() => this.#checkGroup(group, offset));
    return { kind: 'recursion', group };
  }

  #namedRecursion(offset: number): Recursion {
    const name = this.#name(')', offset);
    const node = { kind: 'recursion' as const, group: 0 };
    this.#afterwards.push(() => {
      node.group = this.#groupsNamed(name, offset)[0] ?? 0;
    });
    return node;
  }

  #conditional(offset: number): Node {
    const test = this.#test(offset);
    const branches: Node[] = [];
    const outer = this.#reading.modifiers;
    this.#nested(offset, () => {
      do branches.push(this.#sequence());
      while (this.#reading.skip('|'));
    });
    this.#reading.modifiers = outer;
    if (branches.length > (test.kind === 'define' ? 1 : 2))
      this.#reading.refuse(
        offset,
        `a condition with ${branches.length} branches`,
        test.kind === 'define' ? 'put the branches into a group' : 'write (?(1)then|else)',
      );
    const nothing: Node = { kind: 'sequence', items: [] };
    return { kind: 'conditional', test, yes: branches[0] ?? nothing, no: branches[1] ?? nothing };
  }

  /** The condition in `(?(...)then|else)`; its `(` is taken. */
  #test(offset: number): Test {
    const reading = this.#reading;
    const start = reading.at;
    if (reading.peek() === '?' || reading.peek() === '*') {
      reading.at--;
      const look = reading.looksAt('(?{') || reading.looksAt('(?p{') ? null : this.#group(start - 1);
      if (look?.kind === 'look') return { kind: 'look', look };
      return reading.refuse(start - 1, 'a condition that is no lookaround', 'write (?(?=...)then|else)');
    }
    const text = reading.takeUntil(')') ?? '';
    if (text === 'DEFINE') return { kind: 'define' };
    if (text === 'R') return { kind: 'recursing', groups: null };
    const [, recursing, number, recursingName, angled, quoted] =
      /^(R)?(?:(\d+)|(?<=R)&(\w+)|<(\w+)>|'(\w+)')$/.exec(text) ?? [];
    const name = recursingName ?? angled ?? quoted;
    if (number === undefined && name === undefined)
      return reading.refuse(
        offset,
        `the condition "(${text})"`,
        'write a group: (?(1)then|else) or (?(<name>)then|else)',
      );
    const groups: number[] = [];
    if (number !== undefined) groups.push(Number(number));
    else this.#afterwards.push(() => groups.push(...this.#groupsNamed(name ?? '', offset)));
    return { kind: recursing === undefined ? 'groups' : 'recursing', groups };
  }

  /** `(?i)`, `(?i:...)`, `(?^...)`. The first stays in force to the end of the group around it. */
  #modified(offset: number): Node | null {
    const reading = this.#reading;
    reading.at += 2;
    const outer = reading.modifiers;
    const inner = parseModifiers(reading, offset);
    if (reading.skip(')')) {
      reading.modifiers = inner;
      this.#skipIgnored();
      if (/^[*+?]$/.test(reading.peek()))
        reading.refuse(
          reading.at,
          `a "${reading.peek()}" with nothing before it to repeat`,
          `write \\${reading.peek()} for the character itself`,
        );
      return null;
    }
    reading.at++;
    reading.modifiers = inner;
    const body = this.#nested(offset, () => this.#choice());
    reading.modifiers = outer;
    return body;
  }
}

function nodesOf(characters: string, cases: 'one-case' | 'any-case'): ReadonlyMap<string, Node> {
  return new Map(
    Array.from(characters, (char) => [char, charNode(char.charCodeAt(0), cases === 'any-case')]),
  );
}

function isQuoteMark(reading: Reading): boolean {
  return reading.peek() === '\\' && (reading.peek(1) === 'Q' || reading.peek(1) === 'E');
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

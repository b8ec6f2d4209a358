import { digitsFrom, stemEnd } from './atoms.js';
import { Scanner } from './scan.js';
import { FIRST_MASKED, MAX_TOKENS, TokenKind, type Tokens } from './tokens.js';

/** What was seen in a slot: a bit for each kind of token, and these. */
export const SlotBit = {
  /** Several values with commas, colons, blanks or the like between them. */
  list: 1 << 22,
  /** A blank is in it. */
  spaced: 1 << 23,
  /** Not only digits stand behind a word with a number. */
  coded: 1 << 24,
} as const;

/** Stand for a value in the key of a shape: non-characters, which no text has. */
const MASK = '\uffff';
const NUMBER_OF_WORD = '\ufffe';

const { numbered, empty, rest, punctuation } = TokenKind;

/** Where values stand in a message. One serves for many messages. */
export class Slots {
  count = 0;
  readonly starts = new Int32Array(MAX_TOKENS + 2);
  readonly ends = new Int32Array(MAX_TOKENS + 2);
  readonly bits = new Int32Array(MAX_TOKENS + 2);
  /** Equal for slots of equal kinds of tokens with equal marks between them. */
  readonly forms = new Int32Array(MAX_TOKENS + 2);

  push(start: number, end: number, bits: number, form: number): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.bits[this.count] = bits;
    this.forms[this.count] = form;
    this.count += 1;
  }
}

/**
 * Reads the shape of messages: what is left when each value is replaced by one sign. `key` and what `tokens` and
 * `slots` hold are those of the last message.
 */
export class ShapeReader {
  readonly slots = new Slots();
  readonly #scanner = new Scanner();

  get tokens(): Tokens {
    return this.#scanner.tokens;
  }

  /** The key of a message: equal for messages that differ in values only. */
  read(message: string): string {
    const tokens = this.#scanner.scan(message);
    const { slots } = this;
    slots.count = 0;
    let key = '';
    let from = 0;
    for (let at = 0; at < tokens.count; at++) {
      const kind = tokens.kinds[at] as number;
      if (kind < numbered) continue;
      const last = kind === numbered ? at : lastOfList(tokens, at);
      const start = kind === numbered ? stemEnd(message, tokens.start(at), tokens.end(at)) : tokens.start(at);
      key += message.slice(from, start) + (kind === numbered ? NUMBER_OF_WORD : MASK);
      from = tokens.end(last);
      slots.push(start, from, bitsOf(tokens, at, last), last > at ? listForm(tokens, at, last) : kind);
      at = last;
    }
    return key === '' ? message : key + message.slice(from);
  }
}

/** The kinds of so many tokens, and whether they are a list. */
export function bitsOf(tokens: Tokens, from: number, to: number): number {
  let bits = to > from ? SlotBit.list : 0;
  if (tokens.kind(from) === numbered) bits |= codedBit(tokens.text, tokens.start(from), tokens.end(from));
  for (let at = from; at <= to; at++) {
    bits |= 1 << tokens.kind(at);
    if (at > from && !tokens.isGlued(at)) bits |= SlotBit.spaced;
    if (tokens.kind(at) >= TokenKind.quantity && hasBlank(tokens, at)) bits |= SlotBit.spaced;
  }
  return bits;
}

/** A hash of the kinds of so many tokens, and of what stands between them. */
function listForm(tokens: Tokens, from: number, to: number): number {
  let form = 0;
  for (let at = from; at <= to; at++) {
    const kind = tokens.kind(at);
    form = Math.imul(form, 31) + kind;
    if (kind === punctuation)
      for (let place = tokens.start(at); place < tokens.end(at); place++)
        form = Math.imul(form, 31) + tokens.text.charCodeAt(place);
    if (at < to) form = Math.imul(form, 31) + tokens.start(at + 1) - tokens.end(at);
  }
  return form;
}

function codedBit(text: string, from: number, to: number): number {
  const code = stemEnd(text, from, to);
  return digitsFrom(text, code, to) === to - code ? 0 : SlotBit.coded;
}

function hasBlank(tokens: Tokens, at: number): boolean {
  for (let place = tokens.start(at); place < tokens.end(at); place++) {
    const code = tokens.text.charCodeAt(place);
    if (code === 32 || code === 9) return true;
  }
  return false;
}

/** The last token of the values that follow one another there: `1, 2, 3`, `10.0.0.1:80`. */
export function lastOfList(tokens: Tokens, from: number): number {
  let last = from;
  if (tokens.kind(from) === empty || tokens.kind(from) === rest) return last;
  for (;;) {
    if (isListed(tokens, last + 1)) last += 1;
    else if (isSeparator(tokens, last + 1) && isListed(tokens, last + 2)) last += 2;
    else return last;
  }
}

function isListed(tokens: Tokens, at: number): boolean {
  const kind = tokens.kind(at);
  return kind >= FIRST_MASKED && kind !== empty && kind !== rest;
}

/** A mark between two values that touches one of them. */
function isSeparator(tokens: Tokens, at: number): boolean {
  if (tokens.kind(at) !== punctuation) return false;
  if (!tokens.isGlued(at) && !tokens.isGlued(at + 1)) return false;
  const code = tokens.text.charCodeAt(tokens.start(at));
  const length = tokens.end(at) - tokens.start(at);
  if (length === 1) return SEPARATORS.includes(code);
  return (code === DOT || (length === 2 && REPEATED.includes(code))) && isOneCharacter(tokens, at);
}

function isOneCharacter(tokens: Tokens, at: number): boolean {
  const { text } = tokens;
  const first = text.charCodeAt(tokens.start(at));
  for (let place = tokens.start(at) + 1; place < tokens.end(at); place++)
    if (text.charCodeAt(place) !== first) return false;
  return true;
}

const codesOf = (characters: string): readonly number[] => [...characters].map((one) => one.charCodeAt(0));
const SEPARATORS = codesOf(',:;-/.\\+~#');
const REPEATED = codesOf('#:');
const DOT = 46;

import { stemEnd } from './atoms.js';
import { VALUE } from './cells.js';
import { SlotBit } from './read-shape.js';
import { ANY_GAP, type Place, type Row, SOME_GAP, textAt } from './rows.js';
import { Scanner } from './scan.js';
import { ALWAYS_VALUES, patternName, slotName, slotPattern } from './slot-pattern.js';
import { TokenKind, type Tokens } from './tokens.js';

/** A part of a rule: literal text, blanks that vary (`min` of them at least), or a slot that is masked. */
export type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'blanks'; readonly min: 0 | 1 }
  /** One blank of any sort. */
  | { readonly kind: 'blank' }
  /** A value in brackets, or nothing. */
  | { readonly kind: 'note' }
  | {
      readonly kind: 'slot';
      readonly pattern: string;
      /** The built-in pattern that takes the same, or null. */
      readonly known: string | null;
      /** null for a group without a name. */
      readonly name: string | null;
      /** Quoted texts that the slot must not begin with: messages that are of another kind. */
      readonly except: readonly string[];
      /** Blanks in front of the value are masked with it. */
      readonly takesBlanks: boolean;
    };

/** What is proposed for a kind: a rule in the form of those that we ship. */
export interface Proposal {
  readonly pieces: readonly Piece[];
  /** A Perl regex; it means the same in JavaScript. */
  readonly regex: string;
  /** The same as it is written in a config: with named patterns where they make it shorter. */
  readonly rule: string;
  /** A message of the kind (`#>`), and what the rule makes of it (`#=`). */
  readonly sample: string;
  readonly result: string;
  /** How many messages it was made from. */
  readonly count: number;
}

/** What stands for a masked value in a result. */
export const MASK = '___';

/** In fewer messages a value that was always the same may be another one in the next. */
const MIN_CONSTANT = 10;

/** The rule for one kind, made of what was seen of it alone. */
export function piecesOf(row: Row): Piece[] {
  const tokens = new Scanner().scan(row.samples[0]);
  const names = new Map<string, number>();
  const pieces = row.places.flatMap((place, at) => [
    gapPiece(place.gap),
    ...(isSlot(row, at, place) ? slotPieces(row, at, tokens) : [literal(textAt(row, at))]),
  ]);
  return maskBlanks(joinLiterals([...pieces.map((piece) => named(piece, names)), gapPiece(row.tail)]));
}

/**
 * Where blanks vary in front of a slot, all but the first are masked with it: `user  ann` and `user ann` become the same
 * message.
 */
function maskBlanks(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, at) => {
    const [before, next] = [pieces[at - 1], pieces[at + 1]];
    if (isSomeBlanks(piece) && isNarrow(next)) return { kind: 'blank' };
    return isNarrow(piece) && isSomeBlanks(before) ? { ...piece, takesBlanks: true } : piece;
  });
}

function isSomeBlanks(piece: Piece | undefined): boolean {
  return piece?.kind === 'blanks' && piece.min === 1;
}

/** Whether a piece is a slot whose value cannot begin with a blank. */
function isNarrow(piece: Piece | undefined): piece is Extract<Piece, { readonly kind: 'slot' }> {
  return piece?.kind === 'slot' && !piece.pattern.startsWith('.');
}

function literal(text: string): Piece {
  return { kind: 'literal', text };
}

function gapPiece(gap: string): Piece {
  if (gap === ANY_GAP) return { kind: 'blanks', min: 0 };
  return gap === SOME_GAP ? { kind: 'blanks', min: 1 } : literal(gap);
}

/** Whether a place takes values: it varies, or holds what may be another one in the next message. */
function isSlot(row: Row, at: number, { cell, varies, bits }: Place): boolean {
  if (varies) return true;
  return row.keys[at] === VALUE && cell.end > cell.start && (isOpen(row, bits) || isPid(row, at));
}

/** Whether it is the number of the process, that of `cron[812]:`: digits in brackets that are glued to the first words. */
function isPid({ keys, places }: Row, at: number): boolean {
  if (keys[at - 1] !== '[' || keys[at + 1] !== ']' || keys.slice(0, at).includes(':')) return false;
  return at > 1 && places.slice(at - 1, at + 2).every(({ gap }) => gap === '');
}

/** Whether a value that was always the same is to be taken for one that varies. */
function isOpen(row: Row, bits: number): boolean {
  return row.count < MIN_CONSTANT || (bits & ALWAYS_VALUES) !== 0;
}

/** A place of one form is made of what is for good in it and a slot for each value; any other is one slot. */
function slotPieces(row: Row, at: number, tokens: Tokens): Piece[] {
  const place = row.places[at] as Place;
  const before = wordBefore(row, at);
  const delimiter = delimiterBehind(row, at);
  if (place.form === null && isNoted(row, at)) return [literal(row.keys[at] as string), { kind: 'note' }];
  if (place.form === null)
    return [slot(place.bits, delimiter, slotName(place.bits, before, row.keys[at + 1]))];
  const pieces: Piece[] = [];
  let from = place.cell.start;
  for (let token = 0; token < tokens.count; token++) {
    if (tokens.start(token) < place.cell.start || tokens.end(token) > place.cell.end) continue;
    const kind = tokens.kind(token);
    if (kind < TokenKind.numbered || kind === TokenKind.empty) continue;
    const start =
      kind === TokenKind.numbered
        ? stemEnd(tokens.text, tokens.start(token), tokens.end(token))
        : tokens.start(token);
    const end = tokens.end(token);
    pieces.push(literal(row.samples[0].slice(from, start)));
    const isCode = kind === TokenKind.numbered && (place.bits & SlotBit.coded) === 0;
    const bits = (1 << kind) | (kind === TokenKind.quantity ? place.bits & SlotBit.spaced : 0);
    const next = end === place.cell.end ? delimiter : delimiterAt(row.samples[0], end);
    pieces.push(isCode ? CODE : slot(bits, next, slotName(bits, before)));
    from = end;
  }
  return [...pieces, literal(row.samples[0].slice(from, place.cell.end))];
}

/** Whether a word stands there that has a quantity in brackets behind it, or has none. */
function isNoted(row: Row, at: number): boolean {
  return row.places[at]?.cell.kind === 'word' && row.keys[at] !== VALUE;
}

function slot(bits: number, delimiter: string, name: string | null): Piece {
  const pattern = slotPattern(bits, delimiter);
  return { kind: 'slot', pattern, known: patternName(bits), name, except: [], takesBlanks: false };
}

/** The number of a name such as `eth0`. */
const CODE: Piece = {
  kind: 'slot',
  pattern: '\\d+',
  known: null,
  name: null,
  except: [],
  takesBlanks: false,
};

/** The bracket, quote, comma or colon that follows a place without a blank; '' for anything else. */
function delimiterBehind(row: Row, at: number): string {
  const next = row.places[at + 1];
  return next?.gap === '' && next.cell.kind === 'mark' ? delimiterAt(textAt(row, at + 1), 0) : '';
}

function delimiterAt(text: string, at: number): string {
  const character = text.charAt(at);
  return DELIMITERS.includes(character) ? character : '';
}

const DELIMITERS = '()[]{}<>"\'`,;=|:';

/** The word in front of a place, in small letters, past marks: `user` of `user=` and of `user "`. */
function wordBefore(row: Row, at: number): string {
  let before = at - 1;
  while (before >= 0 && row.places[before]?.cell.kind === 'mark') before -= 1;
  return row.places[before]?.cell.kind === 'word' ? (row.keys[before] as string).toLowerCase() : '';
}

/** A name stands once in a rule: `user`, `user2`. */
function named(piece: Piece, names: Map<string, number>): Piece {
  if (piece.kind !== 'slot' || piece.name === null) return piece;
  const count = (names.get(piece.name) ?? 0) + 1;
  names.set(piece.name, count);
  return count === 1 ? piece : { ...piece, name: `${piece.name}${count}` };
}

function joinLiterals(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (piece.kind === 'literal' && last?.kind === 'literal')
      joined[joined.length - 1] = { kind: 'literal', text: last.text + piece.text };
    else if (piece.kind !== 'literal' || piece.text !== '') joined.push(piece);
  }
  return joined;
}

/**
 * The regex that the pieces make, from the beginning of a message to its end. `unless`: regexes that it must not take,
 * without their `^`. `isMasking`: with groups, which mask what they take.
 */
export function regexOf(pieces: readonly Piece[], unless: readonly string[], isMasking = true): string {
  const source = pieces.map((piece) => sourceOf(piece, isMasking)).join('');
  return `^${unless.map((regex) => `(?!${regex})`).join('')}${source}$`;
}

/** The same as a config holds it: with named patterns, and groups that mask. */
export function ruleOf(pieces: readonly Piece[], unless: readonly string[]): string {
  const source = pieces.map((piece) => namedSourceOf(piece) ?? sourceOf(piece, true)).join('');
  return `^${unless.map((regex) => `(?!${regex})`).join('')}${source}$`;
}

/** null: no named pattern stands for a piece, or its regex is no longer. */
function namedSourceOf(piece: Piece): string | null {
  if (piece.kind !== 'slot' || piece.known === null || piece.takesBlanks || piece.except.length > 0)
    return null;
  const source = piece.name === null ? `(%{${piece.known}})` : `%{${piece.known}:${piece.name}}`;
  return source.length < sourceOf(piece, true).length ? source : null;
}

function sourceOf(piece: Piece, isMasking: boolean): string {
  switch (piece.kind) {
    case 'literal':
      return quote(piece.text);
    case 'blanks':
      return piece.min === 0 ? '\\s*' : '\\s+';
    case 'blank':
      return '\\s';
    case 'note':
      return isMasking ? '(?: ?\\(([^)]+)\\))?' : '(?: ?\\([^)]+\\))?';
    case 'slot': {
      const open = isMasking ? (piece.name === null ? '(' : `(?<${piece.name}>`) : '(?:';
      const blanks = piece.takesBlanks ? '\\s*' : '';
      return `${open}${blanks}${piece.except.map((text) => `(?!${text})`).join('')}${piece.pattern})`;
    }
  }
}

/** Text as a regex that matches it. What cannot be seen is matched by a dot. */
export function quote(text: string): string {
  return text
    .replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    .replace(/\t/g, '\\t')
    .replace(INVISIBLE, '.');
}

/** Characters that nobody sees, or that act on a terminal. */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** What each text begins with that a rule takes. */
export function prefixOf([first]: readonly Piece[]): string {
  return first?.kind === 'literal' ? (first.text.split(INVISIBLE, 1)[0] ?? '') : '';
}

/** A message with what the groups of a regex take replaced by `MASK`; null when it does not match. */
export function maskedBy(regex: RegExp, message: string): string | null {
  const match = regex.exec(message);
  if (match === null) return null;
  let masked = '';
  let from = 0;
  for (const span of match.indices?.slice(1) ?? []) {
    if (span === undefined || span[0] < from || span[1] === span[0]) continue;
    masked += message.slice(from, span[0]) + MASK;
    from = span[1];
  }
  return masked + message.slice(from);
}

/** A kind as people read it: its text, with what its slots take in angle brackets. */
export function describeKind(row: Row): string {
  return piecesOf(row)
    .map((piece) => {
      if (piece.kind === 'literal') return piece.text;
      if (piece.kind === 'blanks' || piece.kind === 'blank') return ' ';
      return piece.kind === 'note' ? '' : `<${piece.name ?? '*'}>`;
    })
    .join('');
}

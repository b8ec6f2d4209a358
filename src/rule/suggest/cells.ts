import { stemEnd } from './atoms.js';
import { bitsOf, lastOfList, SlotBit } from './read-shape.js';
import { FIRST_MASKED, TokenKind, type Tokens } from './tokens.js';

const { punctuation, word, name, numbered, number, quantity, empty, rest } = TokenKind;

/** What a cell is to those that compare messages. */
export type CellKind = 'mark' | 'word' | 'numbered' | 'name' | 'value';

/** A place in a message that is compared as one: a mark, a word, or a value, be it of several tokens. */
export interface Cell {
  readonly kind: CellKind;
  /** Equal for what is taken for the same; `VALUE` for all values. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** As in `SlotBit`. */
  readonly bits: number;
  /** Whether nothing stands between it and the cell before it. */
  readonly isGlued: boolean;
  /** Its text with one character for each value: equal for what differs in values only. */
  readonly form: string;
}

/** The key of each cell that holds a value: a non-character, which no text has. */
export const VALUE = '\uffff';

/** Stands behind the word of a word with a number. */
export const NUMBER_MARK = '\ufffe';

/** The cells of a message that was cut into tokens. */
export function cellsOf(tokens: Tokens): Cell[] {
  const plain = plainCells(tokens);
  return withoutCutList(joinRepeats(joinValues(joinNotes(plain))));
}

/** Makes one cell of a list at the end of which the message was cut off. */
function withoutCutList(cells: Cell[]): Cell[] {
  const [list, last] = cells.slice(-2);
  if (!list || !last || !bitsAre(last, rest) || (list.bits & SlotBit.list) === 0) return cells;
  const bits = list.bits | last.bits | SlotBit.spaced;
  return [...cells.slice(0, -2), { ...list, end: last.end, bits }];
}

function plainCells(tokens: Tokens): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < tokens.count; at++) {
    const last = tokens.kind(at) >= FIRST_MASKED ? lastOfList(tokens, at) : at;
    cells.push({
      kind: kindOf(tokens.kind(at)),
      key: keyOf(tokens, at),
      start: tokens.start(at),
      end: tokens.end(last),
      bits: bitsOf(tokens, at, last),
      isGlued: tokens.isGlued(at),
      form: formOf(tokens, at, last),
    });
    at = last;
  }
  return cells;
}

function kindOf(kind: number): CellKind {
  switch (kind) {
    case punctuation:
      return 'mark';
    case word:
      return 'word';
    case name:
      return 'name';
    case numbered:
      return 'numbered';
    default:
      return 'value';
  }
}

/** The key of the cell that begins with a token. */
export function keyOf(tokens: Tokens, at: number): string {
  const kind = tokens.kind(at);
  if (kind >= FIRST_MASKED) return VALUE;
  if (kind !== numbered) return tokens.textOf(at);
  const start = tokens.start(at);
  return tokens.text.slice(start, stemEnd(tokens.text, start, tokens.end(at))) + NUMBER_MARK;
}

/** Of so many tokens; what stands between them is in it. */
function formOf(tokens: Tokens, from: number, to: number): string {
  let form = '';
  for (let at = from; at <= to; at++) {
    if (at > from) form += tokens.text.slice(tokens.end(at - 1), tokens.start(at));
    const isText = tokens.kind(at) < FIRST_MASKED;
    form += isText ? keyOf(tokens, at) : String.fromCharCode(FIRST_FORM + tokens.kind(at));
  }
  return form;
}

/** From here on characters are for private use: no text of a log has them. */
const FIRST_FORM = 0xe000;

/**
 * Makes a quantity in brackets part of the cell in front, whose key stays: `1190 bytes (1.16 KB)` says what
 * `64 bytes` says.
 */
function joinNotes(cells: readonly Cell[]): readonly Cell[] {
  if (!cells.some((cell) => isQuantity(cell))) return cells;
  const joined: Cell[] = [];
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at] as Cell;
    const last = joined.at(-1);
    if (last !== undefined && isNote(cells, at)) {
      const { start, key, kind, isGlued } = last;
      joined[joined.length - 1] = {
        ...joinCells([last, ...cells.slice(at, at + 3)]),
        start,
        key,
        kind,
        isGlued,
      };
      at += 2;
    } else joined.push(cell);
  }
  return joined;
}

/** Whether a bracket opens there with nothing but a quantity in it, behind a number or behind what is counted. */
function isNote(cells: readonly Cell[], at: number): boolean {
  const [open, value, close] = cells.slice(at, at + 3);
  if (open?.key !== '(' || close?.key !== ')' || !value || !isQuantity(value)) return false;
  const before = cells[at - 1];
  return before?.kind === 'value' || (before?.kind === 'word' && cells[at - 2]?.kind === 'value');
}

/** Whether a cell is a number with a unit or a percent sign. */
function isQuantity({ kind, bits }: Cell): boolean {
  return kind === 'value' && (bits & ~((1 << quantity) | (1 << number) | SlotBit.spaced)) === 0;
}

/** Makes one cell of what follows a `=`: `ws=WorkSource{10}`, `tag="View Lock"`. */
function joinValues(cells: readonly Cell[]): readonly Cell[] {
  if (!cells.some(({ key }) => key === '=')) return cells;
  const isRecord = cells.filter((cell, at) => cell.key === ',' && cells[at + 2]?.key === '=').length >= 2;
  const joined: Cell[] = [];
  for (let at = 0; at < cells.length; at++) {
    joined.push(cells[at] as Cell);
    if (cells[at]?.key !== '=' || !cells[at]?.isGlued || !cells[at + 1]?.isGlued) continue;
    const end = valueEnd(cells, at + 1, isRecord);
    if (end > at + 2) {
      joined.push(joinCells(cells.slice(at + 1, end)));
      at = end - 1;
    }
  }
  return joined;
}

/** Where the value that begins at a cell ends; `from` when it cannot be told. */
function valueEnd(cells: readonly Cell[], from: number, isRecord: boolean): number {
  const first = cells[from] as Cell;
  if (bitsAre(first, empty)) return from;
  if (isQuote(first.key)) return quoteEnd(cells, from);
  let depth = 0;
  let at = from;
  for (; at < cells.length; at++) {
    const { key, isGlued } = cells[at] as Cell;
    if (!isGlued && at > from) break;
    if (OPENERS.has(key)) depth += 1;
    else if (CLOSERS.has(key)) {
      if (depth === 0) break;
      depth -= 1;
    } else if (depth === 0 && ENDS.has(key)) break;
  }
  if (depth > 0) return from;
  if (isRecord) at = recordEnd(cells, at);
  if (at - from > 1 && STOPS.has(cells[at - 1]?.key ?? '')) at -= 1;
  return at;
}

const OPENERS = new Set(['(', '[', '{', '<']);
const CLOSERS = new Set([')', ']', '}', '>']);
const ENDS = new Set([',', ';', '|', '"', "'", '=']);
const STOPS = new Set(['.', ':', '!', '?']);

function isQuote(key: string): boolean {
  return key === '"' || key === "'";
}

function bitsAre(cell: Cell, kind: number): boolean {
  return cell.bits === 1 << kind;
}

/** Farther away no closing quote is looked for. */
const LONGEST_QUOTED = 12;

function quoteEnd(cells: readonly Cell[], from: number): number {
  const quote = cells[from]?.key;
  for (let at = from + 1; at < cells.length && at - from < LONGEST_QUOTED; at++)
    if (cells[at]?.key === quote) return at + 1;
  return from;
}

/** In `a=1, tag=View Lock, b=2` a value may hold blanks: it ends at the comma before the next key. */
function recordEnd(cells: readonly Cell[], from: number): number {
  let at = from;
  while (at < cells.length && at - from < 4 && cells[at]?.kind !== 'mark') at += 1;
  return at > from && cells[at]?.key === ',' && cells[at + 2]?.key === '=' ? at : from;
}

function joinCells(cells: readonly Cell[]): Cell {
  const first = cells[0] as Cell;
  const isValue = cells.every(({ kind, key }) => kind === 'value' || key === '"' || key === "'");
  const isSpaced = cells.some(({ isGlued }, at) => at > 0 && !isGlued);
  return {
    kind: isValue ? 'value' : 'name',
    key: isValue
      ? VALUE
      : cells.map(({ key, isGlued }, at) => (at === 0 || isGlued ? key : ` ${key}`)).join(''),
    start: first.start,
    end: cells.at(-1)?.end ?? first.end,
    bits: cells.reduce((bits, cell) => bits | cell.bits, SlotBit.list | (isSpaced ? SlotBit.spaced : 0)),
    isGlued: first.isGlued,
    form: cells.map(({ form, isGlued }, at) => (at === 0 || isGlued ? form : ` ${form}`)).join(''),
  };
}

/** Letters of a unit behind a number, such as `MB`. */
const LONGEST_UNIT = 6;

/** Makes one cell of what is said several times over with other values: `node-1 0x2 <ok> node-3 0x4 <ok>`. */
function joinRepeats(cells: readonly Cell[]): Cell[] {
  let joined = [...cells];
  if (cells.filter(({ kind }) => kind === 'value' || kind === 'numbered').length < 2) return joined;
  for (let unit = 1; unit <= LONGEST_UNIT && 2 * unit <= joined.length; unit++)
    joined = joinUnits(joined, unit);
  return joined;
}

function joinUnits(cells: Cell[], unit: number): Cell[] {
  if (!cells.some((_, at) => isRepeated(cells, at, at + unit, unit))) return cells;
  const joined: Cell[] = [];
  for (let at = 0; at < cells.length; ) {
    let end = at + unit;
    while (isRepeated(cells, at, end, unit)) end += unit;
    if (end === at + unit) joined.push(cells[at++] as Cell);
    else {
      joined.push(repeated(cells.slice(at, end), unit));
      at = end;
    }
  }
  return joined;
}

/** Whether a unit with a value in it stands at both places. */
function isRepeated(cells: readonly Cell[], first: number, second: number, unit: number): boolean {
  if (second + unit > cells.length) return false;
  let hasValue = false;
  for (let at = 0; at < unit; at++) {
    const one = cells[first + at] as Cell;
    if (one.key !== cells[second + at]?.key) return false;
    hasValue ||= (one.kind === 'value' && !bitsAre(one, empty)) || one.kind === 'numbered';
  }
  return hasValue;
}

function repeated(cells: readonly Cell[], unit: number): Cell {
  const { kind, key, ...joined } = joinCells(cells);
  const first = cells[0] as Cell;
  if (unit === 1) return { ...joined, kind: first.kind, key: first.key };
  const words = cells.slice(0, unit).map((cell) => cell.key);
  return { ...joined, kind: 'numbered', key: words.join(' ') };
}

import { TextBlock } from '../../base/text/text-block.js';
import {
  cutAtWildcards,
  type Item,
  type WildcardPiece,
  type WildcardPieces,
} from '../analyse/wildcard-pieces.js';
import type { Regex } from '../parse/ast.js';
import type { MaskedSpans, TextView } from '../pattern.js';

/** null for a regex whose pieces are not deterministic. */
export function createDirectMatch(regex: Regex): DirectMatch | null {
  const pieces = cutAtWildcards(regex);
  return pieces && new DirectMatch(pieces);
}

/** Each offset may be tried, with a run from there: longer texts are left to regexes (UTF-16 units). */
const MAX_DIRECT_LENGTH = 1000;

/** In place of an offset. `UNKNOWN`: a character is not in the tables. */
const NO_MATCH = -1;
const UNKNOWN = -2;

/** Finds the masked spans without a regex and without allocation, for regexes that need no backtracking. */
export class DirectMatch {
  readonly #head: readonly Item[];
  readonly #behindFirst: readonly Item[];
  readonly #others: readonly WildcardPiece[];
  /** The result; the next call overwrites it. */
  readonly #spans: Int32Array;
  readonly #found: MaskedSpans;
  /** For a text that is not a view. */
  readonly #alone = new TextBlock();

  constructor({ head, others, groups }: WildcardPieces) {
    this.#head = head.items;
    this.#behindFirst = head.items.slice(1);
    this.#others = others;
    this.#spans = new Int32Array(2 * groups.length);
    this.#found = { spans: this.#spans, groups };
  }

  /** The masked spans, valid until the next call; null if only the regex can decide, or nothing matches. */
  maskedSpans(text: string): MaskedSpans | null {
    const end = text.length;
    if (end > MAX_DIRECT_LENGTH || text.includes('\n')) return null;
    const { units } = this.#alone.set(text);
    const begun = behindAll(this.#head, units, 0, end, this.#spans);
    return this.#goesOn(units, begun, end) ? this.#found : null;
  }

  /** The same for a view of a text that is known to match; offsets count from the start of the whole. */
  maskedSpansIn(view: TextView): MaskedSpans | null {
    const { whole, from, gap, resume, to } = view;
    const { units } = whole;
    const end = resume === to ? gap : to;
    const first = this.#head[0];
    if (first?.kind !== 'text' || end - from > MAX_DIRECT_LENGTH) return null;
    const begun = behindBeginning(first.units.length, view);
    if (begun < 0) return null;
    const behindHead = behindAll(this.#behindFirst, units, begun, end, this.#spans);
    return this.#goesOn(units, behindHead, end) ? this.#found : null;
  }

  /**
   * Whether the pieces after the head match. Each `.+` is greedy, the first one first, so each piece is as far to the right
   * as possible: from the end, that is the last match before the piece to the right of it.
   */
  #goesOn(units: Uint16Array, begun: number, end: number): boolean {
    if (begun < 0) return false;
    const others = this.#others;
    let limit = end;
    for (let at = others.length - 1; at >= 0; at--) {
      const piece = others[at];
      if (!piece) break;
      const place = lastPlace(piece, units, begun + piece.gap, limit, end, this.#spans);
      if (place < 0) return false;
      limit = place - piece.gap;
    }
    return true;
  }
}

/** The last offset from which a piece ends no later than `limit`. */
function lastPlace(
  piece: WildcardPiece,
  units: Uint16Array,
  lowest: number,
  limit: number,
  end: number,
  spans: Int32Array,
): number {
  const { begins, items } = piece;
  for (let place = limit - piece.shortest; place >= lowest; place--) {
    if (begins !== null) place = lastOf(begins, units, place, lowest);
    if (place < lowest) return NO_MATCH;
    const reached = behindAll(items, units, place, end, spans);
    if (reached === UNKNOWN) return UNKNOWN;
    if (reached >= 0 && reached <= limit) return place;
  }
  return NO_MATCH;
}

/** The last offset of a unit from `place` back to `lowest`, or `lowest - 1`. */
function lastOf(unit: number, units: Uint16Array, place: number, lowest: number): number {
  let at = place;
  while (at >= lowest && units[at] !== unit) at--;
  return at;
}

/** The end of items that begin at `from`; the offsets of group edges go to `spans`. */
function behindAll(
  items: readonly Item[],
  units: Uint16Array,
  from: number,
  end: number,
  spans: Int32Array,
): number {
  let at = from;
  for (let i = 0; i < items.length && at >= 0; i++) {
    const item = items[i];
    if (item) at = behind(item, units, at, end, spans);
  }
  return at;
}

function behind(item: Item, units: Uint16Array, at: number, end: number, spans: Int32Array): number {
  switch (item.kind) {
    case 'text':
      return behindText(item.units, units, at, end);
    case 'run':
      return behindRun(item, units, at, end);
    case 'edge':
      spans[item.slot] = at;
      return at;
    case 'either':
      return behindEither(item.texts, units, at, end);
    case 'end':
      return at === end ? at : NO_MATCH;
  }
}

function behindText(part: Uint16Array, units: Uint16Array, at: number, end: number): number {
  if (at + part.length > end) return NO_MATCH;
  for (let i = 0; i < part.length; i++) if (units[at + i] !== part[i]) return NO_MATCH;
  return at + part.length;
}

/** The gap may lie within the known beginning of the text, or at its end, but not after it. */
function behindBeginning(length: number, { from, gap, resume, to }: TextView): number {
  if (resume === to) return from + length;
  return length < gap - from ? NO_MATCH : resume + length - (gap - from);
}

function behindEither(texts: readonly Uint16Array[], units: Uint16Array, at: number, end: number): number {
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    const place = text ? behindText(text, units, at, end) : NO_MATCH;
    if (place >= 0) return place;
  }
  return NO_MATCH;
}

function behindRun(
  { has, min, max }: Extract<Item, { kind: 'run' }>,
  units: Uint16Array,
  from: number,
  end: number,
): number {
  const furthest = Math.min(end, from + max);
  let at = from;
  for (; at < furthest; at++) {
    const unit = units[at] as number;
    if (unit >= has.length) return UNKNOWN;
    if (has[unit] === 0) break;
  }
  return at - from < min ? NO_MATCH : at;
}

import { TextBlock } from '../../base/text/text-block.js';
import {
  cutAtWildcards,
  type Item,
  type WildcardPiece,
  type WildcardPieces,
} from '../analyse/wildcard-pieces.js';
import type { Regex } from '../parse/ast.js';
import type { MaskedSpans, TextView } from '../pattern.js';

/** Finds the masked places without a regex, where no other way need be tried, and without allocating anything. */
export interface DirectMatch {
  /** The masked places, until the next call; null when only the regex can tell, or nothing matches. */
  maskedSpans(text: string): MaskedSpans | null;
  /** The same for a view of a text that is known to match; places count from the start of the whole. */
  maskedSpansIn(view: TextView): MaskedSpans | null;
}

/** null for a regex of which it is not plain how a text is to be cut. */
export function createDirectMatch(regex: Regex): DirectMatch | null {
  const stretches = cutAtWildcards(regex);
  return stretches && directMatch(stretches);
}

/** Each place may be tried, and runs go on from there: longer texts are left to regexes (UTF-16 units). */
const LONGEST = 1000;

/** Instead of a place. `UNKNOWN`: there is a character of which the tables say nothing. */
const NO_MATCH = -1;
const UNKNOWN = -2;

function directMatch({ head, others, groups }: WildcardPieces): DirectMatch {
  const spans = new Int32Array(2 * groups.length);
  const found: MaskedSpans = { spans, groups };
  const [first, ...rest] = head.items;
  const alone = new TextBlock();

  /**
   * Behind the head. Each `.+` takes as much as it can, the first one first: what follows it stands as far to the
   * right as it may. Seen from the end, that is the last place before what stands to the right of it.
   */
  function goesOn(units: Uint16Array, begun: number, end: number): boolean {
    if (begun < 0) return false;
    let limit = end;
    for (let at = others.length - 1; at >= 0; at--) {
      const stretch = others[at];
      if (!stretch) break;
      const place = lastPlace(stretch, units, begun + stretch.gap, limit, end, spans);
      if (place < 0) return false;
      limit = place - stretch.gap;
    }
    return true;
  }

  return {
    maskedSpans(text) {
      const end = text.length;
      if (end > LONGEST || text.includes('\n')) return null;
      const { units } = alone.lay(text);
      return goesOn(units, behindAll(head.items, units, 0, end, spans), end) ? found : null;
    },
    maskedSpansIn(view) {
      const { whole, from, gap, resume, to } = view;
      const { units } = whole;
      const end = resume === to ? gap : to;
      if (first?.kind !== 'text' || end - from > LONGEST) return null;
      const begun = behindBeginning(first.units.length, view);
      if (begun < 0) return null;
      return goesOn(units, behindAll(rest, units, begun, end, spans), end) ? found : null;
    },
  };
}

/** The last place from which a stretch reaches no further than `limit`. */
function lastPlace(
  stretch: WildcardPiece,
  units: Uint16Array,
  lowest: number,
  limit: number,
  end: number,
  spans: Int32Array,
): number {
  const { begins, items } = stretch;
  for (let place = limit - stretch.shortest; place >= lowest; place--) {
    if (begins !== null) place = lastOf(begins, units, place, lowest);
    if (place < lowest) return NO_MATCH;
    const reached = behindAll(items, units, place, end, spans);
    if (reached === UNKNOWN) return UNKNOWN;
    if (reached >= 0 && reached <= limit) return place;
  }
  return NO_MATCH;
}

/** The last place of a unit from `place` back to `lowest`, or the one before that. */
function lastOf(unit: number, units: Uint16Array, place: number, lowest: number): number {
  let at = place;
  while (at >= lowest && units[at] !== unit) at--;
  return at;
}

/** Where items end that begin at `from`; the places of marks go to `spans`. */
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
    case 'mark':
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

/** A gap may be anywhere in what the text is known to begin with, or at its end; not behind it. */
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

import { type Cell, VALUE } from './cells.js';

/** Blanks in front of a cell that are not the same in all messages; `ANY_GAP`: or none. */
export const SOME_GAP = '\uffff';
export const ANY_GAP = '\ufffe';

/** A place that has taken so many different words has taken names, and a name may be that of a state. */
export const MIN_OPEN = 20;

/** What was seen in a place of the messages of a kind. */
export interface Place {
  /** Of its first message. */
  readonly cell: Cell;
  /** The kinds of tokens, as in `SlotBit`. */
  readonly bits: number;
  /** Whether more than one text was seen. */
  readonly varies: boolean;
  /** The form of the cell where it is always the same; null where it is not. */
  readonly form: string | null;
  /** How many different keys were made one here; 1 where there was only one. */
  readonly spread: number;
  /** What stands in front: blanks, or as `SOME_GAP`. */
  readonly gap: string;
}

/** Messages that are taken for one kind so far. */
export interface Row {
  /** By place: what it is compared by. `VALUE` where it takes any. */
  readonly keys: readonly string[];
  readonly places: readonly Place[];
  /** What stands behind the last place, as a gap. */
  readonly tail: string;
  /** Its first messages, of different shapes. */
  readonly samples: readonly [string, ...string[]];
  /** How many messages. */
  readonly count: number;
  /** The numbers of the shapes that it is made of, the smallest first. */
  readonly shapes: readonly [number, ...number[]];
}

/** So many messages of different shapes are kept of each kind, to show and to try its rule on. */
export const MAX_SAMPLES = 8;

/** One row of several, which have the same number of places. The one with the lowest number is the first. */
export function mergeRows(rows: readonly Row[]): Row {
  const ordered = rows.toSorted((a, b) => a.shapes[0] - b.shapes[0]);
  const [first, ...others] = ordered as [Row, ...Row[]];
  if (others.length === 0) return first;
  const keys = [...first.keys];
  const places = [...first.places];
  for (const row of others)
    for (let at = 0; at < keys.length; at++) {
      const place = places[at] as Place;
      const other = row.places[at] as Place;
      const key = row.keys[at] as string;
      const isSame = key === keys[at];
      const gap = mergeGaps(place.gap, other.gap);
      // Most places: a word or a mark that is the same in all.
      if (
        isSame &&
        gap === place.gap &&
        key !== VALUE &&
        isPlain(place.cell, key) &&
        isPlain(other.cell, key)
      )
        continue;
      const varies = place.varies || other.varies || textAt(row, at) !== textAt(first, at);
      const spread = isSame ? Math.max(place.spread, other.spread) : place.spread + other.spread;
      places[at] = widened(place, other.bits, other.form, { varies, spread, gap });
      if (!isSame) keys[at] = VALUE;
    }
  const [one = 0, ...more] = ordered.flatMap(({ shapes }) => shapes);
  const [sample = '', ...samples] = [...new Set(ordered.flatMap((row) => row.samples))].slice(0, MAX_SAMPLES);
  return {
    keys,
    places,
    tail: others.reduce((gap, { tail }) => mergeGaps(gap, tail), first.tail),
    samples: [sample, ...samples],
    count: ordered.reduce((sum, { count }) => sum + count, 0),
    shapes: [one, ...more],
  };
}

/** A place in which more was seen; the place itself when that was nothing new. */
export function widened(
  place: Place,
  bits: number,
  form: string | null,
  seen: Omit<Place, 'cell' | 'bits' | 'form'>,
): Place {
  const { varies, spread, gap } = seen;
  const all = place.bits | bits;
  const common = place.form === form ? form : null;
  const isAsBefore =
    gap === place.gap &&
    varies === place.varies &&
    all === place.bits &&
    common === place.form &&
    spread === place.spread;
  return isAsBefore ? place : { cell: place.cell, bits: all, varies, form: common, spread, gap };
}

/** Whether a key is all of the text. */
export function isPlain({ kind, start, end }: Cell, key: string): boolean {
  return (kind === 'mark' || kind === 'word') && end - start === key.length;
}

export function mergeGaps(gap: string, other: string): string {
  if (gap === other) return gap;
  return gap === '' || other === '' || gap === ANY_GAP || other === ANY_GAP ? ANY_GAP : SOME_GAP;
}

/** What stands in a place of a row's first message. */
export function textAt(row: Row, at: number): string {
  const { start, end } = (row.places[at] as Place).cell;
  return row.samples[0].slice(start, end);
}

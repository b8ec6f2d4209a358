import { addCounts } from '../base/count.js';
import type { Detail, MaskedValues } from './detail.js';
import { type Hours, hourOf, mergeHours, pairs } from './hours.js';
import { type StoredValues, ValueCounts } from './space-saving.js';

/** What was gathered of a message beside its count. */
export interface RowStats {
  /** `told`: what count, first and last time say is all: one hour, or none. `unknown`: an escalation counted it. */
  readonly hours: Readonly<Hours> | 'told' | 'unknown';
  /** Mask by mask, in their order. `dropped`: there was no room. null: no values were looked at. */
  readonly masked: readonly MaskedCounts[] | 'dropped' | null;
}

/** What stood under one mask. */
export interface MaskedCounts {
  readonly name: string | null;
  readonly values: ValueCounts;
  /** What stood there in the first line; null where that is not known. */
  readonly first: string | null;
}

/** What a row says by itself. */
export interface Told {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** As it is kept in the state (JSON). `h`: hours, null when unknown; `m`: masks, null when there was no room. */
export interface StoredDetail {
  readonly h?: Readonly<Hours> | null | undefined;
  readonly m?: readonly StoredMask[] | null | undefined;
}

export interface StoredMask extends StoredValues {
  readonly n?: string | undefined;
  /** The first value, where it is not the first of those that are kept. */
  readonly f?: string | undefined;
}

export const NO_ROW_STATS: RowStats = { hours: 'told', masked: null };

/** For the state; null when the row says all. */
export function storeRowStats({ hours, masked }: RowStats): string | null {
  if (hours === 'told' && masked === null) return null;
  const stored: StoredDetail = {
    ...(hours === 'told' ? {} : { h: hours === 'unknown' ? null : hours }),
    ...(masked === null ? {} : { m: masked === 'dropped' ? null : masked.map(storeMasked) }),
  };
  return JSON.stringify(stored);
}

function storeMasked({ name, values, first }: MaskedCounts): StoredMask {
  return {
    ...(name === null ? {} : { n: name }),
    ...(first === null || first === values.oldest ? {} : { f: first }),
    ...values.stored(),
  };
}

function readMasked({ n, f, ...stored }: StoredMask): MaskedCounts {
  const values = ValueCounts.read(stored);
  return { name: n ?? null, values, first: f ?? values.oldest };
}

/** What the state keeps as a value again; null: the row says all. */
export function rowStatsOf(stored: StoredDetail | null): RowStats {
  if (stored === null) return NO_ROW_STATS;
  const { h, m } = stored;
  return {
    hours: h === undefined ? 'told' : (h ?? 'unknown'),
    masked: m === undefined ? null : (m?.map(readMasked) ?? 'dropped'),
  };
}

/** What two rows of one message say together; the first one's values are taken over and grow. */
export function mergeRowStats(a: RowStats & Told, b: RowStats & Told): RowStats {
  return { hours: hoursTogether(a, b), masked: mergeMasked(a.masked, b.masked) };
}

function hoursTogether(a: RowStats & Told, b: RowStats & Told): RowStats['hours'] {
  const before = hoursOf(a);
  const after = hoursOf(b);
  if (before === null || after === null) return 'unknown';
  const all = mergeHours(before, after);
  return all.length === 2 && all[1] === addCounts(a.count, b.count) ? 'told' : all;
}

function mergeMasked(a: RowStats['masked'], b: RowStats['masked']): RowStats['masked'] {
  if (a === 'dropped' || b === 'dropped') return 'dropped';
  if (a === null || b === null) return a ?? b;
  for (const [at, { values }] of b.entries()) a[at]?.values.merge(values);
  return [...a, ...b.slice(a.length)];
}

/** null: unknown. */
function hoursOf({ hours, count, first, last }: RowStats & Told): Readonly<Hours> | null {
  if (hours === 'unknown') return null;
  if (hours !== 'told') return hours;
  if (first === null || last === null) return [];
  const hour = hourOf(first);
  return hour === hourOf(last) ? [hour, count] : null;
}

/** For a letter. */
export function detailOf(row: RowStats & Told): Detail {
  const hours = pairs(hoursOf(row) ?? []);
  if (row.masked === 'dropped') return { hours, masked: [], noRoom: true };
  return { hours, masked: (row.masked ?? []).map((mask) => summaryOf(mask, row.count)) };
}

/** A line that was only repeated, or that came before values were kept, has a count and no values. */
function summaryOf({ name, values, first }: MaskedCounts, lines: number): MaskedValues {
  const { about, top, ...summary } = values.summary();
  const known = top.reduce((sum, { count }) => sum + count, 0);
  const seen = { name, ...summary, about, atLeast: !about && known < lines, top };
  return first === null ? seen : { ...seen, first };
}

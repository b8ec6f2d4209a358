import { addCounts } from '../base/count.js';
import type { Detail, MaskedValues } from './detail.js';
import { type Hours, hourOf, mergeHours, pairs } from './hours.js';
import { type StoredValues, ValueCounts } from './space-saving.js';

/** Statistics of a row beside its count. */
export interface RowStats {
  /** `implied`: nothing to store; all lines are of one hour, or have no time. `unknown`: an escalation counted them. */
  readonly hours: Readonly<Hours> | 'implied' | 'unknown';
  /** By mask, in order. `no-room`: there was no room. null: values are not recorded. */
  readonly masked: readonly MaskedCounts[] | 'no-room' | null;
}

/** The values of one mask. */
export interface MaskedCounts {
  readonly name: string | null;
  readonly values: ValueCounts;
  /** What stood there in the first line; null where that is not known. */
  readonly first: string | null;
}

/** The count and times of a row. */
export interface RowCount {
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** The form in the state (JSON). `h`: hours, null if unknown; `m`: masks, null if there was no room. */
export interface StoredDetail {
  readonly h?: Readonly<Hours> | null | undefined;
  readonly m?: readonly StoredMask[] | null | undefined;
}

export interface StoredMask extends StoredValues {
  readonly n?: string | undefined;
  /** The first value, where it is not the first of those that are kept. */
  readonly f?: string | undefined;
}

export const NO_ROW_STATS: RowStats = { hours: 'implied', masked: null };

/** The form in the state; null when there is nothing to store. */
export function storeRowStats({ hours, masked }: RowStats): string | null {
  if (hours === 'implied' && masked === null) return null;
  const stored: StoredDetail = {
    ...(hours === 'implied' ? {} : { h: hours === 'unknown' ? null : hours }),
    ...(masked === null ? {} : { m: masked === 'no-room' ? null : masked.map(storeMasked) }),
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

/** Reads the form in the state; null: nothing was stored. */
export function rowStatsOf(stored: StoredDetail | null): RowStats {
  if (stored === null) return NO_ROW_STATS;
  const { h, m } = stored;
  return {
    hours: h === undefined ? 'implied' : (h ?? 'unknown'),
    masked: m === undefined ? null : (m?.map(readMasked) ?? 'no-room'),
  };
}

/** Merges two rows of one message; changes the values of the first. */
export function mergeRowStats(a: RowStats & RowCount, b: RowStats & RowCount): RowStats {
  return { hours: hoursTogether(a, b), masked: mergeMasked(a.masked, b.masked) };
}

/** The same, whichever comes first: what stood there in the first line is that of the row with the earlier time. */
export function mergeRowStatsByTime(a: RowStats & RowCount, b: RowStats & RowCount): RowStats {
  const isEarlier = b.first !== null && (a.first === null || b.first < a.first);
  return isEarlier ? mergeRowStats(b, a) : mergeRowStats(a, b);
}

function hoursTogether(a: RowStats & RowCount, b: RowStats & RowCount): RowStats['hours'] {
  const before = hoursOf(a);
  const after = hoursOf(b);
  if (before === null || after === null) return 'unknown';
  const all = mergeHours(before, after);
  return all.length === 2 && all[1] === addCounts(a.count, b.count) ? 'implied' : all;
}

function mergeMasked(a: RowStats['masked'], b: RowStats['masked']): RowStats['masked'] {
  if (a === 'no-room' || b === 'no-room') return 'no-room';
  if (a === null || b === null) return a ?? b;
  for (const [at, { values }] of b.entries()) a[at]?.values.merge(values);
  return [...a, ...b.slice(a.length)];
}

/** null: unknown. */
function hoursOf({ hours, count, first, last }: RowStats & RowCount): Readonly<Hours> | null {
  if (hours === 'unknown') return null;
  if (hours !== 'implied') return hours;
  if (first === null || last === null) return [];
  const hour = hourOf(first);
  return hour === hourOf(last) ? [hour, count] : null;
}

/** For a letter. */
export function detailOf(row: RowStats & RowCount): Detail {
  const hours = pairs(hoursOf(row) ?? []);
  if (row.masked === 'no-room') return { hours, masked: [], noRoom: true };
  return { hours, masked: (row.masked ?? []).map((mask) => summaryOf(mask, row.count)) };
}

/** A line that was only repeated, or that came before values were kept, has a count and no values. */
function summaryOf({ name, values, first }: MaskedCounts, lines: number): MaskedValues {
  const { about, top, ...summary } = values.summary();
  const known = top.reduce((sum, { count }) => sum + count, 0);
  const seen = { name, ...summary, about, atLeast: !about && known < lines, top };
  return first === null ? seen : { ...seen, first };
}

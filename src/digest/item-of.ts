import { compare } from '../compare.js';
import { addCounts } from '../count.js';
import { detailOf, NOTHING_GATHERED } from '../detail/gathered.js';
import type { Item, LetterMessage } from './letter.js';
import { mergeDetails } from './merge-details.js';

/** A message of one host. */
export interface HostRow extends LetterMessage {
  readonly host: string;
}

/** One message on all hosts that said it: its lines together, and what is known of them. */
export function itemOf(rows: readonly HostRow[]): Item {
  const [one] = rows;
  return {
    message: one?.message ?? '',
    count: rows.reduce((sum, { count }) => addCounts(sum, count), 0),
    first: extreme(
      Math.min,
      rows.map(({ first }) => first),
    ),
    last: extreme(
      Math.max,
      rows.map(({ last }) => last),
    ),
    ...mergedDetail(rows),
    hosts: rows
      .map(({ host, count }) => ({ host, count }))
      .sort((a, b) => b.count - a.count || compare(a.host, b.host)),
  };
}

function mergedDetail(rows: readonly HostRow[]): Pick<LetterMessage, 'detail'> {
  const [one] = rows;
  if (rows.length === 1) return one?.detail ? { detail: one.detail } : {};
  const details = rows.map(({ detail, ...row }) => detail ?? detailOf({ ...NOTHING_GATHERED, ...row }));
  return details.every(({ hours, masked }) => hours.length + masked.length === 0)
    ? {}
    : { detail: mergeDetails(details) };
}

function extreme(pick: (a: number, b: number) => number, times: readonly (number | null)[]): number | null {
  return times.reduce((a, b) => (a === null ? b : b === null ? a : pick(a, b)), null);
}

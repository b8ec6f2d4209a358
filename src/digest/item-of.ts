import { compare } from '../compare.js';
import { hourOf } from '../detail/hours.js';
import type { Detail } from '../queue/detail.js';
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
    count: rows.reduce((sum, { count }) => sum + count, 0),
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
  const details = rows.map(({ detail, ...row }) => detail ?? { hours: toldHours(row), masked: [] });
  return details.every(({ hours, masked }) => hours.length + masked.length === 0)
    ? {}
    : { detail: mergeDetails(details) };
}

/** The hours that a row tells without a detail. */
function toldHours({ count, first, last }: HostRow): Detail['hours'] {
  if (first === null || last === null) return [];
  return hourOf(first) === hourOf(last) ? [[hourOf(first), count]] : [];
}

function extreme(pick: (a: number, b: number) => number, times: readonly (number | null)[]): number | null {
  return times.reduce((a, b) => (a === null ? b : b === null ? a : pick(a, b)), null);
}

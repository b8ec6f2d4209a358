import { compare } from '../../base/compare.js';
import { addCounts } from '../../base/count.js';
import { pairs } from '../../values/hours.js';
import { detailOf, NO_ROW_STATS } from '../../values/row-stats.js';
import type { Item, LetterMessage } from '../letter.js';
import { mergeDetails } from './merge-details.js';
import type { Rest } from './recount.js';

/** A message of one host. */
export interface HostRow extends LetterMessage {
  readonly host: string;
}

/** Merges the rows of one message on all its hosts into an item. `rest`: the counts of hosts without a row. */
export function itemOf(rows: readonly HostRow[], rest: Rest | null = null): Item {
  const [one] = rows;
  const all = rest ? [...rows, { count: rest.lines, first: rest.first, last: rest.last }] : rows;
  const named = [...rows.map(({ host, count }) => ({ host, count })), ...(rest?.top ?? [])];
  const moreHosts = rest ? rest.hosts - rest.top.length : 0;
  return {
    message: one?.message ?? '',
    count: all.reduce((sum, { count }) => addCounts(sum, count), 0),
    first: extreme(
      Math.min,
      all.map(({ first }) => first),
    ),
    last: extreme(
      Math.max,
      all.map(({ last }) => last),
    ),
    ...mergedDetail(rows, rest),
    hosts: named.sort((a, b) => b.count - a.count || compare(a.host, b.host)),
    ...(moreHosts > 0 ? { moreHosts } : {}),
  };
}

/** The rest has hours and no values: then there may be more values. */
function mergedDetail(rows: readonly HostRow[], rest: Rest | null): Pick<LetterMessage, 'detail'> {
  const [one] = rows;
  if (rows.length === 1 && !rest) return one?.detail ? { detail: one.detail } : {};
  const details = [
    ...rows.map(({ detail, ...row }) => detail ?? detailOf({ ...NO_ROW_STATS, ...row })),
    ...(rest ? [{ hours: pairs(rest.hours), masked: [] }] : []),
  ];
  return details.every(({ hours, masked }) => hours.length + masked.length === 0)
    ? {}
    : { detail: mergeDetails(details) };
}

function extreme(pick: (a: number, b: number) => number, times: readonly (number | null)[]): number | null {
  return times.reduce((a, b) => (a === null ? b : b === null ? a : pick(a, b)), null);
}

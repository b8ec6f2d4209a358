import { compare } from '../../base/compare.js';
import { addCounts } from '../../base/count.js';
import type { Detail, MaskedValues } from '../../values/detail.js';

/** How many values of a group a letter keeps. */
const MAX_MERGED_VALUES = 50;

/** Merges the details of a message on several hosts. */
export function mergeDetails(details: readonly Detail[]): Detail {
  const [only] = details;
  if (only && details.length === 1) return only;
  const groups = Math.max(...details.map(({ masked }) => masked.length));
  return {
    hours: mergeHours(details),
    masked: Array.from({ length: groups }, (_, at) => {
      const values = details.flatMap(({ masked }) => masked[at] ?? []);
      return mergeValues(values, values.length === details.length ? 'all' : 'some');
    }),
  };
}

function mergeHours(details: readonly Detail[]): Detail['hours'] {
  const hours = new Map<number, number>();
  for (const [hour, lines] of details.flatMap((detail) => detail.hours))
    hours.set(hour, addCounts(hours.get(hour) ?? 0, lines));
  return [...hours].sort(([a], [b]) => a - b);
}

/** `of`: whether all have values. The overlap of estimated numbers is not known. */
function mergeValues(values: readonly MaskedValues[], of: 'all' | 'some'): MaskedValues {
  const counts = new Map<string, number>();
  for (const { value, count } of values.flatMap(({ top }) => top))
    counts.set(value, (counts.get(value) ?? 0) + count);
  const exact = values.every(({ about, distinct, top }) => !about && distinct === top.length);
  const most = Math.max(...values.map(({ distinct }) => distinct));
  const top = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compare(a.value, b.value));
  const first = values[0]?.first;
  return {
    name: values[0]?.name ?? null,
    ...(first === undefined ? {} : { first }),
    distinct: exact ? counts.size : Math.max(most, counts.size),
    about: values.some(({ about }) => about),
    atLeast: of === 'some' || values.some(({ atLeast }) => atLeast) || (values.length > 1 && !exact),
    top: top.slice(0, MAX_MERGED_VALUES),
  };
}

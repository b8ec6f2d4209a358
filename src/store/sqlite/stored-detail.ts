import type { Hours } from '../../values/hours.js';
import type { StoredDetail, StoredMask } from '../../values/row-stats.js';
import type { StoredValues } from '../../values/space-saving.js';
import { count, type Field, json, list, Misfit, object, optional, orNull, text } from './decode.js';

/** Hours and lines by turns, as `Hours` says. Versions before MAX_COUNT wrote infinite counts, which are null. */
const hours: Field<Readonly<Hours>> = (value) => {
  if (!Array.isArray(value) || value.length % 2 !== 0) throw new Misfit(value, 'hours and lines');
  return value.every(Number.isSafeInteger)
    ? (value as number[])
    : value.map((one, at) => (at % 2 === 0 ? whole(one) : count(one)));
};

const whole: Field<number> = (value) => {
  if (!Number.isSafeInteger(value)) throw new Misfit(value, 'a whole number');
  return value as number;
};

/** Value, sure and error by turns, looked at where they lie: they are most of what a state holds. */
const values: Field<StoredMask['v']> = (value) => {
  if (!Array.isArray(value) || value.length % 3 !== 0) throw new Misfit(value, 'values and their counts');
  for (let at = 0; at < value.length; at++)
    if (at % 3 === 0 ? typeof value[at] !== 'string' : !(value[at] >= 0)) throw new Misfit(value, 'values');
  return value as (string | number)[];
};

const VALUES = { v: values, floor: optional(count), registers: optional(text) };

const masks = list(object({ n: optional(text), f: optional(text), ...VALUES }));

/** Counts of values, as JSON. */
export const storedValues: Field<StoredValues> = json(object(VALUES));

/** The column `tally.detail`. */
export const storedDetail: Field<StoredDetail> = json(
  object({ h: optional(orNull(hours)), m: optional(orNull(masks)) }),
);

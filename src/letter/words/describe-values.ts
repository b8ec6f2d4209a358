import { isIP } from 'node:net';
import { escapeControl } from '../../base/text/escape.js';
import type { MaskedValues } from '../../values/detail.js';
import { shorten } from '../render/columns.js';
import type { ValueKind, Words } from './words.js';

/** Longer values are shortened. */
const VALUE_COLUMNS = 40;

/** The values of one mask in words: `40 users (root 311, admin 204, ...)`. `most`: how many values to name. */
export function describeValues(
  { name, distinct, about, atLeast, top }: MaskedValues,
  most: number,
  words: Words,
): string {
  const stands = top.length > 0 && (distinct === 1 || (top[0]?.count ?? 0) > 1);
  const listed = stands ? top.slice(0, most) : [];
  return words.group({
    what: name === null ? { kind: kindOf(top) } : { name: shorten(escapeControl(name), VALUE_COLUMNS) },
    distinct: about ? rounded(distinct) : distinct,
    about,
    atLeast,
    low: about || atLeast,
    listed: listed.map(({ value, count }) => shownValue(value, distinct === 1 ? null : count, words)),
    more: distinct > listed.length,
  });
}

function shownValue(value: string, count: number | null, words: Words): string {
  const shown = value.trim() === '' ? words.nothing : shorten(escapeControl(value), VALUE_COLUMNS);
  return count === null ? shown : `${shown} ${count}`;
}

function kindOf(top: MaskedValues['top']): ValueKind {
  const values = top.map(({ value }) => value).filter((value) => value !== '');
  if (values.length === 0) return 'values';
  if (values.every((value) => isIP(value) !== 0)) return 'addresses';
  return values.every((value) => /^\d+$/.test(value)) ? 'numbers' : 'values';
}

/** An estimate has two significant figures. */
function rounded(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / unit) * unit;
}

import { parse } from 'node:path';
import { compare } from '../../../base/compare.js';
import { type Packing, packingOf } from './unpack.js';

/** What the name of a rotated log says about it. */
export interface RotatedName {
  readonly packing: Packing | null;
  /** Whether no live log has such a name: `app-2.log` and `web-2` may well be logs of a second `app` or `web`. */
  readonly sure: boolean;
  readonly age: Age;
}

/** The part of the name that gives its age: a number grows with age, a date (or an epoch) does not. */
type Age =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'date'; readonly text: string };

/** What logrotate and its kin append: `.1`, `-20261120`, `-20261120-1795246220`, `.2026-11-20T10`, `.old`. */
const AGE = /^[.\-_](?:\d[\d.\-_:TZ]*|old)$/;

/** A year and a month, so that it is not a mere number. */
const DATE = /^[.\-_]\d{4}[.\-_]?\d\d/;

/** Reads the name of a file as that of a rotated `base` (`x.log.2.gz`, `x-20261120.log`); null when it is not one. */
export function readRotatedName(base: string, name: string): RotatedName | null {
  const { packing, plain } = packingOf(name);
  const appended = plain.startsWith(base) ? plain.slice(base.length) : null;
  const age = appended ?? insertedAge(base, plain);
  if (age === null || !AGE.test(age)) return null;
  const isDate = DATE.test(age);
  const sure = isDate || (appended !== null && age.startsWith('.'));
  return { packing, sure, age: readAge(age, isDate) };
}

/** The names of logs of which a file could be a rotated one, by its name; `readRotatedName` decides. */
export function possibleBases(name: string): string[] {
  const { plain } = packingOf(name);
  const { name: stem, ext } = parse(plain);
  const bases: string[] = [];
  for (const match of plain.matchAll(/[.\-_]/g)) {
    if (match.index > 0) bases.push(plain.slice(0, match.index));
    if (match.index > 0 && match.index < stem.length && ext !== '')
      bases.push(plain.slice(0, match.index) + ext);
  }
  return bases;
}

/** logrotate's `extension`: the age stands before the ending that the log keeps. */
function insertedAge(base: string, name: string): string | null {
  const { name: stem, ext } = parse(base);
  const fits = ext !== '' && name.startsWith(stem) && name.endsWith(ext);
  return fits && name.length > base.length ? name.slice(stem.length, -ext.length) : null;
}

function readAge(age: string, isDate: boolean): Age {
  const number = Number(age.slice(1));
  if (isDate || Number.isNaN(number)) return { kind: 'date', text: age };
  return { kind: 'number', number };
}

/** Orders two rotated logs by their names, the older first; 0 when the names do not tell. */
export function compareAge(a: RotatedName, b: RotatedName): number {
  if (a.age.kind === 'number' && b.age.kind === 'number') return b.age.number - a.age.number;
  if (a.age.kind === 'date' && b.age.kind === 'date') return compare(a.age.text, b.age.text);
  return 0;
}

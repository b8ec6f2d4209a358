import { createHash } from 'node:crypto';

/** A longer key is remembered by its beginning and its SHA-256 (UTF-16 units): a line may be a megabyte. */
const MAX_KEY = 200;
const SHOWN_OF_LONG_KEY = 64;

/** Values of one group that a message names are cut at this length (UTF-16 units). */
const MAX_NAMED = 100;

/** A value for each group, by name; null or nothing: the group took no part, or the rule has none of that name. */
export type GroupValues = ReadonlyMap<string, string | null>;

/** The key of a line: the values of its groups. The host stands for a missing value, and cannot be taken for one. */
export function keyOf(by: readonly string[], values: GroupValues, host: string): string {
  const [only] = by;
  if (only === undefined) return short(host);
  const value = by.length === 1 ? (values.get(only) ?? null) : null;
  if (value !== null && !value.startsWith('[')) return short(value);
  return short(JSON.stringify(by.map((name) => values.get(name) ?? [host])));
}

/** The key in words, such as `ip 192.0.2.1, user root`; the host is not named: it stands above each message. */
export function keyInWords(by: readonly string[], values: GroupValues): string {
  return by
    .flatMap((name) => {
      const value = values.get(name) ?? null;
      return value === null ? [] : [`${name} ${cut(value)}`];
    })
    .join(', ');
}

function short(key: string): string {
  if (key.length <= MAX_KEY) return key;
  return `${key.slice(0, SHOWN_OF_LONG_KEY)}... ${createHash('sha256').update(key).digest('hex')}`;
}

function cut(value: string): string {
  return value.length <= MAX_NAMED ? value : `${value.slice(0, MAX_NAMED).replace(HALF, '')}...`;
}

/** The first half of a character beyond U+FFFF, whose second half is cut off. */
const HALF = /[\ud800-\udbff]$/;

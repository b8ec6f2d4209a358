import type { NamedPatterns } from './expand-patterns.js';

const { raw } = String;

/** Patterns that every config knows: name, regex, and what it takes, in words. They have no groups. */
export const BUILT_IN_PATTERNS: readonly (readonly [name: string, regex: string, takes: string])[] = [
  [
    'IP',
    raw`(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,8}(?:(?:\.\d{1,3}){3})?(?:%[\w.-]+)?)`,
    'an address of IPv4 or IPv6',
  ],
  ['HOST', raw`[A-Za-z\d_](?:[\w.-]*\w)?`, 'the name of a host, or an address of IPv4'],
  ['USER', raw`[\w.@+\\-]+\$?`, 'the name of a user'],
  ['MAIL', raw`[^\s<>@"(),:;\[\]]+@[\w-]+(?:\.[\w-]+)*`, 'a mail address'],
  ['PATH', raw`[~.]{0,2}/[^\s"'<>|;,:()\[\]]*`, 'a path with slashes'],
  ['NUMBER', raw`[-+]?\d+(?:[.,]\d+)*`, 'a number, with sign and groups'],
  ['HEX', raw`(?:0[xX])?[\da-fA-F]+`, 'a hexadecimal number'],
  ['UUID', raw`[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}`, 'a UUID'],
  ['MAC', raw`[\da-fA-F]{2}(?:[:-][\da-fA-F]{2}){5,}`, 'a hardware address'],
];

/** The same as a config holds them. */
export const BUILT_INS: NamedPatterns = new Map(BUILT_IN_PATTERNS.map(([name, regex]) => [name, { regex }]));

/** Whether the names of built-in patterns mean to a config what is built in. `place`: null for what is built in. */
export function knowsBuiltIns(
  patterns: readonly { readonly name: string; readonly place: unknown }[],
): boolean {
  return patterns.every(({ name, place }) => place === null || !BUILT_INS.has(name));
}

import { isIP } from 'node:net';
import { escapeControl } from '../../base/text/escape.js';
import type { MaskedValues } from '../../values/detail.js';
import type { ShownMask } from '../build/show-message.js';
import { columnsOf, shorten } from '../render/columns.js';
import type { ValueKind, Words } from './words.js';

/** Longer values are shortened. */
const VALUE_COLUMNS = 40;

/** How many values of a mask are named; the rest is a number. */
const MAX_NAMED_VALUES = 3;

/** What the masks of a message hid stands in one line below it. */
const MAX_VALUE_COLUMNS = 71;

/**
 * What stood under the masks of a message, mask by mask, as far as that tells a reader something and has room in a line:
 * the more masks there are, the fewer values of each are named.
 */
export function describeMasks(
  masks: readonly ShownMask[],
  words: Words,
  told: ReadonlySet<string> = NONE,
): string[] {
  const telling = masks.filter(tellsSomething).filter((mask, at, all) => !isRepeated(mask, all.slice(0, at)));
  for (let most = MAX_NAMED_VALUES; most > 0; most--) {
    const all = describeAll(telling, most, words, told);
    if (columnsOf(all.join(words.comma)) <= MAX_VALUE_COLUMNS) return all;
  }
  return describeAll(telling, 0, words, told);
}

const NONE: ReadonlySet<string> = new Set();

/** Whether the values that would be named are told elsewhere. */
function isTold({ top }: ShownMask, told: ReadonlySet<string>): boolean {
  return top.slice(0, MAX_NAMED_VALUES).every(({ value }) => told.has(value));
}

/** That a number is no more than a guess is said once. */
function describeAll(
  masks: readonly ShownMask[],
  most: number,
  words: Words,
  told: ReadonlySet<string>,
): string[] {
  const guessed = masks.findIndex(({ about, atLeast }) => about || atLeast);
  return masks.map((mask, at) =>
    describeValues(
      mask,
      isTold(mask, told) ? 0 : most,
      words,
      at > guessed && guessed >= 0 ? 'said' : 'unsaid',
    ),
  );
}

/** Some programs say the same thing twice in a line. */
function isRepeated({ top }: ShownMask, before: readonly ShownMask[]): boolean {
  return before.some((mask) => JSON.stringify(mask.top) === JSON.stringify(top));
}

/**
 * What stood under one mask, in words: `40 users (root 311, admin 204, oracle 97, 37 more)`. `most`: of the values it
 * names; `guess`: whether it has been said already that numbers are guesses.
 */
export function describeValues(
  { name, distinct, about, atLeast, top }: MaskedValues,
  most: number,
  words: Words,
  guess: 'said' | 'unsaid' = 'unsaid',
): string {
  const isEachOnce = (top[0]?.count ?? 0) <= 1;
  const isListed = distinct <= most || !isEachOnce;
  const listed = isListed ? top.slice(0, most) : [];
  return words.group({
    what: name === null ? { kind: kindOf(top) } : { name: shorten(escapeControl(name), VALUE_COLUMNS) },
    distinct: about ? rounded(distinct) : distinct,
    about: about && guess === 'unsaid',
    atLeast: atLeast && !about && guess === 'unsaid',
    listed: listed.map(({ value, count }) =>
      shownValue(value, distinct === 1 || isEachOnce ? null : count, words),
    ),
    more: distinct - listed.length,
    isMoreKnown: !about && !atLeast,
  });
}

/** Names of groups whose values tell nobody anything: ports, processes, ids, times, sizes. */
const IDLE_NAME =
  /^(?:.*[_-])?(?:port|pid|tid|id|uid|gid|time|stamp|uptime|date|seq|serial|inode|size|bytes|delays?)$/i;

/** Stands before such a value where the rule does not name the group. */
const BEFORE_IDLE = /(?:\b(?:port|pid|uid|gid|id|serial|inode)[ =:#]*|#)$/i;

/** Numbers, times, and ids of random digits and letters. */
const IDLE_VALUE =
  /^(?:[-+~]?[\d.,:]+(?: ?(?:%|[kKMGT]?i?B|[mnu]?s|\w?Hz))?|(?:0x)?(?=\w*\d)[\da-f]{6,}|(?=\w*\d)[\dA-Z]{8,}|(?=\w*\d)(?=\w*[A-Z])\w{10,}|[\da-f]{8}-[\da-f-]{27}|\d{4}-\d\d-\d\d[T ].*)$/;

function tellsSomething({ name, before, distinct, top }: ShownMask): boolean {
  const values = top.map(({ value }) => value.trim()).filter((value) => value !== '');
  if (values.length === 0) return false;
  if (name !== null) return !IDLE_NAME.test(name);
  if (values.every(isAddress)) return true;
  if (BEFORE_IDLE.test(before) || values.every((value) => IDLE_VALUE.test(value))) return false;
  return distinct <= MAX_NAMED_VALUES || (top[0]?.count ?? 0) > 1;
}

function isAddress(value: string): boolean {
  return isIP(value) !== 0;
}

function shownValue(value: string, count: number | null, words: Words): string {
  const shown = value.trim() === '' ? words.nothing : shorten(escapeControl(value), VALUE_COLUMNS);
  return count === null ? shown : `${shown} ${count}`;
}

function kindOf(top: MaskedValues['top']): ValueKind {
  const values = top.map(({ value }) => value).filter((value) => value !== '');
  if (values.length === 0) return 'values';
  if (values.every(isAddress)) return 'addresses';
  return values.every((value) => /^\d+$/.test(value)) ? 'numbers' : 'values';
}

/** An estimate has two significant figures. */
function rounded(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / unit) * unit;
}

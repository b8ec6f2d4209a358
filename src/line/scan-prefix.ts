import { flatten } from '../base/text/flatten.js';
import { isDigit } from '../base/text/is-digit.js';
import type { TextBlock } from '../base/text/text-block.js';
import type { Excerpt } from './excerpt.js';
import { isHostWord, MAX_HOST_BYTES } from './host-name.js';
import { isLevel, PRIORITIES } from './level.js';
import type { PrefixOptions } from './read-prefix.js';
import { createTimestampReader } from './timestamp.js';

/** As in the table of dialects, but for lines inside a larger text: blanks are no newlines here. */
const CLASSIC_STAMP =
  /[A-Z][a-z]{2}[ \t\r\f\v][ \t\r\f\v\d]\d[ \t\r\f\v]\d\d:\d\d:\d\d[ \t\r\f\v](?=[^ \t\n\r\f\v]+[ \t\r\f\v])/y;
const CLASSIC_WIDTH = 16;
/** `2026-11-20T12:30:00.123456789+09:00 ` */
const MAX_STAMP_LENGTH = 36;
const MODERN_STAMP =
  /\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:[Zz]|[+-]\d\d:?\d\d)?[ \t](?=[^ \t\n\r\f\v]+[ \t])/y;

/** Slots of the cache of host names, by hash; a power of two. */
const HOST_SLOTS = 256;

/** Words that look like a host but may not be one: what follows decides. Numbers are threads in some files. */
const DOUBTFUL = /^(?:last|above|message|Message|From|\d+)$/;
/** `authpriv|security:information` */
const MAX_LEVEL_WORD = 30;

/**
 * Finds the prefix of a line in place, for the two dialects of almost all lines, with or without `<PRI>`, and sets `excerpt` to the rest. False: use
 * `createLineReader`, which gives the same results, more slowly.
 */
export function createPrefixScanner(
  options: PrefixOptions,
): (excerpt: Excerpt, whole: TextBlock, from: number, to: number) => boolean {
  const { hidepid, prefixes = [] } = options;
  if (prefixes.length > 0) return () => false;
  const stamps = createTimestampReader(options.timezone, options.now);
  const hosts = new Hosts();
  // A `logprefix` is tried before ours, and behind `<PRI>` before all others.
  const modern = options.logprefixes.length === 0;
  /** The last timestamp: many lines in a row are of the same second. As character codes, which are faster to compare. */
  const lastStamp = new Uint16Array(MAX_STAMP_LENGTH);
  let lastWidth = 0;
  let lastTime: number | null = null;

  /** The offset of the host behind a stamp that is not the last one, or -1. */
  function scanStamp({ text, units }: TextBlock, from: number): number {
    const width = stampWidth(text, from);
    if (width < 0 || width > MAX_STAMP_LENGTH) return -1;
    lastStamp.set(units.subarray(from, from + width));
    lastWidth = width;
    lastTime = stamps.read(flatten(text.slice(from, from + width)));
    return from + width;
  }

  /** Compares from the end, where timestamps differ. */
  function isLastStamp(units: Uint16Array, from: number): boolean {
    for (let i = lastWidth - 1; i >= 0; i--) if (units[from + i] !== lastStamp[i]) return false;
    return true;
  }

  function stampWidth(text: string, from: number): number {
    CLASSIC_STAMP.lastIndex = from;
    if (CLASSIC_STAMP.test(text)) return CLASSIC_WIDTH;
    MODERN_STAMP.lastIndex = from;
    return modern && MODERN_STAMP.test(text) ? MODERN_STAMP.lastIndex - from : -1;
  }

  return (excerpt, whole, line, to) => {
    const { units } = whole;
    const from = units[line] === LESS && modern ? behindPriority(whole, line) : line;
    const start = lastWidth > 0 && isLastStamp(units, from) ? from + lastWidth : scanStamp(whole, from);
    if (start < 0) return false;
    const end = findBlank(units, start, to);
    // The last stamp was followed by a host and a blank, this one may not be.
    if (end <= start || end === to || end - start > MAX_HOST_BYTES) return false;
    const isClassic = lastWidth === CLASSIC_WIDTH;
    // RFC 3339 lines need a blank or tab here.
    if (!isClassic && units[end] !== SPACE && units[end] !== TAB) return false;
    const space = findSpace(units, end + 1, to);
    const colon = space < to ? space - 1 : to;
    const hasTag = colon > end && colon < to && units[colon] === COLON;
    if (!hasTag && !(isClassic && isPlain(whole, end + 1, colon + 1, to))) return false;
    if (!isClassic && (colon === end + 1 || units[colon + 2] === BYTE_ORDER_MARK)) return false;
    const host = hosts.known(units, start, end) ?? hosts.learn(whole, start, end);
    if (host === null) return false;
    excerpt.host = host;
    excerpt.time = lastTime;
    excerpt.priority = from > line ? priorityAt(whole, line) : null;
    excerpt.dialect = isClassic ? 'RFC 3164' : 'RFC 3339';
    const open = hidepid && hasTag ? findPid(units, end + 1, colon) : -1;
    if (open < 0) excerpt.set(whole, end + 1, to);
    else excerpt.setWithGap(whole, end + 1, open, colon, to);
    return true;
  };
}

/** Digits of a `<PRI>`. */
const MAX_PRIORITY_DIGITS = 3;

/** Where the line goes on behind `<PRI>` and blanks; `from` where none stands there. */
function behindPriority({ units }: TextBlock, from: number): number {
  let at = from + 1;
  while (at <= from + MAX_PRIORITY_DIGITS && isDigit(units[at] as number)) at++;
  if (at === from + 1 || units[at] !== MORE) return from;
  at++;
  while (units[at] === SPACE || units[at] === TAB) at++;
  return priorityAt({ units }, from) === null ? from : at;
}

/** What the `<PRI>` at `from` says; null: there is no such priority. */
function priorityAt({ units }: Pick<TextBlock, 'units'>, from: number): string | null {
  let priority = 0;
  for (let at = from + 1; units[at] !== MORE; at++) priority = 10 * priority + (units[at] as number) - ZERO;
  return PRIORITIES[priority] ?? null;
}

/** Whether the word after the host is neither a level, which is not part of the message, nor the start of an AIX forward. */
function isPlain({ text, units }: TextBlock, from: number, end: number, to: number): boolean {
  if (end <= from || end > to || end - from > MAX_LEVEL_WORD || !isLetter(units[from] as number)) return true;
  const word = text.slice(from, end);
  return word !== 'Message' && !isLevel(word);
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

const TAB = 9;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const ZERO = 48;
const COLON = 58;
const LESS = 60;
const MORE = 62;
const BYTE_ORDER_MARK = 0xfeff;

/** The first of Perl's blanks from `from` on, or `to`. */
function findBlank(units: Uint16Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = units[at] as number;
    if (code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN)) return at;
  }
  return to;
}

/** The first space from `from` on, or `to`. */
function findSpace(units: Uint16Array, from: number, to: number): number {
  let at = from;
  while (at < to && units[at] !== SPACE) at++;
  return at;
}

/** A cache of host names, by a hash: equal names share one string. */
class Hosts {
  readonly #names: string[] = new Array(HOST_SLOTS).fill('');
  readonly #units: Uint16Array[] = new Array(HOST_SLOTS).fill(new Uint16Array());

  known(units: Uint16Array, from: number, to: number): string | null {
    const slot = slotOf(units, from, to);
    const name = this.#units[slot] as Uint16Array;
    if (name.length !== to - from) return null;
    for (let at = 0; at < name.length; at++) if (units[from + at] !== name[at]) return null;
    return this.#names[slot] as string;
  }

  /** null: it cannot be a host name. */
  learn({ text, units }: TextBlock, from: number, to: number): string | null {
    const host = flatten(text.slice(from, to));
    if (!isHostWord(host) || DOUBTFUL.test(host)) return null;
    const slot = slotOf(units, from, to);
    this.#names[slot] = host;
    this.#units[slot] = units.slice(from, to);
    return host;
  }
}

function slotOf(units: Uint16Array, from: number, to: number): number {
  const hash = (to - from) * 31 + (units[from] as number) * 7 + (units[to - 1] as number) * 131;
  return (hash ^ (hash >> 8)) & (HOST_SLOTS - 1);
}

/**
 * The offset of the `[` of `word[123]:`, or -1: `s/^(\S+)\[\d+\]: /$1: /`, as a gap. `colon`: where the first word ends.
 * Searches backwards from the colon, which is fastest.
 */
function findPid(units: Uint16Array, from: number, colon: number): number {
  if (colon < from + 3 || units[colon - 1] !== 93 /* ] */) return -1;
  let open = colon - 2;
  while (open > from && isDigit(units[open] as number)) open--;
  if (open === from || open === colon - 2 || units[open] !== 91 /* [ */) return -1;
  // Other blanks also end the word.
  return findBlank(units, from, open) === open ? open : -1;
}

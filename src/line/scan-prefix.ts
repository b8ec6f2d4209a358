import { ownText } from '../own-text.js';
import type { Excerpt } from './excerpt.js';
import type { LineOptions } from './read-line.js';
import { createTimestampReader } from './timestamp.js';

/** As in `read-line`, but for lines inside a larger text: blanks are no newlines here. */
const CLASSIC_STAMP =
  /[A-Z][a-z]{2}[ \t\r\f\v][ \t\r\f\v\d]\d[ \t\r\f\v]\d\d:\d\d:\d\d[ \t\r\f\v](?=[^ \t\n\r\f\v]+[ \t\r\f\v])/y;
const CLASSIC_WIDTH = 16;
const MODERN_STAMP =
  /\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:[Zz]|[+-]\d\d:?\d\d)?[ \t](?=[^ \t\n\r\f\v]+[ \t])/y;

/** Hosts kept at hand, by a hash of their name; a power of two. */
const HOST_SLOTS = 256;

/**
 * Finds the prefix of a line where it lies, for the two forms that almost all lines have, and lays `excerpt` around
 * the rest. False: it is to be read by `createLineReader`, which says the same in its own time.
 */
export function createPrefixScanner(
  options: LineOptions,
): (excerpt: Excerpt, whole: string, from: number, to: number) => boolean {
  const { hidepid } = options;
  const stamps = createTimestampReader(options.timezone, options.now);
  const findHost = createHostFinder();
  // A `logprefix` is tried before ours.
  const modern = options.logprefixes.length === 0;
  /** Many lines of one second come one after another. */
  let lastStamp = '?';
  let lastTime: number | null = null;

  /** Where the host begins, or -1. */
  function scanStamp(whole: string, from: number): number {
    if (whole.startsWith(lastStamp, from)) return from + lastStamp.length;
    const width = stampWidth(whole, from);
    if (width < 0) return -1;
    lastStamp = ownText(whole.slice(from, from + width));
    lastTime = stamps.read(lastStamp);
    return from + width;
  }

  function stampWidth(whole: string, from: number): number {
    CLASSIC_STAMP.lastIndex = from;
    if (CLASSIC_STAMP.test(whole)) return CLASSIC_WIDTH;
    MODERN_STAMP.lastIndex = from;
    return modern && MODERN_STAMP.test(whole) ? MODERN_STAMP.lastIndex - from : -1;
  }

  return (excerpt, whole, from, to) => {
    const start = scanStamp(whole, from);
    if (start < 0) return false;
    const end = findBlank(whole, start, to);
    // The last stamp was followed by a host and a blank, this one may not be.
    if (end === start || end === to) return false;
    // RFC 3339 wants a blank or tab there, and says no more.
    if (whole.charCodeAt(end) > TAB && whole.charCodeAt(end) < SPACE && lastStamp.length !== CLASSIC_WIDTH)
      return false;
    excerpt.host = findHost(whole, start, end);
    excerpt.time = lastTime;
    if (hidepid) layWithoutPid(excerpt, whole, end + 1, to);
    else excerpt.lay(whole, end + 1, to);
    return true;
  };
}

const TAB = 9;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** The first of Perl's blanks from `from` on, or `to`. */
function findBlank(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN)) return at;
  }
  return to;
}

/** Gives each host name as one and the same string. */
function createHostFinder(): (text: string, from: number, to: number) => string {
  const slots: string[] = new Array(HOST_SLOTS).fill('');
  return (text, from, to) => {
    const length = to - from;
    const hash = length * 31 + text.charCodeAt(from) * 7 + text.charCodeAt(to - 1) * 131;
    const slot = (hash ^ (hash >> 8)) & (HOST_SLOTS - 1);
    const known = slots[slot] as string;
    if (known.length === length && text.startsWith(known, from)) return known;
    const host = ownText(text.slice(from, to));
    slots[slot] = host;
    return host;
  };
}

/** `s/^(\S+)\[\d+\]: /$1: /`, as a gap. */
function layWithoutPid(excerpt: Excerpt, whole: string, from: number, to: number): void {
  const blank = findBlank(whole, from, to);
  const close = blank - 2;
  if (
    blank === to ||
    whole.charCodeAt(blank) !== SPACE ||
    whole.charCodeAt(blank - 1) !== 58 /* : */ ||
    whole.charCodeAt(close) !== 93 /* ] */
  )
    return void excerpt.lay(whole, from, to);
  let open = close - 1;
  while (open > from && isDigit(whole.charCodeAt(open))) open--;
  if (open <= from || open === close - 1 || whole.charCodeAt(open) !== 91 /* [ */)
    return void excerpt.lay(whole, from, to);
  excerpt.layWithGap(whole, from, open, close + 1, to);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

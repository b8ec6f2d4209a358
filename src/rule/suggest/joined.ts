import { digitsFrom, isDate, isHostName, isIpv4 } from './atoms.js';
import { isDigitCode, isHexCode, isLetterCode } from './char-classes.js';
import { TokenKind } from './tokens.js';

const { name, id, ipv6, mac, time, path } = TokenKind;

const DASH = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BACKSLASH = 92;
const TILDE = 126;

/** What texts with colons are as a whole: a time, an address, or an id of hexadecimal groups; -1 for none of these. */
export function colonKind(text: string, from: number, to: number): number {
  if (isClock(text, from, to) || isIsoTime(text, from, to)) return time;
  if (isMappedIpv6(text, from, to)) return ipv6;
  const end = withoutTail(text, from, to);
  const groups = hexGroups(text, from, end);
  if (groups === null) return -1;
  const { count, widest, narrowest, isCut } = groups;
  if (narrowest === 2 && widest === 2 && count >= 6) return mac;
  if (!hasDigit(text, from, to)) return -1;
  if (isCut || count === 8 || text.charCodeAt(end) === PERCENT) return ipv6;
  if (narrowest === 0) return -1;
  return count > 2 || isPciAddress(text, from, to) ? id : -1;
}

const PERCENT = 37;

/** Where a text ends without a zone, as in `fe80::1%eth0`, and without a fraction, as in `0000:00:1f.0`. */
function withoutTail(text: string, from: number, to: number): number {
  const zone = text.indexOf('%', from);
  if (zone > from && zone < to) return zone;
  for (let at = to - 2; at >= to - 3 && at > from; at--) if (text.charCodeAt(at) === DOT) return at;
  return to;
}

interface HexGroups {
  readonly count: number;
  readonly widest: number;
  readonly narrowest: number;
  /** `::` stands in it. */
  readonly isCut: boolean;
}

/** Hexadecimal groups with colons between them; null when there is anything else. */
function hexGroups(text: string, from: number, to: number): HexGroups | null {
  const groups = { count: 0, widest: 0, narrowest: MAX_GROUP + 1, isCut: false };
  let length = 0;
  for (let at = from; at <= to; at++) {
    const code = at < to ? text.charCodeAt(at) : COLON;
    if (isHexCode(code)) length += 1;
    else if (code !== COLON || length > MAX_GROUP) return null;
    else {
      groups.isCut ||= at < to && text.charCodeAt(at + 1) === COLON;
      groups.count += 1;
      groups.widest = Math.max(groups.widest, length);
      groups.narrowest = Math.min(groups.narrowest, length);
      length = 0;
    }
  }
  return groups;
}

/** Tokens that may be joined to one, at most. */
const MAX_GROUP = 4;

/** `::ffff:192.0.2.7` */
function isMappedIpv6(text: string, from: number, to: number): boolean {
  const last = text.lastIndexOf(':', to - 1);
  if (last <= from || !isIpv4(text, last + 1, to)) return false;
  for (let at = from; at < last; at++)
    if (text.charCodeAt(at) !== COLON && !isHexCode(text.charCodeAt(at))) return false;
  return text.slice(from, last + 1).includes('::');
}

/** `00:1f.0` */
function isPciAddress(text: string, from: number, to: number): boolean {
  return text.charCodeAt(from + 2) === COLON && text.charCodeAt(from + 5) === DOT && to <= from + 8;
}

/** `7:05`, `07:05:59`, `07:05:59.123` */
function isClock(text: string, from: number, to: number): boolean {
  const hours = digitsFrom(text, from, to);
  if (hours < 1 || hours > 2) return false;
  let at = from + hours;
  let parts = 1;
  for (; parts < 3 && text.charCodeAt(at) === COLON && digitsFrom(text, at + 1, to) === 2; parts++) at += 3;
  if (at < to && text.charCodeAt(at) === DOT && parts === 3) at += 1 + digitsFrom(text, at + 1, to);
  return parts > 1 && at === to;
}

/** `2026-11-29T07:05:59.123+09:00`, `2026/11/29:07:05:59`, `20261129-07:05:59:123`. */
function isIsoTime(text: string, from: number, to: number): boolean {
  const colon = text.indexOf(':', from);
  const day = digitsFrom(text, from, to) === 8 ? from + 8 : colon;
  if (!isDigitCode(text.charCodeAt(from)) || !(day === from + 8 || isDate(text, from, day))) return false;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isLetterCode(code) && code !== 84 && code !== 90) return false;
  }
  return to - from >= 13;
}

/** What a text with slashes is as a whole: a path, a date, the name of a component; -1 when it is to be cut there. */
export function pathKind(text: string, from: number, to: number): number {
  if (isDate(text, from, to)) return time;
  const first = text.indexOf('/', from);
  if (first === from) return isAddressBehind(text, from + 1, to) ? -1 : path;
  const code = text.charCodeAt(from);
  if (code === TILDE || code === DOT) return path;
  if (isHostName(text, from, first) || hasNoLetter(text, from, to)) return -1;
  const second = text.indexOf('/', first + 1);
  if (second > 0 && second < to) return isIsoTime(text, from, to) ? time : path;
  return isComponent(text, from, first, to);
}

function hasDigit(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isDigitCode(text.charCodeAt(at))) return true;
  return false;
}

/** `0.1/0.02/30/0`: numbers, and no path. */
function hasNoLetter(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isLetterCode(text.charCodeAt(at))) return false;
  return true;
}

/** `/192.0.2.7:80`, as Java prints addresses. */
function isAddressBehind(text: string, from: number, to: number): boolean {
  const colon = text.indexOf(':', from);
  return isIpv4(text, from, colon >= 0 && colon < to ? colon : to);
}

/** `org.example.app/.ui.Main`: names with dots on the left, and no number. -1: it is something else. */
function isComponent(text: string, from: number, slash: number, to: number): number {
  if (slash + 1 >= to || !isLetterCode(text.charCodeAt(from))) return -1;
  if (!text.slice(from, slash).includes('.')) return -1;
  let hasDigits = false;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isDigitCode(code)) hasDigits = true;
    else if (!(isLetterCode(code) || code === DOT || code === SLASH || code === 36 || code === 95)) return -1;
  }
  return hasDigits ? id : name;
}

/** `C:\Windows`, or two backslashes with a name between them. */
export function isWindowsPath(text: string, from: number, to: number): boolean {
  const first = text.indexOf('\\', from);
  if (first === from + 2 && text.charCodeAt(from + 1) === COLON && isLetterCode(text.charCodeAt(from)))
    return true;
  const second = text.indexOf('\\', first + 2);
  return first > from && second > 0 && second < to - 1 && text.charCodeAt(second) === BACKSLASH;
}

/** What may stand behind the `@` of a mail address. */
export function isMailDomain(text: string, from: number, to: number): boolean {
  let dots = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) dots += 1;
    else if (!isLetterCode(code) && !isDigitCode(code) && code !== DASH && code !== 95) return false;
  }
  return dots > 0 && to > from;
}

import { isIPv6 } from 'node:net';
import { isLevel } from './level.js';
import { isZoneName } from './zone-name.js';

/**
 * The longest name of a host, in bytes of UTF-8: RFC 1035, 2.3.4, and RFC 5424, 6 (HOSTNAME). Every name is held in
 * memory and in the state, and stands above a block of letters; whoever writes a line could make it as long as the line.
 */
export const MAX_HOST_BYTES = 255;

/** Characters that stand in tags, fields and texts, and in no host name. */
const FOREIGN = /[\s[\](){}<>="'`,;|*?!#$^&\\]/;
/** A name begins with a letter, a digit, `_` or, as an IPv6 address may, with a colon. */
const BEGINNING = /^[\p{L}\p{N}_:]/u;
const YEAR = /^(?:19|20)\d\d$/;
const NUMBER_AND_PORT = /^[\d.]+:\d{1,5}$/;
const STREAMS: ReadonlySet<string> = new Set(['stdin', 'stdout', 'stderr']);

/** Whether a text is short enough to be the name of a host. */
export function isHostName(text: string): boolean {
  // A UTF-16 unit is three bytes at most.
  if (text.length * 3 <= MAX_HOST_BYTES) return true;
  return text.length <= MAX_HOST_BYTES && Buffer.byteLength(text) <= MAX_HOST_BYTES;
}

/**
 * Whether the word where a prefix has its host can be the name of one: no tag (`kernel:`, `sshd[1]:`), year, level
 * (`info`, `auth.info`), zone (`UTC`), stream (`stdout`) or NIL value (`-`). Names beyond ASCII are names, and so are
 * the chains of syslog-ng (`src@web1/relay`).
 */
export function isHostWord(word: string): boolean {
  if (!BEGINNING.test(word) || FOREIGN.test(word) || !isHostName(word)) return false;
  if (word.includes(':')) return isIPv6(word) || NUMBER_AND_PORT.test(word);
  return !YEAR.test(word) && !STREAMS.has(word) && !isLevel(word) && !isZoneName(word);
}

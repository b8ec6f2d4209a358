import { createHash } from 'node:crypto';
import { hashMessage } from '../base/hash-message.js';

/** Crockford's Base32 in small letters: no `i`, `l`, `o` and `u`, which look like `1`, `0` and `v`. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Characters of an id that letters show: 35 bits. Of 10,000 entries no two have the same in 998 of 1,000 cases. */
const SHOWN = 7;

/** Characters of a whole id (65 bits): so many tell apart the entries that begin alike. */
const WHOLE = 13;

/** Characters: 132 bits of the message. The ledger keeps messages under this hash, so it must not change. */
const MESSAGE_HASH = 22;

/** The hash under which the ledger keeps a message. */
export function ledgerHash(message: string): string {
  return hashMessage(message, MESSAGE_HASH);
}

/**
 * The whole id of an entry of letters: of a queue and a message (by its hash in the ledger), on whatever host. It is the
 * same in every letter, on every machine, and after every restart.
 */
export function wholeId(queue: string, hash: string): string {
  const digest = createHash('sha256').update(`${queue}\n${hash}`).digest();
  let id = '';
  for (let at = 0; at < WHOLE; at++) id += ALPHABET[bits(digest, at * 5)] ?? '';
  return id;
}

/** The id as letters show it. */
export function entryId(queue: string, message: string): string {
  return shownId(wholeId(queue, ledgerHash(message)));
}

export function shownId(whole: string): string {
  return whole.slice(0, SHOWN);
}

/**
 * An id as somebody typed it, or the beginning of one: capitals, brackets around it, and look-alikes do not matter. null:
 * it is none.
 */
export function readId(typed: string): string | null {
  const id = typed
    .trim()
    .replace(/^[[#]|\]$/g, '')
    .toLowerCase()
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')
    .replaceAll('u', 'v');
  const isId = id.length >= SHOWN && id.length <= WHOLE && [...id].every((one) => ALPHABET.includes(one));
  return isId ? id : null;
}

/** Five bits of a digest, from the bit `from` on. */
function bits(digest: Buffer, from: number): number {
  const pair = ((digest[from >> 3] ?? 0) << 8) | (digest[(from >> 3) + 1] ?? 0);
  return (pair >> (11 - (from & 7))) & 31;
}

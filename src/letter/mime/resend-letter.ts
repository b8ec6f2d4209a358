import type { SealedLetter } from '../letter.js';
import { addressOf, type SignId } from './seal-letter.js';

/** An archived letter; `sender` is null if an older version did not keep it. */
export interface KeptLetter {
  readonly queue: string;
  readonly subject: string;
  readonly sender: string | null;
  readonly mime: Buffer;
}

export interface Resending {
  /** Addresses, as they are written in a config. */
  readonly to: readonly string[];
  /** When it is sent again (ms). */
  readonly at: number;
  /** Unique: letters, digits, dots and dashes. */
  readonly id: string;
  /** For a letter whose own Message-ID names no host. */
  readonly origin: string;
  /** As in `Seal`. */
  readonly sign?: SignId | undefined;
}

/** The header field at the top of a letter that is sent again: when, and its former Message-ID. */
export const RESENT = 'X-tayori-resent';

const MESSAGE_ID = /^Message-ID:(?:[ \t]|\r\n[ \t])*(<[^>\r\n]*>)/im;

/**
 * Makes a new sealed letter from an earlier one: the same bytes, except for a new Message-ID and a field that says that it
 * is sent again. It does not use the Resent- fields of RFC 5322, 3.6.6, which keep the old Message-ID: many servers and
 * mail programs (Exchange, Gmail, Cyrus, Dovecot's Sieve) drop a second mail with the same one.
 */
export function resendLetter(
  { queue, subject, sender, mime }: KeptLetter,
  { to, at, id, origin, sign = (left) => left }: Resending,
): SealedLetter {
  const end = mime.indexOf('\r\n\r\n');
  const head = mime.subarray(0, end < 0 ? mime.length : end).toString('latin1');
  const before = MESSAGE_ID.exec(head)?.[1] ?? null;
  const host = hostOf(before) ?? origin;
  const messageId = `<${sign(id, host)}@${host}>`;
  const field = `Message-ID: ${messageId}`;
  const anew = before === null ? `${field}\r\n${head}` : head.replace(MESSAGE_ID, () => field);
  const resent = [`${RESENT}: ${dateOf(at)}`, ...(before === null ? [] : [` sent before as ${before}`])];
  return {
    queue,
    subject,
    messageId,
    from: sender ?? addressOf(fromIn(head)),
    to: to.map(addressOf),
    mime: Buffer.concat([
      Buffer.from(`${resent.join(';\r\n')}\r\n${anew}`, 'latin1'),
      mime.subarray(end < 0 ? mime.length : end),
    ]),
    sealed: at,
  };
}

/** The host of a Message-ID that `sealLetter` wrote. */
function hostOf(messageId: string | null): string | null {
  return /@([A-Za-z0-9.-]+)>$/.exec(messageId ?? '')?.[1] ?? null;
}

function fromIn(head: string): string {
  const field = /^From:((?:[^\r\n]|\r\n[ \t])*)/im.exec(head)?.[1] ?? '';
  return field.replaceAll('\r\n', '').trim();
}

/** RFC 5322, 3.3, in UTC: `Sun, 29 Nov 2026 12:00:00 +0000`. */
function dateOf(time: number): string {
  return new Date(time).toUTCString().replace('GMT', '+0000');
}

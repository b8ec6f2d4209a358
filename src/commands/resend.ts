import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { quote } from '../base/text/quote.js';
import { isWebAddress, showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { throughAliases } from '../config/directives/aliases.js';
import type { LetterPost, SealedLetter } from '../letter/letter.js';
import { resendLetter } from '../letter/mime/resend-letter.js';
import { addressOf, type SignId } from '../letter/mime/seal-letter.js';
import { postOfMail } from '../letter/post/post-of-mail.js';
import type { FleetMark } from '../mail/fleet-mark.js';
import { templateFor } from '../publish/template-for.js';
import { isLocked } from '../store/folder/state-lock.js';
import type { ArchivedLetter } from '../store/ports/archive.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';
import { openSqliteBeside } from '../store/sqlite/sqlite-store.js';
import { doubtTyped, recipientsTyped } from './typed-addresses.js';

/** A letter that is to be sent again. */
export interface Resent extends ArchivedLetter {
  readonly mime: Buffer;
  /** What URLs got of it, by URL. */
  readonly posts: ReadonlyMap<string, LetterPost>;
}

export interface ResendOptions {
  /** null: one with a fault. */
  readonly config: Config | null;
  /** Of the state. */
  readonly folder: string;
  /** What is on its way or was refused. */
  readonly outbox: readonly OutboxSummary[];
  /** By which letters of the fleet are known; null: the node is in none. */
  readonly fleet: FleetMark | null;
  /** Addresses as they were typed, with commas; '': the letter's own. */
  readonly address: string;
}

/**
 * Puts an archived letter into the outbox again, for its own recipients or for others. A running daemon finds it at
 * its next poll; otherwise the next start does.
 */
export function resend(letter: Resent, options: ResendOptions, io: Io): ExitCode {
  const report = (words: string): void => void io.stderr.write(`${escapeControl(`tayori: ${words}`)}\n`);
  const { config, folder, fleet, address } = options;
  const doubt = doubtTyped(address);
  if (doubt !== null) {
    report(doubt);
    return 2;
  }
  const to = address === '' ? whoHasIt(letter, options.outbox) : recipientsTyped(address, config);
  if (to.length === 0) {
    report(
      `letter ${letter.id} is still on its way to ${listed(letter.to)}; name an ADDRESS to send it elsewhere as well`,
    );
    return 1;
  }
  for (const note of notesOn(letter, to, options)) report(note);
  const at = Date.now();
  const id = `${at.toString(36)}.${letter.id}.${randomBytes(6).toString('hex')}`;
  const sign: SignId | undefined = fleet ? (left, right) => fleet.sign(left, right) : undefined;
  const sealed = withPosts(resendLetter(letter, { to, at, id, origin: hostname(), sign }), letter, config);
  const put = putIntoOutbox(sealed, letter.id, folder);
  if (!put.ok) {
    report(
      `the state in ${folder} cannot be written: ${put.reason}; run it as root or as the user that tayori runs as`,
    );
    return 1;
  }
  const when = isLocked(folder)
    ? 'tayori sends it at its next poll'
    : 'tayori is not running: it waits in the outbox for the next start';
  io.stdout.write(
    `${escapeControl(`letter ${letter.id} [${letter.queue}] is sent again, as letter ${put.id}, to ${listed(sealed.to)}; ${when}`)}\n`,
  );
  return 0;
}

/** What a URL got before, it gets again; one that is new to the letter gets its text. */
function withPosts(sealed: SealedLetter, { mime, posts }: Resent, config: Config | null): SealedLetter {
  const urls = sealed.to.filter(isWebAddress);
  if (urls.length === 0) return sealed;
  const anew = (url: string): LetterPost =>
    postOfMail(mime, sealed.subject, config !== null && templateFor(url, config) !== null);
  return { ...sealed, posts: new Map(urls.map((url) => [url, posts.get(url) ?? anew(url)])) };
}

function listed(recipients: readonly string[]): string {
  return recipients.map(showRecipient).join(', ');
}

/** Its recipients without those that it is still on its way to: they get it anyway. */
function whoHasIt({ id, to }: ArchivedLetter, outbox: readonly OutboxSummary[]): string[] {
  const waiting = outbox.filter((one) => one.id === id && one.state === 'waiting');
  return to.filter((address) => !waiting.some((one) => one.address === address));
}

/** Notes for whoever sends an old letter again. */
function notesOn(
  { queue, to: before }: ArchivedLetter,
  to: readonly string[],
  { config, address }: ResendOptions,
): string[] {
  const defined = config?.queues.find(({ name }) => name === queue);
  if (config && !defined)
    return [`the config no longer defines the queue ${quote(queue)}; the letter is sent unchanged`];
  if (address !== '') return [];
  const left = before.filter((one) => !to.includes(one));
  const known = defined && config ? throughAliases(defined.to, config.aliases).map(addressOf) : before;
  const old = to.filter((one) => !known.includes(one));
  return [
    ...(left.length > 0 ? [`it is still on its way to ${listed(left)}, and not sent there again`] : []),
    ...(old.length > 0
      ? [
          `${listed(old)} is no longer a recipient of ${quote(queue)} in the config; name an ADDRESS to send it elsewhere`,
        ]
      : []),
  ];
}

type Put = { readonly ok: true; readonly id: number } | { readonly ok: false; readonly reason: string };

function putIntoOutbox(sealed: SealedLetter, before: number, folder: string): Put {
  const opened = openSqliteBeside(join(folder, 'tayori.db'));
  if (!opened.ok) return opened;
  try {
    return { ok: true, id: opened.store.resend(sealed, before) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  } finally {
    opened.store.end();
  }
}

import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { escapeLines, formatTime } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import { showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { readMail } from '../letter/mime/read-mail.js';
import { FleetMark } from '../mail/fleet-mark.js';
import type { Archive, ArchivedLetter } from '../store/ports/archive.js';
import type { OutboxList } from '../store/ports/outbox-list.js';
import { listLetters } from './list-letters.js';
import { locateState, type ReadState, withState } from './read-state.js';
import { resend } from './resend.js';

export interface LettersOptions {
  readonly config: string | undefined;
  /** As it was typed; undefined: a list of all. */
  readonly id: string | undefined;
  readonly format: 'text' | 'html' | 'raw';
  /** Send it again: to these addresses, or ('') to its own recipients; undefined: only show it. */
  readonly send: unknown;
}

/**
 * `tayori letters`: lists the archived letters, or shows one, whether the daemon runs or not. With --send it sends
 * one again, which is all that it ever changes.
 */
export async function letters(
  { config: asked, id, format, send }: LettersOptions,
  io: Io,
): Promise<ExitCode> {
  if (send !== undefined && (id === undefined || typeof send !== 'string')) {
    io.stderr.write('tayori: send which letter again? Name it once: tayori letters ID --send [ADDRESS]\n');
    return 2;
  }
  if (id === undefined && format !== 'text') {
    io.stderr.write(`tayori: ${format} of which letter? Name it: tayori letters ID --format ${format}\n`);
    return 2;
  }
  const located = locateState(asked, io);
  if (!located) return 1;
  const { config } = located;
  const timezone = config?.timezone.value ?? null;
  return await withState(located, io, (state) => {
    if (id === undefined) return list(state.store, timezone, io);
    const found = /^\d{1,15}$/.test(id) ? find(state.store, Number(id)) : null;
    if (found && typeof send === 'string') return sendAgain(found, send, config, state, io);
    if (found) return show(found, { format, timezone }, io);
    io.stderr.write(
      `${escapeControl(`tayori: there is no letter ${quote(id)}; tayori letters lists those that are kept`)}\n`,
    );
    return 1;
  });
}

function list(store: Archive & OutboxList, timezone: string | null, io: Io): ExitCode {
  const lines = listLetters(store, timezone, Date.now());
  if (lines.length === 0) io.stderr.write('there are no letters\n');
  else io.stdout.write(escapeLines(lines));
  return 0;
}

interface Found extends ArchivedLetter {
  /** null: it was too large to be kept. */
  readonly mime: Buffer | null;
}

function find(store: Archive, id: number): Found | null {
  const letter = store.archivedLetters().find((one) => one.id === id);
  return letter ? { ...letter, mime: store.archivedMail(id) ?? null } : null;
}

function sendAgain(
  { mime, ...letter }: Found,
  address: string,
  config: Config | null,
  { store, folder }: ReadState,
  io: Io,
): ExitCode {
  const outbox = store.outbox();
  const posts = store.archivedPosts(letter.id);
  const { fleetSecret } = store.meta();
  const fleet = fleetSecret === null ? null : new FleetMark(fleetSecret);
  store.end(); // an open reader keeps SQLite from cleaning up after a writer
  if (mime) return resend({ ...letter, mime, posts }, { config, folder, fleet, outbox, address }, io);
  io.stderr.write(
    `tayori: the text of letter ${letter.id} was too large to be kept; it cannot be sent again\n`,
  );
  return 1;
}

function show(
  { id, mime, ...letter }: Found,
  { format, timezone }: Pick<LettersOptions, 'format'> & { readonly timezone: string | null },
  io: Io,
): ExitCode {
  if (!mime) {
    io.stderr.write(`tayori: the text of letter ${id} was too large to be kept\n`);
    return 1;
  }
  if (format === 'raw') {
    io.stdout.write(mime.toString('latin1')); // it is ASCII
    return 0;
  }
  const { text, html } = readMail(mime);
  if (format === 'text') {
    const date = `${formatTime(letter.sealed, timezone, Date.now())} (letter ${id})`;
    const head = [
      `Date: ${date}`,
      `To: ${letter.to.map(showRecipient).join(',')}`,
      `Subject: ${letter.subject}`,
    ];
    io.stdout.write(escapeLines([...head, '', ...text.replace(/^\n|\n$/g, '').split('\n')]));
    return 0;
  }
  if (html === null) {
    io.stderr.write(`tayori: letter ${id} is plain text; it has no HTML\n`);
    return 1;
  }
  io.stdout.write(html);
  return 0;
}

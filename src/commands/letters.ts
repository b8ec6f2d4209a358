import { quote } from '../config/fault.js';
import { readMail } from '../digest/read-mail.js';
import { visible } from '../digest/visible.js';
import type { PastLetter, Store } from '../store/store.js';
import type { ExitCode, Io } from './io.js';
import { columns, formatTime, visibleLines } from './layout.js';
import { configPath, loadConfig } from './load-config.js';
import { withState } from './read-state.js';

export interface LettersOptions {
  readonly config: string | undefined;
  /** As it was typed; undefined: a list of all. */
  readonly id: string | undefined;
  readonly format: 'text' | 'html' | 'raw';
}

/** `tayori letters`: the letters of the past, listed or shown, whether the daemon runs or not. Changes nothing. */
export async function letters({ config: asked, id, format }: LettersOptions, io: Io): Promise<ExitCode> {
  const config = loadConfig(configPath(asked), io, 'errors');
  if (id === undefined && format !== 'text') {
    io.stderr.write(`tayori: ${format} of which letter? Name it: tayori letters ID --format ${format}\n`);
    return 2;
  }
  const timezone = config?.timezone.value ?? null;
  return await withState(config, io, ({ store }) => {
    if (id === undefined) return list(store.pastLetters(), timezone, io);
    const found = /^\d{1,15}$/.test(id) ? find(store, Number(id)) : null;
    if (found) return show(found, { format, timezone }, io);
    io.stderr.write(
      `${visible(`tayori: no letter ${quote(id)} is kept; tayori letters lists those that are`)}\n`,
    );
    return 1;
  });
}

function list(letters: readonly PastLetter[], timezone: string | null, io: Io): ExitCode {
  if (letters.length === 0) io.stderr.write('no letter is kept\n');
  const rows = letters.map(({ id, sealed, queue, to, subject }) => [
    String(id),
    formatTime(sealed, timezone, Date.now()),
    queue,
    to.join(','),
    subject, // last, as it may be of wide characters
  ]);
  if (rows.length > 0) io.stdout.write(visibleLines(columns(rows)));
  return 0;
}

interface Found extends PastLetter {
  /** null: it was too large to be kept. */
  readonly mime: Buffer | null;
}

function find(store: Store, id: number): Found | null {
  const letter = store.pastLetters().find((one) => one.id === id);
  return letter ? { ...letter, mime: store.pastMail(id) ?? null } : null;
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
    const head = [`Date: ${date}`, `To: ${letter.to.join(',')}`, `Subject: ${letter.subject}`];
    io.stdout.write(visibleLines([...head, '', ...text.replace(/^\n|\n$/g, '').split('\n')]));
    return 0;
  }
  if (html === null) {
    io.stderr.write(`tayori: letter ${id} is text alone; it has no HTML\n`);
    return 1;
  }
  io.stdout.write(html);
  return 0;
}

import { columns, formatTime } from '../base/text/layout.js';
import { showRecipient } from '../base/text/web-address.js';
import { type MailBody, readMail } from '../letter/mime/read-mail.js';
import type { Archive, ArchivedLetter } from '../store/ports/archive.js';
import type { OutboxList, OutboxSummary } from '../store/ports/outbox-list.js';

/** The letters of the past for a terminal, the latest first: a row for each, and below it what it says first. */
export function listLetters(store: Archive & OutboxList, timezone: string | null, now: number): string[] {
  const outbox = store.outbox();
  const letters = store.archivedLetters().map((letter) => ({ letter, mime: mailOf(letter, store) }));
  const rows = columns(
    letters.map(({ letter: { id, sealed, queue, to, subject }, mime }) => [
      String(id),
      formatTime(sealed, timezone, now),
      queue,
      to.map(showRecipient).join(','),
      mime === null ? '-' : describeSize(mime.length),
      describeDelivery(
        to.length,
        outbox.filter((one) => one.id === id),
      ),
      subject, // last, as it may be of wide characters
    ]),
  );
  return letters.flatMap(({ mime }, at) => {
    const first = mime === null ? null : verdictOf(readMail(mime));
    return [rows[at] ?? '', ...(first === null ? [] : [`      ${first}`])];
  });
}

/** null: it was too large to be kept. */
function mailOf({ id }: ArchivedLetter, store: Archive): Buffer | null {
  return store.archivedMail(id) ?? null;
}

const KILOBYTE = 1000;

function describeSize(bytes: number): string {
  return `${Math.ceil(bytes / KILOBYTE)} kB`;
}

/** `waiting`: of the outbox, the recipients that have not got it. */
function describeDelivery(recipients: number, left: readonly OutboxSummary[]): string {
  const count = (state: OutboxSummary['state']): number => left.filter((one) => one.state === state).length;
  const [waiting, rejected] = [count('waiting'), count('refused')];
  if (left.length === 0) return 'delivered';
  if (waiting >= recipients) return 'waiting';
  if (rejected >= recipients) return 'rejected';
  const delivered = Math.max(0, recipients - left.length);
  const told = [`${delivered} delivered`, `${waiting} waiting`, `${rejected} rejected`];
  return told.filter((text) => !text.startsWith('0 ')).join(', ');
}

/** The first line that says something; null in Tenshi's plain letters, which begin with the name of a host. */
function verdictOf({ text, html }: MailBody): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('*** '));
  const isPlain = html === null && !/^[^,\n]*,\d+,/.test(lines[0] ?? '');
  return isPlain ? null : (lines[0] ?? null);
}

import type { Letter, SealedLetter } from './letter.js';
import { renderHtml } from './render-html.js';
import { renderPager } from './render-pager.js';
import { renderText } from './render-text.js';

export interface Seal {
  /** What tells this letter from all others: letters, digits, dots and dashes. */
  readonly id: string;
  readonly version: string;
}

/**
 * Makes a letter into mail: text in Tenshi's layout and an HTML part beside it, or short lines alone for pagers.
 * The same letter and seal give the same bytes. Header fields: RFC 5322, RFC 3834 (`Auto-Submitted`), and Tenshi's.
 */
export async function sealLetter(letter: Letter, seal: Seal): Promise<SealedLetter> {
  const { queue, from, to, made } = letter;
  const subject = oneLine(`${letter.subject} [${queue}]`);
  const messageId = `<${seal.id}@${letter.origin.replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost'}>`;
  const mime = await compose({
    from: oneLine(from),
    to: to.map(oneLine),
    subject,
    messageId,
    date: new Date(made),
    headers: headersOf(letter, seal.version),
    baseBoundary: seal.id,
    ...(await bodyOf(letter)),
  });
  return { queue, subject, messageId, from: addressOf(from), to: to.map(addressOf), mime, sealed: made };
}

async function bodyOf(letter: Letter): Promise<{ text: string; html?: string }> {
  if (letter.form === 'pager') return { text: renderPager(letter) };
  return { text: renderText(letter), html: await renderHtml(letter) };
}

/** nodemailer is loaded with the first letter, not with the program. */
async function compose(mail: Record<string, unknown>): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    ...mail,
    textEncoding: 'quoted-printable',
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

function headersOf({ origin, since }: Letter, version: string): Record<string, string> {
  return {
    'Auto-Submitted': 'auto-generated',
    'X-tenshi-version': version,
    'X-tenshi-hostname': oneLine(origin),
    ...(since === null ? {} : { 'X-tenshi-report-start': tenshiDate(since) }),
  };
}

/** `Fri Nov 20 23:24:02 +0000 2026`, as Tenshi writes it. */
function tenshiDate(time: number): string {
  const [weekday, month, day, year, clock, zone = ''] = new Date(time).toString().split(' ');
  return `${weekday} ${month} ${day} ${clock} ${zone.replace('GMT', '')} ${year}`;
}

/** The address for the envelope: what stands between angle brackets, or all of it. */
function addressOf(text: string): string {
  return oneLine(/<([^<>]*)>/.exec(text)?.[1] ?? text);
}

/** No foreign text may begin a header field of its own. */
function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f]+/g, ' ').trim();
}

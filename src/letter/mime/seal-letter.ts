import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reasonOf } from '../../base/errors.js';
import { oneLine } from '../../base/text/escape.js';
import { cutMessages, entriesOf, keepEntries } from '../build/fit-letter.js';
import type { Letter, SealedLetter } from '../letter.js';
import { renderBody } from '../render/render-body.js';
import { type Page, renderPage } from '../render/render-html.js';
import { renderText } from '../render/render-text.js';
import { wordsOf } from '../words/words-of.js';
import { threadRoot } from './thread.js';

export interface Seal {
  /** What tells this letter from all others: letters, digits, dots and dashes. */
  readonly id: string;
  readonly version: string;
  /** Stands for the letter's own text and HTML: what a filter made of it. */
  readonly body?: string | null;
  /** How many bytes a full letter may have as mail, without its attachment; left out: as many as it comes to. */
  readonly budget?: number;
  /** Makes the HTML part; left out: `renderPage`. */
  readonly page?: (letter: Letter) => Promise<Page>;
}

/**
 * Makes a letter into mail: text in Tenshi's layout and an HTML part beside it, or text alone (plain) or short lines
 * (pager). One that outgrows its budget keeps what is worth most, and all of it goes along as packed text.
 * The same letter and seal give the same bytes, ASCII in lines of at most 76 where they can be folded.
 * Header fields: RFC 5322, RFC 3834 (`Auto-Submitted`), Tenshi's, and those of a thread.
 */
export async function sealLetter(letter: Letter, seal: Seal): Promise<SealedLetter> {
  const { queue, from, to, made } = letter;
  const subject = fieldText(`${letter.subject} [${queue}]`);
  const messageId = messageIdOf(seal.id, letter);
  const root = threadRoot(letter);
  const answered = root === null ? null : messageIdOf(root, letter);
  const encode: Encode = async (fitted, attachments) =>
    await compose({
      subject,
      messageId,
      ...(answered === null ? {} : { inReplyTo: answered, references: answered }),
      date: new Date(made),
      headers: headersOf(letter, seal.version),
      baseBoundary: dotAtom(seal.id),
      ...(await bodyOf(fitted, seal)),
      ...(attachments.length === 0 ? {} : { attachments }),
    });
  const mail = await encodeWithin(letter, seal, encode);
  const mime = Buffer.concat([
    await addressField('From', [senderOf(letter)]),
    await addressField('To', to),
    mail,
  ]);
  return { queue, subject, messageId, from: addressOf(from), to: to.map(addressOf), mime, sealed: made };
}

type Encode = (letter: Letter, attachments: readonly Attachment[]) => Promise<Buffer>;

interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** No entry takes fewer bytes than this in both parts, so that none of a large letter is encoded in vain. */
const MIN_ITEM_BYTES = 20;

/** Finds how many entries fit by trying: what one costs depends on its text, its template and its encoding. */
async function encodeWithin(letter: Letter, { body, budget }: Seal, encode: Encode): Promise<Buffer> {
  if (budget === undefined || letter.form !== 'full' || typeof body === 'string')
    return await encode(letter, []);
  const most = Math.ceil(budget / MIN_ITEM_BYTES);
  if (entriesOf(letter) <= most) {
    const whole = await encode(letter, []);
    if (whole.length <= budget) return whole;
  }
  const short = cutMessages(letter);
  let fits = 0;
  let exceeds = Math.min(entriesOf(short), most) + 1;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    const { length } = await encode(keepEntries(short, middle).letter, []);
    if (length <= budget) fits = middle;
    else exceeds = middle;
  }
  return await encode(keepEntries(short, fits).letter, [await report(letter)]);
}

/** The whole letter as packed text. The level is fixed and gzip writes no time: the same letter, the same bytes. */
async function report(letter: Letter): Promise<Attachment> {
  const content = await promisify(gzip)(renderText(letter), { level: 9 });
  return { filename: 'report.txt.gz', contentType: 'application/gzip', content };
}

/** A letter without its HTML is still a letter: it goes, and says what happened. */
async function bodyOf(
  letter: Letter,
  { body, page = renderPage }: Seal,
): Promise<{ text: string; html?: string }> {
  if (typeof body === 'string') return { text: body };
  if (letter.form !== 'full') return { text: renderBody(letter) };
  try {
    const { letter: noted, html } = await page(letter);
    return { text: renderText(noted), html };
  } catch (error) {
    const reason = reasonOf(error);
    const note = wordsOf(letter.language).notes.noPage(reason);
    return { text: renderText({ ...letter, notes: [...letter.notes, note] }) };
  }
}

/** nodemailer is loaded with the first letter, not with the program. */
async function compose(mail: Record<string, unknown>): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    ...mail,
    textEncoding: 'quoted-printable',
    newline: 'windows',
    normalizeHeaderKey: (key: string) =>
      key.replace(/^X-Tenshi-.*/, (name) => `X-${name.slice(2).toLowerCase()}`),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

/**
 * From and To as they are written. nodemailer would drop what it takes for a name, such as a bare `root`, which a
 * local mail server understands; it only helps where something is not ASCII.
 */
async function addressField(name: 'From' | 'To', addresses: readonly string[]): Promise<Buffer> {
  const { encodeWord, foldLines } = await import('nodemailer/lib/mime-funcs');
  const { default: MimeNode } = await import('nodemailer/lib/mime-node');
  const encoded = addresses.map(fieldText).map((text) => {
    if (isAscii(text)) return text;
    const value = MimeNode.encodeHeaderValue(name, text);
    return value !== '' && isAscii(value) ? value : encodeWord(text, 'B', 52);
  });
  return Buffer.from(`${foldLines(`${name}: ${encoded.join(', ')}`, 76)}\r\n`);
}

/**
 * From, with a name that says whose letters these are where the config gives none. Plain letters are Tenshi's, and who
 * reads pager letters has little room.
 */
function senderOf({ from, form, origin }: Letter): string {
  if (form !== 'full' || !/^[^\s<>"(),:;]+@[^\s<>"(),:;]+$/.test(from)) return from;
  return `"tayori on ${dotAtom(origin)}" <${from}>`;
}

function headersOf({ origin, since }: Letter, version: string): Record<string, string> {
  return {
    'Auto-Submitted': 'auto-generated',
    'X-tenshi-version': fieldText(version),
    'X-tenshi-hostname': fieldText(origin),
    ...(since === null ? {} : { 'X-tenshi-report-start': tenshiDate(since) }),
  };
}

/** `Fri Nov 20 23:24:02 +0000 2026`, as Tenshi writes it. */
function tenshiDate(time: number): string {
  const [weekday, month, day, year, clock, zone = ''] = new Date(time).toString().split(' ');
  return `${weekday} ${month} ${day} ${clock} ${zone.replace('GMT', '')} ${year}`;
}

/** The address for the envelope: what stands between angle brackets, or all of it; its domain as DNS knows it. */
export function addressOf(text: string): string {
  const address = fieldText(/<([^<>]*)>/.exec(text)?.[1] ?? text).replace(/[<>]/g, '');
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  if (at < 0 || isAscii(domain)) return address;
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function messageIdOf(id: string, { origin }: Letter): string {
  return `<${dotAtom(id)}@${dotAtom(origin)}>`;
}

/** Text for one side of a Message-ID (RFC 5322, dot-atom), made of what is safe everywhere. */
function dotAtom(text: string): string {
  const atoms = text.split('.').map((atom) => atom.replace(/[^A-Za-z0-9-]/g, '-'));
  return atoms.filter((atom) => atom !== '').join('.') || 'localhost';
}

/** A line of mail has at most 998 characters (RFC 5322), and a word cannot be folded. */
const MAX_FIELD_LENGTH = 900;

/** No foreign text may begin a header field of its own, or act where it is shown. */
function fieldText(text: string): string {
  return oneLine(text).slice(0, MAX_FIELD_LENGTH).trim();
}

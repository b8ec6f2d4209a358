import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reasonOf } from '../../base/errors.js';
import { tidyHeap } from '../../base/process/tidy-heap.js';
import { oneLine } from '../../base/text/escape.js';
import { isWebAddress } from '../../base/text/web-address.js';
import { countItems, cutMessages, keepItems } from '../build/fit-letter.js';
import type { Letter, SealedLetter } from '../letter.js';
import { renderBody } from '../render/render-body.js';
import { type Page, renderPage } from '../render/render-html.js';
import { renderText } from '../render/render-text.js';
import { wordsOf } from '../words/words-of.js';
import { threadHost, threadRoot } from './thread.js';

export interface Seal {
  /** Unique: letters, digits, dots and dashes. */
  readonly id: string;
  /** Makes the left side of the Message-ID of the id and the right side; left out: the id is the left side. */
  readonly sign?: SignId | undefined;
  readonly version: string;
  /** The output of a filter, in place of the letter's own text and HTML. */
  readonly body?: string | null;
  /** Size limit of a full letter as mail, without its attachment (bytes); left out: no limit. */
  readonly budget?: number;
  /** Makes the HTML part; left out: `renderPage`. */
  readonly page?: (letter: Letter) => Promise<Page>;
}

/** Adds to the left side of a Message-ID what its right side, a host, goes into; the result is a left side, too. */
export type SignId = (id: string, host: string) => string;

/**
 * Turns a letter into mail: text in Tenshi's layout with an HTML part beside it, text alone (plain), or short lines
 * (pager). A letter above its budget keeps its most important items, with the full report attached (text under gzip).
 * The same letter and seal give the same bytes: ASCII, in lines of at most 76 where they can be folded.
 * Header fields: RFC 5322, RFC 3834 (`Auto-Submitted`), Tenshi's, and those of a thread.
 */
export async function sealLetter(letter: Letter, seal: Seal): Promise<SealedLetter> {
  const { queue, from, to, made } = letter;
  const subject = fieldText(`${letter.subject} [${queue}]`);
  const messageId = messageIdOf(seal.id, letter, seal.sign);
  const root = threadRoot(letter);
  const answered = root === null ? null : messageIdOf(root, { origin: threadHost(letter) });
  const encode: Encode = async (fitted, attachments) => {
    tidyHeap();
    return await compose({
      subject,
      messageId,
      ...(answered === null ? {} : { inReplyTo: answered, references: answered }),
      date: new Date(made),
      headers: headersOf(letter, seal.version),
      baseBoundary: dotAtom(seal.id),
      ...(await bodyOf(fitted, seal)),
      ...(attachments.length === 0 ? {} : { attachments }),
    });
  };
  const mail = await encodeWithin(letter, seal, encode);
  const mime = Buffer.concat([
    await addressField('From', [senderOf(letter)]),
    await addressField('To', mailboxes(to)),
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

/** No item takes fewer bytes in both parts: so a letter that is much too large is not encoded in vain. */
const MIN_ITEM_BYTES = 20;

/** Finds by bisection how many items fit: the size of an item depends on its text, the template and the encoding. */
async function encodeWithin(letter: Letter, { body, budget }: Seal, encode: Encode): Promise<Buffer> {
  if (budget === undefined || letter.form !== 'full' || typeof body === 'string')
    return await encode(letter, []);
  const most = Math.ceil(budget / MIN_ITEM_BYTES);
  if (countItems(letter) <= most) {
    const whole = await encode(letter, []);
    if (whole.length <= budget) return whole;
  }
  const short = cutMessages(letter);
  let fits = 0;
  let exceeds = Math.min(countItems(short), most) + 1;
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    const { length } = await encode(keepItems(short, middle).letter, []);
    if (length <= budget) fits = middle;
    else exceeds = middle;
  }
  return await encode(keepItems(short, fits).letter, [await report(letter)]);
}

/** The full letter as text under gzip. The level is fixed and no time is written: the same letter, the same bytes. */
async function report(letter: Letter): Promise<Attachment> {
  const content = await promisify(gzip)(renderText(letter), { level: 9 });
  return { filename: 'report.txt.gz', contentType: 'application/gzip', content };
}

/** If the HTML fails, the letter is sent without it and says so. */
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

/** nodemailer is loaded with the first letter, not at the start of the program. */
export async function compose(mail: Record<string, unknown>): Promise<Buffer> {
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
 * From and To as written in the config. nodemailer would drop what it takes for a name, such as a bare `root`, which a
 * local mail server understands; it only encodes text that is not ASCII.
 */
export async function addressField(name: 'From' | 'To', addresses: readonly string[]): Promise<Buffer> {
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
function senderOf({ from, form, origin, fleet }: Letter): string {
  if (form !== 'full' || !/^[^\s<>"(),:;]+@[^\s<>"(),:;]+$/.test(from)) return from;
  return `"${fleet === undefined ? `tayori on ${dotAtom(origin)}` : 'tayori fleet'}" <${from}>`;
}

export function headersOf(
  { origin, since }: Pick<Letter, 'origin' | 'since'>,
  version: string,
): Record<string, string> {
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

/** Recipients that are URLs are nobody's business but ours. RFC 5322, 3.4: a group may be empty. */
function mailboxes(to: readonly string[]): readonly string[] {
  const addresses = to.filter((one) => !isWebAddress(one));
  return addresses.length > 0 ? addresses : ['undisclosed-recipients:;'];
}

/** The envelope address: the text between angle brackets, or all of it; its domain in the form of DNS. */
export function addressOf(text: string): string {
  if (isWebAddress(text)) return text;
  const address = fieldText(/<([^<>]*)>/.exec(text)?.[1] ?? text).replace(/[<>]/g, '');
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  if (at < 0 || isAscii(domain)) return address;
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

export function messageIdOf(
  id: string,
  { origin }: Pick<Letter, 'origin'>,
  sign: SignId = (left) => left,
): string {
  const [left, right] = [dotAtom(id), dotAtom(origin)];
  return `<${sign(left, right)}@${right}>`;
}

/** Text for one side of a Message-ID (RFC 5322, dot-atom), in characters that are safe everywhere. */
function dotAtom(text: string): string {
  const atoms = text.split('.').map((atom) => atom.replace(/[^A-Za-z0-9-]/g, '-'));
  return atoms.filter((atom) => atom !== '').join('.') || 'localhost';
}

/** A line of mail has at most 998 characters (RFC 5322), and a word cannot be folded. */
const MAX_FIELD_LENGTH = 900;

/** Untrusted text for a header field: it cannot begin another field, and control characters are escaped. */
function fieldText(text: string): string {
  return oneLine(text).slice(0, MAX_FIELD_LENGTH).trim();
}

import { decodeText } from '../../base/text/decode.js';
import {
  createLineSplitter,
  cutLine,
  decodePlainLines,
  type LineSplitter,
  type Lines,
  MAX_LINE_BYTES,
  NEWLINE,
} from '../split-lines.js';
import { GrowingBytes } from './growing-bytes.js';
import type { Sent } from './sent.js';

/** The messages that bytes of a connection completed. `fault`: why its rest cannot be read, in words. */
export interface SplitMessages {
  readonly sent: readonly Sent[];
  readonly fault: string | null;
}

/** A message whose sender announces more bytes than this is none: the count lies. */
export const MAX_ANNOUNCED = 8 * 1024 * 1024;

/** Digits of a count, and what ends it; without them a line might never begin. */
const MAX_COUNT_DIGITS = 10;

const [NUL, RETURN, BLANK, ZERO, NINE, LESS] = [0, 13, 0x20, 0x30, 0x39, 0x3c] as const;

/** What messages without `<PRI>` begin with, as those of rsyslog's file templates: a stamp of RFC 3164 or RFC 3339. */
const STAMP = /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:)/;
const STAMP_LENGTH = 15;

/** What may become one when more comes. */
const PART_OF_STAMP = /^(?:[A-Z][a-z]{0,2}|[A-Z][a-z]{2} [ \d:]{0,11}|\d{1,4}|\d{4}-[-T\d]{0,8})$/;

/** A message of a known length that has not come whole. */
interface Counted {
  readonly kept: GrowingBytes;
  total: number;
  /** Bytes that are still to come. */
  missing: number;
}

/**
 * Splits what a TCP connection brings into messages (RFC 6587): each begins with its length in bytes (octet counting),
 * or ends with a newline or a NUL. Each frame is told apart by itself. A number is a length only where `<PRI>` or a
 * stamp follows: many a line begins with one. A message of a known length may hold newlines; its end may be CR, LF or NUL, which are no
 * part of it. `onCut` gets the length of a message above MAX_LINE_BYTES.
 */
export class MessageSplitter {
  readonly #onCut: (bytes: number) => void;
  readonly #lines: LineSplitter;
  /** The start of a frame that is not clear yet. */
  #start: Buffer = Buffer.alloc(0);
  #counted: Counted | null = null;

  constructor(onCut: (bytes: number) => void) {
    this.#onCut = onCut;
    this.#lines = createLineSplitter(onCut);
  }

  /** Bytes that are kept of what is not a message yet. */
  get held(): number {
    return (
      Math.min(this.#lines.partialLength, MAX_LINE_BYTES) +
      (this.#counted?.kept.length ?? 0) +
      this.#start.length
    );
  }

  push(chunk: Buffer): SplitMessages {
    const bytes = this.#start.length > 0 ? Buffer.concat([this.#start, chunk]) : chunk;
    this.#start = Buffer.alloc(0);
    const sent = new SentParts(bytes.length);
    const endsWithNul = bytes.includes(NUL);
    for (let at = 0; at < bytes.length; ) {
      const digits = this.#isInside() ? 0 : countDigits(bytes, at);
      const start = digits === 0 ? 'line' : startOf(bytes, at, digits);
      if (start === 'unclear') {
        this.#start = Buffer.from(bytes.subarray(at));
        break;
      }
      if (start === 'counted') {
        const missing = numberAt(bytes, at, digits);
        if (missing > MAX_ANNOUNCED)
          return { sent: sent.take(), fault: `it announced a message of ${missing} bytes` };
        at += digits + 1;
        if (missing <= MAX_LINE_BYTES && at + missing <= bytes.length) {
          sent.addMessage(bytes, at, at + missing);
          at += missing;
          continue;
        }
        this.#counted = { kept: new GrowingBytes(), total: 0, missing };
      }
      at = this.#counted ? this.#takeCounted(bytes, at, sent) : this.#takeLines(bytes, at, endsWithNul, sent);
    }
    return { sent: sent.take(), fault: null };
  }

  /** The last message, when the connection has ended within it. */
  end(): readonly Sent[] {
    const sent = new SentParts(0);
    this.#finishCounted(sent);
    sent.addLines(this.#lines.push(this.#start));
    sent.addLines(this.#lines.end());
    this.#start = Buffer.alloc(0);
    return sent.take();
  }

  #isInside(): boolean {
    return this.#counted !== null || this.#lines.partialLength > 0;
  }

  /** Takes lines up to one that begins with a digit, which may be a count; returns where that is. */
  #takeLines(bytes: Buffer, from: number, endsWithNul: boolean, sent: SentParts): number {
    let to = from;
    do {
      const end = endsWithNul ? endOfLine(bytes, to) : bytes.indexOf(NEWLINE, to);
      to = end < 0 ? bytes.length : end + 1;
    } while (to < bytes.length && !isDigit(bytes[to]));
    const lines = bytes.subarray(from, to);
    sent.addLines(this.#lines.push(endsWithNul ? withNewlines(lines) : lines));
    return to;
  }

  #takeCounted(bytes: Buffer, from: number, sent: SentParts): number {
    const counted = this.#counted;
    if (!counted) return from;
    const part = bytes.subarray(from, from + counted.missing);
    counted.missing -= part.length;
    counted.total += part.length;
    counted.kept.add(part.subarray(0, MAX_LINE_BYTES - counted.kept.length));
    if (counted.missing === 0) this.#finishCounted(sent);
    return from + part.length;
  }

  #finishCounted(sent: SentParts): void {
    const counted = this.#counted;
    this.#counted = null;
    if (!counted) return;
    const { kept, total } = counted;
    if (total <= kept.length) return sent.addText(decodeText(withoutEnd(kept.take())));
    this.#onCut(total);
    sent.addText(cutLine(kept.take(), total));
  }
}

/** Messages of a known length are put together as lines, and decoded at once: that takes a fraction of the time. */
class SentParts {
  #sent: Sent[] = [];
  readonly #room: number;
  /** Messages that follow one another, each with a newline behind it. */
  #gathered: Buffer | null = null;
  #length = 0;
  /** Where the next newline stands in the bytes that messages are taken from. */
  #newline = NONE_YET;

  /** `room`: bytes that the messages and their counts have together. */
  constructor(room: number) {
    this.#room = room;
  }

  /** The message from `from` to `to`. `bytes` are the same each time. */
  addMessage(bytes: Buffer, from: number, to: number): void {
    const end = endOfMessage(bytes, from, to);
    if (end === from) return;
    if (this.#hasNewline(bytes, from, end)) return this.addText(decodeText(bytes.subarray(from, end)));
    this.#gathered ??= Buffer.allocUnsafe(this.#room); // a count is longer than a newline
    this.#length += bytes.copy(this.#gathered, this.#length, from, end);
    this.#gathered[this.#length] = NEWLINE;
    this.#length += 1;
  }

  addLines({ text }: Lines): void {
    this.#flush();
    if (text !== '') this.#sent.push({ kind: 'lines', text });
  }

  addText(text: string): void {
    this.#flush();
    if (text !== '') this.#sent.push({ kind: text.includes('\n') ? 'message' : 'lines', text });
  }

  take(): readonly Sent[] {
    this.#flush();
    return this.#sent;
  }

  #flush(): void {
    if (!this.#gathered || this.#length === 0) return;
    const text = decodePlainLines(this.#gathered.subarray(0, this.#length - 1), () => {}); // none is too long
    this.#length = 0;
    this.#sent.push({ kind: 'lines', text });
  }

  #hasNewline(bytes: Buffer, from: number, to: number): boolean {
    if (this.#newline < from) {
      const next = bytes.indexOf(NEWLINE, from);
      this.#newline = next < 0 ? bytes.length : next;
    }
    return this.#newline < to;
  }
}

const NONE_YET = -1;

/** What stands at the start of a frame that begins with so many digits. `unclear`: more bytes will tell. */
function startOf(bytes: Buffer, at: number, digits: number): 'line' | 'unclear' | 'counted' {
  if (digits > MAX_COUNT_DIGITS) return 'line';
  const [blank, first] = [bytes[at + digits], bytes[at + digits + 1]];
  if (blank === undefined || (blank === BLANK && first === undefined)) return 'unclear';
  if (blank !== BLANK) return 'line';
  if (first === LESS) return 'counted';
  const begin = bytes.toString('latin1', at + digits + 1, at + digits + 1 + STAMP_LENGTH);
  if (STAMP.test(begin)) return 'counted';
  return PART_OF_STAMP.test(begin) ? 'unclear' : 'line';
}

function countDigits(bytes: Buffer, at: number): number {
  let digits = 0;
  while (isDigit(bytes[at + digits]) && digits <= MAX_COUNT_DIGITS) digits += 1;
  return digits;
}

function numberAt(bytes: Buffer, at: number, digits: number): number {
  let number = 0;
  for (let digit = 0; digit < digits; digit++) number = 10 * number + (bytes[at + digit] ?? 0) - ZERO;
  return number;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Where a line ends that a newline or a NUL ends; -1: it does not end here. */
function endOfLine(bytes: Buffer, from: number): number {
  const [newline, nul] = [bytes.indexOf(NEWLINE, from), bytes.indexOf(NUL, from)];
  return newline < 0 ? nul : nul < 0 ? newline : Math.min(newline, nul);
}

function withNewlines(bytes: Buffer): Buffer {
  return bytes.map((byte) => (byte === NUL ? NEWLINE : byte)) as Buffer;
}

/** Senders end a message with a newline, a NUL or both; these are not part of the message. */
export function withoutEnd(bytes: Buffer): Buffer {
  return bytes.subarray(0, endOfMessage(bytes, 0, bytes.length));
}

/** Where the message from `from` to `to` ends, without what its sender ends it with. */
function endOfMessage(bytes: Buffer, from: number, to: number): number {
  let end = to;
  while (end > from && isEnd(bytes[end - 1])) end -= 1;
  return end;
}

function isEnd(byte: number | undefined): boolean {
  return byte === NUL || byte === NEWLINE || byte === RETURN;
}

import { decodeText } from '../../base/text/decode.js';
import {
  createLineSplitter,
  cutLine,
  type LineSplitter,
  listLines,
  MAX_LINE_BYTES,
  NEWLINE,
} from '../split-lines.js';
import { GrowingBytes } from './growing-bytes.js';

/** The messages that bytes of a connection completed. `fault`: why its rest cannot be read, in words. */
export interface SplitMessages {
  readonly messages: readonly string[];
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

/** What stands at the start of a frame. `unclear`: more bytes will tell. `header`: bytes before the message. */
type Start =
  | { readonly kind: 'line' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'counted'; readonly bytes: number; readonly header: number };

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
    const messages: string[] = [];
    const endsWithNul = bytes.includes(NUL);
    for (let at = 0; at < bytes.length; ) {
      const start: Start = this.#isInside() ? { kind: 'line' } : startOf(bytes, at);
      if (start.kind === 'unclear') {
        this.#start = Buffer.from(bytes.subarray(at));
        break;
      }
      if (start.kind === 'counted') {
        if (start.bytes > MAX_ANNOUNCED)
          return { messages, fault: `it announced a message of ${start.bytes} bytes` };
        this.#counted = { kept: new GrowingBytes(), total: 0, missing: start.bytes };
        at += start.header;
      }
      at = this.#counted
        ? this.#takeCounted(bytes, at, messages)
        : this.#takeLines(bytes, at, endsWithNul, messages);
    }
    return { messages, fault: null };
  }

  /** The last message, when the connection has ended within it. */
  end(): string[] {
    const messages: string[] = [];
    this.#finishCounted(messages);
    messages.push(...listLines(this.#lines.push(this.#start)), ...listLines(this.#lines.end()));
    this.#start = Buffer.alloc(0);
    return messages;
  }

  #isInside(): boolean {
    return this.#counted !== null || this.#lines.partialLength > 0;
  }

  /** Takes lines up to one that begins with a digit, which may be a count; returns where that is. */
  #takeLines(bytes: Buffer, from: number, endsWithNul: boolean, messages: string[]): number {
    let to = from;
    do {
      const end = endsWithNul ? endOfLine(bytes, to) : bytes.indexOf(NEWLINE, to);
      to = end < 0 ? bytes.length : end + 1;
    } while (to < bytes.length && !isDigit(bytes[to]));
    const lines = bytes.subarray(from, to);
    for (const line of listLines(this.#lines.push(endsWithNul ? withNewlines(lines) : lines)))
      messages.push(line);
    return to;
  }

  #takeCounted(bytes: Buffer, from: number, messages: string[]): number {
    const counted = this.#counted;
    if (!counted) return from;
    const part = bytes.subarray(from, from + counted.missing);
    counted.missing -= part.length;
    counted.total += part.length;
    if (counted.missing === 0 && counted.total === part.length && part.length <= MAX_LINE_BYTES) {
      this.#counted = null;
      pushText(part, messages);
      return from + part.length;
    }
    counted.kept.add(part.subarray(0, MAX_LINE_BYTES - counted.kept.length));
    if (counted.missing === 0) this.#finishCounted(messages);
    return from + part.length;
  }

  #finishCounted(messages: string[]): void {
    const counted = this.#counted;
    this.#counted = null;
    if (!counted) return;
    const { kept, total } = counted;
    if (total <= kept.length) return pushText(kept.take(), messages);
    this.#onCut(total);
    messages.push(cutLine(kept.take(), total));
  }
}

function pushText(bytes: Buffer, messages: string[]): void {
  const text = decodeText(withoutEnd(bytes));
  if (text !== '') messages.push(text);
}

function startOf(bytes: Buffer, at: number): Start {
  let digits = 0;
  while (isDigit(bytes[at + digits]) && digits <= MAX_COUNT_DIGITS) digits += 1;
  if (digits === 0 || digits > MAX_COUNT_DIGITS) return { kind: 'line' };
  const [blank, first] = [bytes[at + digits], bytes[at + digits + 1]];
  if (blank === undefined || (blank === BLANK && first === undefined)) return { kind: 'unclear' };
  if (blank !== BLANK) return { kind: 'line' };
  if (first !== LESS) {
    const begin = bytes.toString('latin1', at + digits + 1, at + digits + 1 + STAMP_LENGTH);
    if (!STAMP.test(begin)) return { kind: PART_OF_STAMP.test(begin) ? 'unclear' : 'line' };
  }
  return { kind: 'counted', bytes: Number(bytes.toString('latin1', at, at + digits)), header: digits + 1 };
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
  let end = bytes.length;
  while (end > 0 && isEnd(bytes[end - 1])) end -= 1;
  return bytes.subarray(0, end);
}

function isEnd(byte: number | undefined): boolean {
  return byte === NUL || byte === NEWLINE || byte === RETURN;
}

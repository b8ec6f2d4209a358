import { isAscii, isUtf8 } from 'node:buffer';
import { decodeText } from '../base/text/decode.js';

/** The byte that ends a line. */
export const NEWLINE = 10;

/** The byte that fills holes in a file, where nothing was written. */
const NUL = 0;

/** Bytes of a line that are kept; the rest of a longer line is cut off. */
export const MAX_LINE_BYTES = 256 * 1024;

/** Pieces of a partial line before they are joined: a sender that sends byte by byte must not fill the memory. */
const MAX_PIECES = 256;

/**
 * Whole lines, as one text with newlines between them: a string for each line would cost more than all other work on
 * most lines. Empty lines do not count; the text is empty when there are no lines.
 */
export interface Lines {
  readonly text: string;
}

/** Whole lines cut out of a stream of bytes. */
export interface LineSplitter {
  /** Takes the next bytes and returns the lines that they complete. Bytes that are kept are copied. */
  push(chunk: Buffer): Lines;
  /** The last line, when the stream has ended without a newline. */
  end(): Lines;
  /** How many bytes follow the last newline: they are not a line yet. */
  readonly partialLength: number;
  /** Those bytes, as far as they are kept. */
  partial(): Buffer;
}

/** The lines one by one. */
export function listLines({ text }: Lines): string[] {
  return text.split('\n').filter((line) => line !== '');
}

export const NO_LINES: Lines = { text: '' };

/**
 * Splits bytes at newlines, then decodes, so that no character is cut by a chunk's border. One CR at a line's end and
 * NULs before it are no part of it; blank lines are no lines. A line over `MAX_LINE_BYTES` is cut and says so;
 * `onCut` gets its length in bytes.
 */
export function createLineSplitter(onCut: (bytes: number) => void): LineSplitter {
  let pieces: Buffer[] = [];
  let kept = 0;
  /** Without the NULs before it. */
  let held = 0;
  /** NULs before the partial line. */
  let nuls = 0;

  function hold(bytes: Buffer): void {
    const leading = held > 0 ? 0 : countNuls(bytes);
    nuls += leading;
    const part = bytes.subarray(leading);
    const room = Math.min(part.length, MAX_LINE_BYTES - kept);
    if (room > 0) pieces.push(Buffer.from(part.subarray(0, room)));
    if (pieces.length > MAX_PIECES) pieces = [Buffer.concat(pieces)];
    kept += Math.max(room, 0);
    held += part.length;
  }

  function takePartial(): Buffer {
    const bytes = Buffer.concat(pieces);
    pieces = [];
    kept = 0;
    held = 0;
    nuls = 0;
    return bytes;
  }

  function finish(): string {
    const total = held;
    const bytes = takePartial();
    if (total <= MAX_LINE_BYTES) return withoutReturns(decodeText(bytes));
    onCut(total);
    return cutLine(bytes, total);
  }

  /** Joined as bytes where possible: in a string made of two, each access to a character costs half as much again. */
  function withPartial(whole: Buffer): string {
    if (held === kept) return decodeLines(Buffer.concat([takePartial(), whole]), onCut);
    const first = whole.indexOf(NEWLINE);
    hold(first < 0 ? whole : whole.subarray(0, first));
    return first < 0 ? finish() : `${finish()}\n${decodeLines(whole.subarray(first + 1), onCut)}`;
  }

  return {
    get partialLength() {
      return held + nuls;
    },
    push(chunk) {
      const last = chunk.lastIndexOf(NEWLINE);
      if (last < 0) {
        hold(chunk);
        return NO_LINES;
      }
      const whole = chunk.subarray(0, last);
      nuls = held > 0 ? nuls : 0;
      const text = held > 0 ? withPartial(whole) : decodeLines(whole, onCut);
      if (last + 1 < chunk.length) hold(chunk.subarray(last + 1));
      return { text };
    },
    partial: () => Buffer.concat(pieces),
    end: () => (held > 0 ? { text: finish() } : NO_LINES),
  };
}

/** How many NULs the bytes begin with. */
export function countNuls(bytes: Buffer): number {
  let count = 0;
  while (bytes[count] === NUL) count += 1;
  return count;
}

/** Decodes bytes that begin at the start of a line and end before a newline. */
function decodeLines(bytes: Buffer, onCut: (bytes: number) => void): string {
  return bytes.includes(NUL) ? decodeWithoutNuls(bytes, onCut) : decodePlainLines(bytes, onCut);
}

/**
 * When a log was truncated and its writer (which opened it without O_APPEND) continues at its old offset, the next line
 * follows a hole. The hole reads as NULs, which are no part of the line.
 */
function decodeWithoutNuls(bytes: Buffer, onCut: (bytes: number) => void): string {
  const left = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isStart = true;
  for (const byte of bytes) {
    if (isStart && byte === NUL) continue;
    left[length] = byte;
    length += 1;
    isStart = byte === NEWLINE;
  }
  return decodePlainLines(left.subarray(0, length), onCut);
}

/** Decodes bytes that begin at the start of a line, end before a newline, and hold no NULs that are no part of lines. */
export function decodePlainLines(bytes: Buffer, onCut: (bytes: number) => void): string {
  // Nearly all logs are ASCII, and Latin-1 is the fastest way to decode it.
  if (holdsLongLine(bytes)) return decodeHalves(bytes, onCut);
  if (isAscii(bytes)) return withoutReturns(bytes.toString('latin1'));
  if (isUtf8(bytes)) return withoutReturns(bytes.toString('utf8'));
  return decodeHalves(bytes, onCut);
}

/** Halves the bytes until only those with an invalid byte or a too long line are decoded slowly. */
function decodeHalves(bytes: Buffer, onCut: (bytes: number) => void): string {
  const newline = newlineNearMiddle(bytes);
  if (newline >= 0)
    return `${decodePlainLines(bytes.subarray(0, newline), onCut)}\n${decodePlainLines(bytes.subarray(newline + 1), onCut)}`;
  if (bytes.length <= MAX_LINE_BYTES) return withoutReturns(decodeText(bytes));
  onCut(bytes.length);
  return cutLine(bytes.subarray(0, MAX_LINE_BYTES), bytes.length);
}

function holdsLongLine(bytes: Buffer): boolean {
  for (let from = 0; bytes.length - from > MAX_LINE_BYTES; ) {
    const newline = bytes.lastIndexOf(NEWLINE, from + MAX_LINE_BYTES);
    if (newline < from) return true;
    from = newline + 1;
  }
  return false;
}

function newlineNearMiddle(bytes: Buffer): number {
  const middle = bytes.length >> 1;
  const before = bytes.lastIndexOf(NEWLINE, middle);
  return before >= 0 ? before : bytes.indexOf(NEWLINE, middle);
}

/** The first bytes of a line that had so many in `total`, and the words that say so. */
export function cutLine(kept: Buffer, total: number): string {
  return `${decodeText(withoutCutCharacter(kept))} [cut: ${total} bytes]`;
}

/** The limit counts bytes: a character that it cuts in two is left out. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, -back) : bytes;
  }
  return bytes;
}

/** One CR at the end of a line is no part of it. */
function withoutReturns(lines: string): string {
  return lines.includes('\r') ? lines.replace(/\r(?=\n|$)/g, '') : lines;
}

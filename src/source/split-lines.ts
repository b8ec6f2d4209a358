import { isAscii, isUtf8 } from 'node:buffer';
import { decodeText } from '../base/text/decode.js';

/** The byte that ends a line. */
export const NEWLINE = 10;

/** A byte that stands in front of a line where nothing was written. */
const NUL = 0;

/** The longest line that is kept whole, in bytes; programs that log more in one line are out of their minds. */
export const LONGEST_LINE = 256 * 1024;

/**
 * Whole lines, as one text with a newline between each and the next: cutting a stream into a string a line costs more
 * than all that is done with most lines. Empty lines are no lines; the text is empty when there are none.
 */
export interface Lines {
  readonly text: string;
}

/** Whole lines cut out of a stream of bytes. */
export interface LineSplitter {
  /** Takes the next bytes (copied where kept) and returns the lines that they complete. */
  push(chunk: Buffer): Lines;
  /** The last line, when the stream has ended without a newline. */
  end(): Lines;
  /** Bytes behind the last newline: begun, not yet a line. */
  readonly held: number;
  /** Those bytes, as far as they are kept. */
  begun(): Buffer;
}

/** The lines one by one. */
export function listLines({ text }: Lines): string[] {
  return text.split('\n').filter((line) => line !== '');
}

export const NO_LINES: Lines = { text: '' };

/**
 * Splits bytes at newlines, then decodes, so that no character is cut by a chunk's border. One CR at a line's end and
 * NULs before it are no part of it; blank lines are no lines. A line over `LONGEST_LINE` is cut and says so; `onCut` hears its bytes.
 */
export function createLineSplitter(onCut: (bytes: number) => void): LineSplitter {
  let begun: Buffer[] = [];
  let kept = 0;
  /** Without the NULs before it. */
  let held = 0;
  /** NULs before the line that is begun. */
  let nuls = 0;

  function hold(bytes: Buffer): void {
    const leading = held > 0 ? 0 : countNuls(bytes);
    nuls += leading;
    const part = bytes.subarray(leading);
    const room = Math.min(part.length, LONGEST_LINE - kept);
    if (room > 0) begun.push(Buffer.from(part.subarray(0, room)));
    kept += Math.max(room, 0);
    held += part.length;
  }

  function takeBegun(): Buffer {
    const bytes = Buffer.concat(begun);
    begun = [];
    kept = 0;
    held = 0;
    nuls = 0;
    return bytes;
  }

  function finish(): string {
    const total = held;
    const bytes = takeBegun();
    if (total <= LONGEST_LINE) return withoutReturns(decodeText(bytes));
    onCut(total);
    return cutLine(bytes, total);
  }

  /**
   * Joined as bytes where it can be: each look at a character of a string that was put together from two costs half as
   * much again.
   */
  function withBegun(whole: Buffer): string {
    if (held === kept) return decodeLines(Buffer.concat([takeBegun(), whole]), onCut);
    const first = whole.indexOf(NEWLINE);
    hold(first < 0 ? whole : whole.subarray(0, first));
    return first < 0 ? finish() : `${finish()}\n${decodeLines(whole.subarray(first + 1), onCut)}`;
  }

  return {
    get held() {
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
      const text = held > 0 ? withBegun(whole) : decodeLines(whole, onCut);
      if (last + 1 < chunk.length) hold(chunk.subarray(last + 1));
      return { text };
    },
    begun: () => Buffer.concat(begun),
    end: () => (held > 0 ? { text: finish() } : NO_LINES),
  };
}

/** How many NULs stand in front. */
export function countNuls(bytes: Buffer): number {
  let count = 0;
  while (bytes[count] === NUL) count += 1;
  return count;
}

/** Lines of a stretch that begins at a line's start and ends before a newline. */
function decodeLines(bytes: Buffer, onCut: (bytes: number) => void): string {
  return bytes.includes(NUL) ? decodeWithoutNuls(bytes, onCut) : decodePlainLines(bytes, onCut);
}

/**
 * Where a log was emptied and its writer went on at its old place (it opened it without O_APPEND), the next line stands
 * behind a hole, which reads as NULs: they are no part of it.
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

function decodePlainLines(bytes: Buffer, onCut: (bytes: number) => void): string {
  // By far the most logs are ASCII, and Latin-1 is the quickest way to decode that.
  if (holdsLongLine(bytes)) return decodeHalves(bytes, onCut);
  if (isAscii(bytes)) return withoutReturns(bytes.toString('latin1'));
  if (isUtf8(bytes)) return withoutReturns(bytes.toString('utf8'));
  return decodeHalves(bytes, onCut);
}

/** One odd byte, or one line too long, must not make all the others slow: what is sound is decoded in large pieces. */
function decodeHalves(bytes: Buffer, onCut: (bytes: number) => void): string {
  const newline = newlineNearMiddle(bytes);
  if (newline >= 0)
    return `${decodePlainLines(bytes.subarray(0, newline), onCut)}\n${decodePlainLines(bytes.subarray(newline + 1), onCut)}`;
  if (bytes.length <= LONGEST_LINE) return withoutReturns(decodeText(bytes));
  onCut(bytes.length);
  return cutLine(bytes.subarray(0, LONGEST_LINE), bytes.length);
}

function holdsLongLine(bytes: Buffer): boolean {
  for (let from = 0; bytes.length - from > LONGEST_LINE; ) {
    const newline = bytes.lastIndexOf(NEWLINE, from + LONGEST_LINE);
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

/** The limit counts bytes: a character that it cut in two is left out, not shown as broken. */
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

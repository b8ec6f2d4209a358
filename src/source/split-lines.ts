import { isUtf8 } from 'node:buffer';
import { decodeText } from '../decode-text.js';

/** The longest line that is kept whole, in bytes; programs that log more in one line are out of their minds. */
export const LONGEST_LINE = 256 * 1024;

/** Whole lines cut out of a stream of bytes. */
export interface LineSplitter {
  /** Takes the next bytes (copied where kept) and returns the lines that they complete. */
  push(chunk: Buffer): string[];
  /** The last line, when the stream has ended without a newline. */
  end(): string[];
  /** Bytes behind the last newline: begun, not yet a line. */
  readonly held: number;
  /** Those bytes, as far as they are kept. */
  begun(): Buffer;
}

const NEWLINE = 10;

/**
 * Splits bytes at newlines, then decodes, so that no character is cut by a chunk's border. One CR at a line's end is
 * no part of it; blank lines are no lines. A line over `LONGEST_LINE` is cut and says so; `onCut` hears its bytes.
 */
export function createLineSplitter(onCut: (bytes: number) => void): LineSplitter {
  let begun: Buffer[] = [];
  let kept = 0;
  let held = 0;

  function hold(part: Buffer): void {
    const room = Math.min(part.length, LONGEST_LINE - kept);
    if (room > 0) begun.push(Buffer.from(part.subarray(0, room)));
    kept += Math.max(room, 0);
    held += part.length;
  }

  function finish(): string[] {
    const bytes = Buffer.concat(begun);
    const total = held;
    begun = [];
    kept = 0;
    held = 0;
    if (total <= LONGEST_LINE) return clean([decodeText(bytes)]);
    onCut(total);
    return clean([`${decodeText(withoutCutCharacter(bytes))} [cut: ${total} bytes]`]);
  }

  return {
    get held() {
      return held;
    },
    push(chunk) {
      const last = chunk.lastIndexOf(NEWLINE);
      if (last < 0) {
        hold(chunk);
        return [];
      }
      const first = held > 0 ? chunk.indexOf(NEWLINE) : -1;
      if (first >= 0) hold(chunk.subarray(0, first));
      const lines = first >= 0 ? finish() : [];
      const whole = chunk.subarray(first + 1, Math.max(last, first + 1));
      if (whole.length > 0) lines.push(...splitWhole(whole, onCut));
      if (last + 1 < chunk.length) hold(chunk.subarray(last + 1));
      return lines;
    },
    begun: () => Buffer.concat(begun),
    end: () => (held > 0 ? finish() : []),
  };
}

/** Lines of a stretch that begins at a line's start and ends before a newline. */
function splitWhole(bytes: Buffer, onCut: (bytes: number) => void): string[] {
  if (bytes.length <= LONGEST_LINE && isUtf8(bytes)) return clean(bytes.toString('utf8').split('\n'));
  const lines: string[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(decodeLine(bytes.subarray(from, end), onCut));
    from = end + 1;
  }
  return clean(lines);
}

function decodeLine(bytes: Buffer, onCut: (bytes: number) => void): string {
  if (bytes.length <= LONGEST_LINE) return decodeText(bytes);
  onCut(bytes.length);
  return `${decodeText(withoutCutCharacter(bytes.subarray(0, LONGEST_LINE)))} [cut: ${bytes.length} bytes]`;
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

function clean(lines: string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text !== '') whole.push(text);
  }
  return whole;
}

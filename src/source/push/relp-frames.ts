import { GrowingBytes } from './growing-bytes.js';
import { MAX_ANNOUNCED } from './message-splitter.js';

/** `TXNR COMMAND DATALEN DATA`, and a newline. */
export interface RelpFrame {
  readonly number: number;
  readonly command: string;
  readonly data: Buffer;
}

/** The frames that bytes completed. `fault`: why the rest cannot be read, in words. */
export interface SplitFrames {
  readonly frames: readonly RelpFrame[];
  readonly fault: string | null;
}

/** 9 digits, 32 letters, 9 digits, and what separates them. */
const MAX_HEADER = 9 + 1 + 32 + 1 + 9 + 1;

const HEADER = /^(\d{1,9}) ([A-Za-z]{1,32}) (\d{1,9})[ \n]/;

/** The start of a header that is not whole. */
const PART_OF_HEADER = /^(?:\d{1,9}(?: (?:[A-Za-z]{1,32}(?: \d{0,9})?)?)?)?$/;

const NEWLINE = 10;

/** A frame whose data has not come whole. */
interface Begun {
  readonly number: number;
  readonly command: string;
  readonly kept: GrowingBytes;
  /** Bytes of data that are still to come, and the newline behind them. */
  missing: number;
}

/** Splits what a connection brings into frames of RELP. What is not one ends it: nothing behind it can be trusted. */
export class RelpFrames {
  #header: Buffer = Buffer.alloc(0);
  #begun: Begun | null = null;

  /** Bytes that are kept of a frame that is not whole. */
  get held(): number {
    return (this.#begun?.kept.length ?? 0) + this.#header.length;
  }

  push(chunk: Buffer): SplitFrames {
    const bytes = this.#header.length > 0 ? Buffer.concat([this.#header, chunk]) : chunk;
    this.#header = Buffer.alloc(0);
    const frames: RelpFrame[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (!this.#begun) {
        const began = this.#begin(bytes, at);
        if (typeof began === 'string') return { frames, fault: began };
        if (began === null) break;
        at = began;
      }
      const taken = this.#takeData(bytes, at, frames);
      if (typeof taken === 'string') return { frames, fault: taken };
      at = taken;
    }
    return { frames, fault: null };
  }

  /** Where the data begins; null: the header is not whole; else what is wrong with it. */
  #begin(bytes: Buffer, at: number): number | string | null {
    const start = bytes.toString('latin1', at, at + MAX_HEADER);
    const [header, number, command = '', length] = HEADER.exec(start) ?? [];
    if (header === undefined) {
      if (!PART_OF_HEADER.test(start)) return 'what it sent is not RELP';
      this.#header = Buffer.from(bytes.subarray(at));
      return null;
    }
    if (Number(length) > MAX_ANNOUNCED) return `it announced a message of ${length} bytes`;
    // Without data, the newline may follow at once.
    const isEnded = header.endsWith('\n');
    if (isEnded && Number(length) > 0) return 'a frame ended before its data';
    this.#begun = { number: Number(number), command, kept: new GrowingBytes(), missing: Number(length) + 1 };
    return at + header.length - (isEnded ? 1 : 0);
  }

  #takeData(bytes: Buffer, at: number, frames: RelpFrame[]): number | string {
    const begun = this.#begun;
    if (!begun) return at;
    const part = bytes.subarray(at, at + begun.missing);
    begun.missing -= part.length;
    const isWhole = begun.missing === 0 && begun.kept.length === 0;
    if (!isWhole) begun.kept.add(part);
    if (begun.missing > 0) return at + part.length;
    this.#begun = null;
    const { number, command, kept } = begun;
    const whole = isWhole ? part : kept.take();
    if (whole.at(-1) !== NEWLINE) return 'a frame was longer than it said';
    frames.push({ number, command, data: whole.subarray(0, -1) });
    return at + part.length;
  }
}

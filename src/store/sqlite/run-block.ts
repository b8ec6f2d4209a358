import { crc32 } from 'node:zlib';
import type { TallyChange } from '../../queue/tally.js';
import { rowStatsOf, storeRowStats } from '../../values/row-stats.js';
import { Misfit } from './decode.js';
import { storedDetail } from './stored-detail.js';

/** A row of a run: a message of a host that was counted without values. */
export type RunRow = Pick<TallyChange, 'host' | 'message' | 'count' | 'first' | 'last' | 'stats'>;

/**
 * A block holds rows that wait as bytes:
 *
 *     1 byte    the version of this form, 1
 *     4 bytes   CRC-32 of all that follows
 *     4 bytes   how many bytes of numbers follow
 *     numbers   how many rows, and the earliest time; then host by host: its length, how many rows it has, and of each row
 *               the length of its message, that of its detail, the count, and the times
 *     texts     host by host: its name, and of each row the message and its detail, all as one text in UTF-8
 *
 * Numbers of 4 bytes are little-endian; all others take 7 bits a byte, the lowest first, and the last byte is below 128
 * (LEB128). Lengths are of UTF-16 units. The first time of a row is 0 where it has none, else 1 more than what it is later
 * than the earliest one; the last one is what it is later than the first.
 */
const VERSION = 1;
const CHECKED_FROM = 5;
const HEADER = 9;

/** Times before the year 10,889 (ms): no number of a block is above 2^53. */
const MAX_BLOCK_TIME = 2 ** 48;

/** The most bytes that the numbers of a row take, those of its host included. */
const MAX_ROW_NUMBERS = 7 * 8;

/** Whether a block can hold a row, whose numbers are whole almost always. */
export function fitsBlock({ count, first, last }: RunRow): boolean {
  if (!Number.isSafeInteger(count) || count < 0) return false;
  if (first === null || last === null) return first === last;
  return (
    Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last < MAX_BLOCK_TIME
  );
}

/** The bytes of rows that fit, those of a host one after the other. */
export function encodeBlock(rows: readonly RunRow[]): Buffer {
  const earliest = earliestOf(rows);
  const block = new BlockWriter(rows.length);
  block.number(rows.length);
  block.number(earliest);
  for (let from = 0; from < rows.length; ) {
    const to = endOfHost(rows, from);
    const { host } = rows[from] as RunRow;
    block.text(host);
    block.number(to - from);
    for (; from < to; from++) writeRow(block, rows[from] as RunRow, earliest);
  }
  return block.bytes();
}

function earliestOf(rows: readonly RunRow[]): number {
  let earliest = MAX_BLOCK_TIME;
  for (const { first } of rows) if (first !== null && first < earliest) earliest = first;
  return earliest;
}

function endOfHost(rows: readonly RunRow[], from: number): number {
  const host = rows[from]?.host;
  let to = from + 1;
  while (to < rows.length && rows[to]?.host === host) to++;
  return to;
}

function writeRow(
  block: BlockWriter,
  { message, count, first, last, stats }: RunRow,
  earliest: number,
): void {
  block.text(message);
  block.text(stats ? (storeRowStats(stats) ?? '') : '');
  block.number(count);
  block.number(first === null ? 0 : first - earliest + 1);
  block.number(first === null || last === null ? 0 : last - first);
}

class BlockWriter {
  readonly #numbers: Uint8Array;
  #at = 0;
  readonly #texts: string[] = [];

  constructor(rows: number) {
    this.#numbers = new Uint8Array((rows + 1) * MAX_ROW_NUMBERS);
  }

  number(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#numbers[this.#at++] = (rest % 128) + 128;
    this.#numbers[this.#at++] = rest;
  }

  text(text: string): void {
    this.number(text.length);
    if (text !== '') this.#texts.push(text);
  }

  bytes(): Buffer {
    const text = this.#texts.join('');
    const numbers = this.#numbers.subarray(0, this.#at);
    const bytes = Buffer.allocUnsafe(HEADER + numbers.length + Buffer.byteLength(text));
    bytes[0] = VERSION;
    bytes.writeUInt32LE(numbers.length, CHECKED_FROM);
    bytes.set(numbers, HEADER);
    bytes.write(text, HEADER + numbers.length);
    bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 1);
    return bytes;
  }
}

/** The rows of a block; throws `Misfit`. */
export function decodeBlock(bytes: Buffer): RunRow[] {
  const block = new BlockReader(bytes);
  const count = block.number();
  const earliest = block.number();
  const rows: RunRow[] = [];
  while (rows.length < count) {
    const host = block.text();
    for (let left = block.number(); left > 0; left--) rows.push(readRow(block, host, earliest));
  }
  block.end();
  return rows;
}

function readRow(block: BlockReader, host: string, earliest: number): RunRow {
  const message = block.text();
  const detail = block.text();
  const count = block.number();
  const began = block.number();
  const lasted = block.number();
  const first = began === 0 ? null : earliest + began - 1;
  const row = { host, message, count, first, last: first === null ? null : first + lasted };
  return detail === '' ? row : { ...row, stats: rowStatsOf(storedDetail(detail)) };
}

/** Reads numbers and texts in the order in which they were written; each method throws `Misfit`. */
class BlockReader {
  readonly #bytes: Buffer;
  #at = HEADER;
  readonly #end: number;
  readonly #text: string;
  #from = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    if (bytes.length < HEADER || bytes[0] !== VERSION) this.#refuse();
    if (bytes.readUInt32LE(1) !== crc32(bytes.subarray(CHECKED_FROM))) this.#refuse();
    this.#end = HEADER + bytes.readUInt32LE(CHECKED_FROM);
    this.#text = bytes.toString('utf8', this.#end);
  }

  number(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.#at >= this.#end) this.#refuse();
      const byte = this.#bytes[this.#at++] ?? 0;
      if (byte < 128) return value + byte * scale;
      value += (byte - 128) * scale;
      scale *= 128;
    }
  }

  text(): string {
    const from = this.#from;
    this.#from += this.number();
    if (this.#from > this.#text.length) this.#refuse();
    return this.#text.slice(from, this.#from);
  }

  /** All must have been read. */
  end(): void {
    if (this.#at !== this.#end || this.#from !== this.#text.length) this.#refuse();
  }

  #refuse(): never {
    throw new Misfit(this.#bytes, 'what tayori writes there');
  }
}

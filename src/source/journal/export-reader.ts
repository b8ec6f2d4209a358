import { decodeText } from '../../base/text/decode.js';
import { cutLine, MAX_LINE_BYTES } from '../split-lines.js';

/** An entry of a journal, as far as a log line would tell of it. */
export interface JournalEntry {
  /** Names this entry among all (`journalctl --cursor`). */
  readonly cursor: string;
  /** ms since 1970; null: the entry has none. */
  readonly time: number | null;
  /** `_HOSTNAME`; null: the entry has none. */
  readonly host: string | null;
  /** `SYSLOG_IDENTIFIER`, else `_COMM`; null: neither is there. */
  readonly program: string | null;
  /** `_PID`, else `SYSLOG_PID`. */
  readonly pid: string | null;
  /** As in `<PRI>`: eight times the facility, and the severity. null: the entry names no severity. */
  readonly priority: number | null;
  /** All of MESSAGE, where it stands several times, one behind the other; '' where there is none. Lines may end in it. */
  readonly message: string;
}

/** The fields that are read; `journalctl` always prints those that begin with `__`. */
export const FIELDS = [
  'MESSAGE',
  '_HOSTNAME',
  'SYSLOG_IDENTIFIER',
  '_COMM',
  '_PID',
  'SYSLOG_PID',
  'PRIORITY',
  'SYSLOG_FACILITY',
] as const;

/** The longest name of a field (systemd.journal-fields(7) and journald: 64 characters). */
const MAX_NAME = 64;
/** So much of a field other than MESSAGE is kept (bytes): names, numbers, a cursor. */
const MAX_WORD = 512;
/** A larger field is none of journald's, which takes 768 MB at most (bytes). */
const MAX_FIELD = 2 ** 30;
/** The size of a binary field stands in front of it, in so many bytes. */
const SIZE_BYTES = 8;

/** What comes next. `size`, `data` and `end` belong to a binary field: its size, its bytes, the newline behind them. */
type State = 'line' | 'size' | 'data' | 'end';

/**
 * Reads the journal export format (systemd.io, JOURNAL_EXPORT_FORMATS) out of a stream of bytes. A field is
 * `NAME=VALUE` or, where the value is binary, its name, a newline, its size (64 bits, little endian), its bytes and a
 * newline; an empty line ends an entry. The bytes are looked at as Latin-1, where a character is a byte.
 */
export class ExportReader {
  readonly #onEntry: (entry: JournalEntry) => void;
  readonly #onCut: (bytes: number) => void;
  readonly #fields = new Map<string, string>();
  #message = '';
  #messageBytes = 0;
  #state: State = 'line';
  /** What of a line, a size or a binary field has come, as far as it is kept, and how many bytes that were. */
  #held = '';
  #heldBytes = 0;
  /** The binary field that is read, and how many bytes of it are still to come. */
  #name = '';
  #left = 0;

  /** `onCut`: a message of so many bytes was cut. */
  constructor(onEntry: (entry: JournalEntry) => void, onCut: (bytes: number) => void) {
    this.#onEntry = onEntry;
    this.#onCut = onCut;
  }

  /** Throws where the bytes are no export of a journal. */
  push(chunk: Buffer): void {
    const text = chunk.toString('latin1');
    for (let at = 0; at < text.length; ) {
      if (this.#state === 'line') at = this.#readLine(text, at);
      else if (this.#state === 'size') at = this.#readSize(text, at);
      else if (this.#state === 'data') at = this.#readData(text, at);
      else {
        this.#state = 'line';
        at += 1;
      }
    }
  }

  #readLine(text: string, from: number): number {
    const newline = text.indexOf('\n', from);
    if (newline < 0) {
      this.#hold(text.slice(from));
      return text.length;
    }
    if (this.#heldBytes === 0) this.#takeLine(text, from, newline, newline - from);
    else {
      this.#hold(text.slice(from, newline));
      const line = this.#held;
      const bytes = this.#heldBytes;
      this.#letGo();
      this.#takeLine(line, 0, line.length, bytes);
    }
    return newline + 1;
  }

  /** `bytes`: how many the whole line had. */
  #takeLine(text: string, from: number, to: number, bytes: number): void {
    if (from === to) return this.#endEntry();
    const equals = text.indexOf('=', from);
    if (equals < 0 || equals >= to) return this.#beginBinary(text.slice(from, to));
    this.#takeField(text.slice(from, equals), text.slice(equals + 1, to), bytes - (equals + 1 - from));
  }

  #beginBinary(name: string): void {
    if (name.startsWith('-- ')) return; // `-- No entries --`
    if (name.length > MAX_NAME) throw new Error('what journalctl prints is no journal');
    this.#name = name;
    this.#state = 'size';
  }

  #readSize(text: string, from: number): number {
    const to = Math.min(text.length, from + SIZE_BYTES - this.#heldBytes);
    this.#hold(text.slice(from, to));
    if (this.#heldBytes < SIZE_BYTES) return to;
    const size = Number(Buffer.from(this.#held, 'latin1').readBigUInt64LE());
    if (size > MAX_FIELD) throw new Error(`what journalctl prints is no journal: a field of ${size} bytes`);
    this.#letGo();
    this.#left = size;
    this.#state = 'data';
    if (size === 0) this.#endData();
    return to;
  }

  #readData(text: string, from: number): number {
    const to = Math.min(text.length, from + this.#left);
    this.#left -= to - from;
    this.#hold(text.slice(from, to));
    if (this.#left === 0) this.#endData();
    return to;
  }

  #endData(): void {
    const value = this.#held;
    const bytes = this.#heldBytes;
    this.#letGo();
    this.#state = 'end';
    this.#takeField(this.#name, value, bytes);
  }

  #hold(text: string): void {
    this.#heldBytes += text.length;
    if (this.#held.length < MAX_HELD) this.#held += text.slice(0, MAX_HELD - this.#held.length);
  }

  #letGo(): void {
    this.#held = '';
    this.#heldBytes = 0;
  }

  /** Of a field that is there several times the first counts, of MESSAGE all do. */
  #takeField(name: string, value: string, bytes: number): void {
    if (name === 'MESSAGE') this.#addMessage(value, bytes);
    else if (value !== '' && KEPT.has(name) && !this.#fields.has(name))
      this.#fields.set(name, value.slice(0, MAX_WORD));
  }

  #addMessage(value: string, bytes: number): void {
    const separator = this.#messageBytes > 0 ? '\n' : '';
    const room = MAX_LINE_BYTES + 1 - this.#message.length;
    if (room > 0) this.#message += `${separator}${value}`.slice(0, room);
    this.#messageBytes += separator.length + bytes;
  }

  #endEntry(): void {
    const cursor = this.#fields.get('__CURSOR');
    if (cursor !== undefined) this.#onEntry(this.#entry(cursor));
    this.#fields.clear();
    this.#message = '';
    this.#messageBytes = 0;
  }

  #entry(cursor: string): JournalEntry {
    const text = (name: string): string | null => {
      const value = this.#fields.get(name);
      return value === undefined ? null : decode(value);
    };
    const isOwn = this.#fields.get('SYSLOG_IDENTIFIER') === 'tayori';
    return {
      cursor,
      time: timeOf(this.#fields.get('__REALTIME_TIMESTAMP')),
      host: text('_HOSTNAME'),
      program: text('SYSLOG_IDENTIFIER') ?? text('_COMM'),
      // What tayori says comes by logger(1), which names it there.
      pid: isOwn ? (text('SYSLOG_PID') ?? text('_PID')) : (text('_PID') ?? text('SYSLOG_PID')),
      priority: priorityOf(this.#fields.get('SYSLOG_FACILITY'), this.#fields.get('PRIORITY')),
      message: this.#decodeMessage(),
    };
  }

  #decodeMessage(): string {
    if (this.#messageBytes <= MAX_LINE_BYTES) return decode(this.#message);
    this.#onCut(this.#messageBytes);
    return cutLine(Buffer.from(this.#message.slice(0, MAX_LINE_BYTES), 'latin1'), this.#messageBytes);
  }
}

/** A message with its name, and one byte more to see that it is too long. */
const MAX_HELD = 'MESSAGE='.length + MAX_LINE_BYTES + 1;

const KEPT: ReadonlySet<string> = new Set([
  '__CURSOR',
  '__REALTIME_TIMESTAMP',
  ...FIELDS.filter((name) => name !== 'MESSAGE'),
]);

const BEYOND_ASCII = /[\x80-\xff]/;

function decode(latin1: string): string {
  return BEYOND_ASCII.test(latin1) ? decodeText(Buffer.from(latin1, 'latin1')) : latin1;
}

/** Microseconds, in decimal. */
function timeOf(realtime: string | undefined): number | null {
  const time = Math.floor(Number(realtime) / 1000);
  return Number.isSafeInteger(time) && time > 0 ? time : null;
}

/** What names no facility is of a user's program (RFC 3164, 4.3.3). */
function priorityOf(facility = '1', severity: string | undefined): number | null {
  if (!/^[0-7]$/.test(severity ?? '')) return null;
  return (/^(?:\d|1\d|2[0-3])$/.test(facility) ? Number(facility) : 1) * 8 + Number(severity);
}

import { hostname } from 'node:os';
import { lazily } from '../base/lazily.js';
import { optimiseNow } from '../base/process/late-optimising.js';
import type { ProcessId } from '../base/process/process-id.js';
import type { TextBlock } from '../base/text/text-block.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import type { Entry } from '../line/entry.js';
import { createFieldReader, type EntryFields } from '../line/entry-of-fields.js';
import { Excerpt } from '../line/excerpt.js';
import type { LogReading } from '../line/log-reading.js';
import { createPrefixReader } from '../line/read-prefix.js';
import { createPrefixScanner } from '../line/scan-prefix.js';
import { createTimestampWriter } from '../line/timestamp.js';
import { asksFor } from '../rule/flat-rules.js';
import type { Start } from '../source/file/segment.js';
import type { JournalEntry } from '../source/journal/export-reader.js';
import type { JournalOptions } from '../source/journal/journal.js';
import { bootOf } from '../source/journal/journal-cursor.js';
import type { Receiver } from '../source/push/receiver.js';
import type { SenderNamesOptions } from '../source/push/sender-names.js';
import type { Prefix } from '../source/push/sent-lines.js';
import type { SourceEvent } from '../source/source-event.js';
import type { CountingBuffer } from './counting-buffer.js';
import type { IngestEvent } from './event.js';
import { lineOptionsOf } from './line-options.js';
import type { Listeners, SenderReading } from './listeners.js';
import { LogReadings } from './log-readings.js';
import { LogStream } from './log-stream.js';
import type { JournalLine } from './receive-buffer.js';
import type { WantedReceiver } from './wanted-receivers.js';

export interface OpenerOptions {
  readonly clock: Clock;
  onEvent(event: IngestEvent): void;
  /** Where to begin in journals never seen before; as the config says unless something else is given. */
  readonly start?: Start;
  readonly reverse: SenderNamesOptions['reverse'];
}

type Wanted<Kind extends WantedReceiver['kind']> = WantedReceiver & { readonly kind: Kind };

/** Opens receivers. The code of a kind of source is loaded with the first of them: most configs name none. */
export class ReceiverOpener {
  readonly #options: OpenerOptions;
  /** As the config in force reads them. Receivers outlive a reload, and ask anew for each line. */
  #readers: Readers;
  /** Loaded with the first listener. */
  #listeners: Listeners | null = null;

  constructor(config: Config, options: OpenerOptions) {
    this.#options = options;
    this.#readers = readersOf(config, options.clock);
  }

  /** From now on this config says how lines are read, also those of receivers that are open. */
  adopt(config: Config): void {
    this.#readers = readersOf(config, this.#options.clock);
    this.#listeners?.renew();
  }

  /** Reads what a config needs to be adopted; null, or in words why it cannot be. */
  async prepare(config: Config): Promise<string | null> {
    if (config.listen.length === 0) return null;
    this.#listeners ??= await this.#loadListeners();
    return this.#listeners.readCertificate(config);
  }

  async open(wanted: WantedReceiver, config: Config, buffer: CountingBuffer): Promise<Receiver> {
    optimiseNow();
    switch (wanted.kind) {
      case 'fifo':
        return await this.#openFifo(wanted, buffer);
      case 'listen':
        return await this.#openListener(wanted, buffer);
      case 'redis':
        return await this.#openRedis(wanted, buffer);
      case 'journal':
        return await this.#openJournal(wanted, config, buffer);
      case 'command':
        return await this.#openCommand(wanted, buffer);
    }
  }

  async #openFifo({ path }: Wanted<'fifo'>, buffer: CountingBuffer): Promise<Receiver> {
    const { openFifo } = await import('../source/push/fifo.js');
    const stream = this.#logStream(path, (entries) => buffer.push(entries, path));
    const fifo = openFifo({ path, onLines: (lines) => stream.push(lines), onEvent: this.#onEvent });
    await fifo.poll();
    return flushedAtEnd(fifo, stream);
  }

  async #openListener(wanted: Wanted<'listen'>, buffer: CountingBuffer): Promise<Receiver> {
    this.#listeners ??= await this.#loadListeners();
    const reading: SenderReading = {
      isBound: () => this.#readers.isBound,
      readPrefix: (line) => this.#readers.readPrefix(line),
      scanHost: (whole, from, to) => this.#readers.scanHost(whole, from, to),
      keepsPriority: () => this.#readers.keepsPriority,
      stamp: (time) => this.#readers.stamp(time),
    };
    return await this.#listeners.open(wanted, reading, buffer);
  }

  async #openRedis(wanted: Wanted<'redis'>, buffer: CountingBuffer): Promise<Receiver> {
    const { openRedisLists } = await import('../source/push/redis-lists.js');
    const { clock } = this.#options;
    return openRedisLists({
      ...wanted,
      clock,
      take: (lines, batch) => buffer.take(lines, batch),
      onEvent: this.#onEvent,
    });
  }

  async #openJournal(wanted: Wanted<'journal'>, config: Config, buffer: CountingBuffer): Promise<Receiver> {
    const { folder, matches, unless } = wanted;
    const { clock, start = { kind: config.start.value } } = this.#options;
    const options: JournalOptions = {
      folder,
      matches,
      start,
      clock,
      remembered: (source) => buffer.lastTaken(source),
      take: ({ entries, source, id, gap }) => {
        const read = entries.map((entry) => this.#readEntry(entry)).filter((entry) => entry !== null);
        return buffer.takeEntries(read, { source, id }, gap);
      },
      onEvent: this.#onEvent,
    };
    if (unless !== null) {
      const { openFallbackJournal } = await import('../source/journal/fallback-journal.js');
      return openFallbackJournal({ ...options, logs: unless });
    }
    const { openJournal } = await import('../source/journal/journal.js');
    return openJournal(options);
  }

  #readEntry(fields: JournalEntry): JournalLine | null {
    const entry = this.#readers.readFields(fields);
    const by = entry && ownProcessOf(fields);
    return by ? { ...entry, by } : entry;
  }

  async #openCommand({ path, args }: Wanted<'command'>, buffer: CountingBuffer): Promise<Receiver> {
    const { openCommand } = await import('../source/push/command.js');
    const stream = this.#logStream(path, (entries) =>
      buffer.push(
        entries.map((entry) => this.#withPrefix(entry, this.#readers.readingOf(path))),
        path,
      ),
    );
    const command = openCommand({
      path,
      args,
      clock: this.#options.clock,
      onLines: (lines) => stream.push(lines),
      onEvent: this.#onEvent,
    });
    return flushedAtEnd(command, stream);
  }

  #logStream(path: string, onEntries: (entries: readonly string[]) => void): LogStream {
    return new LogStream({
      clock: this.#options.clock,
      reading: () => this.#readers.readingOf(path),
      onEntries,
      onEntryCut: (entries) => this.#onEvent({ kind: 'entry-cut', path, entries }),
    });
  }

  /** A syslog line that names neither time nor host is taken as said now, by this machine or the host of its log. */
  #withPrefix(line: string, reading: LogReading | null): string {
    if (reading && !reading.scan) return line;
    const prefix = this.#readers.readPrefix(line);
    const host = reading?.scan?.host ?? hostname();
    return prefix.kind === 'none' ? `${this.#readers.stamp(null)} ${host} ${line}` : line;
  }

  readonly #onEvent = (event: SourceEvent): void => this.#options.onEvent({ kind: 'source', event });

  async #loadListeners(): Promise<Listeners> {
    const { Listeners } = await import('./listeners.js');
    return new Listeners(this.#options);
  }
}

/** Who said an entry, where tayori may have: by its name, or as this process under whatever name. */
function ownProcessOf({ program, pid, cursor }: JournalEntry): ProcessId | null {
  const isOwn = pid !== null && (program === 'tayori' || pid === OWN_PID);
  return isOwn ? { pid: Number(pid), boot: bootOf(cursor) } : null;
}

const OWN_PID = String(process.pid);

/** The same receiver, which hands on what its stream holds when it is closed. */
function flushedAtEnd(receiver: Receiver, stream: LogStream): Receiver {
  return {
    poll: () => receiver.poll(),
    state: () => receiver.state(),
    async close() {
      await receiver.close();
      stream.flush();
    },
  };
}

/** How a config reads prefixes and fields, and writes prefixes of its own. */
interface Readers {
  /** Whether a rule asks for priorities. */
  readonly keepsPriority: boolean;
  /** Whether senders with a certificate may speak for themselves alone. */
  readonly isBound: boolean;
  readPrefix(line: string): Prefix;
  /** The host of a line in a larger text; null: `readPrefix` will tell. */
  scanHost(whole: TextBlock, from: number, to: number): string | null;
  /** How the log of this path is read; null: as all others. */
  readingOf(path: string): LogReading | null;
  /** null: there is no message. */
  readFields(fields: EntryFields): Entry | null;
  /** `time`: what the sender says (ms). */
  stamp(time: number | null): string;
}

/** A stamp without a year tells a time that is no older than this and no later than a day from now (ms). */
const MAX_STAMP_AGE = 300 * DAY;

function readersOf(config: Config, clock: Clock): Readers {
  const { timezone, hidepid } = config;
  const lineOptions = lineOptionsOf(config, () => clock.now());
  const read = createPrefixReader({ ...lineOptions, hidepid: false });
  const scan = createPrefixScanner({ ...lineOptions, hidepid: false });
  const excerpt = new Excerpt();
  const readings = new LogReadings(config, lineOptions, () => {});
  const write = lazily(() => createTimestampWriter(timezone.value));
  return {
    keepsPriority: asksFor(config.rules, 'priority'),
    isBound: config.listenHost.value === 'certificate',
    readingOf: (path) => readings.of(path),
    readFields: createFieldReader({ hidepid: hidepid.value }),
    scanHost: (whole, from, to) => (scan(excerpt, whole, from, to) ? excerpt.host : null),
    readPrefix(line) {
      const reading = read(line);
      if (reading.kind === 'hostless') return { kind: 'unnamed' };
      if (reading.kind !== 'known') return { kind: 'none' };
      const { host, time, text } = reading.prefix;
      return host === null ? { kind: 'hostless', time, text } : { kind: 'named', host, time, text };
    },
    stamp(time) {
      const now = clock.now();
      return write()(time !== null && time > now - MAX_STAMP_AGE && time < now + DAY ? time : now);
    },
  };
}

import { closeSync, constants, openSync } from 'node:fs';
import { hostname as thisMachine } from 'node:os';
import { lazily } from '../base/lazily.js';
import type { JoinLines } from '../base/text/joiner.js';
import type { Config } from '../config/config.js';
import type { Decoder, MultilineConfig } from '../config/directives/read-log-reading.js';
import type { Setting } from '../config/setting.js';
import { joinAuditEvents } from '../line/decode/join-audit-events.js';
import { createAuditReader } from '../line/decode/read-audit.js';
import { createTerminalReader } from '../line/decode/read-terminal.js';
import type { Entry, Reading } from '../line/entry.js';
import { type FieldNames, ROLES, type Role } from '../line/format/fields.js';
import type { LogFormat } from '../line/format/format.js';
import { formatOf } from '../line/format/formats.js';
import { hideTagPid } from '../line/hide-pid.js';
import { isOwnName, type LogOrigin, originOf } from '../line/log-host.js';
import type { LogReading, ReadEntry } from '../line/log-reading.js';
import { createMultilineJoiner, isIndented } from '../line/multiline.js';
import { createLineReader, type LineOptions } from '../line/read-line.js';
import { type Pattern, withinLimit } from '../perl-regex/perl-regex.js';
import { matchesLog } from '../source/file/expand-glob.js';
import { readHead } from '../source/file/fingerprint.js';
import type { PlacedRegex } from './line-options.js';

/** What of a config says that a log is read in a way of its own. */
export type ReadingConfig = Pick<Config, 'loghosts' | 'multilines' | 'logformats' | 'jsonfields' | 'decodes'>;

/** What the directives say of one log. */
interface Plan {
  readonly decoder: Decoder | null;
  /** null: none, or a decoder stands above it. */
  readonly format: LogFormat | null;
  /** Of a decoder or of `set multiline`. */
  readonly joiner: JoinLines | null;
  readonly origin: LogOrigin | null;
}

/** Paths whose readings are remembered; globs find new ones for ever. */
const MAX_KNOWN_PATHS = 20_000;

/**
 * How each log is read. A log that no directive names has no reading: its lines go the fast way. Of the lines of a
 * directive, the first whose glob matches holds.
 */
export class LogReadings {
  readonly #config: ReadingConfig;
  readonly #options: LineOptions;
  readonly #onOverrun: (regex: PlacedRegex) => void;
  readonly #isEmpty: boolean;
  readonly #known = new Map<string, LogReading | null>();
  readonly #joiners = new Map<unknown, JoinLines>();
  readonly #formats = new Map<LogFormat, ReadEntry>();
  readonly #readSyslog: () => ReadEntry;
  readonly #readers: Readonly<Record<Decoder, () => ReadEntry>>;
  /** Its name stands for the host where nothing else says one. */
  readonly #machine: string;

  /** `onOverrun`: a regex of a directive exceeded its match limit; it counts as not matching. */
  constructor(config: ReadingConfig, options: LineOptions, onOverrun: (regex: PlacedRegex) => void) {
    this.#config = config;
    this.#options = { ...options, hostname: NO_HOST };
    this.#onOverrun = onOverrun;
    const { loghosts, multilines, logformats, decodes } = config;
    this.#isEmpty = [loghosts, multilines, logformats, decodes].every(({ length }) => length === 0);
    this.#machine = options.hostname ?? thisMachine();
    this.#readSyslog = lazily(() => createLineReader(this.#options));
    const { hidepid } = options;
    this.#readers = {
      audit: lazily(() => createAuditReader({ hostname: NO_HOST, hidepid }, this.#readSyslog())),
      terminal: lazily(() => createTerminalReader(NO_HOST)),
    };
  }

  /** The reading of the log at a path (absolute); null: it is read as all others. */
  of(path: string): LogReading | null {
    if (this.#isEmpty) return null;
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_KNOWN_PATHS) this.#known.clear();
    const reading = this.#make(path);
    this.#known.set(path, reading);
    return reading;
  }

  /** The host that the config gives to a log by its path; null: it names none. */
  hostOf(path: string): string | null {
    return this.#originOf(path)?.host ?? null;
  }

  /** How the log at a path is read, for people, as in `host shop1, entries of several lines`; null: as all others. */
  describe(path: string): string | null {
    const { decoder, format, joiner, origin } = this.#planOf(path);
    const words = [
      ...(origin ? [`host ${origin.host}`] : []),
      ...(origin && origin.front !== '' ? [origin.front.replace(/: $/, '')] : []),
      ...(format ? [format.name] : []),
      ...(decoder ? [`decoded as ${decoder}`] : []),
      ...(joiner && decoder !== 'audit' ? ['entries of several lines'] : []),
    ];
    return words.length === 0 ? null : words.join(', ');
  }

  #make(path: string): LogReading | null {
    const { decoder, format, joiner, origin } = this.#planOf(path);
    const join = joiner ?? format?.join ?? null;
    if (!join && !origin && !format && !decoder) return null;
    const read = decoder
      ? this.#readers[decoder]()
      : format
        ? this.#readerOf(format, path)
        : this.#readSyslog();
    const isSyslog = !decoder && !format && (!origin || origin.front === '');
    return {
      join,
      read: origin ? withOrigin(read, origin, this.#options) : withHost(read, this.#machine),
      scan: isSyslog ? { host: origin?.host ?? null } : null,
    };
  }

  #planOf(path: string): Plan {
    const decoder = rowFor(this.#config.decodes, path)?.value.decoder ?? null;
    const named = rowFor(this.#config.logformats, path)?.value.format;
    const format = (decoder === null && named !== undefined && formatOf(named)) || null;
    const joiner = decoder === 'audit' ? joinAuditEvents : this.#joinerOf(path);
    return { decoder, format, joiner, origin: this.#originOf(path) };
  }

  /** One for each format, but where a log says itself how its lines are read. */
  #readerOf(format: LogFormat, path: string): ReadEntry {
    const known = format.hasHead ? undefined : this.#formats.get(format);
    const reader = known ?? this.#newReader(format, path);
    if (!format.hasHead) this.#formats.set(format, reader);
    return reader;
  }

  #newReader(format: LogFormat, path: string): ReadEntry {
    return format.createReader({
      lines: this.#options,
      otherwise: this.#readSyslog(),
      names: fieldNames(this.#config.jsonfields),
      head: () => headOf(path),
    });
  }

  #joinerOf(path: string): JoinLines | null {
    const row = rowFor(this.#config.multilines, path);
    if (!row) return null;
    const made = this.#joiners.get(row) ?? createMultilineJoiner(this.#continuation(row));
    this.#joiners.set(row, made);
    return made;
  }

  /** Whether a line goes on with the one before it. */
  #continuation({ value: { start }, place }: Setting<MultilineConfig>): (line: string) => boolean {
    if (start === 'indent') return isIndented;
    return (line) => !this.#within(start, place, () => start.test(line));
  }

  #originOf(path: string): LogOrigin | null {
    for (const { value, place } of this.#config.loghosts) {
      if (!matchesLog(value.glob, path)) continue;
      const { host } = value;
      const pattern = host.kind === 'from-path' ? host.pattern : null;
      const origin = this.#within(pattern, place, () => originOf(path, host, this.#machine));
      if (origin) return origin;
    }
    return null;
  }

  /** What a regex of the config says; null where it exceeds its match limit. */
  #within<T>(pattern: Pattern | null, place: PlacedRegex['place'] | null, ask: () => T): T | null {
    return withinLimit<T | null>(ask, () => {
      if (place && pattern) this.#onOverrun({ place, pattern });
      return null;
    });
  }
}

/** The names of all lines of `set jsonfields`, in order. */
function fieldNames(lines: ReadingConfig['jsonfields']): FieldNames {
  const named = (role: Role): string[] => lines.flatMap((names) => names[role] ?? []);
  return Object.fromEntries(ROLES.map((role) => [role, named(role)]));
}

/** So much of the head of a log may say what its fields are (bytes). */
const MAX_HEAD = 16 * 1024;

/** The head of the log that lies under a path; '' where it cannot be read. */
function headOf(path: string): string {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readHead(fd, MAX_HEAD).toString('latin1');
    } finally {
      closeSync(fd);
    }
  } catch {
    return ''; // it is not there any more, or is no file
  }
}

/** The first line of a directive whose glob matches a path. */
function rowFor<T extends { readonly glob: string }>(
  rows: readonly Setting<T>[],
  path: string,
): Setting<T> | undefined {
  return rows.find(({ value }) => matchesLog(value.glob, path));
}

/** Stands for the host of an entry that names none, until it is known whose it is. */
const NO_HOST = '';

function withHost(read: ReadEntry, host: string): ReadEntry {
  return (text): Reading => {
    const reading = read(text);
    return reading.kind !== 'entry' || reading.entry.host !== NO_HOST
      ? reading
      : { ...reading, entry: { ...reading.entry, host } };
  };
}

/** The same where the file says whose the lines are that name no host, and more about all of them. A line needs no prefix. */
function withOrigin(read: ReadEntry, { host, front }: LogOrigin, { hidepid }: LineOptions): ReadEntry {
  const entryOf = (entry: Entry): Entry => ({
    ...entry,
    host: entry.host === NO_HOST || isOwnName(entry.host) ? host : entry.host,
    text: `${front}${entry.text}`,
  });
  return (text): Reading => {
    const reading = read(text);
    switch (reading.kind) {
      case 'marker':
        return reading;
      case 'entry':
        return { ...reading, entry: entryOf(reading.entry) };
      case 'unprefixed':
      case 'hostless':
        return {
          kind: 'entry',
          entry: entryOf({ host, time: null, text: hidepid ? hideTagPid(text) : text }),
          dialect: BY_FILE,
        };
    }
  };
}

/** How lines without a prefix are named among the dialects, where their file says whose they are. */
const BY_FILE = 'set loghost';

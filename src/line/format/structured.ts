import type { Entry, Reading } from '../entry.js';
import { createFieldReader } from '../entry-of-fields.js';
import type { ReadEntry } from '../log-reading.js';
import { createTimestampReader, type TimestampReader } from '../timestamp.js';
import { type Fields, NamedFields, type SortedFields, sortFields } from './fields.js';
import type { FormatOptions } from './format.js';
import { readJson } from './json.js';

/** Behind a prefix: a tag or none, and fields; rsyslog and others put `@cee:` between them. */
const TAGGED = /^(?:([^\s:[\]{]+)(?:\[\d+\])?: (?:@cee: ?)?)?(?=\{)/;

/**
 * Makes the reader of lines that are fields as a whole, or behind a syslog prefix. A text among the fields that is JSON
 * again (a program in a container) is read as such. Any other line is read as a syslog line.
 */
export function createStructuredReader(
  name: string,
  read: (text: string) => Fields | null,
  options: FormatOptions,
): ReadEntry {
  const write = createWriter(name, options);
  const names = new NamedFields(options.names);
  return (text) => {
    const fields = read(text);
    const sorted = fields && sortFields(within(fields, names), names);
    if (sorted) return write(sorted, null) ?? { kind: 'marker' };
    const reading = options.otherwise(text);
    return reading.kind === 'entry' ? (fieldsBehind(reading, names, write) ?? reading) : reading;
  };
}

/**
 * What a program in a container wrote, where that is JSON: what its own fields say counts, not what the runtime says of
 * the same.
 */
function within(fields: Fields, names: NamedFields): Fields {
  const inner = readJson(fields.get('log') ?? '');
  if (!inner) return fields;
  const said = new Set([...inner.keys()].map((name) => names.roleOf(name)));
  const outer = [...fields].filter(([name]) => {
    const role = names.roleOf(name);
    return name !== 'log' && !inner.has(name) && (role === undefined || !said.has(role));
  });
  return new Map([...inner, ...outer]);
}

type EntryReading = Extract<Reading, { kind: 'entry' }>;

/** The fields that a syslog line ends with: time and host of the line stay. */
function fieldsBehind(reading: EntryReading, names: NamedFields, write: Writer): Reading | null {
  const { entry } = reading;
  const tag = TAGGED.exec(entry.text);
  const fields = tag && readJson(entry.text.slice(tag[0].length));
  const sorted = fields && sortFields(fields, names);
  if (!sorted) return null;
  const [, program = null] = tag ?? [];
  return write({ ...sorted, program: sorted.program ?? program }, entry);
}

/** `base`: the syslog line around the fields. null: there is no message. */
type Writer = (fields: SortedFields, base: Entry | null) => Reading | null;

/** `name`: the program of fields that name none. */
function createWriter(name: string, { lines }: FormatOptions): Writer {
  const stamps = createTimestampReader(lines.timezone, lines.now);
  const readFields = createFieldReader({ hidepid: lines.hidepid, hostname: lines.hostname ?? '' });
  return (fields, base) => {
    const time = base?.time ?? timeOf(fields.time, stamps);
    const written = readFields({
      ...fields,
      program: fields.program ?? name,
      priority: null,
      time,
      host: base?.host ?? fields.host,
    });
    if (!written) return null;
    const priority = fields.priority ?? base?.priority ?? null;
    return {
      kind: 'entry',
      entry: priority === null ? written : { ...written, priority },
      dialect: BY_FIELDS,
    };
  };
}

/** The name of this way of reading among the dialects. */
export const BY_FIELDS = 'set logformat';

/** Numbers from these on are no longer seconds since 1970, but milliseconds, microseconds, nanoseconds. */
const MILLISECONDS = 1e11;
const MICROSECONDS = 1e14;
const NANOSECONDS = 1e17;

/** A time in any of the ways that loggers write it, in ms since 1970; null: it is none. */
export function timeOf(text: string | null, stamps: TimestampReader): number | null {
  if (text === null) return null;
  if (/^\d{9,20}(?:\.\d+)?$/.test(text)) return Math.floor(toMs(Number(text)));
  return stamps.read(
    text
      .trim()
      .replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T')
      .replace(/ (?=[+-]\d\d:?\d\d$)/, ''),
  );
}

function toMs(number: number): number {
  if (number < MILLISECONDS) return number * 1000;
  if (number < MICROSECONDS) return number;
  return number < NANOSECONDS ? number / 1000 : number / 1_000_000;
}

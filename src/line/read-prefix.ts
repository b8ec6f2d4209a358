import { type Match, type Pattern, withinLimit } from '../perl-regex/perl-regex.js';
import type { Dialect, Parts } from './dialect.js';
import { BUILT_IN, DIALECTS } from './dialects.js';
import type { Prefix } from './entry.js';
import { hidePid, hideTagPid, normaliseTag } from './hide-pid.js';
import { isHostName, isHostWord, MAX_HOST_BYTES } from './host-name.js';
import { nameOfPriority } from './level.js';
import { createTimestampReader, type TimestampReader } from './timestamp.js';

export interface PrefixOptions {
  /** `set prefix`, in order: tried before all others. */
  readonly prefixes?: readonly Pattern[];
  /** `set logprefix`, in order; group 1 is the host, the match is cut off wherever it is found. */
  readonly logprefixes: readonly Pattern[];
  readonly hidepid: boolean;
  /** An IANA zone for stamps that name none; null: this machine's. */
  readonly timezone: string | null;
  readonly now: () => number;
  /** A prefix exceeded its match limit on a line: it counts as not matching. */
  onOverrun?(prefix: Pattern): void;
}

/** The result for the prefix of a line. `marker`: a line of journalctl about itself, which is not a log message. */
export type PrefixReading =
  | { readonly kind: 'known'; readonly prefix: Prefix }
  | { readonly kind: 'unprefixed' }
  | { readonly kind: 'hostless' }
  | { readonly kind: 'marker' };

/** The names of prefixes of the config among the dialects. */
export const BY_PREFIX = 'set prefix';
export const BY_LOGPREFIX = 'set logprefix';

const PRIORITY = /^<(\d{1,3})>[ \t]*/;
const MARKER = /^-- (?:Boot [0-9a-f]{32}|Reboot|No entries|(?:Journal|Logs) begins? at .*) --$/;

/** Which rows are tried for a text: all of them in turn, or those that its first character allows. */
export type Choice = (rows: readonly Dialect[], text: string) => readonly Dialect[];

/**
 * Makes the function that reads the prefix of one line. Order: the config's `prefix`es; Tenshi's built-in one and what
 * it would read wrongly; the config's `logprefix`es, so that one that was written for a line goes on to mean what it
 * meant; the rest of the table. A row that asks for a host fits only where a host name stands. `choose` may leave out
 * rows that cannot fit (tests compare this with trying all rows).
 */
export function createPrefixReader(
  options: PrefixOptions,
  choose: Choice = byFirstCharacter(),
): (line: string) => PrefixReading {
  const stamps = createTimestampReader(options.timezone, options.now);
  const { prefixes = [], logprefixes } = options;
  const readRows = (
    rows: readonly Dialect[],
    text: string,
    priority: string | null,
  ): PrefixReading | null => {
    for (const row of choose(rows, text)) {
      const reading = readRow(row, text, priority, stamps, options.hidepid);
      if (reading) return reading;
    }
    return null;
  };

  const readByPrefixes = (text: string, priority: string | null): PrefixReading | null => {
    for (const pattern of prefixes) {
      const prefix = readByPrefix(pattern, text, stamps, options);
      if (prefix) return { kind: 'known', prefix: { ...prefix, priority } };
    }
    return null;
  };
  const readByLogprefixes = (text: string, priority: string | null): PrefixReading | null => {
    for (const pattern of logprefixes) {
      const reading = readByLogprefix(pattern, text, stamps, options);
      if (reading?.kind === 'known') return { kind: 'known', prefix: { ...reading.prefix, priority } };
      if (reading) return reading;
    }
    return null;
  };

  return (line) => {
    const head = PRIORITY.exec(line);
    const priority = head ? nameOfPriority(Number(head[1])) : null;
    const rest = priority === null || !head ? line : line.slice(head[0].length);
    // The config's own are tried on the line, and behind `<PRI>`.
    const own = readByPrefixes(line, priority) ?? (priority === null ? null : readByPrefixes(rest, priority));
    if (own) return own;
    const builtIn = priority === null ? readRows(BUILT_IN, line, null) : null;
    if (builtIn) return builtIn;
    const further =
      readByLogprefixes(line, priority) ?? (priority === null ? null : readByLogprefixes(rest, priority));
    if (further) return further;
    const reading = readRows(DIALECTS, rest, priority);
    return reading ?? { kind: MARKER.test(line) ? 'marker' : 'unprefixed' };
  };
}

const ASCII = 128;

/** Makes the choice of rows by the first character of a line. */
export function byFirstCharacter(): Choice {
  const chosen = new Map<readonly Dialect[], readonly (readonly Dialect[])[]>();
  const listsOf = (rows: readonly Dialect[]): readonly (readonly Dialect[])[] => {
    const fitting = (first: string): readonly Dialect[] =>
      rows.filter(({ begins }) => begins === '' || (first !== '' && begins.includes(first)));
    return [...Array.from({ length: ASCII }, (_, code) => fitting(String.fromCharCode(code))), fitting('')];
  };
  return (rows, text) => {
    let lists = chosen.get(rows);
    if (!lists) {
      lists = listsOf(rows);
      chosen.set(rows, lists);
    }
    const code = text.charCodeAt(0);
    return lists[code < ASCII ? code : ASCII] ?? [];
  };
}

function readRow(
  row: Dialect,
  text: string,
  priority: string | null,
  stamps: TimestampReader,
  hidepid: boolean,
): PrefixReading | null {
  if (row.needsPriority && priority === null) return null;
  const match = row.pattern.exec(text);
  if (!match) return null;
  const parts: Parts = match.groups ?? {};
  const host = parts.host === undefined || isHostWord(parts.host) ? (parts.host ?? null) : NO_HOST_WORD;
  if (host === NO_HOST_WORD && isTooLong(parts.host ?? '')) return { kind: 'unprefixed' };
  if (host === NO_HOST_WORD && !row.hasHostField) return null;
  return {
    kind: 'known',
    prefix: {
      dialect: row.name,
      host: host === NO_HOST_WORD ? null : host,
      time: timeOf(parts, text, stamps),
      priority: priority ?? priorityOf(parts),
      text: textOf(row, parts, text.slice(match[0].length), hidepid),
    },
  };
}

const NO_HOST_WORD = Symbol('no host word');

/** Whether only its length keeps a word from being a host name: then the line has no prefix. */
function isTooLong(word: string): boolean {
  return !isHostName(word) && isHostWord(word.slice(0, MAX_HOST_BYTES / 3));
}

function timeOf(parts: Parts, text: string, stamps: TimestampReader): number | null {
  if (parts.clock !== undefined || parts.unix !== undefined) return stamps.of(parts);
  return stamps.read(parts.stamp ?? text);
}

function priorityOf({ level, code }: Parts): string | null {
  if (code !== undefined) return nameOfPriority(Number(code));
  return level?.toLowerCase() ?? null;
}

const BOM = /^\uFEFF/;

function textOf(row: Dialect, parts: Parts, rest: string, hidepid: boolean): string {
  if (row.pid === 'tenshi') return hidepid ? hidePid(rest) : rest;
  const message = row.text ? row.text(parts, rest) : rest;
  const program = parts.program ?? row.program;
  if (program !== undefined) {
    const pid = parts.pid === undefined || hidepid ? '' : `[${parts.pid}]`;
    return `${program}${pid}: ${message}`;
  }
  const normalised = normaliseTag(message.replace(BOM, ''));
  return hidepid ? hideTagPid(normalised) : normalised;
}

/** The config's own prefix: its host, where it names one, is whatever it says; the match is cut out. */
function readByPrefix(
  pattern: Pattern,
  line: string,
  stamps: TimestampReader,
  options: PrefixOptions,
): Prefix | null {
  const match = execBounded(pattern, line, options);
  if (!match) return null;
  const textIn = (group: number): string | null => {
    const span = match.groups[group];
    return span ? line.slice(span.start, span.end) : null;
  };
  const host = textIn(Math.max(0, pattern.groupNames.indexOf('host'))) ?? '';
  if (host !== '' && !isHostName(host)) return null;
  const stamp = pattern.groupNames.indexOf('time');
  return {
    dialect: BY_PREFIX,
    host: host === '' ? null : host,
    time: timeIn((stamp < 0 ? null : textIn(stamp)) ?? line, stamps),
    priority: null,
    text: finish(line.slice(0, match.start) + line.slice(match.end), options),
  };
}

/** The time at the beginning of a text, in the form of any dialect. */
function timeIn(text: string, stamps: TimestampReader): number | null {
  const time = stamps.read(text);
  if (time !== null) return time;
  for (const row of DIALECTS) {
    const match = row.pattern.exec(`${text} `);
    if (match?.groups) return timeOf(match.groups, text, stamps);
  }
  return null;
}

/** As Tenshi does it; null where the match says no more than the line without it: it names no host that could be one. */
function readByLogprefix(
  pattern: Pattern,
  line: string,
  stamps: TimestampReader,
  options: PrefixOptions,
): PrefixReading | null {
  const match = execBounded(pattern, line, options);
  if (!match) return null;
  const span = match.groups[0];
  const host = span ? line.slice(span.start, span.end) : '';
  // The built-in prefix found no host in what Tenshi's own would have read: nor does this one, so it steps aside, too.
  if (host === '') return TENSHI_PREFIX.test(line) ? null : { kind: 'hostless' };
  if (!isHostName(host)) return { kind: 'unprefixed' };
  return {
    kind: 'known',
    prefix: {
      dialect: BY_LOGPREFIX,
      host,
      time: stamps.read(line),
      priority: null,
      text: finish(line.slice(0, match.start) + line.slice(match.end), options),
    },
  };
}

const TENSHI_PREFIX =
  /^[A-Z][a-z]{2}[ \t\n\r\f\v][ \t\n\r\f\v\d]\d[ \t\n\r\f\v]\d\d:\d\d:\d\d[ \t\n\r\f\v][^ \t\n\r\f\v]+[ \t\n\r\f\v]/;

function finish(text: string, { hidepid }: PrefixOptions): string {
  return hidepid ? hidePid(text) : text;
}

/** A prefix that exceeds its match limit does not match. */
function execBounded(prefix: Pattern, line: string, { onOverrun }: PrefixOptions): Match | null {
  return withinLimit(
    () => prefix.exec(line),
    () => {
      onOverrun?.(prefix);
      return null;
    },
  );
}

import type { DialectName } from './entry.js';
import type { StampParts } from './timestamp.js';
import { ZONE } from './zone-name.js';

/** The content of the prefix of an example. */
export interface Yields {
  /** Null: the line names none. It is then the sender's (datagrams), else this machine's. */
  readonly host: string | null;
  /** ISO 8601, with the zone UTC where the stamp names none, in late 2026 where it names no year; null: none. */
  readonly time: string | null;
  /** `auth.info`, or as the line has it. */
  readonly priority?: string;
  readonly program?: string;
  readonly pid?: string;
  readonly message: string;
}

/** A row of the table of dialects: how a kind of program or device begins its lines. */
export interface Dialect {
  readonly name: DialectName;
  /** The programs or devices that write it. */
  readonly from: string;
  readonly example: string;
  readonly yields: Yields;
  /** The characters that such a line may begin with (behind `<PRI>`). */
  readonly begins: string;
  /**
   * The prefix, from the beginning of the line; what follows is the text. Groups: the parts of a stamp, or `stamp`
   * (RFC 3339, NIL); `host`, without which the row does not fit when it is no host word; `level` (`auth.info`) or
   * `code` (a number as in `<PRI>`); `program` and `pid`.
   */
  readonly pattern: RegExp;
  /** The program, where the form alone says which. */
  readonly program?: string;
  /**
   * What `hidepid` takes off. `tenshi`: what Tenshi takes off lines that it reads. `tag`: that, and the pids of tags
   * that have no colon or hold blanks. Fields (groups) named `pid` are always hidden.
   */
  readonly pid: 'tenshi' | 'tag';
  /** The line must have begun with `<PRI>`. */
  readonly needsPriority?: true;
  /** The host stands in a field of its own: what is no host word there is left out, and the row fits all the same. */
  readonly hasHostField?: true;
  /** The text, where it is more than what follows. */
  text?(parts: Parts, rest: string): string;
}

/** What the groups of a dialect's pattern matched. */
export interface Parts extends StampParts {
  readonly host?: string | undefined;
  readonly stamp?: string | undefined;
  readonly level?: string | undefined;
  readonly code?: string | undefined;
  readonly program?: string | undefined;
  readonly pid?: string | undefined;
}

/** Perl's `\S`: U+00A0 and U+3000 are no blanks here, as JavaScript would have it. */
export const WORD = '[^ \\t\\n\\r\\f\\v]+';

/** What begins a message without a host: then the word is none, whatever it looks like. */
export const NO_HOST =
  '(?!(?:last|above) message repeat|message repeated \\d|Message forwarded from |From [^ :]+: )';
/** A host, and the blank behind it. */
export const HOST = `${NO_HOST}(?<host>${WORD})[ \\t]`;
/** A tag, as it makes the word before it a host: `sshd[812]: `, `kernel: `, `%SYS-5-CONFIG_I: `. */
export const TAG_AHEAD = '(?=[^ \\t:\\[\\]]+(?:\\[\\d+\\])?: )';

const YEARS = '(?:19|20)\\d\\d(?![\\w.-])';
export const YEAR = `(?<year>${YEARS})`;
export const MONTH = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
export const DAY = '(?<day>\\d{1,2})';
export const CLOCK = '(?<clock>\\d{1,2}:\\d\\d:\\d\\d)';
export const FRACTION = '[.,](?<fraction>\\d{1,9})';
export const ZONED = `(?: ?(?<zone>${ZONE}))`;
export const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
/** `2026-11-29` and `2026/11/29`. */
export const DATE = '(?<year>\\d{4})[-/](?<month>\\d\\d)[-/](?<day>\\d\\d)';
/** RFC 3339, with or without a zone. */
export const RFC3339 = `(?<stamp>\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?:[Zz]|[+-]\\d\\d:?\\d\\d)?)`;

/** A day and a time with all that devices put between and behind them. */
export const ANY_STAMP = `(?:${YEAR} )?${MONTH} {1,2}${DAY}(?: (?<yearBefore>${YEARS}))? ${CLOCK}(?:${FRACTION})?(?: (?<yearBehind>${YEARS}))?${ZONED}?`;
export const YEAR_BEFORE = `${MONTH} {1,2}${DAY} (?<yearBefore>${YEARS}) ${CLOCK}(?:${FRACTION})?${ZONED}?`;
export const YEAR_BEHIND = `${MONTH} {1,2}${DAY} ${CLOCK}(?:${FRACTION})? (?<yearBehind>${YEARS})${ZONED}?`;

export const MONTHS_BEGIN = 'JFMASOND';
export const WEEKDAYS_BEGIN = 'MTWFS';
export const DIGITS = '0123456789';

/** A pattern from its pieces. */
export function begins(...pieces: readonly string[]): RegExp {
  return new RegExp(`^${pieces.join('')}`);
}

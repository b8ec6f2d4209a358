import { type Match, MatchLimitError, type Pattern } from '../perl-regex/perl-regex.js';
import type { Entry, Reading } from './entry.js';
import { isHostName } from './host-name.js';
import { createTimestampReader } from './timestamp.js';

export interface LineOptions {
  /** `set logprefix`, in order; group 1 is the host, the match is cut off wherever it is found. */
  readonly logprefixes: readonly Pattern[];
  readonly hidepid: boolean;
  /** An IANA zone for stamps that name none; null: this machine's. */
  readonly timezone: string | null;
  readonly now: () => number;
  /** A prefix was given up on a line: it counts as not matching there. */
  onOverrun?(prefix: Pattern): void;
}

/** Perl's `\s` looks at bytes: U+00A0 and U+3000 are no blanks here, as JavaScript's `\s` would have it. */
const RFC3164 =
  /^[A-Z][a-z]{2}[ \t\n\r\f\v][ \t\n\r\f\v\d]\d[ \t\n\r\f\v]\d\d:\d\d:\d\d[ \t\n\r\f\v]([^ \t\n\r\f\v]+)[ \t\n\r\f\v]/;
const RFC3339 =
  /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:[Zz]|[+-]\d\d:?\d\d)?[ \t]([^ \t\n\r\f\v]+)[ \t]/;
/** `<PRI>VERSION TIMESTAMP HOST APP PROCID MSGID STRUCTURED-DATA[ MSG]`, RFC 5424 section 6. */
const RFC5424 =
  /^<\d{1,3}>[1-9]\d{0,2} (\S+) (\S+) (\S+) (\S+) \S+ (?:-|(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])+)(?: \uFEFF?(.*))?$/s;
const PID = /^([^ \t\n\r\f\v]+)\[\d+\]: /;

/**
 * Makes the function that reads one line: prefix off, host and time known, pid hidden if asked for.
 * Order: Tenshi's built-in prefix, the config's `logprefix`es, and only then ours (RFC 3339, RFC 5424), so that
 * a `logprefix` written for such lines goes on to mean what it meant.
 */
export function createLineReader(options: LineOptions): (line: string) => Reading {
  const stamps = createTimestampReader(options.timezone, options.now);
  const finish = (host: string, time: number | null, text: string): Reading => ({
    kind: 'entry',
    entry: { host, time, text: options.hidepid ? hidePid(text) : text },
  });

  return (line) => {
    const classic = execNaming(RFC3164, line);
    if (classic) return finish(classic[1] ?? '', stamps.read(line), line.slice(classic[0].length));
    for (const prefix of options.logprefixes) {
      const match = execBounded(prefix, line, options);
      if (!match) continue;
      const host = match.groups[0];
      if (!host || host.start === host.end) return { kind: 'hostless' };
      const name = line.slice(host.start, host.end);
      if (!isHostName(name)) continue;
      const text = line.slice(0, match.start) + line.slice(match.end);
      return finish(name, stamps.read(line), text);
    }
    const modern = execNaming(RFC3339, line);
    if (modern) return finish(modern[1] ?? '', stamps.read(line), line.slice(modern[0].length));
    const entry = line.startsWith('<') ? readRfc5424(line, stamps.read) : null;
    return entry ? finish(entry.host, entry.time, entry.text) : { kind: 'unprefixed' };
  };
}

/** A prefix whose first group is the host; null where that is no name of one. */
function execNaming(prefix: RegExp, line: string): RegExpExecArray | null {
  const match = prefix.exec(line);
  return match && isHostName(match[1] ?? '') ? match : null;
}

/** A prefix that has not come to an end within its bound is none. */
function execBounded(prefix: Pattern, line: string, { onOverrun }: LineOptions): Match | null {
  try {
    return prefix.exec(line);
  } catch (error) {
    if (!(error instanceof MatchLimitError)) throw error;
    onOverrun?.(prefix);
    return null;
  }
}

/** Turns an RFC 5424 line into what a classic one would say (`app[pid]: message`), so that one rule fits both. */
function readRfc5424(line: string, readTime: (text: string) => number | null): Entry | null {
  const match = RFC5424.exec(line);
  if (!match || !isHostName(match[2] ?? '')) return null;
  const [, stamp = '-', host = '-', app = '-', process = '-', message = ''] = match;
  const tag = process === '-' ? app : `${app}[${process}]`;
  return { host, time: readTime(stamp), text: app === '-' ? message : `${tag}: ${message}` };
}

function hidePid(text: string): string {
  return text.replace(PID, '$1: ');
}

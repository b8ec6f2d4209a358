import type { Reading } from '../entry.js';
import type { LineOptions } from '../read-line.js';
import { createTimestampReader, type TimestampReader } from '../timestamp.js';
import { BY_FIELDS, timeOf } from './structured.js';

/** Reads a line; null: it is none of its kind. */
type LineReader = (line: string) => Reading | null;

/** `[VHOST:PORT ]ADDRESS IDENT USER [dd/Mon/yyyy:hh:mm:ss +zone] REST`: common and combined log format. */
const ACCESS =
  /^(?<who>(?:[\w.-]+:\d+ )?\S+ \S+ .{1,255}?) \[(?<day>\d\d)\/(?<month>[A-Z][a-z]{2})\/(?<year>\d{4}):(?<clock>\d\d:\d\d:\d\d) (?<zone>[+-]\d{4})\] (?=")/;

/** Makes the reader of lines of access logs: the time is taken out. */
export function createAccessReader(lines: LineOptions): LineReader {
  const { entry, stamps } = createWriter(lines);
  return (line) => {
    const match = ACCESS.exec(line);
    if (!match?.groups) return null;
    const rest = line.slice(match[0].length);
    return entry(stamps.of(match.groups), `httpd: ${match.groups.who} ${rest}`);
  };
}

const DPKG =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?=(?:startup|status|install|upgrade|configure|trigproc|remove|purge|conffile) )/;

/** Makes the reader of lines of dpkg. */
export function createDpkgReader(lines: LineOptions): LineReader {
  const { entry, stamps } = createWriter(lines);
  return (line) => {
    const [head, stamp = null] = DPKG.exec(line) ?? [];
    return head === undefined ? null : entry(timeOf(stamp, stamps), `dpkg: ${line.slice(head.length)}`);
  };
}

const LEVELS = 'DEBUG|INFO|WARNING|ERROR|CRITICAL|NOTSET';
/** `ERROR:shop.pay:text`: what `logging.basicConfig` gives. */
const PYTHON_BASIC = new RegExp(`^(${LEVELS}):([\\w.-]{1,255}):`);
/** A time, then logger and level in either order, with ` - `, blanks or brackets between. */
const PYTHON_STAMPED = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:[,.]\\d{1,6})?)[ -]+(?:\\[?(${LEVELS})\\]?[ -]+([\\w.-]{1,255})|([\\w.-]{1,255})[ -]+\\[?(${LEVELS})\\]?)(?:[ -]+|: )`,
);

/** Whether a line begins an entry of Python's logging. */
export function isPythonLine(line: string): boolean {
  return PYTHON_BASIC.test(line) || PYTHON_STAMPED.test(line);
}

/** Makes the reader of lines of Python's logging. */
export function createPythonReader(lines: LineOptions): LineReader {
  const { entry, stamps } = createWriter(lines);
  return (line) => {
    const [basic, ofBasic, name] = PYTHON_BASIC.exec(line) ?? [];
    if (basic !== undefined) return entry(null, `${name}: [${ofBasic}] ${line.slice(basic.length)}`);
    const [head, stamp = null, first, behind, before, second] = PYTHON_STAMPED.exec(line) ?? [];
    if (head === undefined) return null;
    const text = `${behind ?? before}: [${first ?? second}] ${line.slice(head.length)}`;
    return entry(timeOf(stamp, stamps), text);
  };
}

interface Writer {
  readonly stamps: TimestampReader;
  entry(time: number | null, text: string): Reading;
}

/** `hostname`: none of these lines names its host. */
function createWriter({ timezone, now, hostname = '' }: LineOptions): Writer {
  return {
    stamps: createTimestampReader(timezone, now),
    entry: (time, text) => ({ kind: 'entry', entry: { host: hostname, time, text }, dialect: BY_FIELDS }),
  };
}

import type { Reading } from '../entry.js';
import type { LineOptions } from '../read-line.js';
import { createTimestampReader } from '../timestamp.js';
import { BY_FIELDS, timeOf } from './structured.js';

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `[VHOST:PORT ]ADDRESS IDENT USER [dd/Mon/yyyy:hh:mm:ss +zone] REST`: common and combined log format. */
const ACCESS =
  /^((?:[\w.-]+:\d+ )?\S+ \S+ .{1,255}?) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})\] (?=")/;

/** Makes the reader of lines of access logs: the time is taken out. null: it is none. */
export function readAccessLine(lines: LineOptions): (line: string) => Reading | null {
  const stamps = createTimestampReader(lines.timezone, lines.now);
  return (line) => {
    const match = ACCESS.exec(line);
    if (!match) return null;
    const [head, who, day, month = '', year, clock, zone] = match;
    const number = String(MONTHS.indexOf(month) / 3 + 1).padStart(2, '0');
    const time = stamps.read(`${year}-${number}-${day}T${clock}${zone}`);
    return entry(lines, time, `httpd: ${who} ${line.slice(head.length)}`);
  };
}

const DPKG =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?=(?:startup|status|install|upgrade|configure|trigproc|remove|purge|conffile) )/;

/** Makes the reader of lines of dpkg. null: it is none. */
export function readDpkgLine(lines: LineOptions): (line: string) => Reading | null {
  const stamps = createTimestampReader(lines.timezone, lines.now);
  return (line) => {
    const [head, stamp] = DPKG.exec(line) ?? [];
    if (head === undefined || stamp === undefined) return null;
    return entry(
      lines,
      timeOf(stamp, (text) => stamps.read(text)),
      `dpkg: ${line.slice(head.length)}`,
    );
  };
}

const PYTHON_LEVELS = 'DEBUG|INFO|WARNING|ERROR|CRITICAL|NOTSET';
/** `ERROR:shop.pay:text`: what `logging.basicConfig` gives. */
const PYTHON_BASIC = new RegExp(`^(${PYTHON_LEVELS}):([\\w.-]{1,255}):`);
/** A time, then logger and level in either order, with ` - `, blanks or brackets between. */
const PYTHON_STAMPED = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:[,.]\\d{1,6})?)[ -]+(?:\\[?(${PYTHON_LEVELS})\\]?[ -]+([\\w.-]{1,255})|([\\w.-]{1,255})[ -]+\\[?(${PYTHON_LEVELS})\\]?)(?:[ -]+|: )`,
);

/** A line of Python's logging; without options only whether it is one. null: it is none. */
export function readPythonLine(line: string, lines?: LineOptions): Reading | null {
  const basic = PYTHON_BASIC.exec(line);
  const stamped = basic ? null : PYTHON_STAMPED.exec(line);
  const match = basic ?? stamped;
  if (!match) return null;
  if (!lines) return { kind: 'marker' };
  const [level, logger] = basic
    ? [basic[1], basic[2]]
    : [stamped?.[2] ?? stamped?.[5], stamped?.[3] ?? stamped?.[4]];
  const stamps = createTimestampReader(lines.timezone, lines.now);
  const time = timeOf(stamped?.[1] ?? null, (text) => stamps.read(text));
  return entry(lines, time, `${logger}: [${level}] ${line.slice(match[0].length)}`);
}

function entry(lines: LineOptions, time: number | null, text: string): Reading {
  return { kind: 'entry', entry: { host: lines.hostname ?? '', time, text }, dialect: BY_FIELDS };
}

import { escapeControl } from './escape.js';

/** Aligns cells in columns, two blanks apart and indented by two. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}

/** Lines for a terminal; control characters in untrusted text are escaped. */
export function escapeLines(lines: readonly string[]): string {
  return `${lines.map(escapeControl).join('\n')}\n`;
}

/** `1 line`, `2 lines`. */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How far a log has been read, by the bytes that wait in it. */
export function describeBehind(bytes: number): string {
  return bytes > 0 ? `${amount(bytes, 'byte')} behind` : 'read to its end';
}

/**
 * `Fri 20 Nov, 12:30`, or `Fri 20 Nov 2025, 12:30` where that is not the year of `now` (ms), in an IANA zone, or (null)
 * in this machine's.
 */
export function formatTime(time: number, timezone: string | null, now: number): string {
  const wall = (at: number): WallTime => (timezone === null ? localTime(at) : timeIn(timezone, at));
  const { year, weekday, day, month, hour, minute } = wall(time);
  const shown = year === wall(now).year ? '' : ` ${year}`;
  return `${WEEKDAYS[weekday]} ${two(day)} ${MONTHS[month]}${shown}, ${two(hour)}:${two(minute)}`;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface WallTime {
  readonly year: number;
  /** From 0, Sunday. */
  readonly weekday: number;
  readonly day: number;
  /** From 0, January. */
  readonly month: number;
  readonly hour: number;
  readonly minute: number;
}

/** Without Intl, whose first use takes longer than the rest of the startup summary. */
function localTime(time: number): WallTime {
  const date = new Date(time);
  return {
    year: date.getFullYear(),
    weekday: date.getDay(),
    day: date.getDate(),
    month: date.getMonth(),
    hour: date.getHours(),
    minute: date.getMinutes(),
  };
}

function timeIn(timezone: string, time: number): WallTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    day: 'numeric',
    month: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const part = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(part.get(type));
  return {
    year: number('year'),
    weekday: WEEKDAYS.indexOf(part.get('weekday') ?? ''),
    day: number('day'),
    month: number('month') - 1,
    hour: number('hour'),
    minute: number('minute'),
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

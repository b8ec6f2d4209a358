import { visible } from '../digest/visible.js';

/** Cells under each other, two blanks apart and indented by two. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}

/** Lines for a terminal; foreign text in them cannot act on it. */
export function visibleLines(lines: readonly string[]): string {
  return `${lines.map(visible).join('\n')}\n`;
}

/** `Fri 20 Nov, 12:30`, in an IANA zone, or (null) in this machine's. */
export function formatTime(time: number, timezone: string | null): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(timezone ? { timeZone: timezone } : {}),
  }).format(time);
}

/** A number of ms in the two largest units that say something: `3 h 12 min`, `2 d`, `40 s`. */
export function formatSpan(milliseconds: number): string {
  let rest = Math.max(0, Math.floor(milliseconds / 1000));
  const parts: string[] = [];
  for (const [seconds, unit] of UNITS) {
    const amount = Math.floor(rest / seconds);
    rest %= seconds;
    if (amount > 0) parts.push(`${amount} ${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0 s';
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

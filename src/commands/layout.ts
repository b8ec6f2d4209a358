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

/** `1 line`, `2 lines`. */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How far a log has been read, by the bytes that wait in it. */
export function describeBehind(bytes: number): string {
  return bytes > 0 ? `${amount(bytes, 'byte')} behind` : 'read to its end';
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

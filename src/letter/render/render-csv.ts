import { escapeControl } from '../../base/text/escape.js';
import type { TallyRow } from '../../queue/tally.js';

/** Rows as lines of `host,"message",count`, quotes doubled (RFC 4180); line ends as on Unix, as Tenshi writes them. */
export function* renderCsv(rows: Iterable<TallyRow>): Generator<string> {
  for (const { host, message, count } of rows) yield `${field(host)},${quoted(message)},${count}\n`;
}

/** Hosts are not quoted, as in Tenshi, unless they contain a character that would end the field. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? quoted(text) : escapeControl(text);
}

function quoted(text: string): string {
  return `"${escapeControl(text).replaceAll('"', '""')}"`;
}

/** `app: message repeated 3 times: [ text]`, as rsyslog writes it; of RFC 5424 `app[5] message repeated 3 times: [text]`. */
const BRACKET = 'message repeated ';
const OPENED = /message repeated \d+ times: \[ ?/y;
/** `app: Last message 'text' repeated 3 times, suppressed by syslog-ng on HOST`. */
const QUOTE = "Last message '";
const QUOTED = "' repeated ";
const CLOSED = /^' repeated \d+ times?, suppressed by syslog-ng on [^ ]+$/;
/** syslog-ng quotes this many bytes of a message: a quote of this length may have been cut. */
const MAX_QUOTED = 20;

/**
 * The repeated text that a line quotes, with the tag of that line; null if it quotes none (`last message repeated 3
 * times`). Such a line names its message itself, while the line before it may be of another file. The search runs from
 * both ends, so that its time is linear in the length of the line.
 */
export function repeatedText(text: string): string | null {
  return inBrackets(text) ?? inQuotes(text);
}

function inBrackets(text: string): string | null {
  OPENED.lastIndex = text.indexOf(BRACKET);
  const tag = OPENED.lastIndex;
  if (tag < 0 || !text.endsWith(']') || !OPENED.test(text)) return null;
  return text.slice(0, tag) + text.slice(OPENED.lastIndex, -1);
}

function inQuotes(text: string): string | null {
  const tag = text.indexOf(QUOTE);
  const end = text.lastIndexOf(QUOTED);
  const start = tag + QUOTE.length;
  if (tag < 0 || end < start || !CLOSED.test(text.slice(end))) return null;
  const quoted = text.slice(start, end);
  return Buffer.byteLength(quoted) >= MAX_QUOTED ? null : text.slice(0, tag) + quoted;
}

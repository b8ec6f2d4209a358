/** `app: message repeated 3 times: [ text]`, as rsyslog writes it; of RFC 5424 `app[5] message repeated 3 times: [text]`. */
const BRACKET = 'message repeated ';
const OPENED = /message repeated \d+ times: \[ ?/y;
/** `app: Last message 'text' repeated 3 times, suppressed by syslog-ng on HOST`. */
const QUOTE = "Last message '";
const QUOTED = "' repeated ";
const CLOSED = /^' repeated \d+ times?, suppressed by syslog-ng on [^ ]+$/;
/** syslog-ng quotes so many bytes of a message: what is as long may have been cut. */
const MAX_QUOTED = 20;

/**
 * The text that a line says was repeated, with the tag of that line; null where it does not say (`last message
 * repeated 3 times`). It names its message wherever it is read: the line before it may be of another file. Looked for
 * from both ends, so that no line takes longer than its length.
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

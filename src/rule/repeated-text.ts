/** `app: message repeated 3 times: [ text]`, as rsyslog writes it; of RFC 5424 `app[5] message repeated 3 times: [text]`. */
const IN_BRACKETS = /^(.*?)message repeated \d+ times: \[ ?(.*)\]$/s;
/** What syslog-ng writes behind the tag. */
const IN_QUOTES = /^(.*?)Last message '(.*)' repeated \d+ times?, suppressed by syslog-ng on [^ ]+$/s;
/** syslog-ng quotes so many bytes of a message: what is as long may have been cut. */
const MAX_QUOTED = 20;

/**
 * The text that a line says was repeated, with the tag of that line; null where it does not say (`last message
 * repeated 3 times`). It names its message wherever it is read: the line before it may be of another file.
 */
export function repeatedText(text: string): string | null {
  const [, tag = '', repeated] = IN_BRACKETS.exec(text) ?? [];
  if (repeated !== undefined) return tag + repeated;
  const [, program = '', quoted] = IN_QUOTES.exec(text) ?? [];
  return quoted === undefined || Buffer.byteLength(quoted) >= MAX_QUOTED ? null : program + quoted;
}

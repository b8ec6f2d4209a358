/** Perl's blanks: without U+00A0 and U+3000, which JavaScript's `\s` includes. */
const PID = /^([^ \t\n\r\f\v]+)\[\d+\]: /;
/** `app[14] text`: a tag without a colon, as rsyslog writes those of RFC 5424. */
const BARE_TAG = /^([^ \t\n\r\f\v[\]:]{1,48}\[\d+\]) (?=.)/s;
/** `my app[12]: text`; an APP-NAME has 48 characters at most (RFC 5424, 6). */
const TAG_WITH_BLANKS = /^([^\t\n\r\f\v[\]:]{1,48})\[\d+\]: /;

/** `hidepid`, as Tenshi has it: `^(\S+)\[\d+\]: ` becomes `\1: `. */
export function hidePid(text: string): string {
  return text.replace(PID, '$1: ');
}

/** The same for lines that Tenshi does not read: also for tags with blanks. */
export function hideTagPid(text: string): string {
  return PID.test(text) ? hidePid(text) : text.replace(TAG_WITH_BLANKS, '$1: ');
}

/**
 * Adds a colon to a tag without one, and removes a byte order mark after it: so a message is the same over UDP (RFC 5424)
 * and in the file that rsyslog writes.
 */
export function normaliseTag(text: string): string {
  const withColon = text.replace(BARE_TAG, '$1: ');
  return withColon.replace(MARKED, '$1');
}

const MARKED = /^([^ \t\n\r\f\v]{1,255}: |[^\t\n\r\f\v[\]:]{1,48}\[\d+\]: )\uFEFF/;

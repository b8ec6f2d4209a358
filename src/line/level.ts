/** Names of facilities by their number (RFC 5424, table 1), as syslog(3) and FreeBSD have them. */
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
];

/** Names of severities by their number (RFC 5424, table 2). */
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** What programs write for a severity besides. */
const OTHER_SEVERITIES = ['panic', 'fatal', 'critical', 'error', 'warn', 'trace', 'information', 'verbose'];

const FACILITY = [...FACILITIES, 'console', 'security', 'logaudit', 'megasafe'].join('|');
const SEVERITY = [...SEVERITIES, ...OTHER_SEVERITIES].join('|');

/** `info`, as a piece of a regex. */
export const SEVERITY_WORD = `(?:${SEVERITY})`;
/** `auth.info` (syslogd -vv, busybox), `auth|security:info` (AIX) and `Auth.Info` (Kiwi), as a piece of a regex. */
export const LEVEL_WORD = `(?:${FACILITY})(?:\\|(?:${FACILITY}))?[.:](?:${SEVERITY})`;

const LEVEL = new RegExp(`^(?:${SEVERITY_WORD}|${LEVEL_WORD})$`, 'i');
/** `local7.information`. */
const MAX_LEVEL_LENGTH = 26;

/** Whether a word names a severity, alone or behind a facility. */
export function isLevel(word: string): boolean {
  return word.length <= MAX_LEVEL_LENGTH && LEVEL.test(word);
}

/** What is written for a facility or a severity, and what syslog(3) calls it. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  security: 'auth',
  emergency: 'emerg',
  panic: 'emerg',
  critical: 'crit',
  fatal: 'crit',
  error: 'err',
  warn: 'warning',
  information: 'info',
  trace: 'debug',
  verbose: 'debug',
};

/** A level as one word of syslog(3): `auth|security:information` as `auth.info`, `ERROR` as `err`. */
export function plainLevel(level: string): string {
  if (KNOWN.has(level)) return level;
  const [, facility = '', severity = ''] = /^(?:([^.:|]+)[^.:]*[.:])?(.*)$/.exec(level.toLowerCase()) ?? [];
  const plain = (word: string): string => OTHER_NAMES[word] ?? word;
  return facility === '' ? plain(severity) : `${plain(facility)}.${plain(severity)}`;
}

/** Every `facility.severity` that `<PRI>` can say, by its number. */
export const PRIORITIES: readonly string[] = FACILITIES.flatMap((facility) =>
  SEVERITIES.map((severity) => `${facility}.${severity}`),
);

const KNOWN: ReadonlySet<string> = new Set(PRIORITIES);

/** `<38>` as `auth.info`; null where there is no such priority. */
export function nameOfPriority(priority: number): string | null {
  return PRIORITIES[priority] ?? null;
}

/** The facility of what programs say of themselves (RFC 5424, table 1: user-level messages). */
const USER = 1;

/** `error`, or the number of a severity, as `user.err`; null: it is no severity. */
export function userPriority(level: string): string | null {
  if (/^[0-7]$/.test(level)) return nameOfPriority(USER * SEVERITIES.length + Number(level));
  const priority = `${FACILITIES[USER]}.${plainLevel(level)}`;
  return KNOWN.has(priority) ? priority : null;
}

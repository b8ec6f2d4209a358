import { DEVICE_DIALECTS } from './device-dialects.js';
import type { Dialect } from './dialect.js';
import { BARE_TIMES, LOCAL_DIALECTS } from './local-dialects.js';
import { LIKE_RFC3164, RFC3339_DIALECTS, RFC5424_DIALECTS, TENSHI_DIALECTS } from './syslog-dialects.js';

/** What is known only by its `<PRI>`. */
const PRIORITY_ALONE: Dialect = {
  name: 'priority alone',
  from: 'devices that send no header, and files of what they sent',
  example: '<13>printer: toner low',
  yields: { host: null, time: null, priority: 'user.notice', program: 'printer', message: 'toner low' },
  begins: '',
  needsPriority: true,
  pattern: /^/,
  pid: 'tag',
};

/** The rows that a line without `<PRI>` is read by before the `logprefix`es of the config are asked. */
export const BUILT_IN: readonly Dialect[] = TENSHI_DIALECTS;

/** The table, in the order in which its rows are tried; the first that fits reads the line. */
export const DIALECTS: readonly Dialect[] = [
  ...RFC5424_DIALECTS,
  ...TENSHI_DIALECTS,
  ...DEVICE_DIALECTS,
  ...LOCAL_DIALECTS,
  ...RFC3339_DIALECTS,
  ...LIKE_RFC3164,
  ...BARE_TIMES,
  PRIORITY_ALONE,
];

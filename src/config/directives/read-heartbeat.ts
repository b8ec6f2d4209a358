import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { isWebAddress } from '../../base/text/web-address.js';
import type { Schedule } from '../../queue/schedule.js';
import { reportUrl } from '../check/report-address.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import type { ReadContext } from './directive.js';
import { readSchedule } from './read-queue.js';
import { refuse } from './value-kinds.js';

/** `set heartbeat`: who is told that tayori lives, and when. */
export interface HeartbeatConfig {
  /** A URL, or the name of a queue. */
  readonly to: string;
  readonly schedule: Extract<Schedule, { readonly kind: 'cron' }>;
  readonly place: SourceLocation;
}

const FORM = 'write set heartbeat URL [minute hour day month weekday], or a QUEUE in place of the URL';

/** `URL|QUEUE [CRON]`. */
export const heartbeat: Replacing<HeartbeatConfig> = {
  grammar: 'URL|QUEUE [CRON]',
  read: readHeartbeat,
  replaced: () => ({
    seen: 'another heartbeat to this one above',
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

function readHeartbeat(
  text: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<HeartbeatConfig> | undefined {
  const { word: to, rest } = splitWord(text);
  if (to.text === '' || to.text.startsWith('[')) return refuse(report, text, 'no URL and no queue', FORM);
  if (isWebAddress(to.text)) reportUrl(to, report);
  else if (/[/:,@]/.test(to.text)) return refuse(report, to, `${quote(to.text)} as a URL or a queue`, FORM);
  const read = readSchedule(rest, context.timezone.value, report);
  if (!read) return undefined;
  reportRest(read.rest, report);
  const { schedule } = read;
  if (schedule.kind !== 'cron') return refuse(report, rest, '[now] for a heartbeat', FORM);
  return { key: to.text, entry: { to: to.text, schedule, place: text.place } };
}

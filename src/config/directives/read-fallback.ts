import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import { reportAddresses } from '../check/report-address.js';
import { MAX_DURATION, readDuration } from '../read/read-duration.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import { refuse } from './value-kinds.js';

/** `set fallback`: the second way of a queue's letters. */
export interface FallbackConfig {
  readonly queue: string;
  /** After so long (ms). */
  readonly time: number;
  readonly to: readonly string[];
  readonly place: SourceLocation;
}

/** Longer than a restart of a mail server, or greylisting (RFC 6647, 5), may take (ms). */
const DEFAULT_TIME = 600_000;

const FORM =
  'write set fallback QUEUE TIME TO, such as set fallback page 10m https://ntfy.example.org/tayori';

/** `QUEUE [TIME] TO[,TO...]`. The queue may be defined below. */
export const fallback: Replacing<FallbackConfig> = {
  grammar: 'QUEUE [TIME] TO[,TO...]',
  read: readFallback,
  replaced: (queue) => ({
    seen: `${quote(queue)} has another fallback above`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

function readFallback(text: SourceText, report: Reporter): Keyed<FallbackConfig> | undefined {
  const { word: queue, rest } = splitWord(text);
  const { word: first, rest: behind } = splitWord(rest);
  if (first.text === '') return refuse(report, text, 'an incomplete fallback', FORM);
  const isTime = /^\d/.test(first.text) && behind.text !== '';
  const time = isTime ? (readDuration(first.text) ?? 0) : DEFAULT_TIME;
  if (time < 1 || time > MAX_DURATION) return refuse(report, first, `${quote(first.text)} as a time`, FORM);
  const { word: list, rest: more } = splitWord(isTime ? behind : rest);
  const to = list.text.split(',').filter(Boolean);
  const pager = to.find((one) => one.startsWith('pager:'));
  if (pager !== undefined)
    return refuse(
      report,
      list,
      '"pager:" in a fallback',
      'leave it out: letters have the form of their queue',
    );
  if (to.length === 0) return refuse(report, list, 'no recipient', FORM);
  reportRest(more, report);
  reportAddresses(list, report);
  return { key: queue.text, entry: { queue: queue.text, time, to, place: text.place } };
}

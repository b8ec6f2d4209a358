import { flatten } from '../../base/text/flatten.js';
import type { TextBlock } from '../../base/text/text-block.js';
import type { Config } from '../../config/config.js';
import { lineOptionsOf } from '../../ingest/line-options.js';
import { LogReadings } from '../../ingest/log-readings.js';
import { Excerpt } from '../../line/excerpt.js';
import { joinLines } from '../../line/join-lines.js';
import { createLineReader } from '../../line/read-line.js';
import { createPrefixScanner } from '../../line/scan-prefix.js';

/** The own time (ms) of a line of a log, which stands in a text from one offset to another; null: it has none. */
export type ReadTime = (whole: TextBlock, from: number, to: number, log: string) => number | null;

/** Reads the times of lines as a config would. `now`: the time of reading, for stamps without a year. */
export function createTimeReader(config: Config, now: () => number): ReadTime {
  const options = lineOptionsOf(config, now);
  const scan = createPrefixScanner(options);
  const readLine = createLineReader(options);
  const readings = new LogReadings(config, options, () => {});
  const excerpt = new Excerpt();
  return (whole, from, to, log) => {
    const reading = readings.of(log);
    if ((!reading || reading.scan) && scan(excerpt, whole, from, to)) return excerpt.time;
    const text = joinLines(flatten(whole.text.slice(from, to)));
    const read = (reading?.read ?? readLine)(text);
    return read.kind === 'entry' ? read.entry.time : null;
  };
}

/** Reads times as the first of two readers, and where that finds none, as the other. */
export function eitherTime(first: ReadTime, other: ReadTime): ReadTime {
  return (whole, from, to, log) => first(whole, from, to, log) ?? other(whole, from, to, log);
}

import type { SourceLocation } from '../../base/place.js';
import { config } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { type Keyed, keyed, part, type Replacing } from './declare.js';
import type { ReadContext } from './directive.js';
import { refuse, zone as zoneKind } from './value-kinds.js';

export interface ZoneConfig {
  readonly queue: string;
  /** An IANA name. */
  readonly zone: string;
  readonly place: SourceLocation;
}

/** `QUEUE ZONE`. The queue may be defined below. */
const zone: Replacing<ZoneConfig> = {
  grammar: 'QUEUE ZONE',
  read: readZone,
  replaced: (queue) => ({
    seen: `${quote(queue)} has another zone above`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the last',
};

export const LETTERS = part(
  'What makes a letter',
  keyed(
    'zone',
    'zones',
    zone,
    'that of set timezone',
    'The time zone of QUEUE, such as America/New_York: of its schedule, and of the times that its letters state.',
    'Log lines that name no zone are still read in that of `set timezone`. A day of `set thread` is a day of this zone. When the clocks change there, a fixed time that is skipped comes at the change, and one that comes twice counts the first time; `*/n` and every hour go by the time that passes.',
    config('set queue tokyo logs@example.org you@example.jp [0 9 * * 1-5]', 'set zone tokyo Asia/Tokyo'),
  ),
);

function readZone(value: SourceText, report: Reporter, context: ReadContext): Keyed<ZoneConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  if (rest.text === '')
    return refuse(
      report,
      value,
      'an incomplete zone',
      'write set zone QUEUE ZONE, as in set zone noon Asia/Tokyo',
    );
  const zone = zoneKind.read(rest, report, context);
  if (zone === undefined) return undefined;
  return { key: queue.text, entry: { queue: queue.text, zone, place: value.place } };
}

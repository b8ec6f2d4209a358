import { renderLocation, type SourceLocation } from '../../base/place.js';
import { config } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord, trimEnd } from '../read/source-text.js';
import { type Keyed, keyed, part, type Replacing } from './declare.js';
import type { ReadContext } from './directive.js';
import { isQueueName } from './read-queue.js';
import { onOff, refuse, zone as zoneKind } from './value-kinds.js';

const { raw } = String;

export interface SectionConfig {
  readonly queue: string;
  /** The queue in whose letters it stands. */
  readonly parent: string;
  readonly title: string;
  /** Its line stands above that of `set queue PARENT`. */
  readonly isAboveParent: boolean;
  readonly place: SourceLocation;
  /** Where PARENT stands in the line. */
  readonly parentPlace: SourceLocation;
}

export interface EmptyConfig {
  readonly queue: string;
  readonly place: SourceLocation;
}

export interface ZoneConfig {
  readonly queue: string;
  /** An IANA name. */
  readonly zone: string;
  readonly place: SourceLocation;
}

/** Characters of a title: a line of a letter. */
const MAX_TITLE = 78;

const SECTION_FORM = 'write set section QUEUE PARENT TITLE, as in set section misc report Unknown lines';

/** `QUEUE PARENT TITLE`. It also defines the queue. */
const section: Replacing<SectionConfig> = {
  grammar: 'QUEUE PARENT TITLE',
  read: readSection,
  replaced: (queue) => ({
    seen: `the section ${quote(queue)} is defined again`,
    instead: 'this line replaces the earlier one',
  }),
  order: 'of the first',
};

/** `QUEUE on|off`. A queue that is off has no entry. */
const empty: Replacing<EmptyConfig> = {
  grammar: 'QUEUE on|off',
  read: readEmpty,
  replaced: () => null,
  order: 'of the last',
};

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
    'section',
    'sections',
    section,
    'none',
    'The messages of QUEUE stand in the letters of PARENT, under TITLE. QUEUE needs no set queue: address, subject and schedule are those of PARENT.',
    'A section that has nothing is left out, and a letter comes when any of its queues has something. Sections stand in the order in which a person should read them, worst first: those of the kind trouble, then report, then trash (`set kind`; a section has the kind of PARENT, or trash if its name begins with that), and within a kind in the order of the lines of the config, where `set queue PARENT` is the place of the messages of PARENT itself. These stand under its name.',
    'What is new, louder, back or gone is said for each section by itself, and so are thresholds, values and windows; what the notes say, and addresses, once. Filter, template, zone and fold are those of PARENT. All queues of a letter are closed at the same instant. Pager letters have the lines of all sections, in this order, without titles. PARENT must be a queue of `set queue`, and no section itself.',
    config(
      'set queue report logs@example.org me@example.org [30 12 * * *] Noon',
      'set section misc report Lines that no rule knows',
      raw`report ^sshd: Failed password for .* from (\S+)`,
      'misc .*',
    ),
  ),
  keyed(
    'empty',
    'empties',
    empty,
    'off',
    'A letter of QUEUE comes on its schedule even when nothing did. It says since when nothing came, what tayori followed meanwhile, and for how long it did not run.',
    'So silence of the logs differs from silence of tayori or of the mail. Signals send no empty letters, and a queue with the schedule `now` has none.',
    config('set queue alarm logs@example.org me@example.org [0 8 * * *] Alarms', 'set empty alarm on'),
  ),
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

function readSection(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<SectionConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const { word: parent, rest: behind } = splitWord(rest);
  const title = trimEnd(behind.text);
  if (title === '') return refuse(report, value, 'an incomplete section', SECTION_FORM);
  const before = context.sections.get(queue.text);
  context.namedQueues.add(queue.text);
  if (!isQueueName(queue, report)) return undefined;
  if (queue.text === parent.text)
    return refuse(report, parent, `${quote(queue.text)} as a section of itself`, SECTION_FORM);
  if (before && before.parent !== parent.text)
    return refuse(
      report,
      parent,
      `${quote(queue.text)} is a section of ${quote(before.parent)} already, in ${renderLocation(before.place)}`,
      'a queue stands in the letters of one other queue: remove one of the lines',
    );
  if (title.length > MAX_TITLE)
    return refuse(report, behind, 'a title that is too long', `write one of at most ${MAX_TITLE} characters`);
  const isAboveParent = !context.namedQueues.has(parent.text);
  const entry = { queue: queue.text, parent: parent.text, title, isAboveParent };
  const places = { place: value.place, parentPlace: parent.place };
  return { key: queue.text, entry: { ...entry, ...places } };
}

function readEmpty(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<EmptyConfig> | undefined {
  const { word: queue, rest } = splitWord(value);
  const on = onOff.read(rest, report, context);
  if (on === undefined) return undefined;
  return { key: queue.text, entry: on ? { queue: queue.text, place: value.place } : null };
}

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

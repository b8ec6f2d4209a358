import { compare } from '../base/compare.js';
import { MAX_COUNT, MAX_REPEATS } from '../base/count.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import {
  emptyLetters,
  kindOf,
  type LetterSectionPlan,
  planOfLetter,
  sectionsOf,
} from '../config/sections.js';
import { type LetterFrame, letterOf } from '../letter/build/build-letter.js';
import { type ComposedSection, composeLetter } from '../letter/build/compose-letter.js';
import type { HostNames } from '../letter/build/host-names.js';
import { fillSubject } from '../letter/build/subject.js';
import type { LedgerEntry } from '../letter/history/ledger.js';
import { contentsOf, type HostSection, type Letter } from '../letter/letter.js';
import { shorten } from '../letter/render/columns.js';
import { createTimes } from '../letter/render/times.js';
import type { Words } from '../letter/words/words.js';
import { wordsOf } from '../letter/words/words-of.js';
import type { StormNote } from '../queue/fold.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition, Editions, FrequentLines } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import { untold } from '../store/said-names.js';
import { Comparison } from './compare-with-history.js';
import { completeness } from './completeness.js';
import { describeStorm } from './describe-storm.js';
import { type Followed, withoutLines } from './describe-watch.js';
import { letterFrame } from './letter-frame.js';
import { lossNotes, saidNotes } from './loss-notes.js';
import { overdueRules } from './overdue-rules.js';
import type { LetterQueue } from './queue-definition.js';
import { nothingSeen, readContent, type Seen } from './read-content.js';
import type { SetAside } from './set-aside.js';
import { waitedNotes } from './waited-note.js';

export interface LetterSources {
  readonly config: Config;
  readonly store: Editions & Ledger;
  readonly origin: string;
  /** As in `Letter`. */
  readonly fleet?: string | undefined;
  readonly names: HostNames;
  /** Rows that are snoozed go there; left out: none is. */
  readonly setAside?: SetAside;
  /** Further notes for the reader, such as delivery problems. */
  readonly notes?: readonly string[];
  /** How many messages of a queue are entered into the ledger; left out: as for one machine. */
  readonly most?: number;
  /** What the daemon follows, for letters that come even when nothing did; left out: it is not said. */
  readonly followed?: (config: Config) => Followed;
  /** Aborts: the promise rejects, and nothing has changed. */
  readonly signal?: AbortSignal;
}

/** `entries`: what to enter into the ledger; none if letters are not compared. */
export interface MadeLetter {
  readonly letter: Letter;
  readonly entries: readonly Omit<LedgerEntry, 'forgetBefore'>[];
}

/** The letter of a closed edition and its sections, as data; null if there is nothing to send. */
export async function makeLetter(
  edition: Edition,
  queue: LetterQueue,
  sources: LetterSources,
): Promise<MadeLetter | null> {
  if (edition.storm?.kind === 'end')
    return { letter: endNote(edition, edition.storm, queue, sources), entries: [] };
  const { config } = sources;
  const isFull = !queue.pager && config.letter.value === 'full';
  const seen = nothingSeen();
  const queues = await readQueues(edition, queue, seen, isFull, sources);
  const full = queues.filter(({ content }) => content.total.messages > 0);
  const isEmpty = full.length === 0;
  if (isEmpty && !comesEmpty(edition, config)) return null;
  const isFirst = isFull ? queues.every(({ content }) => content.compared?.isFirst) : null;
  const frame = frameOf(edition, queue, sources, isFirst);
  const one = isEmpty ? queues.find((each) => each.queue === edition.queue) : full[0];
  const letter =
    one && (isEmpty || edition.sections.length === 0)
      ? letterOf(frame, one.content)
      : composeLetter(frame, full, {
          count: seen.hosts.count,
          only: seen.hosts.count === 1 ? seen.host : null,
        });
  const notes = [
    ...(queue.pager ? [] : waitedNotes(edition, seen.lines, config)),
    ...letter.notes,
    ...(queue.pager ? [] : (sources.setAside?.notes(config) ?? [])),
    ...notesOn(letter, edition, seen, queues, sources),
  ];
  const told = withSilence({ ...letter, notes }, queues);
  const noted = isEmpty ? withoutLines(told, edition, sources.followed?.(config)) : told;
  const named = config.resolve.value && !queue.pager ? await withNames(noted, sources.names) : noted;
  // What finds rules is loaded only where the config wants proposals.
  const isProposing = isFull && !isEmpty && config.suggests.some(({ on }) => on);
  const proposals = isProposing
    ? await (await import('./letter-proposals.js')).letterProposals(edition, sources)
    : null;
  return {
    letter: { ...named, proposals },
    entries: queues.flatMap(({ comparison }) => comparison?.entry() ?? []),
  };
}

/** `set empty`: on its schedule a letter comes even when nothing did. */
function comesEmpty({ queue, status }: Edition, config: Config): boolean {
  return status === null && emptyLetters(config).has(queue);
}

/** A queue of a letter, and what it has to tell. */
interface ReadQueue extends ComposedSection {
  /** null: its letters are not compared with others. */
  readonly comparison: Comparison | null;
}

/** The queue of the letter and its sections, one after the other, in the order of reading. */
async function readQueues(
  edition: Edition,
  queue: LetterQueue,
  seen: Seen,
  isFull: boolean,
  sources: LetterSources,
): Promise<ReadQueue[]> {
  const { config, store, signal } = sources;
  const editions = [edition, ...edition.sections];
  const together = [edition.queue, ...sectionsOf(edition.queue, config)];
  const read: ReadQueue[] = [];
  const compared = inOrder(editions, config).map((one) => {
    const own = { ...queue, name: one.queue };
    return { ...one, own, comparison: isFull ? new Comparison(one.edition, own, together, sources) : null };
  });
  const hear = (rows: readonly TallyRow[]): void => {
    for (const { comparison } of compared) comparison?.hear(rows);
  };
  for (const { title, kind, own, comparison, ...one } of compared) {
    const frame = frameOf(edition, own, sources, comparison?.standing.first ?? null);
    const options = {
      config,
      store,
      frame,
      comparison,
      queues: editions.length,
      since: edition.since,
      hear,
      setAside: sources.setAside?.of(one.queue),
      signal,
    };
    const content = await readContent(one.edition, seen, options);
    read.push({ queue: one.queue, title, kind, content, comparison });
  }
  return read;
}

/** Editions in the order in which their queues are read; a section that the config no longer has comes last, under its name. */
function inOrder(
  editions: readonly Edition[],
  config: Config,
): (LetterSectionPlan & { readonly edition: Edition })[] {
  const [lead] = editions;
  const plan = lead ? planOfLetter(lead.queue, config) : [];
  const planned = plan.flatMap((one) =>
    editions.filter(({ queue }) => queue === one.queue).map((edition) => ({ ...one, edition })),
  );
  const others = editions
    .filter(({ queue }) => plan.every((one) => one.queue !== queue))
    .map((edition) => ({
      queue: edition.queue,
      title: edition.queue,
      kind: kindOf(edition.queue, config),
      edition,
    }));
  return [...planned, ...others];
}

/** What must be known of the rows of a letter, once for all its queues. */
function notesOn(
  letter: Letter,
  edition: Edition,
  { left, late, highest, valuesLeftOut }: Seen,
  queues: readonly ReadQueue[],
  { store, config }: LetterSources,
): string[] {
  const { notes } = wordsOf(letter.language);
  const isPager = letter.form === 'pager';
  const isFull = letter.form === 'full';
  return [
    ...(left.messages > 0 && !isPager ? [notes.belowThreshold(left)] : []),
    ...(highest >= MAX_COUNT && !isPager ? [notes.countedOut(MAX_COUNT)] : []),
    ...(isFull && valuesLeftOut > 0 ? [notes.valuesLeftOut(valuesLeftOut)] : []),
    ...(isFull ? forgotten(letter, queues, store) : []),
    ...(isPager ? [] : overdueRules(edition, config, notes)),
    ...(isFull ? completeness(edition, late, letter) : []),
  ];
}

/** `isFirst`: whether the ledger does not know the queue; null: its letters are not compared. */
function frameOf(
  edition: Edition,
  queue: LetterQueue,
  { config, origin, fleet, notes = [] }: LetterSources,
  isFirst: boolean | null,
): LetterFrame {
  return letterFrame(config, queue, {
    status: queue.pager ? null : edition.status,
    made: edition.closed,
    since: queue.schedule.kind === 'now' ? null : edition.since,
    ...{ origin, fleet },
    storm: edition.storm && !queue.pager ? describeStorm(edition.storm, edition, config) : null,
    waited: edition.held,
    notes: queue.pager ? [] : [...completenessNotes(edition, config), ...notes],
    before: isFirst === null ? null : { isFirst, period: periodOf(edition), partial: edition.partial },
  });
}

/** The letter that ends a storm holds nothing but the note. */
function endNote(edition: Edition, storm: StormNote, queue: LetterQueue, sources: LetterSources): Letter {
  const { sortOrder: _, before: __, ...frame } = frameOf(edition, queue, sources, null);
  const message = describeStorm(storm, edition, sources.config);
  const { from: first, to: last, lines: count, names = [], texts = [] } = storm;
  const section = { host: '*', name: null, messages: [{ count, message, first, last }], more: null };
  const total = { lines: count, messages: null, hosts: storm.hosts };
  const onlyHost = storm.hosts === 1 ? (names[0] ?? null) : null;
  const over = texts[0] ?? '';
  const facts = { queue: queue.name, total, onlyHost, hosts: [section], shared: [], compared: null };
  const subject = fillSubject(
    frame.subject,
    { ...facts, kind: frame.kind, mask: frame.mask, over },
    wordsOf(frame.language),
  );
  const hosts = queue.pager ? [section] : [];
  return { ...frame, subject, parts: null, sections: [], hosts, proposals: null };
}

/** Reports tell which hosts fell silent; letters of trouble and of trash have other things to say. */
function withSilence(letter: Letter, queues: readonly ReadQueue[]): Letter {
  const { parts, kind } = letter;
  const hosts = kind === 'report' ? queues.flatMap(({ comparison }) => comparison?.silent() ?? []) : [];
  const silent = [...new Set(hosts)].sort(compare);
  return parts && silent.length > 0 ? { ...letter, parts: { ...parts, silent } } : letter;
}

/** Notes that explain a false NEW: the ledger was full, or is too small for this letter. */
function forgotten(letter: Letter, queues: readonly ReadQueue[], store: Ledger): string[] {
  const words = wordsOf(letter.language);
  const more = queues.reduce((sum, { comparison }) => sum + (comparison?.notRemembered() ?? 0), 0);
  const isNew = contentsOf(letter).some(({ parts }) => parts?.news.some(({ news }) => news.kind === 'new'));
  const full = isNew ? store.fullLedger() : null;
  const day = (time: number): string => createTimes(null, letter, words).day(time);
  return [
    ...(more > 0 ? [words.notes.notRemembered(more)] : []),
    ...(full ? [words.notes.ledgerFull(full.messages, day(full.since))] : []),
  ];
}

/** A shorter period (ms) is not shown: the times of the lines say more. */
const MIN_PERIOD = 60_000;

/** From the last letter to this one; null if there is no such period, as with `digest` and pages. */
function periodOf({ since, closed }: Edition): { from: number; to: number } | null {
  return closed - since >= MIN_PERIOD ? { from: since, to: closed } : null;
}

/** Notes about lines that the letter does not hold: a reader must know them to trust it. */
function completenessNotes({ counters, untaken }: Edition, { language }: Config): string[] {
  const { notes } = wordsOf(language.value);
  const counted = [
    ['unprefixed', notes.unprefixed],
    ['dropped', notes.droppedDatagrams],
    ['overflowed', notes.overflowed],
    ['repeatable', notes.repeatable],
    ['own', notes.selfMail],
  ] as const;
  const capped = {
    lines: counters.get('capped') ?? 0,
    most: MAX_REPEATS,
    uncounted: counters.get('uncounted') ?? 0,
  };
  return [
    ...counted.flatMap(([name, words]) => {
      const count = untold(counters, name);
      return count > 0 ? [words(count)] : [];
    }),
    ...(capped.lines > 0 ? [notes.capped(capped)] : []),
    ...lossNotes(counters, notes),
    ...saidNotes(counters, notes),
    ...((counters.get('unknown') ?? 0) > 0
      ? describeUnknown(counters.get('unknown') ?? 0, untaken, notes)
      : []),
  ];
}

/** How many of the lines that match no rule are shown, and how much of each (columns). */
const MAX_UNKNOWN_LINES = 3;
const UNKNOWN_COLUMNS = 100;

function describeUnknown(
  count: number,
  { lines, about }: FrequentLines,
  { unknown, unknownMost }: Words['notes'],
): string[] {
  const most = lines.slice(0, MAX_UNKNOWN_LINES).map(({ value, count }) => {
    return unknownMost({ count, about, line: shorten(escapeControl(value), UNKNOWN_COLUMNS) });
  });
  return [unknown(count), ...most];
}

async function withNames(letter: Letter, names: HostNames): Promise<Letter> {
  const hosts = contentsOf(letter).flatMap((content) => content.hosts.map(({ host }) => host));
  const found = await names.namesOf([...new Set(hosts)]);
  const named = (sections: readonly HostSection[]): HostSection[] =>
    sections.map((section) => ({ ...section, name: found.get(section.host) ?? null }));
  return {
    ...letter,
    sections: letter.sections.map((section) => ({ ...section, hosts: named(section.hosts) })),
    hosts: named(letter.hosts),
  };
}

/** In bytes, as mail programs and servers count. */
const KILOBYTE = 1000;

/** The size limit of a letter as mail (bytes). */
export function budgetOf({ letterSize }: Config): number {
  return letterSize.value * KILOBYTE;
}

import { setImmediate } from 'node:timers/promises';
import { addCounts, MAX_COUNT, MAX_REPEATS } from '../base/count.js';
import { tidyHeap } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { LetterBuilder, type LetterFrame } from '../letter/build/build-letter.js';
import type { HostNames } from '../letter/build/host-names.js';
import { fillSubject } from '../letter/build/subject.js';
import { aboveThreshold, type BelowThreshold } from '../letter/build/threshold.js';
import type { LedgerEntry, LedgerRow } from '../letter/history/ledger.js';
import { type NewsRow, newsOf } from '../letter/history/news.js';
import type { Letter } from '../letter/letter.js';
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
import { completeness, countLate } from './completeness.js';
import { letterFrame } from './letter-frame.js';
import { lossNotes, saidNotes } from './loss-notes.js';
import type { LetterQueue } from './queue-definition.js';
import type { SetAside } from './set-aside.js';
import { waitedNotes } from './waited-note.js';

export interface LetterSources {
  readonly config: Config;
  readonly store: Editions & Ledger;
  readonly origin: string;
  readonly names: HostNames;
  /** Rows that are snoozed go there; left out: none is. */
  readonly setAside?: SetAside;
  /** Further notes for the reader, such as delivery problems. */
  readonly notes?: readonly string[];
  /** Aborts: the promise rejects, and nothing has changed. */
  readonly signal?: AbortSignal;
}

/** `entry`: what to enter into the ledger; null if letters are not compared. */
export interface MadeLetter {
  readonly letter: Letter;
  readonly entry: Omit<LedgerEntry, 'forgetBefore'> | null;
}

/** Rows that are read in one go: some milliseconds. */
const PIECE = 1000;

/** The letter of a closed edition, as data; null if there is nothing to send. */
export async function makeLetter(
  edition: Edition,
  queue: LetterQueue,
  sources: LetterSources,
): Promise<MadeLetter | null> {
  const { config, store, setAside } = sources;
  if (edition.storm?.kind === 'end')
    return { letter: endNote(edition, edition.storm, queue, sources), entry: null };
  const isFull = !queue.pager && config.letter.value === 'full';
  const comparison = isFull ? new Comparison(edition, queue, sources) : null;
  const builder = new LetterBuilder(frameOf(edition, queue, sources, comparison?.standing.first ?? null));
  const rowsOf = rowChooser(queue, config);
  const left = { messages: 0, lines: 0 };
  const late = { messages: 0 };
  let highest = 0;
  let valuesLeftOut = 0;
  let lines = 0;
  for await (const piece of pieces(edition, store, sources.signal)) {
    for (const { count } of piece) lines = addCounts(lines, count);
    const rows = [...countLate(rowsOf(piece, left), edition, late)];
    for (const { count } of rows) highest = Math.max(highest, count);
    valuesLeftOut += rows.filter(({ detail }) => detail?.noRoom).length;
    for (const row of comparison ? comparison.withHistory(rows) : rows)
      if (!setAside?.take(row)) builder.add(withNews(row, comparison));
  }
  const incomplete = builder.incomplete();
  if (incomplete.size > 0)
    for await (const piece of pieces(edition, store, sources.signal)) {
      const wanted = piece
        .filter(({ message }) => incomplete.has(message))
        .filter((row) => !setAside?.holds(row));
      for (const row of rowsOf(wanted, { messages: 0, lines: 0 }))
        builder.recount(withNews(comparison ? comparison.historyOf(row) : row, comparison));
    }
  const letter = builder.finish(comparison?.gone() ?? []);
  if (!letter) return null;
  const words = wordsOf(letter.language);
  const notes = [
    ...(queue.pager ? [] : waitedNotes(edition, lines, config)),
    ...letter.notes,
    ...(queue.pager ? [] : (setAside?.notes(config) ?? [])),
    ...(left.messages > 0 && !queue.pager ? [words.notes.belowThreshold(left)] : []),
    ...(highest >= MAX_COUNT && !queue.pager ? [words.notes.countedOut(MAX_COUNT)] : []),
    ...(isFull && valuesLeftOut > 0 ? [words.notes.valuesLeftOut(valuesLeftOut)] : []),
    ...(comparison ? forgotten(letter, comparison, store) : []),
    ...(isFull ? completeness(edition, late, letter) : []),
  ];
  const noted = { ...letter, notes };
  const named = config.resolve.value && !queue.pager ? await withNames(noted, sources.names) : noted;
  return { letter: named, entry: comparison?.entry() ?? null };
}

/** Makes the function that passes on the rows of a letter; rows below a threshold are added to `left`. */
function rowChooser(
  { name }: LetterQueue,
  config: Config,
): (rows: readonly TallyRow[], left: BelowThreshold) => Generator<TallyRow> {
  const thresholds = thresholdsOf(config, name);
  const hidesValues = config.valuesOff.some((off) => off.queue === name);
  return (rows, left) => aboveThreshold(hidesValues ? rows.map(withoutValues) : rows, thresholds, left);
}

/** A row with its news, if letters are compared. */
function withNews(row: TallyRow | LedgerRow, comparison: Comparison | null): TallyRow | NewsRow {
  return comparison && 'known' in row ? { ...row, news: newsOf(row, comparison.standing) } : row;
}

/** `isFirst`: whether the ledger does not know the queue; null: its letters are not compared. */
function frameOf(
  edition: Edition,
  queue: LetterQueue,
  { config, origin, notes = [] }: LetterSources,
  isFirst: boolean | null,
): LetterFrame {
  return letterFrame(config, queue, {
    status: queue.pager ? null : edition.status,
    made: edition.closed,
    since: queue.schedule.kind === 'now' ? null : edition.since,
    origin,
    storm: edition.storm && !queue.pager ? describeStorm(edition.storm, edition, config) : null,
    waited: edition.held,
    notes: queue.pager ? [] : [...completenessNotes(edition, config), ...notes],
    before: isFirst === null ? null : { isFirst, period: periodOf(edition) },
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
  return { ...frame, subject, parts: null, hosts: queue.pager ? [section] : [] };
}

/** Of the message of a storm its beginning is shown. */
const STORM_COLUMNS = 60;

/** Lines younger than a day are dated by the time of day alone. */
function describeStorm(
  { from, to, names = [], texts = [], messages = 0, ...storm }: StormNote,
  { closed }: Edition,
  { language, timezone }: Config,
): string {
  const words = wordsOf(language.value);
  const period = { from: Math.min(from, closed - DAY), to: closed };
  const { span } = createTimes(period, { timezone: timezone.value, made: closed }, words);
  const [first, last] = [span(from, from), span(to, to)];
  return words.notes.storm({
    ...storm,
    names,
    what: shorten(texts[0] ?? '', STORM_COLUMNS),
    moreMessages: Math.max(0, messages - 1),
    span: first === last ? first : words.period(first, last),
  });
}

/** Notes that explain a false NEW: the ledger was full, or is too small for this letter. */
function forgotten(letter: Letter, comparison: Comparison, store: Ledger): string[] {
  const { parts } = letter;
  const words = wordsOf(letter.language);
  const more = comparison.notRemembered();
  const isNew = parts?.news.some(({ news }) => news.kind === 'new') ?? false;
  const full = isNew ? store.fullLedger() : null;
  const day = (time: number): string => createTimes(null, letter, words).day(time);
  return [
    ...(more > 0 ? [words.notes.notRemembered(more)] : []),
    ...(full ? [words.notes.ledgerFull(full.messages, day(full.since))] : []),
  ];
}

/** Hides values that were recorded before a reload applied `set values QUEUE off`. */
function withoutValues({ detail, ...row }: TallyRow): TallyRow {
  return detail ? { ...row, detail: { hours: detail.hours, masked: [] } } : row;
}

/** In pieces: millions of rows must not delay reading, or a signal. */
async function* pieces({ id }: Edition, store: Editions, signal?: AbortSignal): AsyncGenerator<TallyRow[]> {
  let rows = store.slice(id, null, PIECE);
  while (rows.length > 0) {
    yield rows;
    tidyHeap();
    await setImmediate();
    signal?.throwIfAborted();
    rows = store.slice(id, rows.at(-1) ?? null, PIECE);
  }
}

/** A shorter period (ms) is not shown: the times of the lines say more. */
const MIN_PERIOD = 60_000;

/** From the last letter to this one; null if there is no such period, as with `digest` and pages. */
function periodOf({ since, closed }: Edition): { from: number; to: number } | null {
  return closed - since >= MIN_PERIOD ? { from: since, to: closed } : null;
}

export function thresholdsOf({ thresholds }: Config, queue: string): Config['thresholds'] {
  return thresholds.filter((threshold) => threshold.queue === queue);
}

/** Notes about lines that the letter does not hold: a reader must know them to trust it. */
function completenessNotes({ counters, untaken }: Edition, { language }: Config): string[] {
  const { notes } = wordsOf(language.value);
  const counted = [
    ['unprefixed', notes.unprefixed],
    ['dropped', notes.droppedDatagrams],
    ['overflowed', notes.overflowed],
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
  const found = await names.namesOf(letter.hosts.map(({ host }) => host));
  return {
    ...letter,
    hosts: letter.hosts.map((section) => ({ ...section, name: found.get(section.host) ?? null })),
  };
}

/** In bytes, as mail programs and servers count. */
const KILOBYTE = 1000;

/** The size limit of a letter as mail (bytes). */
export function budgetOf({ letterSize }: Config): number {
  return letterSize.value * KILOBYTE;
}

import { addCounts } from '../base/count.js';
import { lazily } from '../base/lazily.js';
import { flatten } from '../base/text/flatten.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Config } from '../config/config.js';
import { UNPREFIXED_HOST } from '../letter/build/gathering.js';
import { type DialectCount, DialectCounts, NO_DIALECT } from '../line/count-dialects.js';
import type { Entry } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';
import { endOfMessage, joinLines } from '../line/join-lines.js';
import { createLineReader, type LineOptions } from '../line/read-line.js';
import { createPrefixScanner } from '../line/scan-prefix.js';
import type { LogText, SelfMail } from '../mail/self-mail.js';
import { createTally, type TallyChange } from '../queue/tally.js';
import { createClassifier } from '../rule/classify.js';
import { type OverrunName, overrunName } from '../rule/overrun-name.js';
import type { Rule } from '../rule/rule.js';
import type { RuleState, RuleStateChanges } from '../rule/rule-state.js';
import type { LossName } from '../source/loss-names.js';
import { type Lines, listLines } from '../source/split-lines.js';
import { FrequentTexts, type TextPieces } from '../values/frequent-texts.js';
import type { ValueCounts } from '../values/space-saving.js';

/** What becomes of lines, counted for good. `own`: of our own letters, as mail servers log them. */
type LineCounter = 'lines' | 'unprefixed' | 'hostless' | 'unknown' | 'trash' | 'own';

/**
 * Counted for good, too: lines that could not be held, datagrams that the kernel threw away, logs that lost lines, regexes
 * that were given up; lines that claimed more than MAX_REPEATS (`capped`), and how many repeats beyond were not counted
 * (`uncounted`).
 */
type RareCounter = 'overflowed' | 'dropped' | 'capped' | 'uncounted' | LossName | OverrunName;

/** The regex of a rule or of a `logprefix`. */
type PlacedRegex = Pick<Rule, 'place' | 'pattern'>;

const NO_COUNTS: Readonly<Record<LineCounter, number>> = {
  lines: 0,
  unprefixed: 0,
  hostless: 0,
  unknown: 0,
  trash: 0,
  own: 0,
};

export interface ProcessedChanges {
  readonly tally: Iterable<TallyChange>;
  readonly memory: RuleStateChanges;
  readonly counters: ReadonlyMap<string, number>;
  /** The most frequent lines that no rule took; null when there were none. */
  readonly untaken: ValueCounts | null;
}

/**
 * What may be held before it is committed: different messages, and UTF-16 units of them. Half as many cost a backlog a
 * fifth of its time, since rows are written the more often; a third more, 5 MB.
 */
const MOST_MESSAGES = 30_000;
const MOST_TEXT = 8_000_000;

/** From lines to tallies: reads each line, judges it, counts it. */
export interface LineProcessor {
  /** Returns how many lines there were. */
  take(lines: Lines): number;
  /** Adds to a counter what somebody else has counted. */
  add(counter: RareCounter, amount: number): void;
  /** How many lines were read by which dialect, since the sorter was made: most first. */
  readonly dialects: readonly DialectCount[];
  /** So much is held, in messages or in their length, that it should be committed before more is taken. */
  readonly full: boolean;
  changes(): ProcessedChanges;
  /** The changes have been committed. */
  onCommitted(): void;
}

/**
 * Wires line, rule and queue for one config. `onOverrun` hears once of each regex that was given up on a text. Lines
 * that `own` knows are of our own letters are counted apart and come to no rule.
 */
export function createLineProcessor(
  config: Config,
  memory: RuleState,
  now: () => number,
  onOverrun: (regex: PlacedRegex) => void,
  own: SelfMail | null = null,
): LineProcessor {
  const values = valuedQueues(config);
  const tally = createTally(config.letter.value === 'full' ? 'hours' : 'no-hours');
  const counts: Record<LineCounter, number> = { ...NO_COUNTS };
  const rare = new Map<RareCounter, number>();
  const untaken = new FrequentTexts();
  const alone = new TextBlock();
  const keepsUnprefixed = config.queues.some(({ name }) => name === 'noprefix');
  const overrun = new Set<string>();
  // With the first line: a start need not wait until a thousand rules have their index.
  const judge = lazily(() =>
    createClassifier({
      rules: config.rules,
      mask: config.mask.value,
      memory,
      values,
      onOverrun: tellOverrun,
    }),
  );
  const dialects = new DialectCounts();
  const lineOptions: LineOptions = {
    prefixes: config.prefixes.map(({ value }) => value),
    logprefixes: config.logprefixes.map(({ value }) => value),
    hidepid: config.hidepid.value,
    timezone: config.timezone.value,
    now,
    onOverrun(pattern) {
      const all = [...config.prefixes, ...config.logprefixes];
      const place = all.find(({ value }) => value === pattern)?.place;
      if (place) tellOverrun({ place, pattern });
    },
  };
  const scanPrefix = createPrefixScanner(lineOptions);
  const readLine = createLineReader(lineOptions);
  const excerpt = new Excerpt();
  const whole = new TextBlock();

  function add(counter: RareCounter, amount: number): void {
    rare.set(counter, addCounts(rare.get(counter) ?? 0, amount));
  }

  function addCapped(uncounted: number): void {
    add('capped', 1);
    add('uncounted', uncounted);
  }

  function counted(): Map<string, number> {
    return new Map([...Object.entries(counts).filter(([, count]) => count > 0), ...rare]);
  }

  /** Counted each time, told once a regex: it is the regex that needs mending. */
  function tellOverrun({ place, pattern }: PlacedRegex): void {
    const name = overrunName(place, pattern.source);
    add(name, 1);
    if (overrun.has(name)) return;
    overrun.add(name);
    onOverrun({ place, pattern });
  }

  function takeUnprefixed(line: string): void {
    if (keepsUnprefixed) tally.count('noprefix', UNPREFIXED_HOST, line, 1, 'add', null);
    else counts.unprefixed += 1;
  }

  function takeUnknown(entry: Entry): void {
    counts.unknown += 1;
    untaken.add(piecesOf(entry, alone));
  }

  function takeEntry(entry: Entry): void {
    const verdict = judge()(entry);
    // Named one by one: a property whose name changes from line to line costs V8 as much as a map.
    if (verdict.kind === 'unknown') takeUnknown(entry);
    if (verdict.kind === 'trash') counts.trash += 1;
    if (verdict.kind !== 'counted') return;
    const { message, under, uncounted } = verdict;
    if (uncounted !== undefined) addCapped(uncounted);
    for (const { queue, count, how } of verdict.counts)
      tally.count(
        queue,
        entry.host,
        message,
        count,
        how,
        entry.time,
        under && values.has(queue) ? under : undefined,
      );
  }

  /** Who says it, and what; a line without a prefix is all text. */
  function textOf(line: string): LogText {
    const reading = readLine(line);
    return reading.kind === 'entry' ? reading.entry : { host: '', text: line };
  }

  /** Which lines name a letter of ours, by their number among these. */
  function namedIn(text: string): ReadonlySet<number> {
    return own?.mayBeNamedIn(text) ? own.learn(listLines({ text }), textOf) : NONE;
  }

  /** Almost all lines are read where they lie; the others one by one. */
  function takeLine(lines: TextBlock, from: number, to: number): void {
    if (scanPrefix(excerpt, lines, from, to)) {
      dialects.add(excerpt.dialect);
      if (own?.knowsQueueIds && own.isOwn(excerpt.host, excerpt.text)) counts.own += 1;
      else takeEntry(excerpt);
      return;
    }
    takeText(flatten(lines.text.slice(from, to)));
  }

  function takeText(line: string): void {
    const reading = readLine(line);
    if (reading.kind === 'marker') return;
    const { host, text } = reading.kind === 'entry' ? reading.entry : { host: '', text: line };
    dialects.add(reading.kind === 'entry' ? reading.dialect : NO_DIALECT);
    if (own?.isOwn(host, text)) counts.own += 1;
    else if (reading.kind === 'entry') takeEntry(reading.entry);
    else if (reading.kind === 'unprefixed') takeUnprefixed(line);
    else counts.hostless += 1;
  }

  function takeLines(text: string): number {
    const named = namedIn(text);
    whole.lay(text);
    let taken = 0;
    for (let from = 0; from < text.length; ) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      const end = newline < 0 ? to : endOfMessage(whole, from, to);
      if (to > from) {
        if (named.has(taken)) counts.own += 1;
        else if (end === to) takeLine(whole, from, to);
        else takeText(joinLines(text.slice(from, end)));
        taken += end === to ? 1 : listLines({ text: text.slice(from, end) }).length;
      }
      from = end + 1;
    }
    return taken;
  }

  return {
    take({ text }) {
      const taken = takeLines(text);
      counts.lines += taken;
      return taken;
    },
    add,
    get dialects() {
      return dialects.read();
    },
    get full() {
      return tally.size >= MOST_MESSAGES || tally.length >= MOST_TEXT;
    },
    changes: () => ({
      tally: tally.changes(),
      memory: memory.changes(),
      counters: counted(),
      untaken: untaken.read(),
    }),
    onCommitted() {
      tally.clear();
      untaken.clear();
      memory.onCommitted();
      Object.assign(counts, NO_COUNTS);
      rare.clear();
    },
  };
}

/** Where the text of an entry lies; one that lies in nothing else is laid there. */
function piecesOf(entry: Entry, alone: TextBlock): TextPieces {
  if (!(entry instanceof Excerpt)) {
    const { text } = entry;
    return { units: alone.lay(text).units, spans: [0, text.length] };
  }
  const { whole, from, gap, resume, to } = entry;
  return { units: whole.units, spans: [from, gap, resume, to] };
}

/** The queues whose letters tell what stood under the masks. */
function valuedQueues({ letter, queues, valuesOff }: Config): ReadonlySet<string> {
  if (letter.value === 'plain') return new Set();
  const off = new Set(valuesOff.map(({ queue }) => queue));
  return new Set(queues.flatMap(({ name, pager }) => (pager || off.has(name) ? [] : [name])));
}

const NONE: ReadonlySet<number> = new Set();

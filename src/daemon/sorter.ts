import type { Config } from '../config/config.js';
import { UNPREFIXED_HOST } from '../digest/gathering.js';
import type { Entry, Reading } from '../line/entry.js';
import { createLineReader } from '../line/read-line.js';
import type { LogText, OwnMail } from '../mail/own-mail.js';
import { onOneLine } from '../perl/allowance.js';
import { renderPlace } from '../place.js';
import { createTally, type TallyChange } from '../queue/tally.js';
import { createJudge } from '../rule/judge.js';
import type { MemoryChanges, RuleMemory } from '../rule/memory.js';
import type { Rule } from '../rule/rule.js';

/** Counters that are kept for good; `status` and letters tell them. */
export type CounterName =
  | 'lines'
  | 'unprefixed'
  | 'hostless'
  | 'unknown'
  | 'trash'
  /** Of our own letters, as mail servers log them. */
  | 'own'
  /** Lines that could not be held, and datagrams that the kernel threw away. */
  | 'overflowed'
  | 'dropped'
  | OverrunName;

/** `overrun FILE:LINE:COLUMN REGEX`: how often a rule was given up on a text. */
type OverrunName = `overrun ${string}`;

/** The regex of a rule or of a `logprefix`. */
type PlacedRegex = Pick<Rule, 'place' | 'pattern'>;

export interface SortedChanges {
  readonly tally: readonly TallyChange[];
  readonly memory: MemoryChanges;
  readonly counters: ReadonlyMap<string, number>;
}

/** What may be held before it is committed: different messages, and UTF-16 units of them. */
const MOST_MESSAGES = 10_000;
const MOST_TEXT = 8_000_000;

/** From lines to tallies: reads each line, judges it, counts it. */
export interface Sorter {
  take(lines: readonly string[]): void;
  /** Adds to a counter what somebody else has counted. */
  add(counter: CounterName, amount: number): void;
  /** So much is held, in messages or in their length, that it should be committed before more is taken. */
  readonly full: boolean;
  changes(): SortedChanges;
  /** The changes have been committed. */
  settle(): void;
}

/**
 * Wires line, rule and queue for one config. `onOverrun` hears once of each regex that was given up on a text. Lines
 * that `own` knows are of our own letters are counted apart and come to no rule.
 */
export function createSorter(
  config: Config,
  memory: RuleMemory,
  now: () => number,
  onOverrun: (regex: PlacedRegex) => void,
  own: OwnMail | null = null,
): Sorter {
  const tally = createTally();
  const counters = new Map<string, number>();
  const keepsUnprefixed = config.queues.some(({ name }) => name === 'noprefix');
  const overrun = new Set<string>();
  const judge = createJudge({ rules: config.rules, mask: config.mask.value, memory, onOverrun: tellOverrun });
  const readLine = createLineReader({
    logprefixes: config.logprefixes.map(({ value }) => value),
    hidepid: config.hidepid.value,
    timezone: config.timezone.value,
    now,
    onOverrun(pattern) {
      const place = config.logprefixes.find(({ value }) => value === pattern)?.place;
      if (place) tellOverrun({ place, pattern });
    },
  });

  function add(name: CounterName, amount = 1): void {
    counters.set(name, (counters.get(name) ?? 0) + amount);
  }

  /** Counted each time, told once a regex: it is the regex that needs mending. */
  function tellOverrun({ place, pattern }: PlacedRegex): void {
    const name: OverrunName = `overrun ${renderPlace(place)} ${pattern.source}`;
    add(name);
    if (overrun.has(name)) return;
    overrun.add(name);
    onOverrun({ place, pattern });
  }

  function takeUnprefixed(line: string): void {
    if (keepsUnprefixed) tally.count('noprefix', UNPREFIXED_HOST, line, 1, 'add', null);
    else add('unprefixed');
  }

  function takeEntry(entry: Entry): void {
    const verdict = judge(entry);
    if (verdict.kind === 'unknown' || verdict.kind === 'trash') add(verdict.kind);
    if (verdict.kind !== 'counted') return;
    for (const { queue, count, how } of verdict.counts)
      tally.count(queue, entry.host, verdict.message, count, how, entry.time);
  }

  /** Who says it, and what; a line without a prefix is all text. */
  function textOf(line: string): LogText {
    const reading = readLine(line);
    return reading.kind === 'entry' ? reading.entry : { host: '', text: line };
  }

  function isOwn(reading: Reading, line: string): boolean {
    if (!own) return false;
    return reading.kind === 'entry' ? own.isOwn(reading.entry.host, reading.entry.text) : own.isOwn('', line);
  }

  function takeLine(line: string, named: boolean): void {
    const reading = readLine(line);
    if (named || isOwn(reading, line)) add('own');
    else if (reading.kind === 'entry') takeEntry(reading.entry);
    else if (reading.kind === 'unprefixed') takeUnprefixed(line);
    else add('hostless');
  }

  return {
    take(lines) {
      add('lines', lines.length);
      const named = own?.learn(lines, textOf);
      for (const [index, line] of lines.entries())
        onOneLine(() => takeLine(line, named?.has(index) ?? false));
    },
    add,
    get full() {
      return tally.size >= MOST_MESSAGES || tally.length >= MOST_TEXT;
    },
    changes: () => ({ tally: tally.changes(), memory: memory.changes(), counters }),
    settle() {
      tally.clear();
      memory.settle();
      counters.clear();
    },
  };
}

import type { Config } from '../config/config.js';
import { UNPREFIXED_HOST } from '../digest/gathering.js';
import type { Entry } from '../line/entry.js';
import { createLineReader } from '../line/read-line.js';
import { renderPlace } from '../place.js';
import { createTally, type TallyChange } from '../queue/tally.js';
import { createJudge } from '../rule/judge.js';
import type { MemoryChanges, RuleMemory } from '../rule/memory.js';
import type { Rule } from '../rule/rule.js';

/** Counters that are kept for good; `status` and letters tell them. */
export type CounterName = 'lines' | 'unprefixed' | 'hostless' | 'unknown' | 'trash' | OverrunName;

/** `overrun FILE:LINE:COLUMN REGEX`: how often a rule was given up on a text. */
type OverrunName = `overrun ${string}`;

export interface SortedChanges {
  readonly tally: readonly TallyChange[];
  readonly memory: MemoryChanges;
  readonly counters: ReadonlyMap<string, number>;
}

/** From lines to tallies: reads each line, judges it, counts it. */
export interface Sorter {
  take(lines: readonly string[]): void;
  /** Different messages held, which is what costs memory. */
  readonly held: number;
  changes(): SortedChanges;
  /** The changes have been committed. */
  settle(): void;
}

/** Wires line, rule and queue for one config. `onOverrun` hears once of each rule that was given up on a text. */
export function createSorter(
  config: Config,
  memory: RuleMemory,
  now: () => number,
  onOverrun: (rule: Rule) => void,
): Sorter {
  const tally = createTally();
  const counters = new Map<string, number>();
  const keepsUnprefixed = config.queues.some(({ name }) => name === 'noprefix');
  const overrun = new Set<Rule>();
  const judge = createJudge({ rules: config.rules, mask: config.mask.value, memory, onOverrun: tellOverrun });
  const readLine = createLineReader({
    logprefixes: config.logprefixes.map(({ value }) => value),
    hidepid: config.hidepid.value,
    timezone: config.timezone.value,
    now,
  });

  function add(name: CounterName, amount = 1): void {
    counters.set(name, (counters.get(name) ?? 0) + amount);
  }

  /** Counted each time, told once a rule: it is the rule that needs mending. */
  function tellOverrun(rule: Rule): void {
    add(`overrun ${renderPlace(rule.place)} ${rule.pattern.source}`);
    if (overrun.has(rule)) return;
    overrun.add(rule);
    onOverrun(rule);
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

  return {
    take(lines) {
      add('lines', lines.length);
      for (const line of lines) {
        const reading = readLine(line);
        if (reading.kind === 'entry') takeEntry(reading.entry);
        else if (reading.kind === 'unprefixed') takeUnprefixed(line);
        else add('hostless');
      }
    },
    get held() {
      return tally.size;
    },
    changes: () => ({ tally: tally.changes(), memory: memory.changes(), counters }),
    settle() {
      tally.clear();
      memory.settle();
      counters.clear();
    },
  };
}

import { flatten } from '../base/text/flatten.js';
import type { Entry } from '../line/entry.js';
import type { RunHit } from '../queue/exec/run.js';
import type { Tally } from '../queue/tally.js';
import { type GatePlans, groupsOf, pagesWait, WITH_THE_NEXT } from '../queue/timed/gate-plan.js';
import { type Passage, QueueGates } from '../queue/timed/queue-gates.js';
import type { TimedKeyChanges, TimedKeys } from '../queue/timed/timed-keys.js';
import type { Fed } from '../queue/timed/window.js';
import type { Ruleset } from '../rule/classify.js';
import type { CountedVerdict, GroupValues, QueueCount, QueueMessage } from '../rule/verdict.js';
import { RunBuffer } from './run-buffer.js';

/**
 * Lines that an exemption kept from a queue; lines that were older than their window; keys that were forgotten because
 * there were too many.
 */
export type TimedCounter = 'exempt' | 'window_late' | 'keys_forgotten';

export interface TimedCountingOptions {
  readonly keys: TimedKeys;
  readonly tally: Tally;
  now(): number;
  /** The line of an entry, as it was read. */
  lineOf(entry: Entry): string;
  add(counter: TimedCounter, amount: number): void;
}

/** Counts lines of queues that windows, throttles and the like stand before. */
export class TimedCounting {
  /** The queues and groups that the classifier must know; null: no directive counts in time. */
  readonly keyed: Ruleset['keyed'] | null;
  readonly #gates: QueueGates;
  readonly #options: TimedCountingOptions;
  readonly #pages = new Map<string, number>();
  readonly #runs = new RunBuffer();

  constructor(plans: GatePlans, options: TimedCountingOptions) {
    const queues = new Set(plans.queues.keys());
    this.keyed = queues.size === 0 ? null : { queues, groups: groupsOf(plans) };
    this.#gates = new QueueGates(plans, options.keys);
    this.#options = options;
  }

  /**
   * Takes a count of a verdict with groups; false: nothing stands before the queue. `acts`: whether it may run a program.
   */
  count(
    entry: Entry,
    { groups }: CountedVerdict,
    { queue, count, how }: QueueCount,
    { message, masked, acts }: QueueMessage & { readonly acts: boolean },
  ): boolean {
    const plan = this.#gates.planOf(queue);
    if (!plan || !groups) return false;
    const { now, tally, add } = this.#options;
    const { host, time } = entry;
    const at = now();
    // An escalation sets a running count: it is one hit each time that it reaches its number.
    const hit = { time, host, groups, count: how === 'add' ? count : 1 };
    const passage = this.#gates.take(plan, hit, at);
    if (passage.kind === 'stopped') {
      if (passage.why === 'exempt') add('exempt', 1);
      if (passage.why === 'late') add('window_late', 1);
      return true;
    }
    if (plan.program && acts && passage.pages) this.#run(entry, queue, groups, passage.fed, count);
    if (plan.program?.only) return true;
    const text = message.text + passage.words;
    if (passage.fed) this.#countFed(queue, host, text, passage.fed, masked);
    else tally.count(queue, host, text, count, how, time, masked);
    if (pagesWait(plan)) this.#page(queue, passage.pages ? at + (plan.gather ?? 0) : WITH_THE_NEXT);
    return true;
  }

  get full(): boolean {
    return this.#options.keys.full || this.#runs.full;
  }

  changes(): {
    readonly timedKeys: TimedKeyChanges;
    readonly pages: ReadonlyMap<string, number>;
    readonly runs: readonly RunHit[];
  } {
    return { timedKeys: this.#options.keys.changes(), pages: this.#pages, runs: this.#runs.hits };
  }

  /** Keys that were forgotten since the last commit. */
  get forgotten(): number {
    return this.#options.keys.forgotten;
  }

  onCommitted(): void {
    this.#options.keys.onCommitted();
    this.#pages.clear();
    this.#runs.onCommitted();
  }

  #run(entry: Entry, queue: string, groups: GroupValues, fed: Fed | null, hits: number): void {
    const matched = [...groups].filter((one): one is [string, string] => one[1] !== null);
    this.#runs.add({
      queue,
      host: entry.host,
      message: flatten(entry.text),
      count: fed ? fed.times.length - 1 + fed.repeats : hits,
      groups: new Map(matched),
      line: flatten(this.#options.lineOf(entry)),
    });
  }

  /** Each hit at its own time, so that count, first, last and hours are those of the window. */
  #countFed(
    queue: string,
    host: string,
    text: string,
    { times, repeats }: NonNullable<Extract<Passage, { kind: 'passes' }>['fed']>,
    masked: CountedVerdict['masked'],
  ): void {
    const { tally } = this.#options;
    const last = times.length - 1;
    for (const [at, time] of times.entries())
      if (at < last) tally.count(queue, host, text, 1, 'add', time);
      else tally.count(queue, host, text, repeats, 'add', time, masked);
  }

  #page(queue: string, due: number): void {
    this.#pages.set(queue, Math.min(due, this.#pages.get(queue) ?? due));
  }
}

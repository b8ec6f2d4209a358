import { flatten } from '../base/text/flatten.js';
import { TextBlock } from '../base/text/text-block.js';
import type { Entry } from '../line/entry.js';
import type { RunHit } from '../queue/exec/run.js';
import type { Tally } from '../queue/tally.js';
import type { AnsweredHit, AskedHit } from '../queue/timed/asked-hit.js';
import type { GateQuestion } from '../queue/timed/fleet-gate.js';
import {
  type GatePlan,
  type GatePlans,
  groupsOf,
  pagesWait,
  WITH_THE_NEXT,
} from '../queue/timed/gate-plan.js';
import { type Passage, QueueGates } from '../queue/timed/queue-gates.js';
import type { TimedKeyChanges, TimedKeys } from '../queue/timed/timed-keys.js';
import { believed, type Fed } from '../queue/timed/window.js';
import type { Ruleset } from '../rule/classify.js';
import type {
  CountedVerdict,
  GroupValues,
  NamedMaskedSpans,
  QueueCount,
  QueueMessage,
} from '../rule/verdict.js';
import { AskedHits, storedSpans } from './asked-hits.js';
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

/** A line with all that is needed to count it when its gates have let it pass. */
interface WaitingLine {
  readonly queue: string;
  readonly host: string;
  readonly time: number | null;
  readonly text: string;
  readonly count: number;
  readonly how: 'add' | 'set';
  readonly masked: NamedMaskedSpans | undefined;
  readonly groups: GroupValues;
  /** What its program is given; null: none runs. */
  readonly run: AskedHit['run'];
}

/** Behind a message that the fleet could not be asked about. */
const BY_ITSELF = ' (counted on this machine alone: the fleet could not be asked)';

/** Of a queue that nothing stands before any more. */
const NO_PLAN: GatePlan = {
  ...{ queue: '', isTimed: false, follows: [], window: null, throttle: null, ofFleet: false, mutedBy: [] },
  ...{ gather: null, remembered: [], namesKey: false, program: null },
};

/** Counts lines of queues that windows, throttles and the like stand before. */
export class TimedCounting {
  /** The queues and groups that the classifier must know; null: no directive counts in time. */
  readonly keyed: Ruleset['keyed'] | null;
  readonly #gates: QueueGates;
  readonly #options: TimedCountingOptions;
  readonly #pages = new Map<string, number>();
  readonly #runs = new RunBuffer();
  #asksFleet = false;
  readonly #asked = new AskedHits();
  /** Ids of hits that the fleet has spoken about, and that were counted since the last commit. */
  #answered: number[] = [];

  constructor(plans: GatePlans, options: TimedCountingOptions) {
    const queues = new Set(plans.queues.keys());
    this.keyed = queues.size === 0 ? null : { queues, groups: groupsOf(plans) };
    this.#gates = new QueueGates(plans, options.keys);
    this.#options = options;
  }

  /** From now on lines of windows and throttles of the fleet wait for its word; else they are counted here at once. */
  askFleet(): void {
    this.#asksFleet = true;
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
    const at = this.#options.now();
    const { host, time } = entry;
    // An escalation sets a running count: it is one hit each time that it reaches its number.
    const hit = { time, host, groups, count: how === 'add' ? count : 1 };
    const run = plan.program && acts ? this.#runOf(entry) : null;
    const line = { queue, host, time, text: message.text, count, how, masked, groups, run };
    if (!plan.ofFleet || !this.#asksFleet) {
      this.#pass(plan, line, this.#gates.take(plan, hit, at), at);
      return true;
    }
    const asked = this.#gates.ask(plan, hit, at);
    if (asked.kind === 'stopped') this.#pass(plan, line, asked, at);
    else this.#asked.add(askedHit(line, asked, at));
    return true;
  }

  /** Counts lines that the fleet has spoken about, with the next commit. */
  takeAnswered(hits: readonly AnsweredHit[]): void {
    for (const { hit, verdict } of hits) {
      const plan = this.#gates.planOf(hit.queue) ?? NO_PLAN;
      const line = waitingLine(hit);
      const { time, host, count } = hit.question;
      const asHit = { time, host, count, groups: hit.groups };
      if (verdict.kind === 'passes')
        this.#pass(plan, line, this.#gates.answered(plan, asHit, hit.muted, verdict, hit.at), hit.at);
      else
        this.#pass(
          plan,
          { ...line, text: line.text + BY_ITSELF },
          this.#gates.take(plan, asHit, hit.at),
          hit.at,
        );
    }
    this.#answered.push(...hits.map(({ id }) => id));
  }

  #pass(plan: GatePlan, line: WaitingLine, passage: Passage, at: number): void {
    const { tally, add } = this.#options;
    if (passage.kind === 'stopped') {
      if (passage.why === 'exempt') add('exempt', 1);
      if (passage.why === 'late') add('window_late', 1);
      return;
    }
    const { queue, host, time, count, how, masked, groups, run } = line;
    if (run && passage.pages) this.#run(queue, host, groups, run, passage.fed, count);
    if (plan.program?.only) return;
    const text = line.text + passage.words;
    if (passage.fed) this.#countFed(queue, host, text, passage.fed, masked);
    else tally.count(queue, host, text, count, how, time, masked);
    if (pagesWait(plan)) this.#page(queue, passage.pages ? at + (plan.gather ?? 0) : WITH_THE_NEXT);
  }

  get full(): boolean {
    return this.#options.keys.full || this.#runs.full || this.#asked.full;
  }

  changes(): {
    readonly timedKeys: TimedKeyChanges;
    readonly pages: ReadonlyMap<string, number>;
    readonly runs: readonly RunHit[];
    readonly asked: readonly AskedHit[];
    readonly answered: readonly number[];
  } {
    const { keys } = this.#options;
    return {
      ...{ timedKeys: keys.changes(), pages: this.#pages, runs: this.#runs.hits },
      ...{ asked: this.#asked.hits, answered: this.#answered },
    };
  }

  /** Keys that were forgotten since the last commit. */
  get forgotten(): number {
    return this.#options.keys.forgotten;
  }

  onCommitted(): void {
    this.#options.keys.onCommitted();
    this.#pages.clear();
    this.#runs.onCommitted();
    this.#asked.onCommitted();
    this.#answered = [];
  }

  #runOf(entry: Entry): NonNullable<WaitingLine['run']> {
    return { message: flatten(entry.text), line: flatten(this.#options.lineOf(entry)) };
  }

  #run(
    queue: string,
    host: string,
    groups: GroupValues,
    { message, line }: NonNullable<WaitingLine['run']>,
    fed: Fed | null,
    hits: number,
  ): void {
    this.#runs.add({
      ...{ queue, host, message, line, groups: matched(groups) },
      count: fed ? fed.times.length - 1 + fed.repeats : hits,
    });
  }

  /** Each hit at its own time, so that count, first, last and hours are those of the window. */
  #countFed(
    queue: string,
    host: string,
    text: string,
    { times, repeats }: NonNullable<Extract<Passage, { kind: 'passes' }>['fed']>,
    masked: WaitingLine['masked'],
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

function matched(groups: GroupValues): Map<string, string> {
  return new Map([...groups].filter((one): one is [string, string] => one[1] !== null));
}

/** A line as it waits in the state. What claims to be of the future counts as of now, as everywhere. */
function askedHit(
  { queue, text, count, how, masked, groups, run }: WaitingLine,
  { question, muted }: { readonly question: GateQuestion; readonly muted: boolean },
  at: number,
): AskedHit {
  const { time, host, window, throttle } = question;
  return {
    ...{ queue, message: flatten(text), count, how, at, groups: matched(groups), muted, run },
    masked: masked ? storedSpans(masked) : null,
    question: {
      ...{ time: believed(time, at), host, count: question.count },
      window: window && {
        space: window.space,
        key: window.key,
        count: window.count,
        span: window.span,
      },
      throttle: throttle && { space: throttle.space, key: throttle.key, span: throttle.span },
    },
  };
}

function waitingLine({ queue, message, count, how, groups, masked, run, question }: AskedHit): WaitingLine {
  const { host, time } = question;
  return {
    ...{ queue, host, time, text: message, count, how, groups, run },
    masked: masked ? { ...masked, whole: blockOf(masked.text) } : undefined,
  };
}

function blockOf(text: string): TextBlock {
  const block = new TextBlock();
  block.set(text);
  return block;
}

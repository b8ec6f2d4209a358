import { setImmediate } from 'node:timers/promises';
import { reasonOf } from '../base/errors.js';
import { renderLocation } from '../base/place.js';
import { countForOptimising } from '../base/process/late-optimising.js';
import { tidyHeap } from '../base/process/tidy-heap.js';
import type { Clock } from '../base/time/clock.js';
import { trace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import { asSubject, type OwnLine } from '../line/own-lines.js';
import type { SelfMail } from '../mail/self-mail.js';
import { TimedKeys } from '../queue/timed/timed-keys.js';
import { RuleState } from '../rule/rule-state.js';
import { withFirstPositions } from '../source/file/first-positions.js';
import { type Follower, followFiles } from '../source/file/follow-files.js';
import type { FileState } from '../source/file/log-status.js';
import type { Start } from '../source/file/segment.js';
import type { SourceEvent } from '../source/source-event.js';
import { LossNames } from '../store/loss-names.js';
import type { Checkpoints, ClaimedBatch, Durability } from '../store/ports/checkpoints.js';
import type { Merging } from '../store/ports/merging.js';
import { SaidNames } from '../store/said-names.js';
import { countLoss } from './count-loss.js';
import { maxOpenLogs } from './descriptors.js';
import type { IngestEvent } from './event.js';
import { inPieces } from './in-pieces.js';
import { LineProcessor } from './line-processor.js';
import { OwnLineCounter, WaitingOwnLines } from './own-line-counter.js';
import { ownLineOf } from './own-line-of.js';
import type { OwnLog } from './own-log.js';
import { PositionChanges } from './position-changes.js';
import { BY_JOURNAL, type Received } from './receive-buffer.js';
import type { AttachableReceivers } from './receivers.js';
import { SilenceWatch } from './silence-watch.js';
import { takeWaiting, type Waiting } from './take-waiting.js';

export interface CheckpointerOptions {
  readonly config: Config;
  readonly store: Checkpoints & Merging & Waiting;
  readonly clock: Clock;
  readonly start: Start;
  /** Sources that cannot be read again; owned by whoever opened them. */
  readonly receivers?: AttachableReceivers | undefined;
  readonly selfMail: SelfMail;
  /** This machine, whose lines those about its logs are. */
  readonly origin: string;
  readonly ownLog: OwnLog;
  /** Logs that could not be read when the last run ended: that is not told again. */
  readonly unreadable?: readonly string[];
  /** (0) What was read has been committed. */
  onProgress?(rest: number): void;
  onEvent(event: IngestEvent): void;
}

/** How many lines may be read before their counts are committed. */
const MAX_LINES = 200_000;

/** Ranges of waiting rows that are merged at each quiet poll: some 100 ms each. */
const MAX_MERGES = 4;

/** Reads the files and counts their lines, from one failed commit to the next. */
interface Run {
  readonly follower: Follower;
  readonly processor: LineProcessor;
  readonly ruleState: RuleState;
  readonly losses: LossNames;
  readonly own: OwnLineCounter;
}

/** What a commit holds beside what was read from files, and what it must survive. */
interface CommitOptions {
  readonly taken?: ClaimedBatch | null;
  readonly durability?: Durability;
}

/**
 * Reads the sources, has their lines processed, and commits positions and counts together.
 *
 * When a commit fails, all that was read since the last one is discarded, and reading stops. When the state can be
 * written again, everything is read again from the last commit. So nothing is lost or counted twice, and memory stays
 * bounded. Lines of receivers are counted and committed in one step; when that fails, the receivers keep them.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #positions = new PositionChanges();
  /** Lines read since the last commit. */
  #lines = 0;
  /** Commits in the middle of a poll: there is much to read. */
  #fullCommits = 0;
  readonly #watch: SilenceWatch;
  readonly #waiting = new WaitingOwnLines();
  /** Logs that cannot be read, which was told. */
  readonly #unreadable: Set<string>;
  /** Emitted once, until a commit of what was read has succeeded. */
  #failing = false;
  /** null: a commit has failed, or all is closed. */
  #run: Run | null;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#unreadable = new Set(options.unreadable);
    this.#watch = new SilenceWatch(options.config, options.store.silences());
    this.#run = this.#begin();
  }

  /** Reads what the files hold now, and takes what waits in receivers. */
  async poll(): Promise<void> {
    const { receivers, store } = this.#options;
    if (!this.#run) this.#recover();
    receivers?.attach({
      receive: (received) => this.#receive(received),
      wasProcessed: (id) => store.wasProcessed(id),
      lastTaken: (source) => store.lastTaken(source),
    });
    const began = performance.now();
    const commits = this.#fullCommits;
    await Promise.all([this.#run?.follower.poll(), receivers?.poll()]);
    trace('source', () => `polled ${this.files().length} files in ${milliseconds(began)}`);
    if (this.#fullCommits === commits) await this.#merge();
    else this.commit(); // the last lines of a backlog: a turn does not wait for all of it
  }

  /** Resolves, once a poll has begun, when it is known of each file from where it is read. */
  async seen(): Promise<void> {
    await this.#run?.follower.seen();
  }

  /** Commits what was read; false when the state cannot be written (emitted as an event). */
  commit(): boolean {
    this.#takePositions();
    const run = this.#run;
    if (!run) return false;
    const logs = (): string[] => this.files().map(({ path }) => path);
    const said = this.#watch.look(this.#options.clock.now(), logs);
    for (const line of said) run.own.say(line);
    return this.#commitRead();
  }

  /** Counts a line of tayori itself with the next commit. */
  say(line: OwnLine): void {
    this.#waiting.add(line);
  }

  /** Forgets the escalations that a letter has ended. */
  mailed(queue: string, hosts: readonly string[]): void {
    this.#run?.ruleState.clear(queue, hosts);
  }

  files(): FileState[] {
    return this.#run?.follower.state() ?? [];
  }

  /** How many logs are open at once, if there are more; null: all are open. */
  turns(): number | null {
    return this.#run?.follower.turns() ?? null;
  }

  close(): void {
    this.#options.receivers?.detach();
    this.#run?.follower.close();
    this.#run = null;
  }

  #begin(): Run {
    const { config, store, clock, selfMail, origin, ownLog, onEvent } = this.#options;
    const ruleState = new RuleState(store.ruleState());
    const processor = new LineProcessor(
      config,
      ruleState,
      () => clock.now(),
      ({ place, pattern }) => {
        const subject = asSubject(renderLocation(place));
        this.say({ name: 'overrun', subject, detail: pattern.source });
        onEvent({ kind: 'overrun', place, source: pattern.source });
      },
      selfMail,
      new TimedKeys(store.timedKeys()),
      ownLog,
      this.#watch,
    );
    if (config.fleet.value !== null) processor.timed.askFleet();
    const counters = [...store.counters().keys()];
    const losses = new LossNames(counters);
    const own = new OwnLineCounter(processor, new SaidNames(counters), origin, () => clock.now());
    return { follower: this.#follow(processor, losses, own), processor, ruleState, losses, own };
  }

  #follow(processor: LineProcessor, losses: LossNames, own: OwnLineCounter): Follower {
    const { config, store, clock, start, onEvent } = this.#options;
    /** A read that was under way when a commit failed may still end; its lines are read again from the last commit. */
    const isOver = (): boolean => this.#run?.processor !== processor;
    return followFiles({
      patterns: config.logfiles.map(({ value }) => value),
      positions: withFirstPositions(store.positions(), config.startsAt),
      start,
      waitForMissing: config.tailMissing.value,
      clock,
      joinerOf: (path) => processor.readingOf(path)?.join ?? null,
      maxOpen: maxOpenLogs(),
      onLines: (batch) => {
        if (isOver()) return;
        this.#watch.hearLog(batch.position.path);
        const lines = processor.take(batch.lines, batch.position.path);
        this.#lines += lines;
        countForOptimising(lines);
        this.#positions.move(batch.position);
        if (this.#lines < MAX_LINES && !processor.full) return;
        this.#fullCommits += 1;
        this.commit();
      },
      onForget: (position) => {
        if (!isOver()) this.#positions.forget(position);
      },
      onDone: (position) => {
        if (!isOver()) this.#positions.move(position);
      },
      onLoss: (loss) => {
        if (!isOver()) countLoss(loss, { processor, losses, own });
      },
      onEvent: (event) => {
        onEvent({ kind: 'source', event });
        const line = isOver() || this.#isKnown(event) ? null : ownLineOf(event);
        if (!line) return;
        own.say(line);
        this.#positions.expect();
      },
    });
  }

  /** Whether it was told already, by the run before this one. */
  #isKnown(event: SourceEvent): boolean {
    if (event.kind === 'opened') this.#unreadable.delete(event.path);
    return event.kind === 'unreadable' && this.#unreadable.delete(event.path);
  }

  /** A quiet time is used to merge what was set down in a hurry. */
  async #merge(): Promise<void> {
    const { store } = this.#options;
    try {
      for (let done = 0; done < MAX_MERGES && this.#run && store.mergeRange(null); done++)
        await setImmediate();
    } catch (error) {
      this.#fail(error);
    }
  }

  #takePositions(): void {
    this.#positions.takeAll(this.#run?.follower.positions() ?? []);
  }

  /** Commits what has been handed on; positions can wait when nothing was read. */
  #commitRead({ taken = null, durability = 'synced' }: CommitOptions = {}): boolean {
    const { store, clock, selfMail, onEvent } = this.#options;
    const run = this.#run;
    if (!run) return false;
    for (const line of this.#waiting.take()) run.own.say(line);
    if (!this.#positions.isEmpty) this.#takePositions();
    const silences = this.#watch.changes();
    const began = performance.now();
    try {
      const toldRuns = takeWaiting(store, this.#options.config, run);
      store.commit(
        {
          at: clock.now(),
          ...this.#positions.changes(),
          ...run.processor.changes(),
          selfMail: selfMail.changes(),
          silences,
          toldRuns,
          ...(taken ? { taken } : {}),
        },
        durability,
      );
    } catch (error) {
      this.#fail(error);
      return false;
    }
    if (this.#lines > 0) {
      trace('store', () => `committed ${this.#lines} lines, ${durability}, in ${milliseconds(began)}`);
      this.#options.onProgress?.(0);
    }
    this.#watch.onCommitted(silences);
    this.#onCommitted(run);
    if (this.#failing) onEvent({ kind: 'state-back' });
    this.#failing = false;
    tidyHeap();
    return true;
  }

  #onCommitted({ processor }: Run): void {
    processor.onCommitted();
    this.#options.selfMail.onCommitted();
    this.#positions.onCommitted();
    this.#waiting.onCommitted();
    this.#lines = 0;
  }

  #fail(error: unknown): void {
    this.#run?.follower.close();
    this.#run = null;
    this.#options.selfMail.revert();
    this.#watch.revert();
    this.#positions.clear();
    this.#lines = 0;
    if (!this.#failing) this.say({ name: 'state-failed', subject: 'state', detail: reasonOf(error) });
    this.#options.onEvent({ kind: 'state-failed', reason: reasonOf(error) });
    this.#failing = true;
  }

  /** Tries the state with an empty commit, and continues reading when that works. */
  #recover(): void {
    const { store, clock } = this.#options;
    try {
      store.commit({
        at: clock.now(),
        positions: [],
        forgotten: [],
        tally: [],
        ruleState: { last: new Map(), hits: [] },
        counters: new Map([['lines', 0]]),
      });
      this.#run = this.#begin();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A server deletes its batch afterwards, so that commit must survive a power cut. */
  #receive(received: Received): boolean {
    const { lines, logs = NO_LOGS, entries = [], taken, durability, loss, said = [], counters } = received;
    if (!this.#run) return false;
    const { processor, own } = this.#run;
    for (const text of inPieces(lines)) processor.take({ text });
    for (const [log, ofLog] of logs) for (const text of inPieces(ofLog)) processor.take({ text }, log);
    this.#lines += processor.takeEntries(entries, BY_JOURNAL);
    for (const [counter, amount] of counters) processor.add(counter, amount);
    if (loss) countLoss(loss, this.#run);
    for (const line of said) own.say(line);
    return this.#commitRead({ taken, durability });
  }
}

const NO_LOGS: ReadonlyMap<string, readonly string[]> = new Map();

function milliseconds(began: number): string {
  return `${(performance.now() - began).toFixed(1)} ms`;
}

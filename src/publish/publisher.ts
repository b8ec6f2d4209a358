import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reasonOf } from '../base/errors.js';
import { groupBy } from '../base/group-by.js';
import { describeEnding, type Ending } from '../base/process/run-program.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import { RetryWaits } from '../base/time/retry-waits.js';
import { trace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import { createHostNames, type HostNames } from '../letter/build/host-names.js';
import type { SignId } from '../letter/mime/seal-letter.js';
import { renderBody } from '../letter/render/render-body.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { Merging } from '../store/ports/merging.js';
import type { Meta } from '../store/ports/meta.js';
import type { QueueDefinition, QueueDefinitions } from '../store/ports/queue-definitions.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import type { SnoozeOutcome, Snoozes } from '../store/ports/snoozes.js';
import { type Followed, followed } from './describe-watch.js';
import type { PublishEvent } from './event.js';
import { filterBody } from './filter-body.js';
import { budgetOf, type MadeLetter, makeLetter } from './make-letter.js';
import { withLastLines } from './pager-note.js';
import { definitions, type LetterDefinition, letterQueue } from './queue-definition.js';
import { thresholdsOf } from './read-content.js';
import { remarksOn } from './remarks.js';
import { runCsv } from './run-csv.js';
import { sealWays } from './seal-ways.js';
import { SetAside } from './set-aside.js';

export interface PublisherOptions {
  readonly config: Config;
  readonly store: Editions &
    Merging &
    Ledger &
    DeliveryNotices &
    QueueDefinitions &
    RuleHistories &
    Pick<Checkpoints, 'positions'> &
    Pick<Meta, 'meta'> &
    Pick<Snoozes, 'snoozes'>;
  readonly clock: Clock;
  readonly origin: string;
  /** Its letters are those of a fleet: what tells this one from others. Left out: they are those of this host. */
  readonly fleet?: string;
  /** As in `Seal`. */
  sign?: SignId | undefined;
  readonly version: string;
  /** Told which queues are held, because their letters cannot be made. */
  readonly held: HeldQueues;
  /** Further notes of the letter of an edition; left out: none. */
  notesOn?(edition: Edition): readonly string[];
  /** The same for a pager, which has no notes: what it must say in lines of its own; left out: nothing. */
  linesOn?(edition: Edition): readonly string[];
  /** The names of hosts, where they outlive the publisher; left out: it finds its own. */
  readonly names?: HostNames;
  /** How many messages of a queue a letter enters into the ledger; left out: as for one machine. */
  readonly most?: number;
  /** What was followed, for letters that come even when nothing did; left out: what this daemon follows. */
  followed?(config: Config): Followed;
  onEvent(event: PublishEvent): void;
  /** Called when a letter is in the outbox; others may still be in the making. */
  onSealed(): void;
}

/** The result for an edition: done, or held and tried again later. */
type Made = { readonly kind: 'done' } | { readonly kind: 'held'; readonly reason: string };

/** What a letter tells beside its counts: ids of delivery notices, and snoozes. */
interface Mentioned {
  readonly notices: readonly number[];
  readonly snoozed: SnoozeOutcome;
}

/**
 * Makes letters of closed editions and seals them into the outbox. A letter that cannot be made, or whose filter is slow,
 * delays only later letters of its own queue.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #definitions: ReadonlyMap<string, QueueDefinition>;
  readonly #names: HostNames;
  readonly #waits: RetryWaits;
  /** Queues whose letters are being made. */
  readonly #atWork = new Map<string, Promise<void>>();
  /** Ids of the delivery notices that letters in the making mention. */
  readonly #mentioned = new Set<number>();
  readonly #closing = new AbortController();

  constructor(options: PublisherOptions) {
    const { config, clock, onEvent } = options;
    this.#options = options;
    this.#definitions = definitions(config);
    this.#names =
      options.names ?? createHostNames(clock, (reason) => onEvent({ kind: 'unresolved', reason }));
    this.#waits = new RetryWaits(clock);
  }

  /**
   * Makes the letters of all closed editions: queues in parallel, those of one queue in order. Resolves when nothing is
   * left to do now. `force`: includes queues that back off.
   */
  async round(how?: 'force'): Promise<void> {
    if (this.#isClosing) return;
    const begun: Promise<void>[] = [];
    for (const [queue, editions] of groupBy(this.#options.store.closedEditions(), ({ queue }) => queue))
      if (!this.#atWork.has(queue) && (how === 'force' || !this.#waits.isWaiting(queue)))
        begun.push(this.#begin(queue, editions));
    await Promise.all(how === 'force' ? [...this.#atWork.values()] : begun);
  }

  /** Aborts running programs, whose editions stay closed; resolves when nothing uses the store any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#atWork.values());
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Ends a program: the clock (time limit), and the end of the daemon. */
  get #until(): { readonly clock: Clock; readonly signal: AbortSignal } {
    return { clock: this.#options.clock, signal: this.#closing.signal };
  }

  #begin(queue: string, editions: readonly Edition[]): Promise<void> {
    const working = this.#work(queue, editions).finally(() => this.#atWork.delete(queue));
    this.#atWork.set(queue, working);
    return working;
  }

  async #work(queue: string, editions: readonly Edition[]): Promise<void> {
    for (const edition of editions) {
      if (this.#isClosing) return;
      const made = await this.#make(edition).catch((error: unknown) => failed(error));
      trace('publish', () => describeMade(edition, made));
      if (made.kind === 'held') return this.#hold(queue, made.reason);
      this.#waits.end(queue);
      this.#options.held.release('making', queue);
    }
  }

  #hold(queue: string, reason: string): void {
    const { held, onEvent } = this.#options;
    this.#waits.add(queue);
    if (this.#isClosing) return;
    if (held.hold('making', queue, reason)) onEvent({ kind: 'unsealed', queue, reason });
  }

  async #make(edition: Edition): Promise<Made> {
    const definition = this.#definitions.get(edition.queue) ?? this.#options.store.definition(edition.queue);
    // The edition must not be lost, so it waits.
    if (!definition) return { kind: 'held', reason: 'the config does not define the queue any more' };
    while (!this.#isClosing && this.#options.store.mergeRange(edition.id)) await setImmediate();
    if (definition.kind === 'csv') return await this.#runCsv(edition, definition.command);
    return await this.#makeLetter(edition, definition);
  }

  async #makeLetter(edition: Edition, definition: LetterDefinition): Promise<Made> {
    const { config, store } = this.#options;
    const name = edition.queue;
    const setAside = new SetAside(store.snoozes(), edition);
    const sources = { config, store, mentioned: this.#mentioned };
    const { notes: remarks, notices } = remarksOn(edition, definition.pager, sources);
    try {
      const notes = [...remarks, ...(this.#options.notesOn?.(edition) ?? [])];
      const made = await makeLetter(edition, letterQueue(name, definition, config), {
        ...this.#options,
        names: this.#names,
        followed: this.#options.followed ?? ((config) => followed(store, config)),
        notes,
        setAside,
        signal: this.#closing.signal,
      });
      const snoozed = setAside.outcome(made !== null && !definition.pager);
      const lines = definition.pager ? (this.#options.linesOn?.(edition) ?? []) : [];
      return made
        ? await this.#post(edition, definition.filter, withLines(made, lines), { notices, snoozed })
        : this.#drop(edition, snoozed);
    } finally {
      for (const id of notices) this.#mentioned.delete(id);
    }
  }

  async #post(
    edition: Edition,
    filter: string | null,
    made: MadeLetter,
    mentioned: Mentioned,
  ): Promise<Made> {
    if (filter === null) return await this.#seal(edition, made, null, mentioned);
    const filtered = await filterBody(filter, renderBody(made.letter), this.#until);
    if (filtered.kind === 'failed') return { kind: 'held', reason: filtered.reason };
    return filtered.kind === 'nothing'
      ? this.#drop(edition, mentioned.snoozed)
      : await this.#seal(edition, made, filtered.body, mentioned);
  }

  async #seal(
    edition: Edition,
    { letter, entries }: MadeLetter,
    body: string | null,
    mentioned: Mentioned,
  ): Promise<Made> {
    const { config, store, version, sign, onEvent, onSealed } = this.#options;
    const id = `${edition.closed.toString(36)}.${edition.id}.${randomBytes(6).toString('hex')}`;
    const sealed = await sealWays(letter, { id, sign, version, body, budget: budgetOf(config) }, config);
    const forgetBefore = edition.closed - config.history.value * DAY;
    const archiving = { packed: await promisify(gzip)(sealed.mime), most: config.letters.value };
    const remembered = entries.map((entry) => ({ ...entry, forgetBefore }));
    store.seal(edition.id, sealed, mentioned.notices, remembered, archiving, mentioned.snoozed);
    onEvent({ kind: 'sealed', letter });
    onSealed();
    return { kind: 'done' };
  }

  /** There is nothing to send. */
  #drop(edition: Edition, snoozed: SnoozeOutcome | null = null): Made {
    this.#options.store.seal(edition.id, null, [], [], null, snoozed);
    return { kind: 'done' };
  }

  /** As in Tenshi, an edition that the csv program got is done, whatever the program's exit status. */
  async #runCsv(edition: Edition, command: string): Promise<Made> {
    const { config, store, onEvent } = this.#options;
    const thresholds = thresholdsOf(config, 'csv');
    const ending = await runCsv(command, edition.id, { store, thresholds, ...this.#until });
    const trouble = describeEnding(ending);
    const reason = `the program of csv, ${command}, ${trouble}`;
    if (!hasRun(ending)) return { kind: 'held', reason };
    this.#drop(edition);
    if (trouble !== null) onEvent({ kind: 'csv-failed', reason });
    return { kind: 'done' };
  }
}

function withLines(made: MadeLetter, lines: readonly string[]): MadeLetter {
  return { ...made, letter: withLastLines(made.letter, lines) };
}

function failed(error: unknown): Made {
  return { kind: 'held', reason: reasonOf(error) };
}

/** Whether a program got its input: the shell ends with 126 or 127 if it could not run the program. */
function hasRun(ending: Ending): boolean {
  return ending.kind === 'signal' || (ending.kind === 'status' && ![126, 127].includes(ending.status));
}

function describeMade({ id, queue }: Edition, made: Made): string {
  return `edition ${id} of [${queue}]: ${made.kind === 'held' ? `held (${made.reason})` : 'done'}`;
}

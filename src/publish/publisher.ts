import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reasonOf } from '../base/errors.js';
import { groupBy } from '../base/group-by.js';
import { describeEnding, type Ending } from '../base/process/run-program.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import type { DaemonEvent } from '../daemon/event.js';
import { createHostNames } from '../letter/build/host-names.js';
import { sealLetter } from '../letter/mime/seal-letter.js';
import { renderBody } from '../letter/render/render-body.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { QueueDefinitions } from '../store/ports/queue-definitions.js';
import { chooseNotices } from './choose-notices.js';
import { describeNotice } from './describe-notice.js';
import { filterBody } from './filter-body.js';
import { budgetOf, type MadeLetter, makeLetter, thresholdsOf } from './make-letter.js';
import { definitions, letterQueue } from './queue-definition.js';
import { runCsv } from './run-csv.js';

export interface PublisherOptions {
  readonly config: Config;
  readonly store: Editions & Ledger & DeliveryNotices & QueueDefinitions;
  readonly clock: Clock;
  readonly origin: string;
  readonly version: string;
  /** Learns which queues' letters cannot be made. */
  readonly held: HeldQueues;
  onEvent(event: DaemonEvent): void;
  /** A letter is in the outbox, while others may still be made. */
  onSealed(): void;
}

/** Makes letters of closed editions and seals them into the outbox. */
export interface Publisher {
  /**
   * Makes what is closed: queue beside queue, and those of one queue in their order. Resolves when nothing is left
   * to be made for now. `insist`: also what failed a moment ago.
   */
  round(how?: 'insist'): Promise<void>;
  /** Breaks off programs under way, whose editions stay closed; resolves when nothing touches the store any more. */
  close(): Promise<void>;
}

/** What became of an edition: made and out of the way, or held, and tried again later. */
type Made = { readonly kind: 'done' } | { readonly kind: 'held'; readonly reason: string };

/** Ids of delivery notices. */
type Told = readonly number[];

interface Hold {
  readonly reason: string;
  readonly failures: number;
  readonly until: number;
}

/** A letter that cannot be made is tried again after a minute, then twice as long each time, up to this (ms). */
const FIRST_HOLD = 60_000;
const LONGEST_HOLD = 900_000;

/** A letter that cannot be made, or whose filter takes its time, holds up only later ones of its own queue. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { config, store, clock, onEvent } = options;
  const atWork = new Map<string, Promise<void>>();
  const holds = new Map<string, Hold>();
  /** Delivery notices of letters that are being made. */
  const telling = new Set<number>();
  const closing = new AbortController();
  const until = { clock, signal: closing.signal };
  const known = definitions(config);
  const names = createHostNames(clock, (reason) => onEvent({ kind: 'unresolved', reason }));

  async function make(edition: Edition): Promise<Made> {
    const name = edition.queue;
    const definition = known.get(name) ?? store.definition(name);
    // It must not be lost, so it waits.
    if (!definition) return { kind: 'held', reason: 'the config does not define the queue any more' };
    if (definition.kind === 'csv') return await handOver(edition, definition.command);
    const told = definition.pager ? [] : chooseNotices(name, config, telling, store.deliveryNotices);
    try {
      const notes = told.map((notice) => describeNotice(notice, config.timezone.value, edition.closed));
      const queue = letterQueue(name, definition, config);
      const made = await makeLetter(edition, queue, { ...options, names, notes, signal: closing.signal });
      if (!made) return drop(edition);
      const ids = told.map(({ id }) => id);
      return await post(edition, definition.filter, made, ids);
    } finally {
      for (const { id } of told) telling.delete(id);
    }
  }

  async function post(edition: Edition, filter: string | null, made: MadeLetter, told: Told): Promise<Made> {
    if (filter === null) return await seal(edition, made, null, told);
    const filtered = await filterBody(filter, renderBody(made.letter), until);
    if (filtered.kind === 'failed') return { kind: 'held', reason: filtered.reason };
    return filtered.kind === 'nothing' ? drop(edition) : await seal(edition, made, filtered.body, told);
  }

  async function seal(
    edition: Edition,
    { letter, entry }: MadeLetter,
    body: string | null,
    told: Told,
  ): Promise<Made> {
    const id = `${edition.closed.toString(36)}.${edition.id}.${randomBytes(6).toString('hex')}`;
    const sealed = await sealLetter(letter, { id, version: options.version, body, budget: budgetOf(config) });
    const forgetBefore = edition.closed - config.history.value * DAY;
    const keeping = { packed: await promisify(gzip)(sealed.mime), most: config.letters.value };
    store.seal(edition.id, sealed, told, entry && { ...entry, forgetBefore }, keeping);
    onEvent({ kind: 'sealed', letter });
    options.onSealed();
    return { kind: 'done' };
  }

  /** There is nothing to send. */
  function drop(edition: Edition): Made {
    store.seal(edition.id, null);
    return { kind: 'done' };
  }

  /** As with Tenshi, what a program of csv was given is out of the way, whatever status it ends with. */
  async function handOver(edition: Edition, command: string): Promise<Made> {
    const thresholds = thresholdsOf(config, 'csv');
    const ending = await runCsv(command, edition.id, { store, thresholds, ...until });
    const trouble = describeEnding(ending);
    const reason = `the program of csv, ${command}, ${trouble}`;
    if (!hasRun(ending)) return { kind: 'held', reason };
    drop(edition);
    if (trouble !== null) onEvent({ kind: 'csv-failed', reason });
    return { kind: 'done' };
  }

  function hold(queue: string, reason: string): void {
    const before = holds.get(queue);
    const failures = (before?.failures ?? 0) + 1;
    const until = clock.now() + Math.min(FIRST_HOLD * 2 ** (failures - 1), LONGEST_HOLD);
    holds.set(queue, { reason, failures, until });
    if (closing.signal.aborted) return;
    if (options.held.hold('making', queue, reason)) onEvent({ kind: 'unsealed', queue, reason });
  }

  function isHeld(queue: string): boolean {
    const left = (holds.get(queue)?.until ?? 0) - clock.now();
    return left > 0 && left <= LONGEST_HOLD; // what seems longer is of a clock that has been set back
  }

  async function work(queue: string, editions: readonly Edition[]): Promise<void> {
    for (const edition of editions) {
      if (closing.signal.aborted) return;
      const made = await make(edition).catch((error: unknown) => failed(error));
      if (made.kind === 'held') return hold(queue, made.reason);
      holds.delete(queue);
      options.held.release('making', queue);
    }
  }

  function begin(queue: string, editions: readonly Edition[]): Promise<void> {
    const working = work(queue, editions).finally(() => atWork.delete(queue));
    atWork.set(queue, working);
    return working;
  }

  return {
    async round(how) {
      if (closing.signal.aborted) return;
      const begun: Promise<void>[] = [];
      for (const [queue, editions] of groupBy(store.closedEditions(), ({ queue }) => queue))
        if (!atWork.has(queue) && (how === 'insist' || !isHeld(queue))) begun.push(begin(queue, editions));
      await Promise.all(how === 'insist' ? [...atWork.values()] : begun);
    },
    async close() {
      closing.abort();
      await Promise.all(atWork.values());
    },
  };
}

function failed(error: unknown): Made {
  return { kind: 'held', reason: reasonOf(error) };
}

/** Whether a program got to see its input: the shell ends with 126 or 127 when it could not run it. */
function hasRun(ending: Ending): boolean {
  return ending.kind === 'signal' || (ending.kind === 'status' && ![126, 127].includes(ending.status));
}

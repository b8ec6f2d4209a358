import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Config, QueueConfig } from '../config/config.js';
import { createHostNames } from '../digest/host-names.js';
import type { Letter } from '../digest/letter.js';
import { renderBody } from '../digest/render-body.js';
import { sealLetter } from '../digest/seal-letter.js';
import { describeEnding, type ShellEnding } from '../run-shell.js';
import type { Edition, Store } from '../store/store.js';
import type { DaemonEvent } from './event.js';
import { filterBody } from './filter-body.js';
import { makeLetter, standingOf, thresholdsOf } from './make-letter.js';
import { runCsv } from './run-csv.js';

export interface EditorOptions {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly origin: string;
  readonly version: string;
  onEvent(event: DaemonEvent): void;
  /** A letter is in the outbox, while others may still be made. */
  onSealed(): void;
}

/** Makes letters of closed editions and seals them into the outbox. */
export interface Editor {
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

interface Hold {
  readonly reason: string;
  readonly failures: number;
  readonly until: number;
}

/** A letter that cannot be made is tried again after a minute, then twice as long each time, up to this (ms). */
const FIRST_HOLD = 60_000;
const LONGEST_HOLD = 900_000;

/** ms */
const DAY = 86_400_000;

/** A letter that cannot be made, or whose filter takes its time, holds up only later ones of its own queue. */
export function createEditor(options: EditorOptions): Editor {
  const { config, store, clock, onEvent } = options;
  const atWork = new Map<string, Promise<void>>();
  const holds = new Map<string, Hold>();
  const closing = new AbortController();
  const until = { clock, signal: closing.signal };
  const names = createHostNames(clock, (reason) => onEvent({ kind: 'unresolved', reason }));

  async function make(edition: Edition): Promise<Made> {
    if (edition.queue === 'csv' && config.csv) return await handOver(edition, config.csv.command);
    const queue = config.queues.find(({ name }) => name === edition.queue);
    // A queue that the config has dropped waits: it must not be lost.
    if (!queue) return { kind: 'held', reason: 'the config does not define the queue any more' };
    const letter = await makeLetter(edition, queue, { ...options, names });
    return letter ? await post(edition, queue, letter) : drop(edition);
  }

  async function post(edition: Edition, queue: QueueConfig, letter: Letter): Promise<Made> {
    const filter = config.filters.find((one) => one.queue === queue.name);
    if (!filter) return await seal(edition, queue, letter, null);
    const filtered = await filterBody(filter.command, renderBody(letter), until);
    if (filtered.kind === 'failed') return { kind: 'held', reason: filtered.reason };
    return filtered.kind === 'nothing' ? drop(edition) : await seal(edition, queue, letter, filtered.body);
  }

  async function seal(
    edition: Edition,
    queue: QueueConfig,
    letter: Letter,
    body: string | null,
  ): Promise<Made> {
    const id = `${edition.closed.toString(36)}.${edition.id}.${randomBytes(6).toString('hex')}`;
    const sealed = await sealLetter(letter, {
      id,
      version: options.version,
      body,
      budget: config.letterSize.value * 1000,
    });
    store.seal(edition.id, sealed, {
      queue: queue.name,
      made: edition.closed,
      regular: standingOf(edition, queue, options).regular,
      forgetBefore: edition.closed - config.history.value * DAY,
    });
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
    if (before?.reason !== reason && !closing.signal.aborted) onEvent({ kind: 'unsealed', queue, reason });
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
      for (const [queue, editions] of byQueue(store.closedEditions()))
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
  return { kind: 'held', reason: error instanceof Error ? error.message : String(error) };
}

/** Whether a program got to see its input: the shell ends with 126 or 127 when it could not run it. */
function hasRun(ending: ShellEnding): boolean {
  return ending.kind === 'signal' || (ending.kind === 'status' && ![126, 127].includes(ending.status));
}

function byQueue(editions: readonly Edition[]): Map<string, Edition[]> {
  const queues = new Map<string, Edition[]>();
  for (const edition of editions) queues.set(edition.queue, [...(queues.get(edition.queue) ?? []), edition]);
  return queues;
}

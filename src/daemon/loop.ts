import { setImmediate } from 'node:timers/promises';
import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import type { Config } from '../config/config.js';
import { createCheckpointer } from '../ingest/checkpointer.js';
import type { Receivers } from '../ingest/receivers.js';
import { createCourier } from '../mail/courier.js';
import { createSelfMail } from '../mail/self-mail.js';
import { selfMailTransport } from '../mail/self-mail-transport.js';
import { steadyOutbox } from '../mail/steady-outbox.js';
import type { Transport } from '../mail/transport/transport.js';
import type { Publisher } from '../publish/publisher.js';
import { definitions } from '../publish/queue-definition.js';
import { addTold, type FoldSettings, fold, stormNote } from '../queue/fold.js';
import { createCalendar } from '../schedule/calendar.js';
import { foldSettings } from '../schedule/fold-settings.js';
import { scheduled } from '../schedule/scheduled.js';
import type { FileState } from '../source/file/follow-file.js';
import type { Start } from '../source/file/segment.js';
import type { ReceiverState } from '../source/push/receiver.js';
import { HeldQueues } from '../store/held-queues.js';
import type { SourcesNote } from '../store/ports/meta.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';
import type { QueueMark } from '../store/ports/queue-marks.js';
import type { PendingQueue } from '../store/ports/queues.js';
import { stopsAll } from '../store/stops-all.js';
import type { DaemonStore } from './daemon-store.js';
import type { DaemonEvent } from './event.js';

export interface DaemonOptions {
  readonly config: Config;
  readonly store: DaemonStore;
  /** Looks after the store's file: true when it was deleted and had to be brought back. Throws when it cannot be. */
  heal(): boolean;
  readonly transport: Transport;
  readonly clock: Clock;
  /** This host, for headers and Message-IDs. */
  readonly origin: string;
  readonly version: string;
  /** Where to begin in files never seen before. */
  readonly start: Start;
  /** FIFOs, listeners and Redis lists, which outlive a reload. They are read from the first look to the stop. */
  readonly inlets?: Receivers | undefined;
  /** A look has ended and the next one begins in `rest` ms, or (0) what a look has read so far is committed. */
  onProgress?(rest: number): void;
  onEvent(event: DaemonEvent): void;
}

/** The wired stations. It starts with `run`; every part can also be stepped by hand, as tests do. */
export interface Daemon {
  /** Looks now, and then every `sleep` seconds. Resolves when what stands in the files now is read, or after a while. */
  run(): Promise<void>;
  /**
   * One look: read, commit, close what is due, make letters, deliver. Resolves when all of it is done; a long backlog
   * is read on behind it.
   */
  poll(): Promise<void>;
  /** Reads to the end, then mails all queues, or `only` these, whatever their schedule. Ends after a while in any case. */
  flush(status: string, only?: readonly string[]): Promise<void>;
  files(): FileState[];
  /** FIFOs, listeners and Redis lists. */
  inlets(): ReceiverState[];
  /** When the queue's next letter goes (ms); null: at the next look. */
  next(queue: string): number | null;
  pending(): PendingQueue[];
  outbox(): OutboxSummary[];
  /** Stops looking, commits, and lets go of everything but the store. */
  stop(): Promise<void>;
}

/** Waits at most this long for files to be read at a look: a backlog must not keep letters from leaving. */
const LONGEST_LOOK = 5000;

/**
 * A mail server or a filter that hangs does not keep the daemon from ending, nor does a log that is long: what was not
 * taken waits in the outbox, what was not read in its file.
 */
const LONGEST_FLUSH = 30_000;

/** Rows of sealed tallies that are cleared away at one go: some ten milliseconds. */
const PIECE = 5000;

/**
 * So many rows of a queue that folds are looked over at each look for a message that breaks through: some ten
 * milliseconds. What is behind them is told with the next page.
 */
const MOST_LOOKED = 10_000;

const ALL = Number.MAX_SAFE_INTEGER;

/** Tenshi's `sleep 0` still waits a little between looks. */
const SHORTEST_SLEEP = 200;

/** Wires source, line, rule, queue, digest and mail around one store. */
export function createDaemon(options: DaemonOptions): Daemon {
  const { config, store, clock, onEvent } = options;
  const queues = scheduled(config);
  const own = createSelfMail(store.selfMail(), () => clock.now());
  const reader = createCheckpointer({ ...options, own, onEvent: hear, onProgress });
  const courier = createCourier({
    outbox: steadyOutbox(store),
    transport: selfMailTransport(options.transport, own),
    clock,
    onEvent: (event) => onEvent({ kind: 'mail', event }),
  });
  const calendar = createCalendar(queues, store, clock.now());
  const held = new HeldQueues(store);
  const sleep = Math.max(config.sleep.value * 1000, SHORTEST_SLEEP);
  let cancel: (() => void) | null = null;
  let stopped = false;
  /** False while the state is gone: what is committed then is of no use. */
  let hasState = true;
  /** Trouble with the state that has been told, until it is over. */
  let told: string | null = null;
  /** Letters that the state held up need not wait any longer. */
  let insist = false;
  let editing: Promise<Publisher> | null = null;
  /** What was noted of the sources last. */
  let noted = '';

  void guarded(mailOrphans);
  void guarded(() => store.define(definitions(config)));
  void guarded(() =>
    store.keepStorms(queues.filter((queue) => foldSettings(config, queue)).map(({ name }) => name)),
  );

  /** What queues hold that the config has dropped while nothing ran: it is mailed as they were last defined. */
  function mailOrphans(): void {
    const known = new Set(queues.map(({ name }) => name));
    for (const { queue, lines } of store.pending()) {
      if (known.has(queue)) continue;
      closing(queue, () => {
        const mailed = store.definition(queue) !== null;
        if (mailed) close(queue, 'dropped from the config', null);
        onEvent({ kind: 'orphaned', queue, lines, mailed });
      });
    }
  }

  /** Ends what one queue counts. Whatever stands in its way holds up no other queue. */
  function closing(queue: string, work: () => void): void {
    try {
      work();
      held.release('closing', queue);
    } catch (error) {
      const reason = reasonOf(error);
      if (stopsAll(error)) return tellFailed(reason);
      if (held.hold('closing', queue, reason)) onEvent({ kind: 'unsealed', queue, reason });
    }
  }

  function noteSources(): void {
    const note: SourcesNote = { turns: reader.turns(), inlets: options.inlets?.reports() ?? [] };
    noted ||= JSON.stringify(store.meta().sources);
    const text = JSON.stringify(note);
    if (text !== noted) store.setMeta('sources', note);
    noted = text;
  }

  function close(queue: string, status: string | null, mark: QueueMark | null): void {
    const hosts = store.closeEdition(queue, clock.now(), status, mark);
    if (hosts) reader.mailed(queue, hosts);
  }

  /** Commits first: a letter tells all that was read before it. A state that cannot be written makes no letters. */
  function closeDue(): void {
    if (!reader.commit()) return;
    for (const { queue, mark } of calendar.due(clock.now()))
      closing(queue.name, () => {
        const settings = foldSettings(config, queue);
        if (queue.schedule.kind !== 'now') close(queue.name, null, mark);
        else if (settings) foldPages(queue.name, settings);
        else close(queue.name, null, null);
        calendar.served(queue, mark);
      });
  }

  /** `set fold`: the queue's hits go as a page, are held, or are summed up. */
  function foldPages(queue: string, settings: FoldSettings): void {
    const storm = store.storm(queue);
    if (fold(storm, store.waiting(queue, MOST_LOOKED), clock.now(), settings).kind === 'hold') return;
    const waiting = store.waiting(queue, ALL);
    const step = fold(storm, waiting, clock.now(), settings);
    if (step.kind === 'hold') return;
    const note = stormNote(step.kind, storm, step.storm, waiting);
    const hosts = store.closePage(queue, clock.now(), step.storm, note);
    if (hosts) reader.mailed(queue, hosts);
  }

  /** A signal mails what is held, too; a storm goes on, and knows of it. */
  function closeOutOfTurn(queue: string, status: string): void {
    const storm = store.storm(queue);
    const waiting = storm && storm.told > 0 ? store.waiting(queue, ALL) : null;
    if (!storm || !waiting?.lines) return close(queue, status, null);
    const next = addTold(storm, waiting, clock.now());
    const note = stormNote('page', storm, next, waiting);
    const hosts = store.closePage(queue, clock.now(), next, note, status);
    if (hosts) reader.mailed(queue, hosts);
  }

  /** Loaded with the first round, which is behind the first look: a third of the program is about letters. */
  function editor(): Promise<Publisher> {
    editing ??= import('../publish/publisher.js').then(({ createPublisher }) =>
      createPublisher({ ...options, held, onSealed: () => void guarded(() => courier.round()) }),
    );
    return editing;
  }

  async function post(how?: 'insist'): Promise<void> {
    await (await editor()).round(how);
    await courier.round(how);
  }

  /** Clears away what sealed letters leave behind: millions of rows at one go would hold up reading. */
  async function sweep(): Promise<void> {
    while (!stopped && store.sweep(PIECE)) await setImmediate();
  }

  /** A server may take minutes to take a letter: nothing else waits for that. */
  async function postAndSweep(): Promise<void> {
    const how = insist ? 'insist' : undefined;
    insist = false;
    await (await editor()).round(how);
    await Promise.all([within(clock, LONGEST_FLUSH, courier.round(how)), sweep()]);
  }

  function hear(event: DaemonEvent): void {
    if (event.kind === 'state-failed') return tellFailed(event.reason);
    if (event.kind === 'state-back') {
      insist = true;
      told = null;
    }
    onEvent(event);
  }

  function tellFailed(reason: string): void {
    if (told !== reason) onEvent({ kind: 'state-failed', reason });
    told = reason;
  }

  /** What is written to the state may fail at any time; the next look tries again. */
  async function guarded(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      tellFailed(reasonOf(error));
    }
  }

  /** False when the state is gone and cannot be brought back: then nothing is read or mailed. */
  function tend(): boolean {
    try {
      if (options.heal()) onEvent({ kind: 'state-restored' });
      hasState = true;
    } catch (error) {
      tellFailed(reasonOf(error));
      hasState = false;
    }
    return hasState;
  }

  async function lookAtSources(): Promise<void> {
    await reader.poll();
    onProgress(sleep);
  }

  function onProgress(rest: number): void {
    if (hasState) options.onProgress?.(rest);
  }

  /** Posting is not waited for: watching never waits for mailing. */
  async function cycle(): Promise<void> {
    if (tend()) {
      const look = lookAtSources();
      await reader.seen(); // what is written from now on is told
      await within(clock, LONGEST_LOOK, look);
      if (stopped) return;
      await guarded(closeDue);
      await guarded(noteSources);
      void guarded(postAndSweep);
    }
    cancel = clock.after(sleep, () => void cycle());
  }

  return {
    run: cycle,
    async poll() {
      if (!tend()) return;
      await within(clock, LONGEST_LOOK, lookAtSources());
      await guarded(closeDue);
      await guarded(noteSources);
      await guarded(postAndSweep);
    },
    async flush(status, only = queues.map(({ name }) => name)) {
      if (!tend()) return;
      await within(clock, LONGEST_FLUSH, lookAtSources());
      await guarded(() => {
        if (reader.commit()) for (const name of only) closing(name, () => closeOutOfTurn(name, status));
      });
      if (status !== 'flushing') options.transport.hurry?.(); // a stop follows
      await within(
        clock,
        LONGEST_FLUSH,
        guarded(() => post('insist')),
      );
    },
    files: () => reader.files(),
    inlets: () => options.inlets?.states() ?? [],
    next: (name) => {
      const queue = queues.find((one) => one.name === name);
      return queue ? calendar.next(queue) : null;
    },
    pending: () => store.pending(),
    outbox: () => store.outbox(),
    async stop() {
      stopped = true;
      cancel?.();
      await guarded(() => void reader.commit());
      reader.close();
      await guarded(async () => await (await editing)?.close());
      await courier.close();
    },
  };
}

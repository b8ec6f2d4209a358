import { reasonOf } from '../base/errors.js';
import { lazily } from '../base/lazily.js';
import { thisProcess } from '../base/process/process-id.js';
import { within } from '../base/time/within.js';
import { Checkpointer } from '../ingest/checkpointer.js';
import { OwnLog } from '../ingest/own-log.js';
import { redactorOf } from '../ingest/redactor-of.js';
import type { OwnLine } from '../line/own-lines.js';
import type { Courier, CourierEvent } from '../mail/courier.js';
import { createSelfMail } from '../mail/self-mail.js';
import type { Transport } from '../mail/transport/transport.js';
import { type Pinger, webTransport } from '../mail/web/web-transport.js';
import type { Publisher } from '../publish/publisher.js';
import { definitions } from '../publish/queue-definition.js';
import { QueueCloser } from '../schedule/close-due.js';
import type { FileState } from '../source/file/log-status.js';
import type { ReceiverState } from '../source/push/receiver.js';
import { HeldQueues } from '../store/held-queues.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';
import type { PendingQueue } from '../store/ports/queues.js';
import { countAbsence } from './absence.js';
import { countSources } from './count-sources.js';
import { openCouriers } from './couriers.js';
import type { DaemonOptions } from './daemon-options.js';
import type { DaemonEvent } from './event.js';
import type { FleetMember } from './fleet-member.js';
import { Heartbeats } from './heartbeats.js';
import { MAX_MAILING, Mailing } from './mailing.js';
import { Rejections } from './rejections.js';
import { SourcesNotes } from './sources-notes.js';
import { StateTrouble } from './state-trouble.js';
import { webOptions } from './web-options.js';

/** A poll waits at most this long for files to be read (ms): a backlog must not keep letters from leaving. */
const MAX_POLL = 5000;

/** A flush waits at most this long for files (ms): what was not read of a long log waits in its file. */
const MAX_FLUSH_POLL = 30_000;

/** Tenshi's `sleep 0` still waits a little between turns (ms). */
const MIN_SLEEP = 200;

/** What one turn does; the order is always the same. */
interface Turn {
  poll(): Promise<void>;
  close(): void;
  mail(): Promise<void>;
}

/**
 * Turns the four verbs around one store: ingest, schedule, publish, deliver. It writes nothing before `begin`; every
 * part can also be stepped by hand, as tests do.
 */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #trouble: StateTrouble;
  readonly #held: () => HeldQueues;
  readonly #checkpointer: Checkpointer;
  readonly #closer: QueueCloser;
  readonly #web: Transport & Pinger;
  readonly #heartbeats: Heartbeats;
  readonly #courier: Courier;
  readonly #fleet: FleetMember | null;
  readonly #mailing: Mailing;
  readonly #rejections = new Rejections();
  readonly #notes: SourcesNotes;
  #hasBegun = false;
  /** False while the state is gone: commits are useless then. */
  #hasState = true;
  /** Cancels the next turn. */
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: DaemonOptions) {
    const { store, clock, onEvent } = options;
    const selfMail = createSelfMail(store.selfMail(), () => clock.now());
    const handleEvent = (event: DaemonEvent): void => this.#handleEvent(event);
    this.#options = options;
    this.#trouble = new StateTrouble(onEvent);
    this.#held = lazily(() => new HeldQueues(store));
    this.#notes = new SourcesNotes(store, redactorOf(options.config));
    const { sources, ended } = store.meta();
    this.#checkpointer = new Checkpointer({
      ...options,
      selfMail,
      ownLog: new OwnLog(ended ? [thisProcess(), ended] : [thisProcess()], options.origin),
      unreadable: sources.unreadable.map(({ path }) => path),
      onEvent: handleEvent,
      onProgress: (rest) => this.#progressed(rest),
    });
    const fleet = options.joinFleet?.({
      ...options,
      selfMail,
      held: this.#held,
      say: (line) => this.say(line),
      onTaken: () => this.#deliver(),
    });
    this.#fleet = fleet ?? null;
    this.#closer = new QueueCloser({
      ...options,
      clock: this.#fleet?.clock ?? clock,
      held: this.#held,
      onClosed: (queue, hosts) => this.#checkpointer.mailed(queue, hosts),
      onEvent: handleEvent,
    });
    const onMail = (event: CourierEvent): void => {
      const line = this.#rejections.lineOf(event);
      if (line) this.say(line);
      onEvent({ kind: 'mail', event });
    };
    this.#web = webTransport({ ...webOptions(options.config), version: options.version, clock });
    this.#heartbeats = new Heartbeats({
      ...options,
      heartbeats: options.config.heartbeats,
      pinger: this.#web,
      sources: () => countSources(this.files(), this.receivers()),
      say: (line) => this.say(line),
    });
    const onFleet = (event: CourierEvent): void => this.#fleet?.noteMail(event);
    this.#courier = openCouriers({ ...options, selfMail, web: this.#web, onEvent: onMail, onFleet });
    this.#mailing = new Mailing({
      store: this.#fleet?.publishing(store).store ?? store,
      clock,
      courier: this.#courier,
      fleet: this.#fleet,
      onEvent,
      loadPublisher: () => this.#loadPublisher(),
    });
  }

  /**
   * Prepares the state: marks new schedules, mails what is left in queues that the config no longer defines, and
   * records the definitions of queues. Throws when the state cannot be written. `run` calls it, too; a second call
   * does nothing.
   */
  begin(): void {
    if (this.#hasBegun) return;
    const { config, store } = this.#options;
    this.#fleet?.begin();
    this.#closer.begin();
    this.#held();
    this.#options.runner?.use(config);
    void this.#trouble.guard(() => this.#closer.closeOrphans());
    void this.#trouble.guard(() => store.define(definitions(config)));
    void this.#trouble.guard(() => this.#closer.keepStorms());
    this.#hasBegun = true;
  }

  /**
   * Polls now, and then every `sleep` seconds. Resolves when the present content of the files is read, or after a
   * while.
   */
  async run(): Promise<void> {
    this.begin();
    await this.#runTurn();
  }

  /**
   * One turn: read, commit, close what is due, make letters, deliver. Resolves when all of it is done; reading of a
   * long backlog continues afterwards.
   */
  async poll(): Promise<void> {
    await this.#pollingTurn('wait');
  }

  /**
   * Reads to the end, then mails all queues, or `only` these, whatever their schedule. Ends after a while in any
   * case.
   */
  async flush(status: string, only?: readonly string[]): Promise<void> {
    const { clock, transport } = this.#options;
    await this.#turn({
      poll: () => within(clock, MAX_FLUSH_POLL, this.#pollSources()),
      close: () => this.#closer.closeOutOfTurn(status, only),
      mail: async () => {
        if (status !== 'flushing') transport.hurry?.(); // a stop follows
        const flushed = this.#trouble.guard(() => this.#mailing.flush());
        await within(clock, MAX_MAILING, flushed);
      },
    });
  }

  /** Has a line of tayori itself sorted by the rules, with the next commit. */
  say(line: OwnLine): void {
    this.#checkpointer.say(line);
  }

  files(): FileState[] {
    return this.#checkpointer.files();
  }

  /** FIFOs, listeners, Redis lists, journals and programs. */
  receivers(): ReceiverState[] {
    return this.#options.receivers?.states() ?? [];
  }

  /** When the queue's next letter goes (ms); null: at the next poll. */
  next(queue: string): number | null {
    return this.#closer.next(queue);
  }

  pending(): PendingQueue[] {
    return this.#options.store.pending();
  }

  outbox(): OutboxSummary[] {
    return this.#options.store.outbox();
  }

  /** Stops polling, commits, and closes everything except the store. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#trouble.guard(() => void this.#checkpointer.commit());
    this.#checkpointer.close();
    await this.#trouble.guard(() => this.#mailing.stopMaking());
    await this.#courier.close();
    await this.#fleet?.stop();
  }

  async #runTurn(): Promise<void> {
    await this.#pollingTurn('background');
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(this.#sleep(), () => void this.#runTurn());
  }

  /** How long it rests between two turns (ms). */
  #sleep(): number {
    return Math.max(this.#options.config.sleep.value * 1000, MIN_SLEEP);
  }

  /** `background`: mailing is not waited for, since watching never waits for it. */
  async #pollingTurn(mail: 'wait' | 'background'): Promise<void> {
    await this.#turn({
      poll: () => this.#poll(),
      close: () => {
        this.#closer.closeDue();
        this.#heartbeats.beat();
      },
      mail: async () => {
        await this.#trouble.guard(() => this.#noteSources());
        const mailed = this.#trouble.guard(() => this.#mailing.round());
        if (mail === 'wait') await mailed;
      },
    });
  }

  /** Commits before queues are closed: a letter has all that was read before it. Without a commit none is closed. */
  async #turn({ poll, close, mail }: Turn): Promise<void> {
    const note = this.#absence(); // before the lock says that this turn has begun
    if (!this.#heal()) return;
    await this.#trouble.guard(() => {
      note?.();
      return this.begin();
    });
    await poll();
    if (this.#stopped) return;
    await this.#trouble.guard(() => {
      if (this.#checkpointer.commit()) close();
    });
    await this.#trouble.guard(() => this.#options.runner?.round());
    await mail();
  }

  /** Counts how long nobody watched; null: only letters that come even when nothing did tell of it, and there are none. */
  #absence(): (() => void) | null {
    const { config, store, clock, lastTurn } = this.#options;
    if (config.empties.length === 0) return null;
    const seen = { lastTurn: lastTurn?.() ?? null, now: clock.now(), sleep: this.#sleep() };
    return () => countAbsence(store, seen);
  }

  /** False when the state is gone and cannot be restored: then nothing is read or mailed. */
  #heal(): boolean {
    try {
      if (this.#options.heal()) this.#options.onEvent({ kind: 'state-restored' });
      this.#hasState = true;
    } catch (error) {
      this.#trouble.report(reasonOf(error));
      this.#hasState = false;
    }
    return this.#hasState;
  }

  async #poll(): Promise<void> {
    const polled = this.#pollSources();
    await this.#checkpointer.seen(); // lines that are written from now on are read
    await within(this.#options.clock, MAX_POLL, polled);
  }

  async #pollSources(): Promise<void> {
    await this.#checkpointer.poll();
    this.#progressed(this.#sleep());
  }

  #progressed(rest: number): void {
    if (!this.#hasState) return;
    this.#heartbeats.progressed(rest);
    this.#options.onProgress?.(rest);
  }

  #noteSources(): void {
    const inlets = this.#options.receivers?.reports() ?? [];
    this.#notes.keep({ turns: this.#checkpointer.turns(), inlets, files: this.files() });
  }

  /** Loaded with the first letter. */
  async #loadPublisher(): Promise<Publisher> {
    const { Publisher } = await import('../publish/publisher.js');
    return new Publisher({
      ...this.#options,
      ...this.#fleet?.publishing(this.#options.store),
      held: this.#held(),
      onSealed: () => this.#deliver(),
    });
  }

  /** What has come into the outbox leaves at once. */
  #deliver(): void {
    void this.#trouble.guard(() => this.#courier.round());
  }

  #handleEvent(event: DaemonEvent): void {
    if (event.kind === 'state-failed') return this.#trouble.report(event.reason);
    if (event.kind === 'state-back') {
      this.#mailing.forceNext();
      this.#trouble.end();
    }
    if (event.kind === 'snooze-dropped')
      this.say({ name: 'snooze-dropped', subject: `snooze ${event.id} of [${event.queue}]`, detail: null });
    this.#options.onEvent(event);
  }
}

import { renderLocation } from '../base/place.js';
import { runGetent } from '../base/process/run-getent.js';
import type { Clock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { Start } from '../source/file/segment.js';
import type { Receiver, ReceiverReport, ReceiverState } from '../source/push/receiver.js';
import type { SenderNamesOptions } from '../source/push/sender-names.js';
import { CountingBuffer } from './counting-buffer.js';
import type { IngestEvent } from './event.js';
import { ReceiverOpener } from './open-receiver.js';
import { ownLineOf } from './own-line-of.js';
import { ReceiveBuffer, type ReceiveSink } from './receive-buffer.js';
import {
  type AskedReceiver,
  isSameReceiver,
  type WantedReceiver,
  wantedReceivers,
  whyNotOpen,
} from './wanted-receivers.js';

export interface ReceiversOptions {
  readonly clock: Clock;
  onEvent(event: IngestEvent): void;
  /** Where to begin in journals never seen before; as the config says unless something else is given. */
  readonly start?: Start;
  /** Only these kinds are opened; all unless it is given. */
  readonly kinds?: readonly WantedReceiver['kind'][];
  /** How the names of senders are found; `getent` unless something else is given. */
  readonly reverse?: SenderNamesOptions['reverse'];
}

export type OpenedReceivers =
  | { readonly ok: true; readonly receivers: Receivers }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Turns of the event loop that are given to datagrams in the kernel: a flood has no end. */
const MAX_DRAIN_TURNS = 100;

/** What a daemon needs of the receivers, which outlive it. */
export type AttachableReceivers = Pick<Receivers, 'attach' | 'detach' | 'poll' | 'states' | 'reports'>;

/** Opens all receivers of a config. Nothing is counted, and Redis is not asked, before `attach` and a poll. */
export async function openReceivers(config: Config, options: ReceiversOptions): Promise<OpenedReceivers> {
  const receivers = new Receivers(config, options);
  const reasons = await receivers.change(config);
  if (reasons.length === 0) return { ok: true, receivers };
  await receivers.close();
  return { ok: false, reasons };
}

/**
 * The sources that push lines: `fifo`, `listen`, `redisqueue`, `journal`, `command`. They are opened before privileges
 * are given up, and outlive a reload; lines that come while nobody counts are buffered, or can be read later.
 */
export class Receivers {
  readonly #buffer: ReceiveBuffer;
  readonly #opener: ReceiverOpener;
  readonly #kinds: ReceiversOptions['kinds'];
  #open: readonly OpenReceiver[] = [];

  constructor(config: Config, options: ReceiversOptions) {
    this.#kinds = options.kinds;
    this.#buffer = new ReceiveBuffer(options.clock, options.onEvent);
    this.#opener = new ReceiverOpener(config, {
      ...options,
      onEvent: (event) => this.#onEvent(event, options),
      reverse: options.reverse ?? nameOf,
    });
  }

  /** From now on `sink` counts what they receive. */
  attach(sink: ReceiveSink): void {
    this.#buffer.attach(sink);
  }

  detach(): void {
    this.#buffer.detach();
  }

  /** Takes what waits, and counts it. */
  async poll(): Promise<void> {
    await Promise.all(this.#open.map(({ receiver }) => receiver.poll()));
    if (this.#open.length > 0) await this.#drain();
    this.#buffer.deliver();
  }

  /**
   * Changes to another config: opens what is new, reads to its end and closes what is gone, leaves the rest
   * untouched. If something cannot be opened, all stays as it is; returns the reasons, in words.
   */
  async change(config: Config): Promise<readonly string[]> {
    const asked = wantedReceivers(config).filter(({ wanted }) => this.#kinds?.includes(wanted.kind) ?? true);
    const reason = await this.#opener.prepare(config);
    if (reason !== null) return [reason];
    const changed = await changeOver(this.#open, asked, {
      start: (wanted) => this.#start(wanted, config),
      end: (ending) => this.#end(ending),
    });
    this.#open = changed.open;
    if (changed.reasons.length === 0) this.#opener.adopt(config);
    return changed.reasons;
  }

  states(): ReceiverState[] {
    return this.#open.map(({ receiver }) => receiver.state());
  }

  /** The same, with how many lines they received. */
  reports(): ReceiverReport[] {
    return this.#open.map(({ receiver, lines }) => ({ ...receiver.state(), lines: lines() }));
  }

  /** Reads them to their end, counts that, and closes them. */
  async close(): Promise<void> {
    await this.#end(this.#open);
    this.#open = [];
    this.#buffer.close();
  }

  /** Trouble of a receiver is a line of tayori, too. */
  #onEvent(event: IngestEvent, { onEvent }: ReceiversOptions): void {
    const line = event.kind === 'source' ? ownLineOf(event.event) : null;
    if (line) this.#buffer.say(line);
    onEvent(event);
  }

  async #start(wanted: WantedReceiver, config: Config): Promise<OpenReceiver> {
    const buffer = new CountingBuffer(this.#buffer);
    const receiver = await this.#opener.open(wanted, config, buffer);
    return { wanted, receiver, lines: () => buffer.lines };
  }

  /** Lets the event loop bring what waits in the kernel, until a whole turn brings nothing. */
  async #drain(): Promise<void> {
    let before = -1;
    for (let turn = 0; turn < MAX_DRAIN_TURNS && before !== this.#buffer.total; turn++) {
      before = this.#buffer.total;
      // The first turn may run before the event loop polls the sockets; after the second it has.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
  }

  /** Reads them to their end, counts that, and closes them. */
  async #end(ending: readonly OpenReceiver[]): Promise<void> {
    await this.#drain();
    this.#buffer.deliver(); // answers what is counted
    for (const { receiver } of ending) await receiver.close();
    this.#buffer.deliver();
  }
}

interface OpenReceiver {
  readonly wanted: WantedReceiver;
  readonly receiver: Receiver;
  /** How many lines it received. */
  readonly lines: () => number;
}

interface Steps {
  start(wanted: WantedReceiver): Promise<OpenReceiver>;
  end(ending: readonly OpenReceiver[]): Promise<void>;
}

interface Changed {
  readonly open: readonly OpenReceiver[];
  readonly reasons: readonly string[];
}

/** Opens what is new, then closes what is gone. If something new cannot be opened, keeps what was there. */
async function changeOver(
  open: readonly OpenReceiver[],
  asked: readonly AskedReceiver[],
  steps: Steps,
): Promise<Changed> {
  const staying = open.filter(({ wanted }) => asked.some((one) => isSameReceiver(one.wanted, wanted)));
  const added = asked.filter((one) => !open.some(({ wanted }) => isSameReceiver(one.wanted, wanted)));
  // Two addresses of one port may conflict.
  const ports = new Set(added.map(({ wanted }) => (wanted.kind === 'listen' ? wanted.port : null)));
  const leaving = open.filter((one) => !staying.includes(one));
  const inTheWay = leaving.filter(({ wanted }) => wanted.kind === 'listen' && ports.has(wanted.port));
  const others = leaving.filter((one) => !inTheWay.includes(one));
  await steps.end(inTheWay);
  const fresh = await startAll(added, steps);
  if (fresh.reasons.length === 0) {
    await steps.end(others);
    return { open: [...staying, ...fresh.open], reasons: [] };
  }
  await steps.end(fresh.open);
  const before = inTheWay.map(({ wanted }) => ({ wanted, place: null }));
  const back = await startAll(before, steps);
  return { open: [...staying, ...others, ...back.open], reasons: [...fresh.reasons, ...back.reasons] };
}

async function startAll(asked: readonly AskedReceiver[], { start }: Steps): Promise<Changed> {
  const open: OpenReceiver[] = [];
  const reasons: string[] = [];
  for (const { wanted, place } of asked)
    try {
      open.push(await start(wanted));
    } catch (error) {
      reasons.push(`${place ? `${renderLocation(place)}: ` : ''}${whyNotOpen(wanted, error)}`);
    }
  return { open, reasons };
}

/** The name that this machine knows for an address. */
export async function nameOf(address: string, signal: AbortSignal): Promise<string | undefined> {
  const [, name] = await runGetent(address, signal);
  return name;
}

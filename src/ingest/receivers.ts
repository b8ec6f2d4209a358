import { lazily } from '../base/lazily.js';
import { renderLocation } from '../base/place.js';
import { runGetent } from '../base/process/run-getent.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import { createPrefixReader } from '../line/read-prefix.js';
import { createTimestampWriter } from '../line/timestamp.js';
import type { Receiver, ReceiverReport, ReceiverState } from '../source/push/receiver.js';
import type { SenderNames, SenderNamesOptions } from '../source/push/sender-names.js';
import type { Prefix } from '../source/push/syslog-socket.js';
import type { SourceEvent } from '../source/source-event.js';
import type { IngestEvent } from './event.js';
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
 * The sources that cannot be read again: `fifo`, `listen`, `redisqueue`. They are opened before privileges are given
 * up, and outlive a reload; lines that come while nobody counts are buffered.
 */
export class Receivers {
  readonly #options: ReceiversOptions;
  readonly #buffer: ReceiveBuffer;
  #open: readonly OpenReceiver[] = [];
  /** How the config reads and writes prefixes. */
  #prefixes: Prefixes;
  /** Made with the first listener. */
  #names: SenderNames | null = null;

  constructor(config: Config, options: ReceiversOptions) {
    this.#options = options;
    this.#buffer = new ReceiveBuffer(options.clock, options.onEvent);
    this.#prefixes = prefixesOf(config, options.clock);
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
    const changed = await changeOver(this.#open, wantedReceivers(config), {
      start: (wanted) => this.#start(wanted),
      end: (ending) => this.#end(ending),
    });
    this.#open = changed.open;
    if (changed.reasons.length === 0) this.#prefixes = prefixesOf(config, this.#options.clock);
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

  async #start(wanted: WantedReceiver): Promise<OpenReceiver> {
    let lines = 0;
    const counting: CountingBuffer = {
      push: (received) => {
        lines += received.length;
        this.#buffer.push(received);
      },
      take: (received, batch) => {
        const answer = this.#buffer.take(received, batch);
        if (answer === 'counted') lines += received.length;
        return answer;
      },
    };
    return { wanted, receiver: await this.#openReceiver(wanted, counting), lines: () => lines };
  }

  /** The code of a kind of source is loaded with the first of them: most configs name none. */
  async #openReceiver(wanted: WantedReceiver, { push, take }: CountingBuffer): Promise<Receiver> {
    const { clock, onEvent } = this.#options;
    const onSourceEvent = (event: SourceEvent): void => onEvent({ kind: 'source', event });
    switch (wanted.kind) {
      case 'fifo': {
        const { openFifo } = await import('../source/push/fifo.js');
        const fifo = openFifo({ path: wanted.path, onLines: push, onEvent: onSourceEvent });
        await fifo.poll();
        return fifo;
      }
      case 'listen': {
        const { openSyslogSocket } = await import('../source/push/syslog-socket.js');
        return await openSyslogSocket({
          ...wanted,
          names: await this.#senderNames(),
          readPrefix: (line) => this.#prefixes.readPrefix(line),
          stamp: (time) => this.#prefixes.stamp(time),
          onLines: push,
          onDropped: (datagrams) => this.#buffer.addDropped(datagrams),
          onEvent: onSourceEvent,
        });
      }
      case 'redis': {
        const { openRedisLists } = await import('../source/push/redis-lists.js');
        return openRedisLists({ ...wanted, clock, take, onEvent: onSourceEvent });
      }
    }
  }

  async #senderNames(): Promise<SenderNames> {
    const { clock, reverse = nameOf } = this.#options;
    const { SenderNames } = await import('../source/push/sender-names.js');
    this.#names ??= new SenderNames({ clock, reverse });
    return this.#names;
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

/** Takes the lines of one receiver, and counts how many there are. */
type CountingBuffer = Pick<ReceiveBuffer, 'push' | 'take'>;

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

/** How a config reads prefixes and writes its own. */
interface Prefixes {
  readPrefix(line: string): Prefix;
  /** `time`: what the sender says (ms). */
  stamp(time: number | null): string;
}

/** The oldest time (ms) that a stamp without a year can mean; the latest is a day from now. */
const MAX_STAMP_AGE = 300 * DAY;

function prefixesOf({ prefixes, logprefixes, timezone }: Config, clock: Clock): Prefixes {
  const read = createPrefixReader({
    prefixes: prefixes.map(({ value }) => value),
    logprefixes: logprefixes.map(({ value }) => value),
    hidepid: false,
    timezone: timezone.value,
    now: () => clock.now(),
  });
  const write = lazily(() => createTimestampWriter(timezone.value));
  return {
    readPrefix(line) {
      const reading = read(line);
      if (reading.kind === 'hostless') return { kind: 'unnamed' };
      if (reading.kind !== 'known') return { kind: 'none' };
      const { host, time, text } = reading.prefix;
      return host === null ? { kind: 'hostless', time, text } : { kind: 'named', host };
    },
    stamp(time) {
      const now = clock.now();
      return write()(time !== null && time > now - MAX_STAMP_AGE && time < now + DAY ? time : now);
    },
  };
}

/** The name that this machine knows for an address. */
export async function nameOf(address: string, signal: AbortSignal): Promise<string | undefined> {
  const [, name] = await runGetent(address, signal);
  return name;
}

import { isIPv4 } from 'node:net';
import { codeOf } from '../base/errors.js';
import { lazily } from '../base/lazily.js';
import { renderLocation, type SourceLocation } from '../base/place.js';
import { runGetent } from '../base/process/run-getent.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import type { Config } from '../config/config.js';
import type { DaemonEvent } from '../daemon/event.js';
import { createPrefixReader } from '../line/read-prefix.js';
import { createTimestampWriter } from '../line/timestamp.js';
import { nameFifo, nameListener, nameRedis } from '../source/push/name-receiver.js';
import type { Prefix } from '../source/push/receive-syslog.js';
import type { Receiver, ReceiverReport, ReceiverState } from '../source/push/receiver.js';
import type { SenderNames, SenderNamesOptions } from '../source/push/sender-names.js';
import type { SourceEvent } from '../source/source-event.js';
import { createReceiveBuffer, type ReceiveBuffer, type ReceiveSink } from './receive-buffer.js';

export interface ReceiversOptions {
  readonly clock: Clock;
  onEvent(event: DaemonEvent): void;
  /** How the names of senders are found; `getent` unless something else is given. */
  readonly reverse?: SenderNamesOptions['reverse'];
}

/**
 * The sources that cannot be read again: `fifo`, `listen`, `redisqueue`. They are opened before privileges are given
 * up, and outlive a reload; what comes while nobody counts is held.
 */
export interface Receivers {
  /** From now on what they bring is counted there. */
  attach(sink: ReceiveSink): void;
  detach(): void;
  /** Takes what waits, and counts it. */
  poll(): Promise<void>;
  /**
   * Goes over to another config: what it names anew is opened, what it does not name is read to its end and closed,
   * the rest is not touched. Where something cannot be opened all stays as it is: the reasons, in words.
   */
  change(config: Config): Promise<readonly string[]>;
  states(): ReceiverState[];
  /** The same, with how much they brought. */
  reports(): ReceiverReport[];
  /** Reads them to their end, counts that, and closes them. */
  close(): Promise<void>;
}

export type OpenedReceivers =
  | { readonly ok: true; readonly inlets: Receivers }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** What a config asks for. */
type Wanted =
  | { readonly kind: 'fifo'; readonly path: string }
  | { readonly kind: 'listen'; readonly address: string; readonly port: number; readonly ipv6Only: boolean }
  | {
      readonly kind: 'redis';
      readonly host: string;
      readonly port: number;
      readonly keys: readonly string[];
    };

/** A flood has no end: so many turns of the event loop are given to what waits in the kernel. */
const MOST_TURNS = 100;

/** Opens and binds all that the config names. Nothing is counted, and no Redis asked, before `attach` and a look. */
export async function openReceivers(config: Config, options: ReceiversOptions): Promise<OpenedReceivers> {
  const inlets = createInlets(config, options);
  const reasons = await inlets.change(config);
  if (reasons.length === 0) return { ok: true, inlets };
  await inlets.close();
  return { ok: false, reasons };
}

function createInlets(first: Config, { clock, onEvent, reverse = nameOf }: ReceiversOptions): Receivers {
  const intake = createReceiveBuffer(clock, onEvent);
  let names: SenderNames | null = null;
  const tell = (event: SourceEvent): void => onEvent({ kind: 'source', event });
  let lines = readingOf(first, clock);
  let open: Open[] = [];

  async function start(wanted: Wanted): Promise<Omit<Open, 'wanted'>> {
    let lines = 0;
    const counting: Counting = {
      push(received) {
        lines += received.length;
        intake.push(received);
      },
      take(received, batch) {
        const answer = intake.take(received, batch);
        if (answer === 'counted') lines += received.length;
        return answer;
      },
    };
    return { inlet: await openInlet(wanted, counting), lines: () => lines };
  }

  /** What reads a kind of source is loaded with the first of them: most configs name none. */
  async function openInlet(wanted: Wanted, { push: onLines, take }: Counting): Promise<Receiver> {
    switch (wanted.kind) {
      case 'fifo': {
        const { readFifo } = await import('../source/push/read-fifo.js');
        const fifo = readFifo({ path: wanted.path, onLines, onEvent: tell });
        await fifo.poll();
        return fifo;
      }
      case 'listen': {
        const { receiveSyslog } = await import('../source/push/receive-syslog.js');
        const { createSenderNames } = await import('../source/push/sender-names.js');
        names ??= createSenderNames({ clock, reverse });
        return await receiveSyslog({
          ...wanted,
          names,
          readPrefix: (line) => lines.readPrefix(line),
          stamp: (time) => lines.stamp(time),
          onLines,
          onDropped: intake.drop,
          onEvent: tell,
        });
      }
      case 'redis': {
        const { readRedis } = await import('../source/push/read-redis.js');
        return readRedis({ ...wanted, clock, take, onEvent: tell });
      }
    }
  }

  /** Lets the event loop bring what waits in the kernel, until a whole turn brings nothing. */
  async function drain(): Promise<void> {
    let before = -1;
    for (let turn = 0; turn < MOST_TURNS && before !== intake.total; turn++) {
      before = intake.total;
      // The first may come before the kernel was asked, the second is behind it.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
  }

  /** Reads them to their end, counts that, and closes them. */
  async function end(ending: readonly Open[]): Promise<void> {
    await drain();
    for (const { inlet } of ending) await inlet.close();
    intake.deliver();
  }

  return {
    attach: intake.attach,
    detach: intake.detach,
    async poll() {
      await Promise.all(open.map(({ inlet }) => inlet.poll()));
      if (open.length > 0) await drain();
      intake.deliver();
    },
    async change(config) {
      const changed = await changeOver(open, wantedBy(config), start, end);
      open = changed.open;
      if (changed.reasons.length === 0) lines = readingOf(config, clock);
      return changed.reasons;
    },
    states: () => open.map(({ inlet }) => inlet.state()),
    reports: () => open.map(({ inlet, lines }) => ({ ...inlet.state(), lines: lines() })),
    async close() {
      await end(open);
      open = [];
      intake.close();
    },
  };
}

interface Open {
  readonly wanted: Wanted;
  readonly inlet: Receiver;
  /** How many lines it brought. */
  readonly lines: () => number;
}

/** What an inlet hands its lines to: they are counted on their way. */
type Counting = Pick<ReceiveBuffer, 'push' | 'take'>;

interface Asked {
  readonly wanted: Wanted;
  /** Where the config asks for it. */
  readonly place: SourceLocation | null;
}

function wantedBy({ fifos, listen, redisQueues, redisserver }: Config): Asked[] {
  const ports = new Set(listen.filter(({ value }) => isIPv4(value.address)).map(({ value }) => value.port));
  const asked: Asked[] = [
    ...fifos.map(({ value, place }) => ({ wanted: { kind: 'fifo', path: value } as const, place })),
    ...listen.map(({ value, place }) => {
      // [::] takes IPv4, too, unless the config gives that to another listener.
      const ipv6Only = !isIPv4(value.address) && ports.has(value.port);
      return { wanted: { kind: 'listen', ...value, ipv6Only } as const, place };
    }),
  ];
  const [first] = redisQueues;
  if (!first) return asked;
  const keys = redisQueues.map(({ value }) => value);
  return [...asked, { wanted: { kind: 'redis', ...redisserver.value, keys }, place: first.place }];
}

/** What the inlets of a config are called, as `states` names them. */
export function receiverNames(config: Config): string[] {
  return wantedBy(config).map(({ wanted }) => {
    if (wanted.kind === 'listen') return nameListener(wanted);
    return wanted.kind === 'fifo' ? nameFifo(wanted.path) : nameRedis(wanted);
  });
}

/** Opens what is new, then closes what leaves. When something new cannot be opened, what leaves stays instead. */
async function changeOver(
  open: readonly Open[],
  asked: readonly Asked[],
  start: (wanted: Wanted) => Promise<Omit<Open, 'wanted'>>,
  end: (ending: readonly Open[]) => Promise<void>,
): Promise<{ readonly open: Open[]; readonly reasons: readonly string[] }> {
  const staying = open.filter(({ wanted }) => asked.some((one) => isSame(one.wanted, wanted)));
  const added = asked.filter((one) => !open.some(({ wanted }) => isSame(one.wanted, wanted)));
  // Two addresses of one port may be in each other's way.
  const ports = new Set(added.map(({ wanted }) => (wanted.kind === 'listen' ? wanted.port : null)));
  const leaving = open.filter((one) => !staying.includes(one));
  const inTheWay = leaving.filter(({ wanted }) => wanted.kind === 'listen' && ports.has(wanted.port));
  const others = leaving.filter((one) => !inTheWay.includes(one));
  await end(inTheWay);
  const fresh = await startAll(added, start);
  if (fresh.reasons.length === 0) {
    await end(others);
    return { open: [...staying, ...fresh.open], reasons: [] };
  }
  await end(fresh.open);
  const back = await startAll(
    inTheWay.map(({ wanted }) => ({ wanted, place: null })),
    start,
  );
  return { open: [...staying, ...others, ...back.open], reasons: [...fresh.reasons, ...back.reasons] };
}

async function startAll(
  asked: readonly Asked[],
  start: (wanted: Wanted) => Promise<Omit<Open, 'wanted'>>,
): Promise<{ readonly open: Open[]; readonly reasons: string[] }> {
  const open: Open[] = [];
  const reasons: string[] = [];
  for (const { wanted, place } of asked)
    try {
      open.push({ wanted, ...(await start(wanted)) });
    } catch (error) {
      reasons.push(`${place ? `${renderLocation(place)}: ` : ''}${whyNot(wanted, error)}`);
    }
  return { open, reasons };
}

function isSame(a: Wanted, b: Wanted): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port; "ss -ulpn" shows which',
  EACCES: 'ports below 1024 are for root; start as root, or take a higher one',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Where it was tried, what the system said, and what may help. */
function whyNot(wanted: Wanted, error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const hint = HINTS[String(codeOf(error))];
  const name = wanted.kind === 'listen' ? nameListener(wanted) : wanted.kind;
  return `${name}: cannot be opened: ${error.message}${hint ? ` (${hint})` : ''}`;
}

/** A stamp without a year tells a time that is no older than this and no later than a day from now (ms). */
const OLDEST_STAMP = 300 * DAY;

/** How a config reads prefixes and writes its own. */
function readingOf(
  { prefixes, logprefixes, timezone }: Config,
  clock: Clock,
): { readPrefix(line: string): Prefix; stamp(time: number | null): string } {
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
      if (reading.kind === 'hostless') return { kind: 'dropped' };
      if (reading.kind !== 'known') return { kind: 'none' };
      const { host, time, text } = reading.prefix;
      return host === null ? { kind: 'hostless', time, text } : { kind: 'named', host };
    },
    stamp(time) {
      const now = clock.now();
      return write()(time !== null && time > now - OLDEST_STAMP && time < now + DAY ? time : now);
    },
  };
}

/** The name that this machine knows for an address. */
export async function nameOf(address: string, signal: AbortSignal): Promise<string | undefined> {
  const [, name] = await runGetent(address, signal);
  return name;
}

import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { describeEvent } from '../../src/daemon/describe-event.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import type { Receivers, ReceiversOptions } from '../../src/ingest/receivers.js';
import { freePort } from '../support/free-port.js';
import type { HeldClock } from '../support/held-clock.js';
import { collect } from '../support/lines.js';
import { configOf, open } from './open-receivers.js';

/** A listener over connections, what comes of them, and a state that can be made to refuse. */
export interface StreamForTest {
  readonly port: number;
  readonly receivers: Receivers;
  readonly events: readonly DaemonEvent[];
  readonly clock: HeldClock;
  readonly lines: ReturnType<typeof collect<string>>;
  /** How the commits were made. */
  readonly commits: string[];
  /** Whether the state can be written. */
  writable: boolean;
  told(): string[];
  /** Resolves when so many lines have been counted in all. */
  counted(count: number): Promise<readonly string[]>;
}

/** `transport`: `tcp`, `relp` and so on; `conf`: further lines, in which PORT is the port. */
export async function stream(
  transport: string,
  conf = '',
  given: Partial<ReceiversOptions> = {},
): Promise<StreamForTest> {
  const port = await freePort();
  const text = `set listen ${transport}:127.0.0.1:${port}\n${conf.replaceAll('PORT', String(port))}`;
  const { receivers, events, clock } = await open(configOf(text), given);
  const opened: StreamForTest = {
    port,
    receivers,
    events,
    clock,
    lines: collect<string>(),
    commits: [],
    writable: true,
    told: () => events.map(describeEvent),
    async counted(count) {
      // The clock is held, so that each poll counts what has come.
      while (opened.lines.all.length < count) {
        await new Promise(setImmediate);
        await receivers.poll();
      }
      return opened.lines.all;
    },
  };
  receivers.attach({
    receive({ lines, durability }) {
      if (!opened.writable) return false;
      opened.lines.add(...lines.flatMap((text) => text.split('\n')).filter((line) => line !== ''));
      opened.commits.push(durability);
      return true;
    },
    wasProcessed: () => false,
    lastTaken: () => null,
  });
  return opened;
}

/** A connection to a listener, which ends with the test. */
export async function connectTo(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => void socket.once('connect', resolve));
  return socket;
}

/** Sends bytes in these pieces over a connection of their own, ends it, and returns what was answered. */
export async function converse(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
  const socket = await connectTo(port);
  const answer = text(socket).catch(() => '');
  socket.setNoDelay(true);
  for (const piece of pieces) await new Promise((resolve) => void socket.write(piece, resolve));
  socket.end();
  return await answer;
}

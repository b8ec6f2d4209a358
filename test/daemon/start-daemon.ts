import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Runner } from '../../src/act/runner.js';
import { type Clock, systemClock } from '../../src/base/time/clock.js';
import { readConfig } from '../../src/config/read-config.js';
import type { DaemonOptions } from '../../src/daemon/daemon-options.js';
import type { DaemonEvent } from '../../src/daemon/event.js';
import { joinFleet, type Meet } from '../../src/daemon/fleet-member.js';
import { Daemon } from '../../src/daemon/loop.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import { openState } from '../../src/store/folder/open-state.js';
import type { Store } from '../../src/store/store.js';
import { everyStage } from '../mail/servers.js';
import { heldClock } from '../support/held-clock.js';
import { linePrefix } from '../support/stamp.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** When the held clock of a test daemon begins. */
export const NOON = Date.UTC(2026, 10, 20, 12, 0, 0);
const PREFIX = 'Nov 20 10:00:00 web1 ';

export interface Running {
  readonly daemon: Daemon;
  readonly store: Store;
  readonly log: string;
  readonly folder: string;
  readonly events: DaemonEvent[];
  /** When it has looked, ms. */
  readonly looks: number[];
  stop(): Promise<void>;
  write(...texts: string[]): void;
}

/**
 * A daemon on a folder of its own (or one that is given, to start again), with `x.log` as its log and `state` for its
 * state. `timeout`: for each stage of a session with a mail server, in seconds; `patient`: as outside tests, by its clock.
 */
export async function startDaemon(
  conf: string,
  given: {
    readonly clock?: Clock;
    readonly folder?: string;
    readonly state?: string;
    readonly timeout?: number | 'patient';
    readonly receivers?: DaemonOptions['receivers'];
    /** `false`: the programs of `set exec` do not run. */
    readonly acts?: boolean;
    readonly onProgress?: (rest: number) => void;
    readonly lastTurn?: () => number | null;
    readonly meet?: Meet;
  } = {},
): Promise<Running> {
  const folder = given.folder ?? temporaryFolder();
  const log = join(folder, 'x.log');
  const events: DaemonEvent[] = [];
  if (!given.folder) writeFileSync(log, '');
  writeFileSync(
    join(folder, 'tenshi.conf'),
    `set logfile ${log}\nset timezone UTC\nset mask ___\nset letter plain\n${conf}`,
  );
  const read = readConfig(join(folder, 'tenshi.conf'));
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const state = openState(given.state ?? join(folder, 'state'));
  if (!state.ok) throw new Error(state.reason);
  const { config } = read;
  const route = config.mailserver.value ?? { kind: 'maildir' as const, path: join(folder, 'Maildir') };
  const looks: number[] = [];
  const clock = given.clock ?? heldClock(NOON);
  const runner = new Runner({ store: state.store, clock, onEvent: (event) => void events.push(event) });
  const daemon = new Daemon({
    config,
    store: state.store,
    heal() {
      looks.push(clock.now());
      return state.heal();
    },
    transport: openTransport(route, {
      helo: null,
      timeout: 2,
      ...(given.timeout === 'patient' ? { clock } : { limits: everyStage(given.timeout ?? 2) }),
      onTalk: null,
    }),
    clock,
    origin: 'loghost',
    version: '0',
    start: { kind: 'end' },
    receivers: given.receivers,
    runner: given.acts === false ? undefined : runner,
    ...(given.onProgress ? { onProgress: given.onProgress } : {}),
    ...(given.lastTurn ? { lastTurn: given.lastTurn } : {}),
    joinFleet: given.meet && joinFleet(given.meet),
    onEvent: (event) => void events.push(event),
  });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await runner.stop();
    await daemon.stop();
    state.store.end();
    state.release();
  };
  onTestFinished(stop);
  await daemon.poll();
  const write = (...texts: string[]): void => {
    const prefix = clock === systemClock ? linePrefix() : PREFIX;
    appendFileSync(log, texts.map((text) => `${prefix}${text}\n`).join(''));
  };
  return { daemon, store: state.store, log, folder, events, looks, stop, write };
}

/** The text of a letter as it is read. */
export function letterText(mail: string): string {
  const at = mail.indexOf('Content-Type: text/plain');
  const part = at < 0 ? mail : mail.slice(at);
  const body = part.slice(part.indexOf('\n\n') + 2).split('\n----')[0] ?? '';
  return body
    .replaceAll('=\n', '')
    .replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}

import { hostname } from 'node:os';
import { reasonOf } from '../base/errors.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import { statusLine } from '../commands/status-line.js';
import { waitsForRestart } from '../config/check/waits-for-restart.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import type { Receivers } from '../ingest/receivers.js';
import type { Route } from '../mail/route/route.js';
import { describeRoute, openTransport } from '../mail/transport/open-transport.js';
import { isKeptFromRights } from '../mail/transport/sendmail-rights.js';
import { scheduled } from '../schedule/scheduled.js';
import type { Start } from '../source/file/segment.js';
import type { DaemonNote } from '../store/ports/meta.js';
import type { DaemonStore } from './daemon-store.js';
import { describeEvent } from './describe-event.js';
import type { DaemonEvent } from './event.js';
import { createDaemon, type Daemon } from './loop.js';
import { shutdownSummary } from './shutdown-summary.js';
import type { Signals } from './signals.js';
import { startupSummary } from './startup-summary.js';
import type { Supervision } from './supervision.js';

export interface ServeOptions {
  readonly configPath: string;
  readonly config: Config;
  readonly store: DaemonStore;
  /** Brings back what was deleted of it; see `openState`. */
  tend(): boolean;
  /** Where the state is kept, in words. */
  readonly state: string;
  /** The Maildir for letters when the config names no mail server. */
  readonly maildir: string;
  /** The state ends with the daemon: what is counted is mailed before, whatever the config says. */
  readonly mailAllAtEnd?: true;
  /** Where to begin in files never seen before; null: as the config says. */
  readonly start: Start | null;
  /** Opened already; closed here, when the daemon ends. */
  readonly inlets?: Receivers;
  /** 0: what an administrator must know; 1: everything; 2: the talk with the mail server, too. */
  readonly debug: number;
  readonly signals: Signals;
  /** Tells the service manager, where one has started the daemon. */
  readonly supervision?: Supervision | null;
  /** After the first look, before the screen is left alone. */
  onReady?(daemon: Daemon): Promise<void>;
  onEvent?(event: DaemonEvent): void;
}

/** A look that was asked for goes on behind this (ms): a program that hangs does not keep TERM waiting. */
const LONGEST_ASKED = 30_000;

/** Runs the daemon until a signal ends it. */
export async function serve(given: ServeOptions, io: Io): Promise<ExitCode> {
  let sent = false;
  const options: ServeOptions = {
    ...given,
    onEvent(event) {
      if (event.kind === 'mail' && event.event.kind === 'sent') sent = true;
      given.onEvent?.(event);
    },
  };
  let config = options.config;
  let refused = false;
  noteStart(options);
  let daemon = start(options, config, io);

  async function begin(): Promise<void> {
    await daemon.run();
    const route = describeRoute(routeOf(config, options.maildir));
    const { state } = options;
    const now = systemClock.now();
    io.stdout.write(startupSummary({ version: version(), config, daemon, route, state, now }));
    await options.onReady?.(daemon);
    options.supervision?.ready(describe);
  }

  const describe = (): string => statusLine({ daemon, config, now: systemClock.now(), refused });

  /** A reload swaps only to a config that is sound, and keeps all counts that are not mailed. */
  async function reload(): Promise<void> {
    options.supervision?.reloading();
    refused = !(await takeUp());
    options.supervision?.ready(describe);
  }

  async function takeUp(): Promise<boolean> {
    const next = loadConfig(options.configPath, io, 'warnings');
    if (!next || !(await changeInlets(next))) {
      io.stderr.write('tayori: the new config is not used; the old one stays in force\n');
      return false;
    }
    for (const name of waitsForRestart(options.config, next))
      io.stderr.write(`tayori: set ${name} has changed; that waits for a restart\n`);
    await daemon.flush('reloading', config.flushOnSignal.value ? undefined : dropped(config, next));
    await daemon.stop();
    daemon = startAnew(next);
    await daemon.run();
    return config === next;
  }

  /** A state that cannot be written just now must not end the daemon. */
  function startAnew(next: Config): Daemon {
    try {
      const anew = start(options, next, io);
      config = next;
      io.stderr.write('tayori: the new config is in force\n');
      return anew;
    } catch (error) {
      const why = reasonOf(error);
      io.stderr.write(`tayori: the new config cannot be taken up (${why}); the old one stays in force\n`);
      return start(options, config, io);
    }
  }

  async function changeInlets(next: Config): Promise<boolean> {
    const reasons = (await options.inlets?.change(next)) ?? [];
    for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
    return reasons.length === 0;
  }

  const table = {
    INT: 'end',
    TERM: 'end',
    HUP: reload,
    USR1: () => within(systemClock, LONGEST_ASKED, daemon.poll()),
    USR2: () => daemon.flush('flushing'),
  } as const;
  const ended = await options.signals.obey(table, begin);
  options.supervision?.stopping();
  if (config.flushOnSignal.value || options.mailAllAtEnd) {
    io.stderr.write(`tayori: ${ended}: mailing all queues\n`);
    await daemon.flush('terminating');
  } else io.stderr.write(`tayori: ${ended}: what is counted waits in the state\n`);
  await options.inlets?.close();
  await daemon.stop();
  io.stdout.write(
    shutdownSummary({ outbox: daemon.outbox(), sent, route: routeOf(config, options.maildir) }),
  );
  return 0;
}

/** Queues that the next config does not know: what they hold goes as long as they are known. */
function dropped(config: Config, next: Config): string[] {
  const known = new Set(scheduled(next).map(({ name }) => name));
  return scheduled(config)
    .map(({ name }) => name)
    .filter((name) => !known.has(name));
}

function start(options: ServeOptions, config: Config, io: Io): Daemon {
  const tell = createLogger(options.debug, io);
  const route = routeOf(config, options.maildir);
  if (route.kind === 'sendmail' && isKeptFromRights(route.path))
    io.stderr.write(
      `tayori: ${escapeControl(route.path)} cannot send: it needs another user or group, which this service may not take; write set mailserver localhost, or see AS A SERVICE in tayori(8)\n`,
    );
  const transport = openTransport(route, {
    helo: config.mailhelo.value,
    timeout: config.mailtimeout.value,
    onTalk: options.debug >= 2 ? (line) => void io.stderr.write(`smtp: ${line}\n`) : null,
  });
  return createDaemon({
    config,
    store: options.store,
    heal: options.tend,
    transport,
    clock: systemClock,
    origin: hostname(),
    version: version(),
    start: options.start ?? { kind: config.start.value },
    inlets: options.inlets,
    onProgress: (rest) => options.supervision?.progressed(rest),
    onEvent(event) {
      tell(event);
      options.onEvent?.(event);
    },
  });
}

/** For `tayori status`. */
function noteStart({ store, configPath }: ServeOptions): void {
  const started = systemClock.now();
  const note: DaemonNote = { pid: process.pid, version: version(), config: configPath, started };
  if (store.meta().began === null) store.setMeta('began', started);
  store.setMeta('daemon', note);
}

/** Tells events in words: trouble always, everything when `debug` is above 0. */
export function createLogger(debug: number, io: Io): (event: DaemonEvent) => void {
  return (event) => {
    if (debug > 0 || isTrouble(event)) io.stderr.write(`tayori: ${describeEvent(event)}\n`);
  };
}

export function routeOf(config: Config, maildir: string): Route {
  return config.mailserver.value ?? { kind: 'maildir', path: maildir };
}

/** What an administrator must hear without asking. The first screen already tells of missing files. */
function isTrouble(event: DaemonEvent): boolean {
  if (event.kind === 'sealed') return false;
  if (event.kind === 'source')
    return event.event.kind === 'inlet-open'
      ? event.event.again
      : !['opened', 'missing', 'rotated', 'rewritten', 'behind'].includes(event.event.kind);
  if (event.kind === 'mail') return event.event.kind !== 'sent';
  return true;
}

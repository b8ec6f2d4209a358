import { hostname } from 'node:os';
import { Runner } from '../act/runner.js';
import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { thisProcess } from '../base/process/process-id.js';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import { within } from '../base/time/within.js';
import { trace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import type { Receivers } from '../ingest/receivers.js';
import { redactorOf } from '../ingest/redactor-of.js';
import type { Route } from '../mail/route/route.js';
import { describeRoute, openTransport } from '../mail/transport/open-transport.js';
import { isKeptFromRights } from '../mail/transport/sendmail-rights.js';
import type { Start } from '../source/file/segment.js';
import type { DaemonNote } from '../store/ports/meta.js';
import type { DaemonStore } from './daemon-store.js';
import type { DaemonEvent } from './event.js';
import { createEventLog, type Debug } from './event-log.js';
import type { JoinFleet } from './fleet-member.js';
import { Daemon } from './loop.js';
import { type Running, reload } from './reload.js';
import { shutdownSummary } from './shutdown-summary.js';
import type { Signals } from './signals.js';
import { startupSummary } from './startup-summary.js';
import { statusLine } from './status-line.js';
import type { Supervision } from './supervision.js';

export interface ServeOptions {
  readonly configPath: string;
  readonly config: Config;
  readonly store: DaemonStore;
  /** Restores the state if it was deleted; see `openState`. */
  heal(): boolean;
  /** When a daemon last began a turn on this state (ms). */
  lastTurn?(): number | null;
  /** Where the state is kept, in words. */
  readonly state: string;
  /** The Maildir for letters when the config names no mail server. */
  readonly maildir: string;
  /** What is to hold instead of the config as a reload reads it; `config` is adapted already. */
  readonly adapt?: ((config: Config) => Config) | undefined;
  /** The state ends with the daemon: all counts are mailed before, whatever the config says. */
  readonly mailAllAtEnd?: true;
  /** Where to begin in files that were never seen before; null: as the config says. */
  readonly start: Start | null;
  /** Opened already; closed here, when the daemon ends. */
  readonly receivers?: Receivers;
  /** Whether the programs of `set exec` run. */
  readonly runs: boolean;
  /** Whether it meets the fleet of the config. */
  readonly meets: boolean;
  /** What is written to standard error beside what an administrator must know. */
  readonly debug: Debug;
  readonly signals: Signals;
  /** Notifies the service manager, if one has started the daemon. */
  readonly supervision?: Supervision | null;
  /** After the first poll, when the startup summary is written. */
  onReady?(daemon: Daemon): Promise<void>;
  onEvent?(event: DaemonEvent): void;
}

/** How long USR1 waits for its poll (ms): a program that hangs must not keep TERM waiting. */
const MAX_ASKED_POLL = 30_000;

/** Runs the daemon until a signal ends it. */
export async function serve(options: ServeOptions, io: Io): Promise<ExitCode> {
  let sent = false;
  const onEvent = (event: DaemonEvent): void => {
    if (event.kind === 'mail' && event.event.kind === 'sent') sent = true;
    options.onEvent?.(event);
  };
  const runner = options.runs ? makeRunner(options, io) : undefined;
  const wire = async (config: Config): Promise<Daemon> =>
    wireDaemon(config, { ...options, runner, joinFleet: await loadFleet(config, options), onEvent }, io);
  noteStart(options);
  let running: Running = { config: options.config, daemon: await wire(options.config) };
  let refused: string | null = null;
  const describe = (): string => statusLine({ ...running, now: systemClock.now(), refused });
  const reloading = {
    wire,
    configPath: options.configPath,
    first: options.config,
    receivers: options.receivers,
    adapt: options.adapt,
  };
  const table = {
    INT: 'end',
    TERM: 'end',
    async HUP() {
      options.supervision?.reloading();
      ({ running, refused } = await reload(running, reloading, io));
      noteReload(options.store, refused);
      options.supervision?.ready(describe);
    },
    USR1: () => within(systemClock, MAX_ASKED_POLL, running.daemon.poll()),
    USR2: () => running.daemon.flush('flushing'),
  } as const;
  const ended = await options.signals.obey(table, async () => {
    await begin(running, options, io);
    options.supervision?.ready(describe);
  });
  options.supervision?.stopping();
  await runner?.stop();
  await end(running, ended, options, io);
  noteEnd(options.store);
  const route = routeOf(running.config, options.maildir);
  io.stdout.write(
    shutdownSummary({ outbox: running.daemon.outbox(), sent, route, keeps: !options.mailAllAtEnd }),
  );
  return 0;
}

async function begin({ config, daemon }: Running, options: ServeOptions, io: Io): Promise<void> {
  await daemon.run();
  const route = describeRoute(routeOf(config, options.maildir));
  const { state, meets } = options;
  const now = systemClock.now();
  io.stdout.write(startupSummary({ version: version(), config, daemon, meets, route, state, now }));
  await options.onReady?.(daemon);
}

/** `ended`: the name of the signal. */
async function end(
  { config, daemon }: Running,
  ended: string,
  { receivers, mailAllAtEnd }: ServeOptions,
  io: Io,
): Promise<void> {
  if (config.flushOnSignal.value || mailAllAtEnd) {
    io.stderr.write(`tayori: ${ended}: mailing all queues\n`);
    await daemon.flush('terminating');
  } else io.stderr.write(`tayori: ${ended}: the counts stay in the state\n`);
  await receivers?.close();
  await daemon.stop();
}

function makeRunner({ store, debug, onEvent }: ServeOptions, io: Io): Runner {
  const log = createEventLog(debug, io);
  return new Runner({
    store,
    clock: systemClock,
    onEvent(event) {
      log(event);
      onEvent?.(event);
    },
  });
}

function wireDaemon(
  config: Config,
  options: ServeOptions & { readonly runner: Runner | undefined; readonly joinFleet: JoinFleet | undefined },
  io: Io,
): Daemon {
  const redactor = redactorOf(config);
  const log = createEventLog(options.debug, io, (text) => redactor?.text(text) ?? text);
  const route = routeOf(config, options.maildir);
  warnOfRights(route, io);
  const transport = openTransport(route, {
    helo: config.mailhelo.value,
    timeout: config.mailtimeout.value,
    onTalk: options.debug.subjects.has('smtp') ? (line) => trace('smtp', () => line) : null,
  });
  return new Daemon({
    config,
    store: options.store,
    heal: () => options.heal(),
    ...(options.lastTurn ? { lastTurn: options.lastTurn } : {}),
    transport,
    clock: systemClock,
    origin: hostname(),
    version: version(),
    start: options.start ?? { kind: config.start.value },
    receivers: options.receivers,
    runner: options.runner,
    joinFleet: options.joinFleet,
    onProgress: (rest) => options.supervision?.progressed(rest),
    onEvent(event) {
      log(event);
      options.onEvent?.(event);
    },
  });
}

/** What makes a daemon a node is loaded only where its config has a fleet, and what talks to PostgreSQL when it does. */
async function loadFleet({ fleet }: Config, { meets }: ServeOptions): Promise<JoinFleet | undefined> {
  const address = fleet.value;
  if (!meets || !address) return undefined;
  const { joinFleet } = await import('./fleet-member.js');
  return joinFleet(async (config) => {
    const { openPlace } = await import('./open-place.js');
    return openPlace(config, address, process.env);
  });
}

/** Warns of a sendmail program that needs rights which the unit forbids. */
function warnOfRights(route: Route, io: Io): void {
  if (route.kind === 'sendmail' && isKeptFromRights(route.path))
    io.stderr.write(
      `tayori: ${escapeControl(route.path)} cannot send: it must change its user or group, which this service forbids; write set mailserver localhost, or see AS A SERVICE in tayori(8)\n`,
    );
}

/** For `tayori status`. */
function noteStart({ store, configPath }: ServeOptions): void {
  const started = systemClock.now();
  const note: DaemonNote = { pid: process.pid, version: version(), config: configPath, started };
  if (store.meta().began === null) store.setMeta('began', started);
  store.setMeta('daemon', note);
  store.setMeta('reload', { refused: null, reason: null, inForce: started });
}

/** What this process says is told: the next one need not count its last words where it reads them. */
function noteEnd(store: DaemonStore): void {
  try {
    store.setMeta('ended', thisProcess());
  } catch {
    // then they are counted
  }
}

/** For `tayori status`. A state that cannot be written just now is told elsewhere, and is no reason to end. */
function noteReload(store: DaemonStore, reason: string | null): void {
  const now = systemClock.now();
  try {
    const { inForce } = store.meta().reload;
    const note = reason === null ? { refused: null, inForce: now } : { refused: now, inForce };
    store.setMeta('reload', { ...note, reason });
  } catch {
    // the next reload notes it
  }
}

export function routeOf(config: Config, maildir: string): Route {
  return config.mailserver.value ?? { kind: 'maildir', path: maildir };
}

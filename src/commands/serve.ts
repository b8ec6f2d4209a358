import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import type { Config } from '../config/config.js';
import { createDaemon, type Daemon } from '../daemon/daemon.js';
import { describeEvent } from '../daemon/describe-event.js';
import type { DaemonEvent } from '../daemon/event.js';
import type { DaemonNote } from '../daemon/report-status.js';
import { describeRoute, openTransport } from '../mail/open-transport.js';
import type { Route } from '../mail/route.js';
import type { Start } from '../source/segment.js';
import type { Store } from '../store/store.js';
import type { ExitCode, Io } from './io.js';
import { loadConfig } from './load-config.js';
import { version } from './package.js';
import { firstScreen } from './screen.js';
import { onSignals } from './signals.js';

export interface ServeOptions {
  readonly configPath: string;
  readonly config: Config;
  readonly store: Store;
  /** Where the state is kept, in words. */
  readonly state: string;
  /** The Maildir for letters when the config names no mail server. */
  readonly maildir: string;
  readonly start: Start;
  /** 0: what an administrator must know; 1: everything; 2: the talk with the mail server, too. */
  readonly debug: number;
  readonly pidfile: string | null;
  /** After the first look, before the screen is left alone. */
  onReady?(daemon: Daemon): Promise<void>;
  onEvent?(event: DaemonEvent): void;
}

/** Runs the daemon in the foreground until a signal ends it. */
export async function serve(options: ServeOptions, io: Io): Promise<ExitCode> {
  let config = options.config;
  noteStart(options);
  let daemon = start(options, config, io);
  if (options.pidfile) writeFileSync(options.pidfile, String(process.pid));

  async function begin(): Promise<void> {
    await daemon.look();
    const route = describeRoute(routeOf(config, options.maildir));
    io.stdout.write(firstScreen({ version: version(), config, daemon, route, state: options.state }));
    await options.onReady?.(daemon);
    daemon.run();
  }

  /** A reload swaps only to a config that is sound, and keeps all counts that are not mailed. */
  async function reload(): Promise<void> {
    const next = loadConfig(options.configPath, io, 'warnings');
    if (!next)
      return void io.stderr.write('tayori: the new config is not used; the old one stays in force\n');
    if (next.state.value !== config.state.value)
      io.stderr.write('tayori: set state has changed; that waits for a restart\n');
    await daemon.flush('reloading');
    await daemon.stop();
    config = next;
    daemon = start(options, config, io);
    daemon.run();
    io.stderr.write('tayori: the new config is in force\n');
  }

  const table = {
    INT: 'end',
    TERM: 'end',
    HUP: reload,
    USR1: () => daemon.look(),
    USR2: () => daemon.flush('flushing'),
  } as const;
  const ended = await onSignals(table, begin());
  io.stderr.write(`tayori: ${ended}: mailing all queues\n`);
  await daemon.flush('terminating');
  await daemon.stop();
  if (options.pidfile) rmSync(options.pidfile, { force: true });
  io.stdout.write(farewell(daemon, routeOf(config, options.maildir)));
  return 0;
}

function start(options: ServeOptions, config: Config, io: Io): Daemon {
  const transport = openTransport(routeOf(config, options.maildir), {
    helo: config.mailhelo.value,
    timeout: config.mailtimeout.value,
    onTalk: options.debug >= 2 ? (line) => void io.stderr.write(`smtp: ${line}\n`) : null,
  });
  return createDaemon({
    config,
    store: options.store,
    transport,
    clock: systemClock,
    origin: hostname(),
    version: version(),
    start: options.start,
    onEvent(event) {
      if (options.debug > 0 || isTrouble(event)) io.stderr.write(`tayori: ${describeEvent(event)}\n`);
      options.onEvent?.(event);
    },
  });
}

/** For `tayori status`. */
function noteStart({ store, configPath }: ServeOptions): void {
  const started = systemClock.now();
  const note: DaemonNote = { pid: process.pid, version: version(), config: configPath, started };
  if (!store.facts().has('began')) store.setFact('began', String(started));
  store.setFact('daemon', JSON.stringify(note));
}

export function routeOf(config: Config, maildir: string): Route {
  return config.mailserver.value ?? { kind: 'maildir', path: maildir };
}

/** What an administrator must hear without asking. The first screen already tells of missing files. */
function isTrouble(event: DaemonEvent): boolean {
  if (event.kind === 'sealed') return false;
  if (event.kind === 'source') return !['opened', 'missing', 'rotated'].includes(event.event.kind);
  if (event.kind === 'mail') return event.event.kind !== 'sent';
  return true;
}

function farewell(daemon: Daemon, route: Route): string {
  const waiting = new Set(daemon.outbox().map(({ id }) => id)).size;
  const lines = [];
  if (waiting > 0) lines.push(`${waiting} letters wait for the mail server; the next start sends them.`);
  if (route.kind === 'maildir')
    lines.push(`Your letters are in ${join(route.path, 'new')} (mutt -f ${route.path})`);
  else if (waiting === 0) lines.push(`All letters were handed to ${describeRoute(route)}.`);
  return `${lines.join('\n')}\n`;
}

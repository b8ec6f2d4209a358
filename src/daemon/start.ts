import { join, resolve } from 'node:path';
import type { ExitCode, Io } from '../base/process/io.js';
import { optimiseLate } from '../base/process/late-optimising.js';
import { keepNewHeapSmall } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import { startTrace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import { loadConfig, configPath as pathOf } from '../config/load-config.js';
import { openReceivers } from '../ingest/receivers.js';
import { redactorOf } from '../ingest/redactor-of.js';
import { openState } from '../store/folder/open-state.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { lastAlive } from '../store/folder/state-lock.js';
import { become } from './become.js';
import { createEventLog, type Debug } from './event-log.js';
import type { Daemon } from './loop.js';
import { type ClaimedPidFile, claimPidFile } from './pid-file.js';
import { chooseIdentity, type Identity } from './privileges.js';
import { routeOf, type ServeOptions, serve } from './serve.js';
import { findServiceManager } from './service-manager.js';
import { catchSignals } from './signals.js';
import { startedLine } from './started-line.js';
import { Supervision } from './supervision.js';

export interface RunOptions {
  readonly config: string | undefined;
  readonly pidfile: string | undefined;
  readonly debug: Debug;
  /** Called when all that can fail has been done, with a line that says so; null: in the foreground. */
  readonly ready: ((line: string) => void) | null;
}

/** Tenshi's, so that scripts which signal the daemon keep working. */
const DEFAULT_PIDFILE = '/var/run/tenshi.pid';

/** Runs the daemon, from its config to its end. Errors at the start are printed and give 1. */
export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  optimiseLate();
  keepNewHeapSmall();
  const signals = catchSignals();
  const path = pathOf(options.config);
  const config = loadConfig(path, io, 'warnings');
  if (!config) return 1;
  process.title = ['tayori', ...process.argv.slice(2)].join(' '); // what `ps` shows, and a pid file is checked by
  const chosen = chooseIdentity(config);
  if (!chosen.ok) return fail([chosen.reason], io);
  // What only root may do, before the change of user.
  const claimed = claim(options, config);
  if (!claimed.ok) return fail([claimed.reason], io);
  const release = (): void => claimed.pidFile?.release();
  process.once('exit', release); // also when a second signal ends the process at once
  startTrace(options.debug.subjects, (line) => io.stderr.write(`${escapeControl(line)}\n`));
  const redactor = redactorOf(config);
  const onEvent = createEventLog(options.debug, io, (text) => redactor?.text(text) ?? text);
  const opened = await openReceivers(config, { clock: systemClock, onEvent });
  try {
    if (!opened.ok) return fail(opened.reasons, io);
    return await serveAs(
      chosen.identity,
      options,
      { configPath: path, config, signals, receivers: opened.receivers },
      io,
    );
  } finally {
    if (opened.ok) await opened.receivers.close();
    release();
  }
}

/** Runs as the user of the config: no log and no state was read before. */
async function serveAs(
  identity: Identity | null,
  { config: asked, debug, ready }: RunOptions,
  served: Pick<ServeOptions, 'configPath' | 'config' | 'signals' | 'receivers'>,
  io: Io,
): Promise<ExitCode> {
  const folder = resolve(served.config.state.value ?? defaultStateFolder(io.env));
  const reason = identity && become(identity, folder);
  if (reason !== null) return fail([reason], io);
  const state = openState(folder);
  if (!state.ok) return fail([state.reason], io);
  const maildir = join(folder, 'Maildir');
  const supervision = ready ? null : superviseBy(io);
  const { config, configPath } = served;
  const route = routeOf(config, maildir);
  const onReady = async (daemon: Daemon): Promise<void> =>
    ready?.(startedLine({ daemon, config, route, configPath: asked === undefined ? null : configPath }));
  try {
    return await serve(
      {
        ...served,
        store: state.store,
        heal: () => state.heal(),
        lastTurn: () => lastAlive(folder),
        state: folder,
        maildir,
        start: null,
        runs: true,
        meets: true,
        debug,
        supervision,
        onReady,
      },
      io,
    );
  } finally {
    await supervision?.end();
    state.store.end();
    state.release();
  }
}

/** In the foreground, whoever has started the daemon may supervise it. */
function superviseBy(io: Io): Supervision | null {
  const manager = findServiceManager(io.env, process.pid);
  const report = (text: string): void => void io.stderr.write(`tayori: ${escapeControl(text)}\n`);
  return manager && new Supervision({ manager, clock: systemClock, report });
}

function fail(reasons: readonly string[], io: Io): ExitCode {
  for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return 1;
}

function claim(options: RunOptions, config: Config): ClaimedPidFile | { ok: true; pidFile: null } {
  const path = pidFilePath(options, config);
  return path === null ? { ok: true, pidFile: null } : claimPidFile(resolve(path));
}

/** `-P` always applies, `set pidfile` and the default only to a daemon; null: none is written in the foreground. */
function pidFilePath(
  { pidfile, ready }: Pick<RunOptions, 'pidfile' | 'ready'>,
  config: Pick<Config, 'pidfile'>,
): string | null {
  return pidfile ?? (ready ? (config.pidfile.value ?? DEFAULT_PIDFILE) : null);
}

import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonOf } from '../base/errors.js';
import { EMBEDDED_CONFIG } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { keepNewHeapSmall } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { openReceivers } from '../ingest/receivers.js';
import { chownState } from '../store/folder/chown-state.js';
import { openState } from '../store/folder/open-state.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { createEventLog } from './event-log.js';
import { type ClaimedPidFile, claimPidFile } from './pid-file.js';
import { becomeUser, chooseIdentity, type Identity } from './privileges.js';
import { type ServeOptions, serve } from './serve.js';
import { findServiceManager } from './service-manager.js';
import { hearSignals } from './signals.js';
import { Supervision } from './supervision.js';

export interface RunOptions {
  readonly config: string | undefined;
  readonly pidfile: string | undefined;
  readonly debug: number;
  /** Called when all that can fail has been done; null: in the foreground. */
  readonly ready: (() => void) | null;
}

/** Tenshi's: what signals the daemon by its number goes on doing so. */
const DEFAULT_PIDFILE = '/var/run/tenshi.pid';

/** The daemon, from its config to its end. What keeps it from working is told, and gives 1. */
export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  keepNewHeapSmall();
  const signals = hearSignals();
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'warnings');
  if (!config) return 1;
  process.title = ['tayori', ...process.argv.slice(2)].join(' '); // what `ps` shows, and a pid file is checked by
  const chosen = chooseIdentity(config);
  if (!chosen.ok) return fail([chosen.reason], io);
  // As who has started it: what only root may do.
  const claimed = claim(options, config);
  if (!claimed.ok) return fail([claimed.reason], io);
  const release = (): void => claimed.pidFile?.release();
  process.once('exit', release); // also when a second signal ends the process at once
  const onEvent = createEventLog(options.debug, io);
  const opened = await openReceivers(config, { clock: systemClock, onEvent });
  try {
    if (!opened.ok) return fail(opened.reasons, io);
    return await serveAs(
      chosen.identity,
      options,
      { configPath: path, config, signals, inlets: opened.inlets },
      io,
    );
  } finally {
    if (opened.ok) await opened.inlets.close();
    release();
  }
}

/** As the user of the config: nothing of a log or of the state was read before. */
async function serveAs(
  identity: Identity | null,
  { debug, ready }: RunOptions,
  served: Pick<ServeOptions, 'configPath' | 'config' | 'signals' | 'inlets'>,
  io: Io,
): Promise<ExitCode> {
  const folder = resolve(served.config.state.value ?? defaultStateFolder(io.env));
  const reason = identity && become(identity, folder);
  if (reason !== null) return fail([reason], io);
  const state = openState(folder);
  if (!state.ok) return fail([state.reason], io);
  const maildir = join(folder, 'Maildir');
  const supervision = ready ? null : superviseBy(io);
  const onReady = async (): Promise<void> => ready?.();
  try {
    return await serve(
      {
        ...served,
        store: state.store,
        heal: () => state.heal(),
        state: folder,
        maildir,
        start: null,
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
  const tell = (text: string): void => void io.stderr.write(`tayori: ${escapeControl(text)}\n`);
  return manager && new Supervision({ manager, clock: systemClock, tell });
}

function fail(reasons: readonly string[], io: Io): ExitCode {
  for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return 1;
}

function claim(options: RunOptions, config: Config): ClaimedPidFile | { ok: true; pidFile: null } {
  const path = pidFilePath(options, config);
  return path === null ? { ok: true, pidFile: null } : claimPidFile(resolve(path));
}

/** `-P` always counts, `set pidfile` and the default for a daemon: in the foreground (null) others know the process. */
function pidFilePath(
  { pidfile, ready }: Pick<RunOptions, 'pidfile' | 'ready'>,
  config: Pick<Config, 'pidfile'>,
): string | null {
  return pidfile ?? (ready ? (config.pidfile.value ?? DEFAULT_PIDFILE) : null);
}

/** Becomes the user of the config, who is given the state folder before. Returns why that cannot be. */
function become(identity: Identity, folder: string): string | null {
  const { user, group } = identity;
  try {
    chownState(folder, { uid: user.uid, gid: group?.gid ?? user.gid });
  } catch (error) {
    const why = reasonOf(error);
    return `the state folder cannot be given to ${user.name}: ${why}`;
  }
  const drop = becomeUser(identity);
  if (!drop.ok) return `cannot become ${user.name} (set uid): ${drop.reason}`;
  const hidden = [EMBEDDED_CONFIG, import.meta.filename].find((file) => !mayRead(file));
  return hidden === undefined
    ? null
    : `${user.name} (set uid) may not read this program's own files, such as ${hidden}; keep it where all may`;
}

/** Templates and modules are read when they are first needed, which would be too late to say so. */
function mayRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false; // EACCES, on the way to it or of itself
  }
}

import { reasonOf } from '../base/errors.js';
import type { Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { waitsForRestart } from '../config/check/waits-for-restart.js';
import type { Config } from '../config/config.js';
import { loadResult } from '../config/load-config.js';
import { type Fault, renderFault } from '../config/read/fault.js';
import type { Receivers } from '../ingest/receivers.js';
import { asSubject } from '../line/own-lines.js';
import { queuesOf } from '../schedule/scheduled.js';
import type { Daemon } from './loop.js';

/** A running daemon and its config. */
export interface Running {
  readonly config: Config;
  readonly daemon: Daemon;
}

/** What became of a reload: what runs now, and why it is what ran before (null: it is not). */
export interface Reloaded {
  readonly running: Running;
  readonly refused: string | null;
}

export interface ReloadOptions {
  /** The file that is read again. */
  readonly configPath: string;
  /** The config with which the process was started: some settings need a restart. */
  readonly first: Config;
  readonly receivers: Receivers | undefined;
  /** What is to hold instead of a config that was read, for `tayori try`. */
  readonly adapt?: ((config: Config) => Config) | undefined;
  /** Wires a daemon for a config. Rejects when the state cannot be read. */
  wire(config: Config): Promise<Daemon>;
}

/**
 * Reads the config file again and changes to it. A config with an error changes nothing. Counts that are not mailed are
 * kept in any case.
 */
export async function reload(running: Running, options: ReloadOptions, io: Io): Promise<Reloaded> {
  const { config, daemon } = running;
  const loaded = loadResult(options.configPath, io, 'warnings');
  if (!loaded.ok) return refuse(running, firstError(loaded.faults), options, io);
  const next = options.adapt?.(loaded.config) ?? loaded.config;
  const reason = await changeReceivers(options.receivers, next, io);
  if (reason !== null) return refuse(running, reason, options, io);
  for (const name of waitsForRestart(options.first, next))
    io.stderr.write(`tayori: set ${name} has changed; the change takes effect at the next restart\n`);
  await daemon.flush('reloading', config.flushOnSignal.value ? undefined : removedQueues(config, next));
  await daemon.stop();
  const anew = await begin(next, config, options, io);
  await anew.running.daemon.run();
  return anew;
}

function refuse(running: Running, reason: string, { configPath }: ReloadOptions, io: Io): Reloaded {
  io.stderr.write('tayori: the new config is not used; the old one stays in force\n');
  const detail = `${reason}; the config before it stays in force`;
  running.daemon.say({ name: 'reload-refused', subject: asSubject(configPath), detail });
  return { running, refused: reason };
}

/** With its place. */
function firstError(faults: readonly Fault[]): string {
  const first = faults.find(({ severity }) => severity === 'error');
  return first ? renderFault(first) : 'it has an error';
}

/** If the state cannot be written now, the daemon continues with the old config. */
async function begin(next: Config, old: Config, { wire }: ReloadOptions, io: Io): Promise<Reloaded> {
  try {
    const daemon = await wire(next);
    daemon.begin();
    io.stderr.write('tayori: the new config is in force\n');
    return { running: { config: next, daemon }, refused: null };
  } catch (error) {
    const why = reasonOf(error);
    io.stderr.write(`tayori: the new config cannot be used (${why}); the old one stays in force\n`);
    return { running: { config: old, daemon: await wire(old) }, refused: why };
  }
}

/** The first reason why something new cannot be opened, or null; all are printed. */
async function changeReceivers(
  receivers: Receivers | undefined,
  next: Config,
  io: Io,
): Promise<string | null> {
  const reasons = (await receivers?.change(next)) ?? [];
  for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return reasons[0] ?? null;
}

/** Queues that the next config does not define: their counts are mailed before the change. */
function removedQueues(config: Config, next: Config): string[] {
  const known = new Set(queuesOf(next));
  return queuesOf(config).filter((name) => !known.has(name));
}

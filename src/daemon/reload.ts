import { reasonOf } from '../base/errors.js';
import type { Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { waitsForRestart } from '../config/check/waits-for-restart.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import type { Receivers } from '../ingest/receivers.js';
import { asSubject } from '../line/own-lines.js';
import { queuesOf } from '../schedule/scheduled.js';
import type { Daemon } from './loop.js';

/** A running daemon and its config. */
export interface Running {
  readonly config: Config;
  readonly daemon: Daemon;
}

export interface ReloadOptions {
  /** The file that is read again. */
  readonly configPath: string;
  /** The config with which the process was started: some settings need a restart. */
  readonly first: Config;
  readonly receivers: Receivers | undefined;
  /** What is to hold instead of a config that was read, for `tayori try`. */
  readonly adapt?: ((config: Config) => Config) | undefined;
  /** Wires a daemon for a config. Throws when the state cannot be read. */
  wire(config: Config): Daemon;
}

/**
 * Reads the config file again and changes to it; returns what runs then. A config with an error changes nothing. Counts
 * that are not mailed are kept in any case.
 */
export async function reload(running: Running, options: ReloadOptions, io: Io): Promise<Running> {
  const { config, daemon } = running;
  const loaded = loadConfig(options.configPath, io, 'warnings');
  const next = loaded && (options.adapt?.(loaded) ?? loaded);
  if (!next || !(await changeReceivers(options.receivers, next, io))) {
    io.stderr.write('tayori: the new config is not used; the old one stays in force\n');
    daemon.say({ name: 'reload-refused', subject: asSubject(options.configPath), detail: REFUSED });
    return running;
  }
  for (const name of waitsForRestart(options.first, next))
    io.stderr.write(`tayori: set ${name} has changed; the change takes effect at the next restart\n`);
  await daemon.flush('reloading', config.flushOnSignal.value ? undefined : removedQueues(config, next));
  await daemon.stop();
  const anew = begin(next, config, options, io);
  await anew.daemon.run();
  return anew;
}

const REFUSED = 'the config before it stays in force';

/** If the state cannot be written now, the daemon continues with the old config. */
function begin(next: Config, old: Config, { wire }: ReloadOptions, io: Io): Running {
  try {
    const daemon = wire(next);
    daemon.begin();
    io.stderr.write('tayori: the new config is in force\n');
    return { config: next, daemon };
  } catch (error) {
    const why = reasonOf(error);
    io.stderr.write(`tayori: the new config cannot be used (${why}); the old one stays in force\n`);
    return { config: old, daemon: wire(old) };
  }
}

/** False when something new cannot be opened; the reasons are printed. */
async function changeReceivers(receivers: Receivers | undefined, next: Config, io: Io): Promise<boolean> {
  const reasons = (await receivers?.change(next)) ?? [];
  for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return reasons.length === 0;
}

/** Queues that the next config does not define: their counts are mailed before the change. */
function removedQueues(config: Config, next: Config): string[] {
  const known = new Set(queuesOf(next));
  return queuesOf(config).filter((name) => !known.has(name));
}

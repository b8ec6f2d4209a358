import { reasonOf } from '../base/errors.js';
import type { Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { waitsForRestart } from '../config/check/waits-for-restart.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load-config.js';
import type { Receivers } from '../ingest/receivers.js';
import { scheduled } from '../schedule/scheduled.js';
import type { Daemon } from './loop.js';

/** A daemon with the config that is in force. */
export interface Running {
  readonly config: Config;
  readonly daemon: Daemon;
}

export interface ReloadOptions {
  /** The file that is read anew. */
  readonly configPath: string;
  /** The config that the process was started with: some settings hold until it ends. */
  readonly first: Config;
  readonly inlets: Receivers | undefined;
  /** What is to hold instead of a config that was read, for who only tries it. */
  readonly adapt?: ((config: Config) => Config) | undefined;
  /** Wires a daemon for a config. Throws when the state cannot be read. */
  wire(config: Config): Daemon;
}

/**
 * Goes over to the config as its file has it now, and returns what runs then. A config with a fault changes nothing,
 * and counts that are not mailed are kept in any case.
 */
export async function reload(running: Running, options: ReloadOptions, io: Io): Promise<Running> {
  const { config, daemon } = running;
  const loaded = loadConfig(options.configPath, io, 'warnings');
  const next = loaded && (options.adapt?.(loaded) ?? loaded);
  if (!next || !(await changeReceivers(options.inlets, next, io))) {
    io.stderr.write('tayori: the new config is not used; the old one stays in force\n');
    return running;
  }
  for (const name of waitsForRestart(options.first, next))
    io.stderr.write(`tayori: set ${name} has changed; that waits for a restart\n`);
  await daemon.flush('reloading', config.flushOnSignal.value ? undefined : dropped(config, next));
  await daemon.stop();
  const anew = begin(next, config, options, io);
  await anew.daemon.run();
  return anew;
}

/** A state that cannot be written just now must not end the daemon: it goes on with the old config. */
function begin(next: Config, old: Config, { wire }: ReloadOptions, io: Io): Running {
  try {
    const daemon = wire(next);
    daemon.begin();
    io.stderr.write('tayori: the new config is in force\n');
    return { config: next, daemon };
  } catch (error) {
    const why = reasonOf(error);
    io.stderr.write(`tayori: the new config cannot be taken up (${why}); the old one stays in force\n`);
    return { config: old, daemon: wire(old) };
  }
}

/** False, and told why, when something new cannot be opened. */
async function changeReceivers(inlets: Receivers | undefined, next: Config, io: Io): Promise<boolean> {
  const reasons = (await inlets?.change(next)) ?? [];
  for (const reason of reasons) io.stderr.write(`tayori: ${escapeControl(reason)}\n`);
  return reasons.length === 0;
}

/** Queues that the next config does not define: what they hold is mailed while they are defined. */
function dropped(config: Config, next: Config): string[] {
  const known = new Set(scheduled(next).map(({ name }) => name));
  return scheduled(config)
    .map(({ name }) => name)
    .filter((name) => !known.has(name));
}

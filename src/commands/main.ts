import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { TRACE_SUBJECTS } from '../base/trace.js';
import { NO_DEBUG } from '../daemon/event-log.js';
import { parseDebug } from './debug.js';

/** The options of the command without a name, as COMMANDS has them. */
export interface MainOptions {
  readonly c?: string | undefined;
  readonly C?: boolean | undefined;
  readonly f?: boolean | undefined;
  readonly d?: string | undefined;
  readonly p?: boolean | undefined;
  readonly P?: string | undefined;
}

/** `tayori` without a command: the daemon, `-C` or `-p`. `argv`: the arguments for a daemon in the background. */
export async function main(options: MainOptions, argv: readonly string[], io: Io): Promise<ExitCode> {
  const config = options.c;
  if (options.C) return (await import('./check.js')).checkSilently({ config }, io);
  if (options.p) return await (await import('./profile.js')).profile({ config }, io);
  const debug = options.d === undefined ? NO_DEBUG : parseDebug(options.d);
  if (debug === null) {
    io.stderr.write(
      `-d ${escapeControl(options.d ?? '')}: there is no such subject; write some of ${TRACE_SUBJECTS.join(',')}\n`,
    );
    return 2;
  }
  const daemon = async (its: Io, ready: ((line: string) => void) | null): Promise<ExitCode> => {
    const { run } = await import('../daemon/start.js');
    return await run({ config, pidfile: options.P, debug, ready }, its);
  };
  if (options.f || options.d !== undefined) return await daemon(io, null);
  return await (await import('../daemon/daemonise.js')).daemonise(argv, io, daemon);
}

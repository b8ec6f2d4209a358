import type { ExitCode, Io } from '../base/process/io.js';

/** The options of the command without a name, as COMMANDS has them. */
export interface MainOptions {
  readonly c?: string | undefined;
  readonly C?: boolean | undefined;
  readonly f?: boolean | undefined;
  readonly d?: number | undefined;
  readonly p?: boolean | undefined;
  readonly P?: string | undefined;
}

/** `tayori` without a command: the daemon, `-C` or `-p`. `argv`: the arguments for a daemon in the background. */
export async function main(options: MainOptions, argv: readonly string[], io: Io): Promise<ExitCode> {
  const config = options.c;
  if (options.C) return (await import('./check.js')).checkSilently({ config }, io);
  if (options.p) return await (await import('./profile.js')).profile({ config }, io);
  const daemon = async (its: Io, ready: (() => void) | null): Promise<ExitCode> => {
    const { run } = await import('../daemon/start.js');
    return await run({ config, pidfile: options.P, debug: options.d ?? 0, ready }, its);
  };
  if (options.f || options.d !== undefined) return await daemon(io, null);
  return await (await import('../daemon/daemonise.js')).daemonise(argv, io, daemon);
}

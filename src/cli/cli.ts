import { BrokenInstallation } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { main } from '../commands/main.js';
import { plainOptions } from './fast-path.js';

/**
 * Reads the command line and runs what it asks for. Wrong usage is told on stderr and gives 2. What a unit file or the
 * daemon's starter writes is read at once; the rest is for yargs, which is as long to load as all that `-C` needs.
 */
export async function cli(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const plain = plainOptions(argv);
    if (plain) return await main(plain, argv, io);
    const { commandLine } = await import('./yargs.js');
    return await commandLine(argv, io);
  } catch (error) {
    if (!(error instanceof BrokenInstallation)) throw error;
    io.stderr.write(`tayori: ${error.message}\n`);
    return 1;
  }
}

import { BrokenInstallation } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { main } from '../commands/main.js';
import { plainOptions } from './fast-path.js';

/**
 * Reads the command line and runs the command. Wrong usage is reported on stderr and gives 2. Plain options, as in
 * unit files, are read here; the rest is left to yargs, which takes as long to load as all that `-C` needs.
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

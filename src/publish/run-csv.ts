import type { Ending } from '../base/process/run-program.js';
import { runShell, type ShellOptions } from '../base/process/run-shell.js';
import { type CsvSources, csvLines } from './csv-lines.js';

/** How long the program of `set csv` may run (ms). Letters do not wait for it. */
const CSV_TIMEOUT = 600_000;

/** Passes an edition to the program of `set csv`. */
export async function runCsv(
  command: string,
  edition: number,
  { clock, signal, ...sources }: CsvSources & Pick<ShellOptions, 'clock' | 'signal'>,
): Promise<Ending> {
  const input = csvLines(edition, sources);
  const { ending } = await runShell({ command, input, timeout: CSV_TIMEOUT, maxOutput: 0, clock, signal });
  return ending;
}

import type { ExitCode, Io } from '../base/process/io.js';
import { configPath, loadConfig, tellConfig } from '../config/load-config.js';
import { describeEvent } from '../daemon/describe-event.js';
import { LineProcessor } from '../ingest/line-processor.js';
import { RuleState } from '../rule/rule-state.js';
import { readWhole } from '../source/read-whole.js';

/** `-p`: sorts lines from standard input, mails nothing, and prints how many per second. */
export async function profile(options: { readonly config: string | undefined }, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'errors');
  if (!config) return 1;
  if (options.config === undefined) tellConfig(path, io);
  const processor = new LineProcessor(
    config,
    new RuleState({ last: [], hits: [] }),
    () => Date.now(),
    ({ place, pattern }) =>
      io.stderr.write(`${describeEvent({ kind: 'overrun', place, source: pattern.source })}\n`),
  );
  let lines = 0;
  const began = performance.now();
  await readWhole('-', io.stdin, {
    onLines(batch) {
      lines += processor.take(batch);
      if (processor.full) processor.onCommitted();
    },
  });
  const seconds = (performance.now() - began) / 1000;
  io.stdout.write(`[PROFILE] Reached end of file\n`);
  io.stdout.write(
    `[PROFILE] ${lines} lines in ${seconds.toFixed(3)} s, ${Math.round(lines / seconds)} lines/s\n`,
  );
  return 0;
}

import { dirname } from 'node:path';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { escapeLines } from '../base/text/layout.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { describeEvent } from '../daemon/describe-event.js';
import { startProgress } from './progress.js';
import { locateState, withState } from './read-state.js';
import { RepeatableFiles } from './repeatable-files.js';
import { type Chosen, renderReview, reviewAsJson } from './review/render-review.js';
import { reviewLogs } from './review/review-logs.js';
import { reviewState } from './review/review-state.js';
import type { Review } from './review/reviewed-rule.js';
import { LogTurns } from './suggest-sources.js';

export interface RulesOptions {
  readonly config: string | undefined;
  /** None: what the state knows. */
  readonly logs: readonly string[];
  readonly json: boolean;
  /** None: the table of all. */
  readonly chosen: readonly Chosen[];
  /** So many rules of each part of that table. */
  readonly most: number;
}

/** `tayori rules`: what each rule takes, and which rules take nothing, or too much. Changes nothing. */
export async function rules(options: RulesOptions, io: Io): Promise<ExitCode> {
  if (!Number.isSafeInteger(options.most) || options.most < 1)
    return fail('-n takes a whole number from 1 on', 2, io);
  if (options.logs.length > 0) return await rulesOfLogs(options, io);
  const located = locateState(options.config, io);
  const config = located?.config;
  if (!config) return 1;
  let isOpen = false;
  const code = await withState(located, io, ({ store }) => {
    isOpen = true;
    print(reviewState(config, store, Date.now()), config, options, io);
    return 0;
  });
  return isOpen ? code : fail('without a state, name logs: tayori rules /var/log/syslog*', code, io);
}

async function rulesOfLogs(options: RulesOptions, io: Io): Promise<ExitCode> {
  const config = loadConfig(configPath(options.config), io, 'errors');
  if (!config) return 1;
  const progress = await startProgress(options.logs, io, 2);
  let failed = false;
  const turns = new LogTurns(options.logs, config, {
    files: new RepeatableFiles(io.stdin),
    progress,
    onUnreadable(file, reason) {
      failed = true;
      io.stderr.write(`${escapeControl(file)}: cannot be read: ${reason}\n`);
    },
  });
  const reported = new Set<unknown>();
  const review = await reviewLogs(
    config,
    turns,
    () => performance.now(),
    (rule) => {
      if (reported.has(rule)) return;
      reported.add(rule);
      const { place, pattern } = rule;
      io.stderr.write(`${describeEvent({ kind: 'overrun', place, source: pattern.source })}\n`);
    },
  );
  progress.stop();
  print(review, config, options, io);
  return failed ? 1 : 0;
}

function print(review: Review, config: Config, { json, chosen, most }: RulesOptions, io: Io): void {
  if (json) {
    io.stdout.write(escapeLines(JSON.stringify(reviewAsJson(review), null, 2).split('\n')));
    return;
  }
  const [file = ''] = config.files;
  const lines = renderReview(review, {
    ...{ chosen, most, folder: dirname(file), timezone: config.timezone.value, now: Date.now() },
  });
  io.stdout.write(escapeLines(lines));
}

function fail(reason: string, code: ExitCode, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori rules: ${reason}`)}\n`);
  return code;
}

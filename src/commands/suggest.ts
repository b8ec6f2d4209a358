import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { describeEvent } from '../daemon/describe-event.js';
import { sorterOf } from '../publish/edition-messages.js';
import { catchAllQueues } from '../rule/catch-all-queues.js';
import { type MessageSource, mineRules } from '../rule/suggest/mine-rules.js';
import { MASK } from '../rule/suggest/propose-rule.js';
import { startProgress } from './progress.js';
import { locateState, withState } from './read-state.js';
import { RepeatableFiles } from './repeatable-files.js';
import { writeGroups } from './suggest-groups.js';
import { parseNumbers, presentRules } from './suggest-rules.js';
import { LogSource, PlainSource, type ReadingContext } from './suggest-sources.js';
import { StateSource } from './suggest-state.js';

export interface SuggestOptions {
  readonly config: string | undefined;
  /** None: what the state holds. */
  readonly files: readonly string[];
  /** The queue of all rules; undefined: that which has the lines now. */
  readonly queue: string | undefined;
  /** So many rules are shown. */
  readonly most: number;
  /** Numbers of rules to be written to the file `to`, as in `1,3-5`. */
  readonly accept: string | undefined;
  readonly to: string | undefined;
  /** Each line of the files is a message without prefix, and no rule is asked. */
  readonly plain: boolean;
  /** Where the name of each message's kind goes; `-` is standard output. */
  readonly groups: string | undefined;
}

/** `tayori suggest`: proposes rules for what no rule knows. Writes nothing but the file that it is told to write. */
export async function suggest(options: SuggestOptions, io: Io): Promise<ExitCode> {
  const wrong = wrongUsage(options);
  if (wrong !== null) return fail(wrong, 2, io);
  if (options.groups !== undefined) return await writeGroups(options.files, options.groups, io);
  if (options.plain)
    return await suggestFrom(options, null, io, (context) => new PlainSource(options.files, context));
  const config = loadConfig(configPath(options.config), io, 'errors');
  if (!config) return 1;
  const unknown = unknownQueue(options.queue, config);
  if (unknown !== null) return fail(unknown, 1, io);
  if (options.files.length > 0)
    return await suggestFrom(options, config, io, (context) => new LogSource(options.files, config, context));
  return await suggestFromState(options, config, io);
}

/** What is wrong with how the options go together; null for nothing. */
function wrongUsage({ files, accept, to, plain, groups, queue, most }: SuggestOptions): string | null {
  if (plain && files.length === 0) return '--plain needs files of messages';
  if (groups !== undefined && !plain) return '--groups OUT goes with --plain: it names the kind of each line';
  if (groups !== undefined && accept !== undefined) return 'either --groups or --accept, not both';
  if ((accept === undefined) !== (to === undefined)) return '--accept N,M and --to FILE go together';
  if (accept !== undefined && parseNumbers(accept) === null)
    return `--accept takes numbers of rules, as in 1,3-5, not ${quote(accept)}`;
  if (queue !== undefined && !/^[^\s,:#]+$/.test(queue)) return `${quote(queue)} cannot name a queue`;
  return Number.isSafeInteger(most) && most > 0 ? null : '-n takes a whole number from 1 on';
}

function unknownQueue(queue: string | undefined, { queues }: Config): string | null {
  if (queue === undefined || queue === 'trash' || queues.some(({ name }) => name === queue)) return null;
  const known = queues.map(({ name }) => name).join(', ');
  return `no queue ${quote(queue)} in the config; there are ${known || 'none'}, and trash`;
}

function fail(reason: string, code: ExitCode, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori suggest: ${reason}`)}\n`);
  return code;
}

/** What to do where the state does not say what no rule knows. */
const NAME_LOGS = 'name logs: tayori suggest /var/log/syslog*';

async function suggestFromState(options: SuggestOptions, config: Config, io: Io): Promise<ExitCode> {
  const queues = catchAllQueues(config.rules);
  if (queues.length === 0)
    return fail(
      `no rule such as misc .* keeps what no other rule knows, so there is nothing to go by; ${NAME_LOGS}`,
      1,
      io,
    );
  const located = locateState(options.config, io);
  if (!located) return 1;
  let isOpen = false;
  const code = await withState(located, io, async ({ store }) => {
    isOpen = true;
    const mask = config.mask.value;
    const sorter = sorterOf(config, overrunReporter(io));
    const source = new StateSource(queues, { store, sorter, mask });
    const mined = await mineRules(source, mask);
    return presentRules(mined, { ...options, config, notes: notesOnState(source) }, io);
  });
  return isOpen ? code : fail(`without a state, ${NAME_LOGS}`, code, io);
}

async function suggestFrom(
  options: SuggestOptions,
  config: Config | null,
  io: Io,
  open: (context: ReadingContext) => MessageSource,
): Promise<ExitCode> {
  const files = new RepeatableFiles(io.stdin);
  const progress = await startProgress(options.files, io, 2);
  let failed = false;
  const source = open({
    files,
    progress,
    onOverrun: overrunReporter(io),
    onUnreadable(file, reason) {
      failed = true;
      io.stderr.write(`${escapeControl(file)}: cannot be read: ${reason}\n`);
    },
  });
  const mined = await mineRules(source, config?.mask.value ?? MASK);
  progress.stop();
  const code = presentRules(mined, { ...options, config, notes: notesOn(source, files) }, io);
  return failed ? 1 : code;
}

/** Reports each regex that ran too long once. */
function overrunReporter(io: Io): ReadingContext['onOverrun'] {
  const reported = new Set<unknown>();
  return (rule) => {
    if (reported.has(rule)) return;
    reported.add(rule);
    const { place, pattern } = rule;
    io.stderr.write(`${describeEvent({ kind: 'overrun', place, source: pattern.source })}\n`);
  };
}

function notesOnState({ unknown }: StateSource): string[] {
  if (unknown === 0) return [];
  return [`${amount(unknown, 'masked message')} without known values left out; ${NAME_LOGS}`];
}

function notesOn(source: MessageSource, { isCut }: RepeatableFiles): string[] {
  const notes: string[] = [];
  if (source instanceof LogSource && source.unprefixed > 0)
    notes.push(
      `${amount(source.unprefixed, 'line')} without a known prefix left out (files of messages without any: --plain)`,
    );
  if (isCut)
    notes.push(
      'what came over a pipe was too long to be held: kinds are of all of it, counts of its first part',
    );
  return notes;
}

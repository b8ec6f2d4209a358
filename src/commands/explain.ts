import { renderLocation } from '../base/place.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { amount, columns, escapeLines, formatTime } from '../base/text/layout.js';
import { quote } from '../base/text/quote.js';
import type { Config } from '../config/config.js';
import { mailedQueues } from '../config/sections.js';
import { originalOf } from '../letter/build/show-message.js';
import { usualOf } from '../letter/history/news.js';
import type { Entry } from '../line/entry.js';
import type { Snooze } from '../queue/snooze.js';
import { rulesOf } from '../rule/made-by.js';
import type { FoundEntry } from '../store/ports/entries.js';
import { Bench, headOf, phaseLines } from './bench/bench.js';
import { describeMissingEntry } from './bench/describe-missing-entry.js';
import { findFleetEntry } from './fleet/find-fleet-entry.js';
import { locateState, type ReadState, withState } from './read-state.js';

export interface ExplainOptions {
  readonly config: string | undefined;
  readonly id: string;
}

/**
 * `tayori explain ID`: what an entry of a letter is, past or to come, and which rule makes it. Changes nothing.
 */
export async function explain({ config: asked, id }: ExplainOptions, io: Io): Promise<ExitCode> {
  const located = locateState(asked, io);
  const config = located?.config;
  if (!config) return 1;
  return await withState(located, io, async (state) => {
    const { found, away } = await findFleetEntry(id, state.store, config, located, io.env);
    if (found.kind === 'found') {
      if (away !== null) io.stderr.write(escapeLines([`tayori: ${MACHINE_ALONE} (${away})`]));
      io.stdout.write(escapeLines(explainEntry(found.entry, config, state)));
      return 0;
    }
    io.stderr.write(escapeLines(describeMissingEntry(id, found, away)));
    return found.kind === 'malformed' ? 2 : 1;
  });
}

const MACHINE_ALONE =
  'this is what this machine knows of it, since the fleet, which knows more, could not be asked';

function explainEntry(entry: FoundEntry, config: Config, { store }: ReadState): string[] {
  const bench = new Bench(config, { ruleState: store.ruleState(), timedKeys: store.timedKeys() }, Date.now);
  const line = firstLine(entry, config, bench);
  const snoozed = store.snoozes().filter(({ id, ended }) => id === entry.id && ended === null);
  const [head, ...facts] = describeEntry(entry, snoozed, config, Date.now());
  return [
    head ?? '',
    ...columns([...facts.map((fact) => fact.split('\t')), ...(line ? [['first line', line.text]] : [])]),
    ...(line ? phaseLines(bench.judge(line).phases) : explainRule(entry, config)),
  ];
}

/** What is known of an entry: a line, then rows of two cells. */
function describeEntry(
  { queue, message, id, waiting, known, letters }: FoundEntry,
  snoozed: readonly Snooze[],
  config: Config,
  now: number,
): string[] {
  const zone = config.timezone.value;
  const at = (time: number): string => formatTime(time, zone, now);
  const lines = waiting.reduce((sum, { count }) => sum + count, 0);
  const hosts = [...new Set([...waiting, ...known].map(({ host }) => host))];
  const first = Math.min(...known.map((one) => one.first), ...waiting.flatMap((one) => one.first ?? []));
  const last = Math.max(...known.map((one) => one.last), ...waiting.flatMap((one) => one.last ?? []));
  const usual = known.reduce((sum, one) => sum + usualOf(one, letters), 0);
  return [
    `${id.slice(0, 7)} is an entry of [${queue}]: ${message}`,
    ...(hosts.length > 0
      ? [
          `hosts\t${hosts.slice(0, MAX_HOSTS).join(', ')}${hosts.length > MAX_HOSTS ? `, ${hosts.length - MAX_HOSTS} more` : ''}`,
        ]
      : []),
    ...(Number.isFinite(first) ? [`seen\tfirst ${at(first)}, last ${at(last)}`] : []),
    ...(usual > 0 ? [`usual\t${amount(usual, 'line')} a letter`] : []),
    ...snoozed.map(
      ({ host, until, reason }) =>
        `snoozed\tuntil ${at(until)}${host === '' ? '' : ` on ${host}`}: ${reason}`,
    ),
    `waiting\t${lines === 0 ? 'nothing' : `${amount(lines, 'line')} for the next letter`}`,
  ];
}

/** Hosts that are named; the others are counted. */
const MAX_HOSTS = 10;

/** Its first line as it was logged, where the values under its masks are known and the rules make the entry of it. */
function firstLine({ queue, message, waiting }: FoundEntry, { mask }: Config, bench: Bench): Entry | null {
  for (const row of waiting) {
    const text = originalOf(row, mask.value) ?? (row.message.includes(mask.value) ? null : row.message);
    if (text === null) continue;
    const entry = { host: row.host, time: row.first, text };
    const { verdict } = bench.judge(entry);
    if (
      verdict.kind === 'counted' &&
      verdict.message.text === message &&
      verdict.counts.some((one) => one.queue === queue)
    )
      return entry;
  }
  return null;
}

/** What `set window` says behind a message: QueueGates writes it. */
const WINDOW_WORDS = / \(\d+ within [^()]*\)$/;

/** By the masked message alone. */
function explainRule({ queue, message, waiting, known }: FoundEntry, config: Config): string[] {
  const { rules, mask } = config;
  const title = '3. The rule';
  if (queue === 'noprefix')
    return [title, '  a line whose beginning is none that is known goes to the queue noprefix, whole'];
  const hosts = [...waiting, ...known].map(({ host }) => host);
  const asked = (text: string) => rulesOf(rules, { queue, message: text, hosts }, mask.value);
  const whole = asked(message);
  const found = whole.length > 0 ? whole : asked(message.replace(WINDOW_WORDS, ''));
  const [first, ...others] = found.map(({ rule }) => rule);
  if (!first) {
    const isThere = mailedQueues(config).includes(queue);
    return [
      title,
      `  ${isThere ? 'no rule of the config makes it now' : `the config no longer defines ${quote(queue)}`}`,
    ];
  }
  return [
    title,
    ...columns([
      ['rule', `${renderLocation(first.place)}  ${headOf(first)} ${first.pattern.source}`],
      ...others
        .slice(0, MAX_OTHERS)
        .map((rule) => ['or', `${renderLocation(rule.place)}  ${headOf(rule)} ${rule.pattern.source}`]),
    ]),
    '  (by the masked message: the first rule of its queue that can have made it)',
  ];
}

/** Further rules that can have made an entry. */
const MAX_OTHERS = 3;

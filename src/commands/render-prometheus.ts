import { escapeControl } from '../base/text/escape.js';
import type { Status } from '../daemon/status.js';
import { OTHERS } from '../store/loss-names.js';

/** What is known beside the status. */
export interface PrometheusFacts {
  /** Of this program. */
  readonly version: string;
  /** When the daemon last began to look at its logs (ms); null: that is not known. */
  readonly lastPoll: number | null;
}

type Labels = Readonly<Record<string, string>>;

/** One metric: all its samples stand together. */
interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly (readonly [labels: Labels, value: number])[];
}

/**
 * The status in Prometheus' text format 0.0.4, for node_exporter's textfile collector. Names and units go by its naming
 * conventions: seconds, bytes, `_total`. What is not known is left out.
 */
export function renderPrometheus(status: Status, facts: PrometheusFacts): string {
  const families = [
    ...daemon(status, facts),
    ...logs(status),
    ...counters(status),
    ...letters(status),
    ...queues(status),
    ...programs(status),
    ...fleet(status),
  ];
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(renderFamily)
    .join('');
}

function renderFamily({ name, type, help, samples }: Family): string {
  // Two paths may look alike once what would act on a terminal is escaped, and two samples of one name are a fault.
  const rows = new Map(samples.map(([labels, value]) => [renderLabels(labels), value]));
  const lines = [...rows].map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return escapeControl(value).replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}

function gauge(name: string, help: string, samples: Family['samples']): Family {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: Family['samples']): Family {
  return { name, type: 'counter', help, samples };
}

/** One sample without labels; none where the value is not known. */
function single(value: number | null | undefined): Family['samples'] {
  return value == null ? [] : [[{}, value]];
}

function seconds(time: number | null | undefined): number | null {
  return time == null ? null : time / 1000;
}

function daemon(
  { daemon, running, refusedReload }: Status,
  { version, lastPoll }: PrometheusFacts,
): Family[] {
  return [
    gauge('tayori_build_info', 'The version that runs, or ran last.', [
      [{ version: daemon?.version ?? version }, 1],
    ]),
    gauge('tayori_up', 'Whether the daemon runs.', single(Number(running))),
    gauge('tayori_start_time_seconds', 'When the daemon was started.', single(seconds(daemon?.started))),
    gauge(
      'tayori_last_poll_timestamp_seconds',
      'When the last look at the logs began.',
      single(seconds(lastPoll)),
    ),
    gauge(
      'tayori_config_last_reload_successful',
      'Whether the config is in force that the last reload was for.',
      single(running ? Number(refusedReload === null) : null),
    ),
  ];
}

function fleet({ fleet: status, running }: Status): Family[] {
  if (!status) return [];
  const { state, ahead, waiting } = status;
  return [
    gauge(
      'tayori_fleet_met',
      'Whether the database of the fleet answers, and takes what this node hands in.',
      single(running ? Number(state === 'met') : null),
    ),
    gauge(
      'tayori_fleet_clock_ahead_seconds',
      "How far this machine's clock is ahead of the fleet's.",
      single(ahead / 1000),
    ),
    gauge('tayori_fleet_waiting_editions', 'Closed editions that wait to be handed in.', single(waiting)),
  ];
}

function logs({ files, inlets, losses }: Status): Family[] {
  return [
    gauge(
      'tayori_log_behind_bytes',
      'What waits to be read of a log.',
      files.flatMap(({ path, behind }) => (behind === null ? [] : [[{ log: path }, behind] as const])),
    ),
    gauge(
      'tayori_log_readable',
      'Whether a log is there and is read.',
      files.map(({ path, trouble }) => [{ log: path }, Number(trouble === null)] as const),
    ),
    counter(
      'tayori_receiver_lines_total',
      'Lines of a FIFO, a listener or Redis lists since it was opened.',
      inlets.flatMap(({ name, lines }) => (lines === null ? [] : [[{ receiver: name }, lines] as const])),
    ),
    counter(
      'tayori_log_losses_total',
      'How often a log lost lines, or may have.',
      losses.map(
        ({ path, kind, times }) => [{ log: path === OTHERS ? 'others' : path, kind }, times] as const,
      ),
    ),
  ];
}

/** The counters that are always there, by their names in the state. */
const ALWAYS = {
  lines: ['tayori_lines_total', 'Lines read.'],
  unknown: ['tayori_lines_unmatched_total', 'Lines that no rule knows.'],
  trash: ['tayori_lines_trashed_total', 'Lines that rules have thrown away.'],
  unprefixed: ['tayori_lines_unprefixed_total', 'Lines without a known prefix.'],
  hostless: ['tayori_lines_hostless_total', 'Lines in which logprefix found no host.'],
  own: ['tayori_lines_self_mail_total', "Lines of the mail server about tayori's own letters."],
  dropped: ['tayori_datagrams_lost_total', 'Datagrams that came faster than they could be taken.'],
  overflowed: ['tayori_lines_lost_total', 'Lines lost because the state could not be written.'],
  repeatable: [
    'tayori_messages_repeatable_total',
    'Messages whose RELP senders may have had no answer: what they repeat counts twice.',
  ],
  capped: ['tayori_repeats_capped_total', 'Lines that claimed to stand for more repeats than are believed.'],
  uncounted: ['tayori_repeats_uncounted_total', 'Repeats that were therefore not counted.'],
} as const;

function counters({ counters: counts, overruns }: Status): Family[] {
  return [
    ...Object.entries(ALWAYS).map(([name, [metric, help]]) =>
      counter(metric, help, single(counts.get(name) ?? 0)),
    ),
    counter(
      'tayori_counter_total',
      'What else is counted, by its name in the state.',
      [...counts].flatMap(([name, value]) => (name in ALWAYS ? [] : [[{ name }, value] as const])),
    ),
    counter(
      'tayori_rule_overruns_total',
      'How often a rule ran too long on a line.',
      overruns.map(({ rule, times }) => [{ rule }, times] as const),
    ),
  ];
}

function letters({ outbox, lettersMade }: Status): Family[] {
  const waiting = outbox.filter(({ state }) => state === 'waiting');
  const rejected = outbox.filter(({ state }) => state === 'refused');
  const oldest = waiting.length === 0 ? null : Math.min(...waiting.map(({ sealed }) => sealed));
  return [
    counter('tayori_letters_total', 'Letters made.', single(lettersMade)),
    gauge('tayori_letters_waiting', 'Letters on their way.', single(lettersOf(waiting))),
    gauge(
      'tayori_letters_waiting_oldest_timestamp_seconds',
      'When the oldest letter that is on its way was made.',
      single(seconds(oldest)),
    ),
    gauge('tayori_letters_rejected', 'Letters that were refused for good.', single(lettersOf(rejected))),
  ];
}

/** A letter for several recipients is one. */
function lettersOf(outbox: Status['outbox']): number {
  return new Set(outbox.map(({ id }) => id)).size;
}

function queues({ queues: all }: Status): Family[] {
  return [
    gauge(
      'tayori_queue_lines',
      'Lines that wait for the next letter.',
      all.map(({ name, lines }) => [{ queue: name }, lines] as const),
    ),
    gauge(
      'tayori_queue_messages',
      'Messages that wait for the next letter.',
      all.map(({ name, messages }) => [{ queue: name }, messages] as const),
    ),
    gauge(
      'tayori_queue_next_letter_timestamp_seconds',
      'When the next letter is due; left out for queues whose letters go at once.',
      all.flatMap(({ name, next }) => {
        if (next.kind !== 'at' && next.kind !== 'held') return [];
        return [[{ queue: name }, (next.kind === 'at' ? next.time : next.until) / 1000] as const];
      }),
    ),
    gauge(
      'tayori_queue_blocked',
      'Whether the letter cannot be made.',
      all.map(({ name, trouble }) => [{ queue: name }, Number(trouble !== undefined)] as const),
    ),
  ];
}

function programs({ programs: all }: Status): Family[] {
  return [
    gauge(
      'tayori_program_hits_waiting',
      'Hits that wait for the program of their queue, or that it runs for.',
      all.map(({ queue, waiting, running }) => [{ queue }, waiting + running] as const),
    ),
    counter(
      'tayori_program_hits_total',
      'Hits that a program ran for, or did not, by how that ended.',
      all.flatMap(({ queue, ended }) =>
        Object.entries(ended).map(([outcome, hits]) => [{ queue, outcome }, hits] as const),
      ),
    ),
  ];
}

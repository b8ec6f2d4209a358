import { isoTime } from '../../base/time/iso-time.js';
import { MAX_OTHERS } from './change-table.js';
import type { RehearsedLog } from './find-logs.js';
import { type Finding, type Findings, SECTIONS } from './findings.js';
import type { Rehearsal } from './rehearsal.js';
import type { Reason } from './side.js';

export interface JsonOptions {
  /** Entries of each section. */
  readonly most: number;
  readonly logs: readonly RehearsedLog[];
  readonly notes: readonly string[];
}

/** What would change, for programs. Samples are lines as they stand in the logs, but for what either config redacts. */
export function toJson(
  findings: Findings,
  rehearsal: Rehearsal,
  { most, logs, notes }: JsonOptions,
): unknown {
  const { now, next, lines, older, changed, span } = rehearsal;
  const sections = SECTIONS.map((name) => {
    const { lines, findings: all } = findings[name];
    return [
      name,
      { lines, messages: all.length, entries: all.slice(0, most).map((one) => entryOf(one, rehearsal)) },
    ] as const;
  });
  return {
    old: now.config.files[0] ?? null,
    new: next.config.files[0] ?? null,
    lines,
    older,
    changed,
    first: isoTime(span?.first ?? null),
    last: isoTime(span?.last ?? null),
    logs: logs.map(({ path, files, sides }) => ({ path, files, readBy: sides })),
    ...Object.fromEntries(sections),
    queues: queuesOf(rehearsal),
    notes,
  };
}

/** A sample is cut to so many UTF-16 units. */
const MAX_SAMPLE = 500;

function entryOf({ row, lines, befores, afters }: Finding, rehearsal: Rehearsal): unknown {
  const { from, to, before, after, hosts, first, last, sample } = row;
  const reasons = rehearsal.reasonsOf(sample);
  return {
    lines,
    from: listOf(from),
    to: listOf(to),
    before,
    after,
    ...countsOf(befores, afters, hosts.count),
    old: reasonOf(reasons.now),
    new: reasonOf(reasons.next),
    first: isoTime(first),
    last: isoTime(last),
    sample: rehearsal.redact(sample.unit.text).slice(0, MAX_SAMPLE),
  };
}

/** Counts end above `MAX_OTHERS`, which stands for any more. */
function countsOf(
  befores: number,
  afters: number,
  hosts: number,
): Readonly<Record<string, number | boolean>> {
  const isMore = Math.max(befores, afters, hosts) > MAX_OTHERS;
  const shown = (count: number): number => Math.min(count, MAX_OTHERS);
  return { befores: shown(befores), afters: shown(afters), hosts: shown(hosts), atLeast: isMore };
}

function listOf(queues: string): string[] {
  return queues === '' ? [] : queues.split(',');
}

function reasonOf(reason: Reason): unknown {
  return 'place' in reason ? { kind: reason.kind, ...reason.place } : { kind: reason.kind };
}

function queuesOf({ now, next }: Rehearsal): unknown[] {
  const names = [...new Set([...now.queues.queues, ...next.queues.queues])];
  return names.map((queue) => {
    const [before, after] = [now, next].map(({ queues, letters }) => {
      const { count, about } = queues.messagesOf(queue);
      return { lines: queues.linesOf(queue), messages: count, about, letters: letters.of(queue) };
    });
    return { queue, old: before, new: after };
  });
}

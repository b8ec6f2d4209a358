import { statSync } from 'node:fs';
import { reasonOf } from '../base/errors.js';
import { fileIdOf } from '../base/file-id.js';
import { groupBy } from '../base/group-by.js';
import type { Config } from '../config/config.js';
import { receiverNames } from '../ingest/wanted-receivers.js';
import { nextAfter } from '../schedule/calendar.js';
import { holdingUntil } from '../schedule/fold-settings.js';
import { type Scheduled, scheduled } from '../schedule/scheduled.js';
import { expandGlob } from '../source/file/expand-glob.js';
import type { FilePosition } from '../source/file/line-batch.js';
import { idOf } from '../source/file/open-log.js';
import type { Loss } from '../source/loss.js';
import { lossOf } from '../store/loss-names.js';
import { overrunOf } from '../store/overrun-name.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { DaemonNote, HeldQueue, Meta, SourcesNote } from '../store/ports/meta.js';
import type { OutboxList, OutboxSummary } from '../store/ports/outbox-list.js';
import type { QueueMarks } from '../store/ports/queue-marks.js';
import type { Queues } from '../store/ports/queues.js';

/** How things stand, as the state, the config and the files tell it. Times in ms. */
export interface Status {
  /** The daemon that works with the state, or was the last. */
  readonly daemon: DaemonNote | null;
  readonly running: boolean;
  /** Since when the counters count. */
  readonly began: number | null;
  readonly files: readonly FileStatus[];
  /** So many logs are open at once, where there are more; null: all are. */
  readonly turns: number | null;
  /** FIFOs, listeners, Redis lists, journals and programs. */
  readonly inlets: readonly ReceiverStatus[];
  readonly queues: readonly QueueStatus[];
  /** Letters on their way and letters refused for good, recipient by recipient, oldest first. */
  readonly outbox: readonly OutboxSummary[];
  readonly counters: ReadonlyMap<string, number>;
  readonly overruns: readonly { readonly rule: string; readonly times: number }[];
  /** Logs that lost lines, or may have, and how; `path` is * for those beyond the ones that are named. */
  readonly losses: readonly (Loss & { readonly times: number })[];
}

export interface FileStatus {
  readonly path: string;
  /** Bytes that wait to be read; null when that cannot be known. */
  readonly behind: number | null;
  /** Why nothing is read of it, or null. */
  readonly trouble: string | null;
}

export interface ReceiverStatus {
  readonly name: string;
  /** In words. */
  readonly status: string;
  /** How many lines it brought since it was opened; null: that is not known. */
  readonly lines: number | null;
}

export interface QueueStatus {
  readonly name: string;
  readonly messages: number;
  readonly lines: number;
  readonly next: NextLetter;
  /** Why its letter cannot be made, as the daemon last found; left out where it can. */
  readonly trouble?: string;
}

/** `undefined`: the config does not define the queue (any more). */
export type NextLetter =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'now' }
  /** A storm: what waits goes at this time, unless something new breaks through. */
  | { readonly kind: 'held'; readonly until: number }
  | { readonly kind: 'never' }
  | { readonly kind: 'undefined' };

/** What the state tells of how things stand. */
export type StatusStore = Checkpoints & Queues & QueueMarks & OutboxList & Meta;

/** Reads how things stand; changes nothing. `config`: null when it cannot be read as it stands now. */
export function reportStatus(
  store: StatusStore,
  config: Config | null,
  running: boolean,
  now: number,
): Status {
  const { daemon, began, held, sources: note } = store.meta();
  const counters = [...store.counters()].sort();
  return {
    daemon,
    running,
    began,
    files: filesOf(store.positions(), config),
    turns: running ? note.turns : null,
    inlets: inletsOf(note, config, running),
    queues: queuesOf(store, config, now).map((queue) => ({ ...queue, ...troubleOf(queue, held) })),
    outbox: store.outbox(),
    counters: new Map(counters.filter(([name]) => overrunOf(name) === null && !lossOf(name))),
    overruns: counters.flatMap(([name, times]) => {
      const rule = overrunOf(name);
      return rule === null ? [] : [{ rule, times }];
    }),
    losses: counters.flatMap(([name, times]) => {
      const loss = lossOf(name);
      return loss ? [{ ...loss, times }] : [];
    }),
  };
}

/** The files of the config, and those that the state knows. */
function filesOf(positions: readonly FilePosition[], config: Config | null): FileStatus[] {
  const configured = config?.logfiles.flatMap(({ value }) => {
    const found = expandGlob(value);
    return found.length > 0 ? found : [value];
  });
  const known = groupBy(positions, ({ path }) => path);
  const paths = new Set([...(configured ?? []), ...known.keys()]);
  return [...paths].sort().map((path) => fileStatus(path, known.get(path) ?? []));
}

function fileStatus(path: string, positions: readonly FilePosition[]): FileStatus {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stats) return { path, behind: null, trouble: 'not there' };
    if (!stats.isFile()) return { path, behind: null, trouble: 'not a plain file' };
    const identity = fileIdOf(stats);
    const same = positions.find((position) => idOf(position) === identity);
    if (!same)
      return { path, behind: null, trouble: positions.length > 0 ? 'rotated just now' : 'not read yet' };
    return { path, behind: Math.max(0, Number(stats.size) - same.offset), trouble: null };
  } catch (error) {
    return { path, behind: null, trouble: reasonOf(error) };
  }
}

/** Those of the config, as the daemon that runs last saw them. */
function inletsOf({ inlets }: SourcesNote, config: Config | null, running: boolean): ReceiverStatus[] {
  const names = config ? receiverNames(config) : inlets.map(({ name }) => name);
  return names.map((name) => {
    if (!running) return { name, status: 'closed: tayori does not run', lines: null };
    return inlets.find((inlet) => inlet.name === name) ?? { name, status: 'not open yet', lines: null };
  });
}

/** The queues in the config's order, then what waits in others. */
function queuesOf(store: Queues & QueueMarks, config: Config | null, now: number): QueueStatus[] {
  const pending = new Map(store.pending().map((one) => [one.queue, one]));
  const counted = (name: string): { messages: number; lines: number } => ({
    messages: pending.get(name)?.messages ?? 0,
    lines: pending.get(name)?.lines ?? 0,
  });
  const known = config === null ? [] : scheduled(config);
  const names = new Set(known.map(({ name }) => name));
  const others = [...pending.keys()].filter((name) => !names.has(name));
  const status = (queue: Scheduled): QueueStatus => {
    const { messages, lines } = counted(queue.name);
    const until = lines > 0 && config ? holdingUntil(queue, config, store, now) : null;
    const next: NextLetter = until === null ? nextOf(queue, store, now) : { kind: 'held', until };
    return { name: queue.name, messages, lines, next };
  };
  return [
    ...known.map(status),
    ...others.map((name) => ({ name, ...counted(name), next: { kind: 'undefined' } as const })),
  ];
}

function troubleOf({ name }: QueueStatus, held: readonly HeldQueue[]): Pick<QueueStatus, 'trouble'> {
  const reasons = held.filter(({ queue }) => queue === name).map(({ reason }) => reason);
  return reasons.length === 0 ? {} : { trouble: reasons.join('; ') };
}

function nextOf(queue: Scheduled, store: QueueMarks, now: number): NextLetter {
  if (queue.schedule.kind === 'now') return { kind: 'now' };
  const time = nextAfter(queue, store.queueMark(queue.name), now);
  return time === null ? { kind: 'never' } : { kind: 'at', time };
}

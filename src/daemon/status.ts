import { statSync } from 'node:fs';
import { reasonOf } from '../base/errors.js';
import { fileIdOf } from '../base/file-id.js';
import { groupBy } from '../base/group-by.js';
import { showRecipient } from '../base/text/web-address.js';
import type { Config } from '../config/config.js';
import { gatePlans } from '../config/timed-rules.js';
import { lineOptionsOf } from '../ingest/line-options.js';
import { LogReadings } from '../ingest/log-readings.js';
import { receiverNames } from '../ingest/wanted-receivers.js';
import { spacesOf, WITH_THE_NEXT } from '../queue/timed/gate-plan.js';
import { nextAfter } from '../schedule/calendar.js';
import { holdingUntil } from '../schedule/holding-until.js';
import { waitsUntil } from '../schedule/hours-of.js';
import { pageFrom } from '../schedule/page-from.js';
import { type Scheduled, type ScheduledLetter, scheduled } from '../schedule/scheduled.js';
import { expandGlob } from '../source/file/expand-glob.js';
import type { FilePosition } from '../source/file/line-batch.js';
import { idOf } from '../source/file/open-log.js';
import type { Loss } from '../source/loss.js';
import { lossOf } from '../store/loss-names.js';
import { overrunOf } from '../store/overrun-name.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { Editions } from '../store/ports/editions.js';
import type { DaemonNote, HeartbeatNote, HeldQueue, Meta, SourcesNote } from '../store/ports/meta.js';
import type { OutboxList, OutboxSummary } from '../store/ports/outbox-list.js';
import type { QueueMarks } from '../store/ports/queue-marks.js';
import type { Queues } from '../store/ports/queues.js';
import type { Runs } from '../store/ports/runs.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import { isToldName, saidOf } from '../store/said-names.js';
import { type ProgramStatus, programsOf, type SnoozeStatus, snoozedOf } from './acting-status.js';
import { type FleetStatus, fleetStatusOf } from './fleet-status.js';

/** The status by the state, the config and the files. Times in ms. */
export interface Status {
  /** The daemon that uses the state, or the last one that did. */
  readonly daemon: DaemonNote | null;
  readonly running: boolean;
  /** When the daemon that runs refused its config at a reload, and went on with the one before (ms); null: it did not. */
  readonly refusedReload: number | null;
  /** Why, with the place of the first fault; null: it did not, or that is not known. */
  readonly refusedReason: string | null;
  /** When the config was read by which the daemon runs (ms); null: it does not run, or that is not known. */
  readonly configRead: number | null;
  /** Since when the counters count. */
  readonly began: number | null;
  readonly files: readonly FileStatus[];
  /** How many logs are open at once, if there are more; null: all are open. */
  readonly turns: number | null;
  /** FIFOs, listeners, Redis lists, journals and programs. */
  readonly inlets: readonly ReceiverStatus[];
  readonly queues: readonly QueueStatus[];
  /** Directives that count in time, in the order of their queues. */
  readonly timed: readonly TimedStatus[];
  /** Programs of `set exec`, in the order of their queues. */
  readonly programs: readonly ProgramStatus[];
  /** Entries that are put aside, and how many lines each has held back. */
  readonly snoozed: readonly SnoozeStatus[];
  /** How this node and its fleet stand; null: it is in none. */
  readonly fleet: FleetStatus | null;
  /** Letters on their way and rejected letters, recipient by recipient, oldest first. */
  readonly outbox: readonly OutboxSummary[];
  /** How many letters were ever made. */
  readonly lettersMade: number;
  readonly counters: ReadonlyMap<string, number>;
  readonly overruns: readonly { readonly rule: string; readonly times: number }[];
  /** What `set expect` names and is silent, with how long tayori heard nothing of it (ms). */
  readonly silent: readonly { readonly name: string; readonly quiet: number }[];
  /** When each heartbeat was last sent (ms; null: not yet), and why it was not taken (null: it was). */
  readonly heartbeats: readonly HeartbeatStatus[];
  /** Logs that lost lines, or may have, and how; `path` is * for those beyond the ones that are named. */
  readonly losses: readonly (Loss & { readonly times: number })[];
}

export interface HeartbeatStatus {
  /** A URL, as far as it is shown, or a queue. */
  readonly to: string;
  readonly last: number | null;
  readonly trouble: string | null;
}

export interface FileStatus {
  readonly path: string;
  /** Bytes that wait to be read; null when that cannot be known. */
  readonly behind: number | null;
  /** Why nothing is read of it, or null. */
  readonly trouble: string | null;
  /** How it is read, where it is not as all others. */
  readonly reading?: string;
}

export interface ReceiverStatus {
  readonly name: string;
  /** In words. */
  readonly status: string;
  /** How many lines it received since it was opened; null: not known. */
  readonly lines: number | null;
}

export interface QueueStatus {
  readonly name: string;
  readonly messages: number;
  readonly lines: number;
  readonly next: NextLetter;
  /** The queue in whose letters it is a section; left out: it has letters of its own. */
  readonly sectionOf?: string;
  /** The time zone of its letters, an IANA name; left out if it is that of all others. */
  readonly zone?: string;
  /** Why its letter could not be made; left out if it could. */
  readonly trouble?: string;
}

/** What a directive remembers, such as `window block by ip`. */
export interface TimedStatus {
  readonly directive: string;
  /** Different keys with hits that may still count. */
  readonly keys: number;
}

/** `undefined`: the config does not define the queue (any more). */
export type NextLetter =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'now' }
  /** A storm: what waits goes at this time, unless something new breaks through. */
  | { readonly kind: 'held'; readonly until: number }
  /** What waits was throttled or muted: it goes with the next page. */
  | { readonly kind: 'with-next' }
  | { readonly kind: 'never' }
  | { readonly kind: 'undefined' };

/** The ports of the state that the status needs. */
export type StatusStore = Checkpoints &
  Queues &
  Pick<Editions, 'closedEditions'> &
  QueueMarks &
  OutboxList &
  Runs &
  Snoozes &
  Meta;

/** Reads the status; changes nothing. `config`: null when it has errors. */
export function reportStatus(
  store: StatusStore,
  config: Config | null,
  running: boolean,
  now: number,
): Status {
  const { daemon, began, held, sources: note, reload, heartbeats } = store.meta();
  const counters = [...store.counters()].sort();
  return {
    daemon,
    running,
    began,
    refusedReload: running ? reload.refused : null,
    refusedReason: running ? reload.reason : null,
    configRead: running ? reload.inForce : null,
    files: filesOf(store.positions(), config, running ? note.unreadable : []),
    turns: running ? note.turns : null,
    inlets: receiversOf(note, config, running),
    queues: queuesOf(store, config, now).map((queue) => ({ ...queue, ...troubleOf(queue, held) })),
    timed: config ? timedOf(store, config) : [],
    programs: programsOf(store, config),
    snoozed: snoozedOf(store),
    fleet: fleetStatusOf(store, config),
    outbox: store.outbox().map((one) => ({ ...one, address: showRecipient(one.address) })),
    lettersMade: store.lettersMade(),
    counters: new Map(counters.filter(([name]) => isPlain(name))),
    overruns: counters.flatMap(([name, times]) => {
      const rule = overrunOf(name);
      return rule === null ? [] : [{ rule, times }];
    }),
    silent: store
      .silences()
      .filter(({ silent }) => silent)
      .map(({ key, quiet }) => ({ name: key, quiet })),
    heartbeats: heartbeatsOf(heartbeats, config),
    losses: counters.flatMap(([name, times]) => {
      const loss = lossOf(name);
      return loss ? [{ ...loss, times }] : [];
    }),
  };
}

/** Those of the config, in its order. */
function heartbeatsOf(notes: readonly HeartbeatNote[], config: Config | null): HeartbeatStatus[] {
  const names = config ? config.heartbeats.map(({ to }) => to) : notes.map(({ to }) => to);
  return names.map((name) => {
    const note = notes.find(({ to }) => to === name);
    return { to: showRecipient(name), last: note?.sent ?? null, trouble: note?.trouble ?? null };
  });
}

/** Whether a counter stands for itself: others are shown as what they count, or only say what letters need not tell. */
function isPlain(name: string): boolean {
  return overrunOf(name) === null && !lossOf(name) && !saidOf(name) && !isToldName(name);
}

/** The files of the config, and those that the state knows. `unreadable`: as the daemon that runs sees it. */
function filesOf(
  positions: readonly FilePosition[],
  config: Config | null,
  unreadable: SourcesNote['unreadable'],
): FileStatus[] {
  const configured = config?.logfiles.flatMap(({ value }) => {
    const found = expandGlob(value);
    return found.length > 0 ? found : [value];
  });
  const readings = config && new LogReadings(config, lineOptionsOf(config, Date.now), () => {});
  const known = groupBy(positions, ({ path }) => path);
  const paths = new Set([...(configured ?? []), ...known.keys()]);
  const reasons = new Map(unreadable.map(({ path, reason }) => [path, reason]));
  return [...paths].sort().map((path) => {
    const { trouble, ...file } = fileStatus(path, known.get(path) ?? []);
    const reading = readings?.describe(path) ?? null;
    return {
      ...file,
      trouble: trouble === NOT_READ ? (reasons.get(path) ?? trouble) : trouble,
      ...(reading === null ? {} : { reading }),
    };
  });
}

/** Of a log that is there. Who asks may be allowed to read what the daemon may not. */
const NOT_READ = 'not read yet';

function fileStatus(path: string, positions: readonly FilePosition[]): FileStatus {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (!stats) return { path, behind: null, trouble: 'not there' };
    if (!stats.isFile()) return { path, behind: null, trouble: 'not a plain file' };
    const identity = fileIdOf(stats);
    const same = positions.find((position) => idOf(position) === identity);
    if (!same) return { path, behind: null, trouble: positions.length > 0 ? 'rotated just now' : NOT_READ };
    return { path, behind: Math.max(0, Number(stats.size) - same.offset), trouble: null };
  } catch (error) {
    return { path, behind: null, trouble: reasonOf(error) };
  }
}

/** Those of the config, as the daemon that runs last saw them. */
function receiversOf(
  { inlets: noted }: SourcesNote,
  config: Config | null,
  running: boolean,
): ReceiverStatus[] {
  const names = config ? receiverNames(config) : noted.map(({ name }) => name);
  return names.map((name) => {
    if (!running) return { name, status: 'closed: tayori does not run', lines: null };
    return noted.find((one) => one.name === name) ?? { name, status: 'not open yet', lines: null };
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
  const names = new Set(known.flatMap(({ name, sections }) => [name, ...sections]));
  const others = [...pending.keys()].filter((name) => !names.has(name));
  const status = (queue: ScheduledLetter): QueueStatus => {
    const { messages, lines } = counted(queue.name);
    const all = queue.sections.reduce((sum, name) => sum + counted(name).lines, lines);
    const held = all > 0 && config ? heldOf(queue, { config, store, lines: all, now }) : null;
    const zone = config?.zones.find((one) => one.queue === queue.name)?.zone;
    return {
      name: queue.name,
      messages,
      lines,
      next: held ?? nextOf(queue, store, now),
      ...(zone === undefined ? {} : { zone }),
    };
  };
  const withSections = (queue: ScheduledLetter): QueueStatus[] => {
    const own = status(queue);
    const sections = queue.sections.map((name) => ({
      ...own,
      name,
      ...counted(name),
      sectionOf: queue.name,
    }));
    return [own, ...sections];
  };
  return [
    ...known.flatMap(withSections),
    ...others.map((name) => ({ name, ...counted(name), next: { kind: 'undefined' } as const })),
  ];
}

/** What waits of a queue whose letters go at once; null: nothing holds it. */
function heldOf(
  queue: ScheduledLetter,
  { config, store, lines, now }: { config: Config; store: Queues; lines: number; now: number },
): NextLetter | null {
  const from = pageFrom(queue, config, store);
  if (from === WITH_THE_NEXT) return { kind: 'with-next' };
  const night = waitsUntil(queue, config, lines, now) ?? now;
  const until = Math.max(night, from ?? now, holdingUntil(queue, config, store, now) ?? now);
  return until > now ? { kind: 'held', until } : null;
}

/** Named as in the config; a queue that another one follows, or is muted by, has its hits remembered. */
function timedOf(store: Queues, config: Config): TimedStatus[] {
  const sizes = store.timedSizes();
  return [...spacesOf(gatePlans(config))].map((space) => ({
    directive: space.trim().replace(/^(\S+ \S+) (\S+)$/, '$1 by $2'),
    keys: sizes.get(space) ?? 0,
  }));
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

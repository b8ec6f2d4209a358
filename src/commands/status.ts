import { version } from '../base/package.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { isoTime } from '../base/time/iso-time.js';
import { overdueNotes } from '../config/rule-notes.js';
import { type NextLetter, reportStatus, type Status } from '../daemon/status.js';
import { exposureOf } from '../store/folder/private-folder.js';
import { isLocked, lastAlive } from '../store/folder/state-lock.js';
import { locateState, withState } from './read-state.js';
import { renderPrometheus } from './render-prometheus.js';
import { renderStatus } from './render-status.js';

export interface StatusOptions {
  readonly config: string | undefined;
  readonly form: 'text' | 'json' | 'prometheus';
}

/**
 * `tayori status`: the status by the state, the config and the files, whether the daemon runs or not. Changes
 * nothing. The errors of a faulty config are printed, and it is not used: the daemon may still run with the former
 * one.
 */
export async function status(options: StatusOptions, io: Io): Promise<ExitCode> {
  const located = locateState(options.config, io);
  if (!located) return 1;
  const { config } = located;
  return await withState(located, io, ({ store, folder }) => {
    const now = Date.now();
    const report = reportStatus(store, config, isLocked(folder), now);
    const lastPoll = lastAlive(folder);
    if (options.form === 'json') io.stdout.write(asJson(report, lastPoll));
    else if (options.form === 'prometheus')
      io.stdout.write(renderPrometheus(report, { version: version(), lastPoll }));
    else {
      const timezone = config?.timezone.value ?? null;
      const frame = {
        config: located.path,
        state: folder,
        fault: located.fault,
        overdue: config ? overdueNotes(config, now).length : 0,
        exposure: exposureOf(folder),
        lastPoll,
        timezone,
        now,
      };
      io.stdout.write(renderStatus(report, frame));
    }
    return 0;
  });
}

/** Times in ISO 8601. */
function asJson(
  {
    daemon,
    refusedReload,
    configRead,
    began,
    counters,
    outbox,
    queues,
    heartbeats,
    fleet,
    programs,
    snoozed,
    ...rest
  }: Status,
  lastPoll: number | null,
): string {
  const value = {
    daemon: daemon && { ...daemon, started: isoTime(daemon.started) },
    refusedReload: isoTime(refusedReload),
    configRead: isoTime(configRead),
    lastPoll: isoTime(lastPoll),
    began: isoTime(began),
    ...rest,
    queues: queues.map(({ next, ...queue }) => ({
      ...queue,
      ...jsonOf(next),
    })),
    programs: programs.map(({ recent, ...program }) => ({
      ...program,
      recent: recent.map(({ at, ...end }) => ({ at: isoTime(at), ...end })),
    })),
    snoozed: snoozed.map(({ until, ended, ...one }) => ({
      ...one,
      until: isoTime(until),
      ended: isoTime(ended),
    })),
    fleet: fleet && { ...fleet, since: isoTime(fleet.since), lastMet: isoTime(fleet.lastMet) },
    outbox: outbox.map(({ sealed, nextTry, lastTry, ...letter }) => ({
      ...letter,
      sealed: isoTime(sealed),
      lastTry: isoTime(lastTry),
      nextTry: letter.state === 'refused' ? null : isoTime(nextTry),
    })),
    heartbeats: heartbeats.map((one) => ({ ...one, last: isoTime(one.last) })),
    counters: Object.fromEntries(counters),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function jsonOf(next: NextLetter): { readonly next: string | null; readonly heldUntil: string | null } {
  if (next.kind === 'held') return { next: isoTime(next.until), heldUntil: isoTime(next.until) };
  return { next: next.kind === 'at' ? isoTime(next.time) : next.kind, heldUntil: null };
}

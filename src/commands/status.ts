import type { ExitCode, Io } from '../base/process/io.js';
import { isoTime } from '../base/time/iso-time.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { type NextLetter, reportStatus, type Status } from '../daemon/status.js';
import { exposureOf } from '../store/folder/private-folder.js';
import { isLocked } from '../store/folder/state-lock.js';
import { withState } from './read-state.js';
import { renderStatus } from './render-status.js';

export interface StatusOptions {
  readonly config: string | undefined;
  readonly json: boolean;
}

/**
 * `tayori status`: the status by the state, the config and the files, whether the daemon runs or not. Changes
 * nothing. The errors of a faulty config are printed, and it is not used: the daemon may still run with the former
 * one.
 */
export async function status(options: StatusOptions, io: Io): Promise<ExitCode> {
  const config = loadConfig(configPath(options.config), io, 'errors');
  return await withState(config, io, ({ store, folder }) => {
    const now = Date.now();
    const report = reportStatus(store, config, isLocked(folder), now);
    const timezone = config?.timezone.value ?? null;
    io.stdout.write(
      options.json
        ? asJson(report)
        : renderStatus(report, { state: folder, exposure: exposureOf(folder), timezone, now }),
    );
    return 0;
  });
}

/** Times in ISO 8601. */
function asJson({ daemon, began, counters, outbox, queues, ...rest }: Status): string {
  const value = {
    daemon: daemon && { ...daemon, started: isoTime(daemon.started) },
    began: isoTime(began),
    ...rest,
    queues: queues.map(({ next, ...queue }) => ({
      ...queue,
      ...jsonOf(next),
    })),
    outbox: outbox.map(({ sealed, nextTry, lastTry, ...letter }) => ({
      ...letter,
      sealed: isoTime(sealed),
      lastTry: isoTime(lastTry),
      nextTry: letter.state === 'refused' ? null : isoTime(nextTry),
    })),
    counters: Object.fromEntries(counters),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function jsonOf(next: NextLetter): { readonly next: string | null; readonly heldUntil: string | null } {
  if (next.kind === 'held') return { next: isoTime(next.until), heldUntil: isoTime(next.until) };
  return { next: next.kind === 'at' ? isoTime(next.time) : next.kind, heldUntil: null };
}

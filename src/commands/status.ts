import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { reportStatus, type Status } from '../daemon/report-status.js';
import { readSqliteStore } from '../store/sqlite-store.js';
import { defaultStateFolder } from '../store/state-folder.js';
import { isLocked } from '../store/state-lock.js';
import type { ExitCode, Io } from './io.js';
import { configPath, loadConfig } from './load-config.js';
import { renderStatus } from './render-status.js';

export interface StatusOptions {
  readonly config: string | undefined;
  readonly json: boolean;
}

/**
 * `tayori status`: how things stand, from the state, the config and the files, whether the daemon runs or not.
 * Changes nothing. A config with faults is told and left out: the daemon may still run with what it was before.
 */
export function status(options: StatusOptions, io: Io): ExitCode {
  const config = loadConfig(configPath(options.config), io, 'errors');
  const folder = config?.state.value ?? defaultStateFolder(io.env);
  const file = join(folder, 'tayori.db');
  if (!existsSync(file)) {
    io.stderr.write(
      `tayori: no state in ${folder} that this user may see; run it as the user that tayori runs as, or name its config with -c\n`,
    );
    return 1;
  }
  const opened = readSqliteStore(file);
  if (!opened.ok) {
    io.stderr.write(`tayori: the state ${file} cannot be read: ${opened.reason}\n`);
    return 1;
  }
  const now = Date.now();
  const report = reportStatus(opened.store, config, isLocked(folder), now);
  opened.store.end();
  const timezone = config?.timezone.value ?? null;
  io.stdout.write(options.json ? asJson(report) : renderStatus(report, { state: folder, timezone, now }));
  return 0;
}

/** Times in ISO 8601. */
function asJson({ daemon, began, counters, outbox, queues, ...rest }: Status): string {
  const value = {
    daemon: daemon && { ...daemon, started: iso(daemon.started) },
    began: began === null ? null : iso(began),
    ...rest,
    queues: queues.map(({ next, ...queue }) => ({
      ...queue,
      next: next.kind === 'at' ? iso(next.time) : next.kind,
    })),
    outbox: outbox.map(({ sealed, nextTry, ...letter }) => ({
      ...letter,
      sealed: iso(sealed),
      nextTry: letter.state === 'refused' ? null : iso(nextTry),
    })),
    counters: Object.fromEntries(counters),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

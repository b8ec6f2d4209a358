/**
 * How many entries a second come from a journal into the state, beside `journalctl -o export > /dev/null` on the same
 * files, in turn. The journal is written once by systemd-journal-remote.
 * Run with `npm run bench -- journal`: `--entries N`, `--runs N`.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { entry, JournalFolder } from '../support/journal.js';
import { counter, message, startDaemon, stopDaemon } from './tools/listening-daemon.js';
import { columns, middle, percent, thousands, timed } from './tools/measure.js';
import { workFolder } from './tools/work-folder.js';

/** So many entries are written at once. */
const BATCH = 50_000;
const LOOK = 5;

/** Measures and prints. */
export default async function measureJournal(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { entries: { type: 'string', default: '300000' }, runs: { type: 'string', default: '5' } },
  });
  const count = Number(values.entries);
  const folder = journalOf(count);
  const alone: number[] = [];
  const started: number[] = [];
  const behind: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const command = ['journalctl', '--directory', folder, '--output', 'export'];
    alone.push(count / (await timed(command, '/dev/null')).wall);
    const taken = await take(folder, count);
    started.push(taken.withStart);
    behind.push(taken.behindFirst);
  }
  const base = middle(alone).median;
  const row = (name: string, speeds: readonly number[]): string[] => {
    const { median, noise } = middle(speeds);
    return [name, thousands(median), (median / base).toFixed(2), percent(noise)];
  };
  process.stdout.write(
    `${thousands(count)} entries, ${values.runs} runs in turn, node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n${columns(
      [
        ['', 'entries/s', 'ratio', 'noise'],
        row('journalctl -o export > /dev/null', alone),
        row('tayori, from its start to committed state', started),
        row('tayori, behind its first commit', behind),
      ],
    )}\n`,
  );
}

/** A folder with so many entries, which is kept from one run to the next. */
function journalOf(count: number): string {
  const folder = join(workFolder(), `journal-${count}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  const journal = new JournalFolder(unfinished);
  for (let from = 0; from < count; from += BATCH)
    journal.write(Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => entryOf(from + at)));
  renameSync(unfinished, folder);
  return folder;
}

/** What journald adds to an entry of a service (systemd.journal-fields(7)). */
const TRUSTED = {
  _TRANSPORT: 'syslog',
  _UID: '0',
  _GID: '0',
  _COMM: 'service',
  _EXE: '/usr/sbin/service',
  _CMDLINE: '"service: a process of it [priv]"',
  _CAP_EFFECTIVE: '1ffffffffff',
  _SELINUX_CONTEXT: 'unconfined',
  _SYSTEMD_CGROUP: '/system.slice/service.service',
  _SYSTEMD_UNIT: 'service.service',
  _SYSTEMD_SLICE: 'system.slice',
  _SYSTEMD_INVOCATION_ID: '0123456789abcdef0123456789abcdef',
  _MACHINE_ID: '0123456789abcdef0123456789abcdef',
  _RUNTIME_SCOPE: 'system',
};

/** The same messages as those of connections and datagrams. */
function entryOf(at: number) {
  const [, host = '', program = '', pid, text = ''] =
    /^\S+ \S+ \S+ (\S+) ([^[:]+)(?:\[(\d+)\])?: (.*)$/.exec(message(at)) ?? [];
  const time = {
    SYSLOG_TIMESTAMP: 'Nov 20 10:00:00 ',
    _SOURCE_REALTIME_TIMESTAMP: `${1_795_000_000_000_000 + at}`,
  };
  return entry(at, text, {
    ...TRUSTED,
    ...time,
    _HOSTNAME: host,
    SYSLOG_IDENTIFIER: program,
    _PID: pid ?? null,
  });
}

/** Entries a second, as the state has them. */
async function take(folder: string, count: number): Promise<{ withStart: number; behindFirst: number }> {
  const began = performance.now();
  const daemon = await startDaemon({ conf: `set start beginning\nset journal ${folder}\n` });
  const { read, close } = counter(daemon);
  let first: { readonly at: number; readonly entries: number } | null = null;
  let entries = 0;
  for (; entries < count; entries = read()) {
    if (entries > 0) first ??= { at: performance.now(), entries };
    await sleep(LOOK);
  }
  const ended = performance.now();
  close();
  await stopDaemon(daemon);
  const rest = first ?? { at: began, entries: 0 };
  return {
    withStart: (1000 * count) / (ended - began),
    behindFirst: (1000 * (count - rest.entries)) / (ended - rest.at),
  };
}

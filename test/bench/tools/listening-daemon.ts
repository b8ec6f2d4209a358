import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';

const MAIN = join(process.cwd(), 'dist', 'main.js'); // npm runs scripts in the folder of package.json

/** Rules of the usual kind; every tenth message is one that was never seen before. */
const CONF = `set uid root
set state state
set hidepid on
set mask ___
set queue report f@x.org t@x.org [30 12 29 2 *]
set queue misc f@x.org t@x.org [30 12 29 2 *]
trash ^CRON: \\(root\\) CMD
report ^sshd: Accepted publickey for (\\S+) from (\\S+) port (\\d+)
report ^sshd: Failed password for (?:invalid user )?(\\S+) from (\\S+) port (\\d+)
report ^postfix/smtpd: (?:dis)?connect from (\\S+)
misc .*
`;

/** A message as a sender writes it: nine in ten are of few kinds. */
export function message(at: number): string {
  const host = `web${at % 20}`;
  const prefix = `<38>Nov 20 10:00:00 ${host} `;
  switch (at % 10) {
    case 0:
      return `${prefix}app: request ${at % 50_000} took long`;
    case 1:
    case 2:
      return `${prefix}postfix/smtpd[${at % 9999}]: connect from mail${at % 99}.example.org[192.0.2.7]`;
    case 3:
      return `${prefix}CRON[${at % 9999}]: (root) CMD (run-parts /etc/cron.hourly)`;
    default:
      return `${prefix}sshd[${at % 9999}]: Failed password for root from 198.51.100.${at % 256} port ${at % 65_536} ssh2`;
  }
}

/** The real program in a folder of its own. */
export interface Daemon {
  readonly child: ChildProcess;
  readonly folder: string;
  readonly port: number;
}

/**
 * A daemon that listens on loopback, or that reads what these lines of a config say. `source`: a transport as `set listen`
 * names it, or the lines; `flags`: of Node.js.
 */
export async function startDaemon(
  source: 'udp' | 'tcp' | { readonly conf: string },
  flags: readonly string[] = [],
): Promise<Daemon> {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-bench-'));
  const port = 20_000 + Math.floor(Math.random() * 30_000);
  const conf = typeof source === 'string' ? `set listen ${source}:127.0.0.1:${port}\n` : source.conf;
  writeFileSync(join(folder, 'tenshi.conf'), `${CONF}${conf}`);
  const child = spawn(process.execPath, [...flags, MAIN, '-f', '-c', join(folder, 'tenshi.conf')]);
  child.stderr.pipe(process.stderr);
  for await (const chunk of child.stdout) if (String(chunk).includes('Mail goes to')) break;
  child.stdout.resume();
  return { child, folder, port };
}

export async function stopDaemon(
  { child, folder }: Daemon,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  child.kill(signal);
  await once(child, 'exit');
  rmSync(folder, { recursive: true });
}

/** Lines counted so far, as the state has them. */
export function counted(daemon: Daemon): number {
  const { read, close } = counter(daemon);
  const lines = read();
  close();
  return lines;
}

/** The same for whoever looks often. */
export function counter({ folder }: Daemon): { read(): number; close(): void } {
  const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
  const lines = db.prepare("SELECT value FROM counter WHERE name = 'lines'").pluck();
  return { read: () => Number(lines.get() ?? 0), close: () => db.close() };
}

/** Resident memory in MB, and processor time in seconds. */
export function usage({ child }: Daemon): { readonly rss: number; readonly cpu: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  return { rss, cpu: (Number(fields[11]) + Number(fields[12])) / 100 };
}

/** Waits until nothing more is counted. */
export async function settled(daemon: Daemon): Promise<number> {
  let before = -1;
  for (let now = counted(daemon); now !== before; now = counted(daemon)) {
    before = now;
    await sleep(300);
  }
  return before;
}

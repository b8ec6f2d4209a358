import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { columns, cpuTime, ended } from './tools/measure.js';
import { TAYORI, workFolder } from './tools/work-folder.js';

/** What one build took, in seconds of processor time; null: it was not done in time. */
interface Figures {
  readonly opened: number | null;
  readonly rotated: number | null;
  /** Of the lines that were written into the new files. */
  readonly counted: number;
}

/** How often is looked whether it is done (ms): each look at 2,000 descriptors costs this program, not the daemon. */
const LOOK = 100;

/**
 * `npm run bench -- files [--files 2000] [--beside OTHER/dist/main.js]`: a glob of many files. How much processor time
 * passes until all are open at the first start, and until a rotation of all (rename and create, a line in each new
 * one) is counted. `--beside`: the same of another build. `--patience`: so long is waited for each (seconds).
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: 'string', default: '2000' },
      beside: { type: 'string' },
      patience: { type: 'string', default: '120' },
    },
  });
  const files = Number(values.files);
  const patience = Number(values.patience) * 1000;
  const builds = [TAYORI, ...(values.beside === undefined ? [] : [values.beside])];
  const rows = [['build', `CPU until ${files} files are open`, `CPU until ${files} rotations are counted`]];
  for (const program of builds) {
    const { opened, rotated, counted } = await measure(program, files, patience);
    rows.push([program, seconds(opened), rotated === null ? `${counted} counted in time` : seconds(rotated)]);
  }
  process.stdout.write(`${columns(rows)}\n`);
}

function seconds(time: number | null): string {
  return time === null ? 'not in time' : `${time.toFixed(2)} s`;
}

async function measure(program: string, count: number, patience: number): Promise<Figures> {
  const folder = join(workFolder(), 'files');
  rmSync(folder, { recursive: true, force: true });
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const paths = Array.from({ length: count }, (_, n) => join(logs, `app-${n + 1}.log`));
  for (const path of paths) writeFileSync(path, line(path));
  const child = start(program, folder);
  const pid = child.pid ?? 0;
  try {
    const opened = await until(patience, () => openIn(pid, logs) >= count && cpuTime(pid));
    const before = cpuTime(pid);
    const already = linesIn(folder);
    for (const path of paths) {
      renameSync(path, `${path}.1`);
      writeFileSync(path, line(path));
    }
    const rotated = await until(patience, () => linesIn(folder) - already >= count && cpuTime(pid) - before);
    return { opened, rotated, counted: linesIn(folder) - already };
  } finally {
    const gone = ended(child).catch(() => {});
    child.kill('SIGKILL');
    await gone;
  }
}

function line(path: string): string {
  return `Nov 29 10:00:00 web1 app: of ${path}\n`;
}

function start(program: string, folder: string): ChildProcess {
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(
    conf,
    [
      `set logfile ${join(folder, 'logs', '*.log')}`,
      `set state ${join(folder, 'state')}`,
      ...(process.getuid?.() === 0 ? ['set uid root'] : []), // as root one must say so
      'set queue all a@localhost b@localhost [30 12 29 2 *]',
      'all .',
      '',
    ].join('\n'),
  );
  return spawn(process.execPath, [program, '-f', '-c', conf], { stdio: 'ignore' });
}

/** How many files below a folder a process has open. */
function openIn(pid: number, folder: string): number {
  const open = readdirSync(`/proc/${pid}/fd`).map((fd) => targetOf(`/proc/${pid}/fd/${fd}`));
  return new Set(open.filter((path) => path.startsWith(`${folder}/`))).size;
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return ''; // closed meanwhile
  }
}

/** Lines counted so far, as the state has them. */
function linesIn(folder: string): number {
  const path = join(folder, 'state', 'tayori.db');
  if (!existsSync(path)) return 0;
  const db = openSqlite(path, { readonly: true });
  try {
    return Number(db.prepare("SELECT value FROM counter WHERE name = 'lines'").pluck().get() ?? 0);
  } catch {
    return 0; // it is just being made
  } finally {
    db.close();
  }
}

async function until(patience: number, done: () => number | false): Promise<number | null> {
  for (const end = performance.now() + patience; performance.now() < end; await wait(LOOK)) {
    const found = done();
    if (found !== false) return found;
  }
  return null;
}

import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.js';
import { ended, peakMemory } from './measure.js';
import { workFolder } from './work-folder.js';

/** A daemon whose first screen has come. */
export interface WholeDaemon {
  readonly pid: number;
  /** How long its first screen took from the start (s). */
  readonly seconds: number;
  /** When it was started, of `process.hrtime`. */
  readonly began: bigint;
  /** Kills it; returns the processor time that it has used (s). */
  kill(): Promise<number>;
}

/** What reading a log to committed state took. */
export interface Committed {
  /** Lines a second, the start included. */
  readonly speed: number;
  /** Lines a second of processor time. */
  readonly cpuSpeed: number;
  /** Bytes written to the disk when the lines were committed, and when nothing more was written. */
  readonly written: number;
  readonly writtenAtRest: number;
  /** The most memory on the way (bytes). */
  readonly memory: number;
}

/** Tells the pid of a program, and when it has ended the processor time that it took. */
const WRAPPED = '"$@" 2>/dev/null & echo "pid $!"; wait $!; times';

/** Starts a build of tayori (its main.js) on these logs with no state; resolves when its first screen says that it reads them. */
export async function startWhole(
  program: string,
  conf: string,
  logs: readonly string[],
): Promise<WholeDaemon> {
  const state = join(workFolder(), 'state');
  rmSync(state, { recursive: true, force: true });
  const whole = join(workFolder(), 'daemon.conf');
  writeFileSync(
    whole,
    [
      `include ${conf}`,
      ...logs.map((log) => `set logfile ${log}`),
      `set state ${state}`,
      ...(process.getuid?.() === 0 ? ['set uid root', 'set gid root'] : []), // as root one must say so
      'set start beginning',
      '',
    ].join('\n'),
  );
  const began = process.hrtime.bigint();
  const child = spawn('/bin/sh', ['-c', WRAPPED, 'sh', process.execPath, program, '-f', '-c', whole], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = ended(child).catch(() => {});
  let told = '';
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the daemon ended')));
    child.stdout.on('data', (text: Buffer) => {
      told += text;
      if (text.includes('Watched')) resolve();
    });
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const pid = Number(/^pid (\d+)/m.exec(told)?.[1]);
  const kill = async (): Promise<number> => {
    told = '';
    process.kill(pid, 'SIGKILL');
    await gone;
    const times = [...told.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
    return (times[2] ?? 0) + (times[3] ?? 0);
  };
  return { pid, seconds, began, kill };
}

/** How often is looked whether all is committed (ms). */
const LOOK = 10;

/** Reads a log with a build until nearly all of its lines are committed. `rests`: whether to wait until it rests. */
export async function readToState(
  program: string,
  conf: string,
  { log, lines, rests }: { readonly log: string; readonly lines: number; readonly rests: boolean },
): Promise<Committed> {
  const { pid, began, kill } = await startWhole(program, conf, [log]);
  const done = await committed(lines);
  const speed = done / (Number(process.hrtime.bigint() - began) / 1e9);
  const written = bytesWritten(pid);
  const writtenAtRest = rests ? await restOf(pid) : written;
  const memory = peakMemory(pid);
  return { speed, written, writtenAtRest, memory, cpuSpeed: done / (await kill()) };
}

/** Waits until the state holds almost all of so many lines; returns how many those are. */
async function committed(lines: number): Promise<number> {
  const db = openSqlite(join(workFolder(), 'state', 'tayori.db'), { readonly: true });
  const read = db.prepare<[], number>("SELECT value FROM counter WHERE name = 'lines'").pluck();
  try {
    for (;;) {
      const done = read.get() ?? 0;
      // The last of them may wait for the next look.
      if (done >= 0.9 * lines) return done;
      await wait(LOOK);
    }
  } finally {
    db.close();
  }
}

/** Nothing is written for so long (ms) when all is done that was put off to quiet times; longer is not waited for. */
const QUIET = 6_000;
const MAX_REST = 60_000;

async function restOf(pid: number): Promise<number> {
  const end = performance.now() + MAX_REST;
  let bytes = bytesWritten(pid);
  for (let since = performance.now(); performance.now() < Math.min(end, since + QUIET); await wait(200)) {
    const now = bytesWritten(pid);
    if (now !== bytes) since = performance.now();
    bytes = now;
  }
  return bytes;
}

/** What a process has had written to the disk so far (bytes). */
function bytesWritten(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** The memory that a process holds (bytes). */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

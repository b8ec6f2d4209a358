import { appendFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SqliteError } from '../../src/store/sqlite/error.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { freeUdpPort } from '../support/free-port.js';
import { createRandom, type Random } from '../support/random.js';
import { send } from '../support/send.js';
import { stamp } from '../support/stamp.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asRoot, type DaemonProcess, startProcess } from './daemon-process.js';

export interface TamperingOptions {
  /** Each: every log is tampered with once, and the daemon is killed at some moment meanwhile. */
  readonly rounds: number;
  readonly seed: number;
}

export interface TamperingFigures {
  readonly kills: number;
  /** How often which was done to a log, and how often it was told as which: what a start finds may go by another name. */
  readonly acts: Readonly<Record<Act, number>>;
  readonly told: Readonly<Record<Act, number>>;
  /** The logs of which less was told than was done, and those of which more was. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** What the daemon said, its end. */
  readonly words: string;
}

const LOGS = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.log`);

const ACTS = ['emptied', 'replaced', 'deleted'] as const;
type Act = (typeof ACTS)[number];

const NONE: Readonly<Record<Act, number>> = { emptied: 0, replaced: 0, deleted: 0 };

/** When so long (ms) nothing more was told of what was done, it is lost. */
const PATIENCE = 20_000;
/** When all is told, what is told twice may still come (ms): some polls. */
const SETTLE = 400;
const LOOK = 20;
const MOST_WORDS = 20_000;

/** `set sleep 0` polls as often as this (ms); kills fall into the polls around what was done. */
const AROUND = 250;

/**
 * Empties, replaces and deletes logs while the real program is killed again and again, and lays what it tells of that
 * beside what was done. Datagrams come all the time, so that commits fall between polls, too.
 */
export async function tortureTampering({ rounds, seed }: TamperingOptions): Promise<TamperingFigures> {
  const random = createRandom(seed);
  const folder = temporaryFolder();
  const port = await freeUdpPort();
  const conf = writeConfig(folder, port);
  let words = '';
  const start = (): DaemonProcess =>
    startProcess(conf, (more) => {
      words = `${words}${more}`.slice(-MOST_WORDS);
    });
  const datagrams = setInterval(() => void send(port, ['<13>x a datagram']).catch(() => {}), 2);
  const done = new Map<string, number>();
  const acts: Record<Act, number> = { ...NONE };
  let killed = 0;
  let daemon = start();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const log of LOGS) write(join(folder, log), `x of round ${round} `, 40 + random.below(40));
      await untilRead(folder);
      const act = await tamper(folder, round, random, async () => {
        await daemon.kill();
        daemon = start();
      });
      for (const [log, how] of act) {
        acts[how] += 1;
        done.set(log, (done.get(log) ?? 0) + 1);
      }
      killed += 1;
      if (!(await isToldInTime(folder, done))) break;
    }
    await pause(SETTLE);
  } finally {
    clearInterval(datagrams);
  }
  await daemon.kill();
  const { byLog, byAct } = toldIn(folder);
  return {
    kills: killed + 1,
    acts,
    told: byAct,
    lost: more(done, byLog),
    twice: more(byLog, done),
    words,
  };
}

function writeConfig(folder: string, port: number): string {
  const path = join(folder, 'tenshi.conf');
  mkdirSync(join(folder, 'state'));
  const logfiles = LOGS.map((log) => `set logfile ${log}\n`).join('');
  const queues = ['told', 'read']
    .map((name) => `set queue ${name} f@x.org t@x.org [30 12 29 2 *]\n`)
    .join('');
  writeFileSync(
    path,
    `${asRoot()}set state state\nset start beginning\nset sleep 0\nset listen 127.0.0.1:${port}\n${logfiles}${queues}` +
      'told ^tayori: \\S+ was (?:emptied|replaced|deleted)\nread ^x\n',
  );
  return path;
}

/** Appends so many lines, of which no two are the same. */
function write(log: string, text: string, lines: number): void {
  const at = stamp(Date.now());
  appendFileSync(log, Array.from({ length: lines }, (_, line) => `${at} web1 ${text}${line}\n`).join(''));
}

/** Does something to each log, and lets the daemon be killed before, between or after that. */
async function tamper(
  folder: string,
  round: number,
  random: Random,
  kill: () => Promise<void>,
): Promise<Map<string, Act>> {
  const acts = new Map<string, Act>();
  const killAfter = random.below(LOGS.length + 1);
  for (const [at, log] of [...LOGS, null].entries()) {
    if (at === killAfter) {
      await pause(random.below(AROUND));
      await kill();
    }
    if (log === null) break;
    // A running daemon tells of a log that is gone after a minute; one that starts, at once.
    const act = random.pick(at < killAfter ? ACTS : (['emptied', 'replaced'] as const));
    acts.set(log, act);
    doTo(join(folder, log), act, round);
    if (random.chance(0.3)) await pause(random.below(AROUND));
  }
  return acts;
}

/** What is there afterwards is shorter than it was, and begins with other lines. */
function doTo(log: string, act: Act, round: number): void {
  if (act === 'emptied') truncateSync(log);
  else rmSync(log);
  if (act !== 'deleted') write(log, `x anew after round ${round} `, 3);
}

/** Resolves when all that stands in the logs is read, and committed. */
async function untilRead(folder: string): Promise<void> {
  const isRead = (): boolean => {
    const positions = ask(folder, "SELECT path, inode, offset FROM position WHERE stage = 'live'") as {
      path: string;
      inode: string;
      offset: number;
    }[];
    return LOGS.every((log) => {
      const path = join(folder, log);
      const { ino, size } = statSync(path);
      return positions.some((one) => one.path === path && one.inode === `${ino}` && one.offset === size);
    });
  };
  const began = performance.now();
  while (!isRead() && performance.now() - began < PATIENCE) await pause(LOOK);
}

async function isToldInTime(folder: string, done: ReadonlyMap<string, number>): Promise<boolean> {
  const began = performance.now();
  while (more(done, toldIn(folder).byLog).length > 0) {
    if (performance.now() - began > PATIENCE) return false;
    await pause(LOOK);
  }
  return true;
}

/** The logs that the first names more often than the second. */
function more(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): string[] {
  return [...first].flatMap(([log, times]) =>
    times > (second.get(log) ?? 0) ? [`${log}: ${times} and ${second.get(log) ?? 0}`] : [],
  );
}

/** How often the daemon has told of each log, and as what. */
function toldIn(folder: string): { byLog: Map<string, number>; byAct: Record<Act, number> } {
  const rows = ask(folder, "SELECT message, count FROM tally WHERE message LIKE 'tayori: %'") as {
    message: string;
    count: number;
  }[];
  const byLog = new Map<string, number>();
  const byAct = { ...NONE };
  for (const { message, count } of rows) {
    const [, log = '', how = ''] = /^tayori: \S*\/(\S+) was (\w+)/.exec(message) ?? [];
    byLog.set(log, (byLog.get(log) ?? 0) + count);
    for (const act of ACTS) if (act === how) byAct[act] += count;
  }
  return { byLog, byAct };
}

/** What the state says, while a daemon works with it. */
function ask(folder: string, sql: string): unknown[] {
  try {
    const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  } catch (error) {
    if (error instanceof SqliteError) return []; // the state is being made just now
    throw error;
  }
}

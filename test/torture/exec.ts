import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { script } from '../act/recorder.js';
import { createRandom } from '../support/random.js';
import { linePrefix } from '../support/stamp.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asRoot, startProcess } from './daemon-process.js';

export interface ExecTortureOptions {
  readonly seed: number;
  readonly hits: number;
  readonly kills: number;
}

/** What was done, and what came of it. */
export interface ExecFigures {
  readonly hits: number;
  readonly kills: number;
  /** Hits whose program ran. */
  readonly ran: number;
  /** Hits of which tayori says that their program may or may not have run, and how many of these ran. */
  readonly interrupted: number;
  readonly ranAndInterrupted: number;
  /** Hits whose program ran more than once. */
  readonly twice: readonly string[];
  /** Hits whose program did not run, and of which nothing is told. */
  readonly untold: readonly string[];
  /** Hits whose end was told more than once, or of which two ends were told. */
  readonly toldTwice: readonly string[];
  /** ms from the first start to the last end. */
  readonly time: number;
}

/** When this (ms) has passed and no program has run, the missing ones never will. */
const PATIENCE = 60_000;

/**
 * Kills the real program again and again while it runs a program for each hit, and then lays beside each other what was
 * written, what ran, and what was told.
 */
export async function tortureExec({ seed, hits, kills }: ExecTortureOptions): Promise<ExecFigures> {
  const random = createRandom(seed);
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder, name);
  // Every eighth runs for a while, so that kills find some under way.
  const program = script(
    folder,
    'program',
    `echo "$1" >> ${at('runs.txt')}\ncase $1 in *[08]) sleep 0.1;; esac\ncat > ${at('devnull')}`,
  );
  writeFileSync(at('log'), '');
  writeFileSync(at('tenshi.conf'), configOf(folder, program));
  let written = 0;
  const write = (upTo: number): void => {
    const lines: string[] = [];
    while (written < upTo) lines.push(`${linePrefix()}hit ${++written}\n`);
    appendFileSync(at('log'), lines.join(''));
  };
  const began = Date.now();
  for (let kill = 0; kill < kills; kill++) {
    write(Math.floor((hits * (kill + 1)) / (kills + 1)));
    const daemon = startProcess(at('tenshi.conf'), () => {});
    if (random.chance(0.8)) await daemon.ready;
    await pause(random.below(1000));
    await daemon.kill();
  }
  write(hits);
  const last = startProcess(at('tenshi.conf'), () => {});
  await untilDone(at('state/tayori.db'), at('runs.txt'), hits);
  await last.kill();
  const time = Date.now() - began;
  return { hits, kills, time, ...reckon(hits, numbersIn(at('runs.txt')), toldIn(at('state/tayori.db'))) };
}

/** Ends stay in the state, where they are counted: the queue that gets them is not due. */
function configOf(folder: string, program: string): string {
  return `${asRoot()}set logfile ${join(folder, 'log')}
set state ${join(folder, 'state')}
set letter plain
set start beginning
set sleep 0
set flush_on_signal off
set queue told f@x.org t@x.org [0 0 1 1 *] S
set exec block ${program} {{n}}
block ^hit (?<n>\\d+)
told ^tayori: program
`;
}

/** Resolves when the end of each hit is told: that nothing waits is also true before the last lines are read. */
async function untilDone(state: string, runs: string, hits: number): Promise<void> {
  let since = Date.now();
  let before = 0;
  while (Date.now() - since < PATIENCE) {
    await pause(200);
    const now = numbersIn(runs).length;
    if (now > before) since = Date.now();
    else if (existsSync(state) && leftIn(state) === 0 && toldIn(state).length >= hits) return;
    before = now;
  }
}

function leftIn(state: string): number {
  const db = openSqlite(state, { readonly: true });
  const left = db.single("SELECT count(*) AS value FROM run WHERE stage <> 'told'");
  db.close();
  return Number(left);
}

function numbersIn(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

interface ToldEnd {
  readonly number: string;
  readonly how: string;
  readonly count: number;
}

function toldIn(state: string): ToldEnd[] {
  const db = openSqlite(state, { readonly: true });
  const rows = db.prepare<[], { message: string; count: number }>('SELECT message, count FROM tally').all();
  db.close();
  return rows.flatMap(({ message, count }) => {
    const [, how = '', number = ''] =
      /^tayori: program of \[block\] (.*?): \S+ (\d+)(?:;|$)/.exec(message) ?? [];
    return number === '' ? [] : [{ number, how, count }];
  });
}

function reckon(
  hits: number,
  ran: readonly string[],
  told: readonly ToldEnd[],
): Pick<ExecFigures, 'ran' | 'interrupted' | 'ranAndInterrupted' | 'twice' | 'untold' | 'toldTwice'> {
  const times = new Map<string, number>();
  for (const number of ran) times.set(number, (times.get(number) ?? 0) + 1);
  const ends = new Map<string, number>();
  for (const { number, count } of told) ends.set(number, (ends.get(number) ?? 0) + count);
  const interrupted = told.filter(({ how }) => how === 'was interrupted').map(({ number }) => number);
  const all = Array.from({ length: hits }, (_, n) => String(n + 1));
  return {
    ran: times.size,
    interrupted: interrupted.length,
    ranAndInterrupted: interrupted.filter((number) => times.has(number)).length,
    twice: [...times].flatMap(([number, count]) => (count > 1 ? [number] : [])),
    untold: all.filter((number) => !ends.has(number)),
    toldTwice: [...ends].flatMap(([number, count]) => (count > 1 ? [number] : [])),
  };
}

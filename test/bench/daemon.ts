import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { generateLog } from './tools/generate-log.js';
import { columns, cpuTime, ended, middle, peakMemory, percent, thousands } from './tools/measure.js';
import { installRuleSets, writeLogcheckConf, writeTenshiConf } from './tools/rule-sets.js';
import { TAYORI, workFolder } from './tools/work-folder.js';

/** A daemon whose first screen has come, and how long that took from its start, in seconds. */
interface Started {
  readonly child: ChildProcess;
  readonly seconds: number;
  readonly pid: number;
  /** Of `process.hrtime`. */
  readonly began: bigint;
}

/** `npm run bench -- daemon`: the daemon as a process of its own, from files to committed state, at rest, and pressed. */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '2000000' },
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '20' },
    },
  });
  installRuleSets();
  const lines = Number(values.lines);
  const log = join(workFolder(), `log-${lines}`);
  if (!existsSync(log)) generateLog(log, lines);
  const runs = Number(values.runs);
  const rows = [
    ...(await backlog(log, lines, runs)),
    await startTime(runs),
    await idle(Number(values.seconds)),
    await nowLetters(runs),
  ];
  process.stdout.write(`${columns(rows)}\n`);
}

async function backlog(log: string, lines: number, runs: number): Promise<string[][]> {
  const conf = join(workFolder(), 'backlog.conf');
  writeTenshiConf(conf, []);
  const many = join(workFolder(), 'different.conf');
  writeFileSync(many, 'set queue all a@localhost b@localhost [30 18 * * *]\nall .\n');
  const speeds: number[] = [];
  let memory = 0;
  for (let run = 0; run < runs; run++) {
    const { child, pid, began } = await start(conf, [log]);
    speeds.push(await committed(lines, began));
    memory = Math.max(memory, peakMemory(pid));
    await kill(child);
  }
  const { median, noise } = middle(speeds);
  const different = join(workFolder(), 'log-different');
  if (!existsSync(different)) generateLog(different, 1_000_000, 7);
  const { child, pid, began } = await start(many, [different]);
  const speed = await committed(1_000_000, began);
  const pending = peakMemory(pid);
  await kill(child);
  return [
    ['files to committed state', `${thousands(median)} lines/s`, `noise ${percent(noise)}`],
    ['  most memory on the way', `${thousands(memory / 1e6)} MB`, ''],
    ['a million different messages', `${thousands(pending / 1e6)} MB`, `${thousands(speed)} lines/s`],
  ];
}

async function startTime(runs: number): Promise<string[]> {
  const conf = join(workFolder(), 'start.conf');
  const rules = writeLogcheckConf(conf, []);
  const empty = join(workFolder(), 'empty.log');
  writeFileSync(empty, '');
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { child, seconds: took } = await start(conf, [empty]);
    seconds.push(took);
    await kill(child);
  }
  const { median, noise } = middle(seconds);
  return [`start with ${thousands(rules)} rules`, `${median.toFixed(2)} s`, `noise ${percent(noise)}`];
}

/** Letters and looks of the start are over, and V8 has tidied up what the start left behind: once, some 8 s later (ms). */
const SETTLED = 12_000;

/** Twenty files that nobody writes to. */
async function idle(seconds: number): Promise<string[]> {
  const conf = join(workFolder(), 'idle.conf');
  writeTenshiConf(conf, []);
  const files = Array.from({ length: 20 }, (_, i) => join(workFolder(), `idle-${i}.log`));
  for (const file of files) writeFileSync(file, '');
  const { child, pid } = await start(conf, files);
  await wait(SETTLED);
  const before = cpuTime(pid);
  await wait(seconds * 1000);
  const share = (cpuTime(pid) - before) / seconds;
  await kill(child);
  return ['idle with 20 files', `${(share * 100).toFixed(2)} % of a core`, `over ${seconds} s`];
}

const LINES_A_STEP = 2500;
const STEP = 50;

/** How long a line for a `now` queue takes to its letter, while 50,000 lines a second are written beside it. */
async function nowLetters(runs: number): Promise<string[]> {
  const folder = join(workFolder(), 'now');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'mail', 'new'), { recursive: true });
  mkdirSync(join(folder, 'mail', 'tmp'));
  mkdirSync(join(folder, 'mail', 'cur'));
  const conf = join(folder, 'now.conf');
  writeTenshiConf(conf, [
    'set sleep 1',
    `set mailserver maildir:${join(folder, 'mail')}`,
    'set queue page a@localhost b@localhost [now]',
    'page ^pageme',
  ]);
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const { child } = await start(conf, [log]);
  const source = join(workFolder(), 'log-now');
  generateLog(source, LINES_A_STEP, 3);
  const { readFileSync } = await import('node:fs');
  const block = readFileSync(source);
  const writing = setInterval(() => appendFileSync(log, block), STEP);
  const delays: number[] = [];
  for (let run = 0; run < runs * 2; run++) {
    await wait(1000 + Math.random() * 1000);
    const arrived = nextFile(join(folder, 'mail', 'new'));
    const written = performance.now();
    appendFileSync(log, `Nov 20 10:00:00 web1 pageme: ${run}\n`);
    await arrived;
    delays.push((performance.now() - written) / 1000);
  }
  clearInterval(writing);
  await kill(child);
  const worst = Math.max(...delays);
  return [
    'a now letter at 50,000 lines/s, sleep 1',
    `${worst.toFixed(2)} s at worst`,
    `median ${middle(delays).median.toFixed(2)} s`,
  ];
}

function nextFile(folder: string): Promise<void> {
  const before = readdirSync(folder).length;
  return new Promise((resolve) => {
    const watcher = watch(folder, () => {
      if (readdirSync(folder).length <= before) return;
      watcher.close();
      resolve();
    });
  });
}

/** Waits until the state holds almost all of so many lines; returns how many a second that were, start included. */
async function committed(lines: number, began: bigint): Promise<number> {
  const db = openSqlite(join(workFolder(), 'state', 'tayori.db'), { readonly: true });
  const read = db.prepare<[], number>("SELECT value FROM counter WHERE name = 'lines'").pluck();
  try {
    for (;;) {
      const done = read.get() ?? 0;
      // The last of them may wait for the next look.
      if (done >= 0.9 * lines) return done / (Number(process.hrtime.bigint() - began) / 1e9);
      await wait(10);
    }
  } finally {
    db.close();
  }
}

/** Starts it on these logs with no state; resolves when its first screen says that it has read them. */
async function start(conf: string, logs: readonly string[]): Promise<Started> {
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
  const child = spawn(process.execPath, [TAYORI, '-f', '-c', whole], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error('the daemon ended')));
    child.stdout.on('data', (text: Buffer) => {
      if (text.includes('Watched')) resolve();
    });
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  child.removeAllListeners('exit');
  return { child, seconds, pid: child.pid ?? 0, began };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = ended(child).catch(() => {});
  child.kill('SIGKILL');
  await gone;
}

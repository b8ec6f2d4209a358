import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildsOf } from './tools/builds.js';
import { daemonRows, SETTLED, twentyFiles } from './tools/daemon-rows.js';
import { generateLog } from './tools/generate-log.js';
import { columns, cpuTime, middle } from './tools/measure.js';
import { installRuleSets, writeTenshiConf } from './tools/rule-sets.js';
import { startWhole } from './tools/whole-daemon.js';
import { TAYORI, workFolder } from './tools/work-folder.js';

/**
 * `npm run bench -- daemon`: the daemon as a process of its own, from files to committed state, at rest, and pressed.
 * `--against DIST`: the same of another build, in turn, but for the last two rows.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '2000000' },
      different: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '20' },
      against: { type: 'string' },
    },
  });
  installRuleSets();
  const runs = Number(values.runs);
  const options = {
    lines: Number(values.lines),
    different: Number(values.different),
    runs,
    settle: SETTLED,
  };
  const rows = [
    ...(await daemonRows(buildsOf(values.against), options)),
    await idle(Number(values.seconds)),
    await nowLetters(runs),
  ];
  process.stdout.write(`${columns(rows)}\n`);
}

/** Twenty files that nobody writes to. */
async function idle(seconds: number): Promise<string[]> {
  const { conf, files } = twentyFiles();
  const { pid, kill } = await startWhole(TAYORI, conf, files);
  await wait(SETTLED);
  const before = cpuTime(pid);
  await wait(seconds * 1000);
  const share = (cpuTime(pid) - before) / seconds;
  await kill();
  return ['idle with 20 files', 'tayori', `${(share * 100).toFixed(2)} % of a core`, `over ${seconds} s`];
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
  const { kill } = await startWhole(TAYORI, conf, [log]);
  const source = join(workFolder(), 'log-now');
  generateLog(source, LINES_A_STEP, 3);
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
  await kill();
  const worst = Math.max(...delays);
  return [
    'a now letter at 50,000 lines/s, sleep 1',
    'tayori',
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

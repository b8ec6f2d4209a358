import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Build } from './builds.js';
import { logOf } from './logs.js';
import { middle, percent, thousands } from './measure.js';
import { writeLogcheckConf, writeTenshiConf } from './rule-sets.js';
import { type Committed, readToState, residentMemory, startWhole } from './whole-daemon.js';
import { workFolder } from './work-folder.js';

export interface DaemonOptions {
  /** Of a log that is read to committed state. */
  readonly lines: number;
  /** Of the log whose messages are all different. */
  readonly different: number;
  readonly runs: number;
  /** How long it rests before its memory is measured (ms). */
  readonly settle: number;
}

/** Letters and looks of the start are over, and V8 has tidied up what the start left behind: once, some 8 s later (ms). */
export const SETTLED = 12_000;

/** What the daemon takes as a process of its own: a row for each build. */
export async function daemonRows(builds: readonly Build[], options: DaemonOptions): Promise<string[][]> {
  const plain = join(workFolder(), 'backlog.conf');
  writeTenshiConf(plain, []);
  const halfNew = join(workFolder(), 'backlog-half-new.conf');
  writeTenshiConf(halfNew, [], ['misc .*']);
  const { lines } = options;
  return [
    ...(await toState('files to committed state', builds, options, plain, logOf('plain', lines))),
    ...(await toState('the same, half new', builds, options, halfNew, logOf('half-new', lines))),
    ...(await allDifferent(builds, options)),
    ...(await starts(builds, options.runs)),
    ...(await rest(builds, options.settle)),
  ];
}

async function toState(
  name: string,
  builds: readonly Build[],
  { lines, runs }: DaemonOptions,
  conf: string,
  log: string,
): Promise<string[][]> {
  const all = builds.map((): Committed[] => []);
  for (let run = 0; run < runs; run++)
    for (const [i, { program }] of builds.entries())
      all[i]?.push(await readToState(program, conf, { log, lines, rests: false }));
  const cpu = all.map((some) => middle(some.map(({ cpuSpeed }) => cpuSpeed)));
  const wall = all.map((some) => middle(some.map(({ speed }) => speed)));
  const times = (values: readonly { readonly median: number }[], i: number): string =>
    i === 0 ? '' : `${((values[0]?.median ?? 0) / (values[i]?.median ?? 0)).toFixed(2)} x`;
  return builds.map((build, i) => [
    name,
    build.name,
    `${thousands(wall[i]?.median ?? 0)} lines/s`,
    `${thousands(cpu[i]?.median ?? 0)} lines/s of CPU`,
    `${megabytes(Math.max(...(all[i] ?? []).map(({ memory }) => memory)))} at most`,
    ...(i === 0 ? [''] : [`tayori: ${times(wall, i)}, by CPU ${times(cpu, i)}`]),
    `noise ${percent(wall[i]?.noise ?? 0)}, CPU ${percent(cpu[i]?.noise ?? 0)}`,
  ]);
}

async function allDifferent(
  builds: readonly Build[],
  { different: lines }: DaemonOptions,
): Promise<string[][]> {
  const conf = join(workFolder(), 'different.conf');
  writeFileSync(conf, 'set queue all a@localhost b@localhost [30 18 * * *]\nall .\n');
  const log = logOf('different', lines);
  const rows: string[][] = [];
  for (const { name, program } of builds) {
    const one = await readToState(program, conf, { log, lines, rests: true });
    rows.push([
      `${thousands(lines)} different messages`,
      name,
      `${thousands(one.speed)} lines/s`,
      `${thousands(one.cpuSpeed)} lines/s of CPU until it rests`,
      `${megabytes(one.memory)} at most`,
      `written: ${megabytes(one.written)}, at rest ${megabytes(one.writtenAtRest)}`,
    ]);
  }
  return rows;
}

async function starts(builds: readonly Build[], runs: number): Promise<string[][]> {
  const conf = join(workFolder(), 'start.conf');
  const rules = writeLogcheckConf(conf, []);
  const empty = join(workFolder(), 'empty.log');
  writeFileSync(empty, '');
  const all = builds.map((): { wall: number; cpu: number }[] => []);
  for (let run = 0; run < runs; run++)
    for (const [i, { program }] of builds.entries()) {
      const { seconds, kill } = await startWhole(program, conf, [empty]);
      all[i]?.push({ wall: seconds, cpu: await kill() });
    }
  return builds.map(({ name }, i) => {
    const wall = middle((all[i] ?? []).map((one) => one.wall));
    const cpu = middle((all[i] ?? []).map((one) => one.cpu));
    const times = [`${wall.median.toFixed(2)} s`, `${cpu.median.toFixed(2)} s of CPU`];
    return [`start with ${thousands(rules)} rules`, name, ...times, '', '', `noise ${percent(wall.noise)}`];
  });
}

/** Twenty files that nobody writes to. */
async function rest(builds: readonly Build[], settle: number): Promise<string[][]> {
  const { conf, files } = twentyFiles();
  const rows: string[][] = [];
  for (const { name, program } of builds) {
    const { pid, kill } = await startWhole(program, conf, files);
    await wait(settle);
    const after = `after ${settle / 1000} s`;
    rows.push(['rest with 20 files', name, '', '', megabytes(residentMemory(pid)), after]);
    await kill();
  }
  return rows;
}

/** A config for files that nobody writes to. */
export function twentyFiles(): { readonly conf: string; readonly files: readonly string[] } {
  const conf = join(workFolder(), 'idle.conf');
  writeTenshiConf(conf, []);
  const files = Array.from({ length: 20 }, (_, i) => join(workFolder(), `idle-${i}.log`));
  for (const file of files) writeFileSync(file, '');
  return { conf, files };
}

function megabytes(bytes: number): string {
  return `${thousands(bytes / 1e6)} MB`;
}

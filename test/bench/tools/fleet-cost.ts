import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { logOf } from './logs.js';
import { middle, percent } from './measure.js';
import { writeTenshiConf } from './rule-sets.js';
import { readToState, startWhole } from './whole-daemon.js';
import { MeetingDatabase } from './whole-fleet.js';
import { TAYORI, workFolder } from './work-folder.js';

/** How long a daemon is watched at rest (s). */
const REST = 60;

/** Processor time (s) of runs without and with `set fleet`. */
interface Runs {
  readonly alone: number[];
  readonly fleet: number[];
}

/**
 * What `set fleet` costs while nothing is due: processor time of a daemon that reads a log to committed state, and of one
 * that rests, in turn without and with it. `most`: what is promised (%).
 */
export async function fleetCost(lines: number, runs: number, most: number): Promise<string[][]> {
  const database = await MeetingDatabase.start();
  const log = logOf('plain', lines);
  const [reading, resting]: Runs[] = [
    { alone: [], fleet: [] },
    { alone: [], fleet: [] },
  ];
  try {
    for (let run = 0; run < runs; run++)
      for (const kind of run % 2 === 0 ? (['alone', 'fleet'] as const) : (['fleet', 'alone'] as const)) {
        const conf = confOf(kind === 'fleet' ? [`set fleet ${database.url}`, `set node read${run}`] : []);
        const { cpuSpeed } = await readToState(TAYORI, conf, { log, lines, rests: false });
        reading?.[kind].push(lines / cpuSpeed);
      }
    for (let run = 0; run < Math.ceil(runs / 2); run++)
      for (const kind of ['alone', 'fleet'] as const) {
        const conf = confOf(kind === 'fleet' ? [`set fleet ${database.url}`, `set node rest${run}`] : []);
        resting?.[kind].push(await rest(conf));
      }
  } finally {
    await database.server.dispose();
  }
  return [row('set fleet, while a log is read to committed state', reading, most), restRow(resting)];
}

function confOf(fleet: readonly string[]): string {
  const conf = join(workFolder(), 'fleet-cost.conf');
  writeTenshiConf(conf, [
    ...(fleet.length > 0 ? ['set mailserver 127.0.0.1:9', ...fleet] : ['set mailserver 127.0.0.1:9']),
  ]);
  return conf;
}

async function rest(conf: string): Promise<number> {
  const log = join(workFolder(), 'fleet-cost.log');
  writeFileSync(log, '');
  const { kill } = await startWhole(TAYORI, conf, [log]);
  await wait(REST * 1000);
  return await kill();
}

function row(name: string, runs: Runs | undefined, most: number): string[] {
  const [alone, fleet] = [middle(runs?.alone ?? []), middle(runs?.fleet ?? [])];
  const more = fleet.median / alone.median - 1;
  return [
    name,
    `${percent(more)} more CPU`,
    `${most} %${more * 100 > most ? ', MISSED' : ''}`,
    `${alone.median.toFixed(2)} s and ${fleet.median.toFixed(2)} s of CPU, noise ${percent(alone.noise)} and ${percent(fleet.noise)}`,
  ];
}

/** Its start is part of both. */
function restRow(runs: Runs | undefined): string[] {
  const [alone, fleet] = [middle(runs?.alone ?? []), middle(runs?.fleet ?? [])];
  const share = (fleet.median - alone.median) / REST;
  return [
    `the same at rest, over ${REST} s`,
    `${(share * 100).toFixed(2)} % of a core more`,
    '',
    `${alone.median.toFixed(2)} s and ${fleet.median.toFixed(2)} s of CPU, the start included`,
  ];
}

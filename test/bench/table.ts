import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateLog } from './tools/generate-log.js';
import { columns, type Measured, middle, percent, type Run, thousands, timed } from './tools/measure.js';
import { FOR_TENSHI, installRuleSets, writeLogcheckConf, writeTenshiConf } from './tools/rule-sets.js';
import { TAYORI, workFolder } from './tools/work-folder.js';

interface RuleSet {
  readonly name: string;
  readonly conf: string;
  /** How many lines Tenshi is given: it is the slower one. */
  readonly tenshiLines: number;
}

/** Runs of one program, in lines a second. */
interface Speed {
  readonly wall: Measured;
  /** Of processor time: steadier where others work on the same machine. */
  readonly cpu: Measured;
}

/**
 * `npm run bench`: Debian's Tenshi and tayori on the same log and the same rules, in turn, as whole processes.
 * `--rules FILE`: a tenshi.conf of one's own as well. `--quick`: a tenth of the lines, once.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string' },
      runs: { type: 'string' },
      rules: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const lines = Number(values.lines ?? (values.quick ? 200_000 : 2_000_000));
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  const fewer = Math.min(1, lines / 2_000_000);
  installRuleSets();
  const log = join(workFolder(), `log-${lines}`);
  if (!existsSync(log)) generateLog(log, lines);
  const sets = ruleSets(values.rules, fewer);
  process.stdout.write(
    `${thousands(lines)} lines, ${runs} runs in turn, node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
  );

  const plain = join(workFolder(), 'plain-rules.conf');
  writeTenshiConf(plain, [...FOR_TENSHI, 'set letter plain']);
  const floorRuns: Run[] = [];
  const plainRuns: Run[] = [];
  const results = new Map<RuleSet, { tenshi: Run[]; tayori: Run[] }>(
    sets.map((set) => [set, { tenshi: [], tayori: [] }]),
  );
  for (let run = 0; run < runs; run++) {
    floorRuns.push(await timed([process.execPath, process.argv[1] ?? '', 'floor'], log));
    plainRuns.push(await timed([process.execPath, TAYORI, '-p', '-c', plain], log));
    for (const [set, result] of results) {
      const head = firstLines(log, set.tenshiLines);
      result.tenshi.push(await timed(['tenshi', '-p', '-c', set.conf], head));
      result.tayori.push(await timed([process.execPath, TAYORI, '-p', '-c', set.conf], log));
    }
  }
  const floor = speed(floorRuns, lines);
  const rows = [['rules', 'Tenshi', 'tayori', 'ratio', 'by CPU', 'of the floor', 'noise Tenshi, tayori']];
  const speeds = [...results].map(([set, { tenshi, tayori }]) => {
    const one = { tenshi: speed(tenshi, set.tenshiLines), tayori: speed(tayori, lines) };
    rows.push(row(set.name, one, floor));
    return one.tayori;
  });
  process.stdout.write(`${columns(rows)}\n`);
  process.stdout.write(
    `floor (read, split, cut the prefix, count whole lines): ${thousands(floor.wall.median)} lines/s, noise ${percent(floor.wall.noise)}\n`,
  );
  const [few, many] = speeds;
  if (few) {
    const without = speed(plainRuns, lines);
    process.stdout.write(
      `what the first set takes more than with set letter plain, for hours and values: ${percent(without.wall.median / few.wall.median - 1)} (by CPU ${percent(without.cpu.median / few.cpu.median - 1)})\n`,
    );
  }
  if (few && many)
    process.stdout.write(
      `time with the second set / time with the first: ${(few.wall.median / many.wall.median).toFixed(2)} (by CPU ${(few.cpu.median / many.cpu.median).toFixed(2)})\n`,
    );
}

function ruleSets(own: string | undefined, fewer: number): RuleSet[] {
  const few = join(workFolder(), 'tenshi-rules.conf');
  const many = join(workFolder(), 'logcheck-rules.conf');
  const sets = [
    {
      name: `${writeTenshiConf(few, FOR_TENSHI)} (Debian's tenshi)`,
      conf: few,
      tenshiLines: 200_000 * fewer,
    },
    {
      name: `${writeLogcheckConf(many, FOR_TENSHI)} (Debian's logcheck)`,
      conf: many,
      tenshiLines: 40_000 * fewer,
    },
  ];
  if (own !== undefined) sets.push({ name: own, conf: own, tenshiLines: 40_000 * fewer });
  return sets;
}

function firstLines(log: string, count: number): string {
  const head = `${log}-first-${count}`;
  if (!existsSync(head))
    writeFileSync(head, execFileSync('head', ['-n', String(count), log], { maxBuffer: 2 ** 30 }));
  if (readFileSync(head).length === 0) throw new Error(`${head} is empty`);
  return head;
}

function speed(runs: readonly Run[], lines: number): Speed {
  return {
    wall: middle(runs.map(({ wall }) => lines / wall)),
    cpu: middle(runs.map(({ cpu }) => lines / cpu)),
  };
}

function row(name: string, { tenshi, tayori }: { tenshi: Speed; tayori: Speed }, floor: Speed): string[] {
  return [
    name,
    thousands(tenshi.wall.median),
    thousands(tayori.wall.median),
    `${(tayori.wall.median / tenshi.wall.median).toFixed(1)} x`,
    `${(tayori.cpu.median / tenshi.cpu.median).toFixed(1)} x`,
    percent(tayori.wall.median / floor.wall.median),
    `${percent(tenshi.wall.noise)}, ${percent(tayori.wall.noise)}`,
  ];
}

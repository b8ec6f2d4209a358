import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Build, buildsOf } from './tools/builds.js';
import { daemonRows, SETTLED } from './tools/daemon-rows.js';
import { compileHyperscanPeer, type HyperscanRun, runHyperscan } from './tools/hyperscan.js';
import { firstLines, logOf } from './tools/logs.js';
import { columns, type Measured, middle, percent, type Run, thousands, timed } from './tools/measure.js';
import { FOR_TENSHI, installRuleSets, writeLogcheckConf, writeTenshiConf } from './tools/rule-sets.js';
import { type Shares, sharesOf } from './tools/shares.js';
import { TAYORI, workFolder } from './tools/work-folder.js';

/** Rules and a log that programs read with `-p`. */
interface Row {
  readonly name: string;
  readonly log: string;
  readonly conf: string;
  /** How many lines Tenshi is given, being the slower one, and its config. */
  readonly tenshi: { readonly lines: number; readonly conf: string };
  /** What Hyperscan is given: the texts that the rules see. */
  readonly texts: string | null;
  /** Whether other builds know each directive of the config. */
  readonly isOld: boolean;
}

/** Runs of one program, in lines a second. */
interface Speed {
  readonly wall: Measured;
  /** Of processor time: steadier where others work on the same machine. */
  readonly cpu: Measured;
}

interface RowRuns {
  readonly tenshi: Run[];
  /** By build. */
  readonly builds: readonly Run[][];
  readonly hyperscan: HyperscanRun[];
}

/**
 * `npm run bench`: Debian's Tenshi and tayori on the same logs and the same rules, in turn, as whole processes; then the
 * daemon. `--against DIST`: the same of another build (its folder dist). `--rules FILE`: a tenshi.conf of one's own as well.
 * `--quick`: a tenth of the lines, once.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string' },
      runs: { type: 'string' },
      rules: { type: 'string' },
      against: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const lines = Number(values.lines ?? (values.quick ? 200_000 : 2_000_000));
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  const builds = buildsOf(values.against);
  installRuleSets();
  say(
    `${thousands(lines)} lines, ${runs} runs in turn, node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
  );
  await measureRules(lines, runs, builds, values.rules);
  const different = values.quick ? 100_000 : 1_000_000;
  const settle = values.quick ? 2_000 : SETTLED;
  say(`the daemon\n${columns(await daemonRows(builds, { lines, different, runs, settle }))}`);
  say(`load ${loadavg()[0]?.toFixed(1)}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The table of `tayori -p`: rules and logs. */
async function measureRules(
  lines: number,
  runs: number,
  builds: readonly Build[],
  own: string | undefined,
): Promise<void> {
  const program = compileHyperscanPeer();
  if (program === null) say('without Hyperscan: that takes cc and libhyperscan-dev');
  const { rows, shares } = await rowsOf(lines, own);
  say(
    `half new: with Debian's 82 rules, ${percent(shares.caught)} of the lines come to misc .*, and ${percent(shares.different)} of those are different from all before`,
  );
  const plain = join(workFolder(), 'plain-rules.conf');
  writeTenshiConf(plain, [...FOR_TENSHI, 'set letter plain']);
  const log = logOf('plain', lines);
  const floorRuns: Run[] = [];
  const plainRuns: Run[] = [];
  const tenshiRuns = new Map<string, Run[]>();
  const results = rows.map((row) => {
    // Rows that give Tenshi the same share its runs.
    const tenshi = tenshiRuns.get(`${row.tenshi.conf} ${row.log}`) ?? [];
    tenshiRuns.set(`${row.tenshi.conf} ${row.log}`, tenshi);
    const runs: RowRuns = { tenshi, builds: builds.map(() => []), hyperscan: [] };
    return [row, runs] as const;
  });
  for (let run = 0; run < runs; run++) {
    floorRuns.push(await timed([process.execPath, process.argv[1] ?? '', 'floor'], log));
    plainRuns.push(await timed([process.execPath, TAYORI, '-p', '-c', plain], log));
    for (const [row, result] of results) {
      if (result.tenshi.length <= run) result.tenshi.push(await runTenshi(row));
      await runRow(row, result, builds, program);
    }
  }
  const floor = speed(floorRuns, lines);
  say(
    columns([HEADS, ...results.flatMap(([row, result]) => rowTexts(row, result, builds, { lines, floor }))]),
  );
  for (const [{ name }, { hyperscan }] of results) sayHyperscan(name, hyperscan);
  say(
    `floor (read, split, cut the prefix, count whole lines): ${thousands(floor.wall.median)} lines/s, noise ${percent(floor.wall.noise)}`,
  );
  const [few, many] = results.map(([, result]) => speed(result.builds[0] ?? [], lines));
  if (few && many) compareSets(few, many, speed(plainRuns, lines));
}

function runTenshi({ log, tenshi }: Row): Promise<Run> {
  return timed(['tenshi', '-p', '-c', tenshi.conf], firstLines(log, tenshi.lines));
}

async function runRow(
  { log, conf, texts, isOld }: Row,
  result: RowRuns,
  builds: readonly Build[],
  hyperscan: string | null,
): Promise<void> {
  for (const [i, { program }] of builds.entries())
    if (i === 0 || isOld)
      result.builds[i]?.push(await timed([process.execPath, program, '-p', '-c', conf], log));
  if (hyperscan !== null && texts !== null) result.hyperscan.push(runHyperscan(hyperscan, conf, texts));
}

const CATCH_ALL = ['misc .*'];

async function rowsOf(
  lines: number,
  own: string | undefined,
): Promise<{ readonly rows: readonly Row[]; readonly shares: Shares }> {
  const fewer = Math.min(1, lines / 2_000_000);
  const pathOf = (name: string): string => join(workFolder(), `${name}.conf`);
  const [few, many, fewMore, masked, manyMore] = [
    pathOf('tenshi-rules'),
    pathOf('logcheck-rules'),
    pathOf('tenshi-rules-and-misc'),
    pathOf('tenshi-rules-automask'),
    pathOf('logcheck-rules-and-misc'),
  ];
  const plain = logOf('plain', lines);
  const halfNew = logOf('half-new', lines);
  const [fewTexts, manyTexts] = [`${halfNew}.texts`, `${halfNew}.texts-with-pid`];
  const few82 = writeTenshiConf(few, FOR_TENSHI);
  const many1530 = writeLogcheckConf(many, FOR_TENSHI);
  writeTenshiConf(fewMore, FOR_TENSHI, CATCH_ALL);
  writeTenshiConf(masked, [...FOR_TENSHI, 'set automask misc'], CATCH_ALL);
  writeLogcheckConf(manyMore, FOR_TENSHI, CATCH_ALL);
  const shares = await sharesOf(fewMore, halfNew, fewTexts);
  await sharesOf(manyMore, halfNew, manyTexts);
  const row = (name: string, log: string, conf: string, tenshiLines: number): Row => ({
    name,
    log,
    conf,
    tenshi: { lines: tenshiLines * fewer, conf },
    texts: null,
    isOld: true,
  });
  const rows: Row[] = [
    row(`${few82} (Debian's tenshi)`, plain, few, 200_000),
    row(`${many1530} (Debian's logcheck)`, plain, many, 40_000),
    { ...row(`${few82} + misc .*, half new`, halfNew, fewMore, 200_000), texts: fewTexts },
    {
      ...row(`${few82} + misc .*, half new, automask`, halfNew, masked, 200_000),
      tenshi: { lines: 200_000 * fewer, conf: fewMore },
      isOld: false,
    },
    { ...row(`${many1530} + misc .*, half new`, halfNew, manyMore, 40_000), texts: manyTexts },
  ];
  if (own !== undefined) rows.push(row(own, plain, own, 40_000));
  return { rows, shares };
}

function speed(runs: readonly Run[], lines: number): Speed {
  return {
    wall: middle(runs.map(({ wall }) => lines / wall)),
    cpu: middle(runs.map(({ cpu }) => lines / cpu)),
  };
}

const HEADS = [
  'rules',
  'build',
  'Tenshi',
  'lines/s',
  'ratio',
  'by CPU',
  'of the floor',
  'CPU / that of Hyperscan',
  'tayori / it, by CPU',
  'noise Tenshi, build (by CPU)',
];

/** A line of the table for each build. */
function rowTexts(
  row: Row,
  result: RowRuns,
  builds: readonly Build[],
  { lines, floor }: { readonly lines: number; readonly floor: Speed },
): string[][] {
  const tenshi = speed(result.tenshi, row.tenshi.lines);
  const own = speed(result.builds[0] ?? [], lines);
  const matching = middle(result.hyperscan.map(({ cpu, lines: matched }) => matched / cpu));
  return builds.flatMap(({ name }, i) => {
    const runs = result.builds[i] ?? [];
    if (runs.length === 0) return [];
    const build = speed(runs, lines);
    return [
      [
        row.name,
        name,
        thousands(tenshi.wall.median),
        thousands(build.wall.median),
        `${(build.wall.median / tenshi.wall.median).toFixed(1)} x`,
        `${(build.cpu.median / tenshi.cpu.median).toFixed(1)} x`,
        percent(build.wall.median / floor.wall.median),
        result.hyperscan.length === 0 ? '' : (matching.median / build.cpu.median).toFixed(1),
        i === 0
          ? ''
          : `${(own.cpu.median / build.cpu.median).toFixed(2)} x (wall ${(own.wall.median / build.wall.median).toFixed(2)})`,
        `${percent(tenshi.wall.noise)}, ${percent(build.wall.noise)} (${percent(tenshi.cpu.noise)}, ${percent(build.cpu.noise)})`,
      ],
    ];
  });
}

/** Hyperscan matches the texts that the rules see and tells the first rule; the CPU of tayori is that of its whole process. */
function sayHyperscan(name: string, runs: readonly HyperscanRun[]): void {
  const [run] = runs;
  if (!run) return;
  const micro = middle(runs.map(({ cpu, lines }) => (cpu / lines) * 1e6));
  say(
    `Hyperscan, ${name}: ${micro.median.toFixed(2)} us of CPU a line for matching alone, noise ${percent(micro.noise)}; it takes ${run.accepted} of the regexes and refuses ${run.refused}; ${thousands(run.matched)} of ${thousands(run.lines)} lines matched`,
  );
}

function compareSets(few: Speed, many: Speed, without: Speed): void {
  say(
    `what the first set takes more than with set letter plain, for hours and values: ${percent(without.wall.median / few.wall.median - 1)} (by CPU ${percent(without.cpu.median / few.cpu.median - 1)})`,
  );
  say(
    `time with the second set / time with the first: ${(few.wall.median / many.wall.median).toFixed(2)} (by CPU ${(few.cpu.median / many.cpu.median).toFixed(2)})`,
  );
}

import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { findKinds, KindFinder } from '../../src/rule/suggest/find-kinds.js';
import { MASK_KINDS, ShapeMasker } from '../../src/rule/suggest/mask-by-shape.js';
import { proposeRules } from '../../src/rule/suggest/propose-rules.js';
import { generateLog } from './tools/generate-log.js';
import { columns, peakMemory, thousands } from './tools/measure.js';
import { readCsv } from './tools/read-csv.js';
import { scoreGroups } from './tools/score-groups.js';
import { workFolder } from './tools/work-folder.js';

/** What stands behind the name of a set of logs in the name of a file with the truth about it. */
const TRUTH = /(?:_2k)?\.log_structured\.csv$/;

/** Stamp, host, and the number of the process. */
const PREFIX = /^.{15} \S+ /;
const PID = /^([\w./-]+)\[\d+\]:/;

/**
 * `npm run bench -- suggest [FOLDER] [--lines N]`: how well kinds of messages are found, by the sets in FOLDER (files
 * NAME_structured.csv with the columns Content and EventId, as Loghub has them); and how fast, in a generated log.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { lines: { type: 'string', default: '1000000' } },
  });
  for (const folder of positionals) printScores(folder);
  await printSpeed(Number(values.lines));
}

function printScores(folder: string): void {
  const files = readdirSync(folder).filter((file) => TRUTH.test(file));
  const rows = [['set', 'GA', 'FGA', 'found', 'events', 'rules', 'without a rule']];
  let sumGa = 0;
  let sumFga = 0;
  for (const file of files.sort()) {
    const { messages, events } = readTruth(join(folder, file));
    const { kinds, groups } = findKinds(messages);
    const { ga, fga, found, events: count } = scoreGroups(events, groups);
    const rules = proposeRules(kinds.rows);
    const none = rules.filter((rule) => rule === null).length;
    rows.push([
      file.replace(TRUTH, ''),
      ga.toFixed(4),
      fga.toFixed(4),
      ...[found, count, rules.length - none, none].map(String),
    ]);
    sumGa += ga;
    sumFga += fga;
  }
  if (files.length > 0)
    rows.push(['mean', (sumGa / files.length).toFixed(4), (sumFga / files.length).toFixed(4)]);
  process.stdout.write(`${columns(rows)}\n`);
}

function readTruth(path: string): { messages: string[]; events: string[] } {
  const [head = [], ...rows] = readCsv(readFileSync(path, 'utf8'));
  const [content, event] = [head.indexOf('Content'), head.indexOf('EventId')];
  return {
    messages: rows.map((row) => (row[content] ?? '').replaceAll('\n', ' ')),
    events: rows.map((row) => row[event] ?? ''),
  };
}

async function printSpeed(lines: number): Promise<void> {
  const log = join(workFolder(), `log-${lines}`);
  if (!existsSync(log)) generateLog(log, lines);
  const finder = new KindFinder();
  const before = process.memoryUsage().heapUsed;
  let seconds = 0;
  for await (const batch of batchesOf(log))
    seconds += timeOf(() => {
      for (const message of batch) finder.add(message);
    });
  const found = { rows: 0, unsorted: 0 };
  seconds += timeOf(() => {
    const kinds = finder.finish();
    Object.assign(found, { rows: kinds.rows.length, unsorted: kinds.unsorted });
  });
  const peak = `${Math.round(peakMemory(process.pid) / 1e6)} MB at most`;
  const heap = `${Math.round((process.memoryUsage().heapUsed - before) / 1e6)} MB of heap`;
  process.stdout.write(
    `kinds: ${thousands(lines / seconds)} messages/s of processor time, ${found.rows} kinds, ${found.unsorted} unsorted, ${heap}, ${peak}\n`,
  );
  await printMasking(log, lines);
}

async function printMasking(log: string, lines: number): Promise<void> {
  const masker = new ShapeMasker(new Set(MASK_KINDS));
  let seconds = 0;
  let masks = 0;
  for await (const batch of batchesOf(log))
    seconds += timeOf(() => {
      for (const message of batch) masks += masker.read(message);
    });
  process.stdout.write(
    `masks by shape: ${thousands(lines / seconds)} messages/s of processor time, ${(masks / lines).toFixed(1)} masks each\n`,
  );
}

/** Processor time that a task takes, in seconds. */
function timeOf(task: () => void): number {
  const begun = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** So many messages are read at once, so that reading is not measured. */
const BATCH = 10_000;

/** The messages of a log without prefix. */
async function* batchesOf(log: string): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const line of createInterface({ input: createReadStream(log) })) {
    batch.push(line.replace(PREFIX, '').replace(PID, '$1:'));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { LineProcessor } from '../../src/ingest/line-processor.js';
import type { TallyChange } from '../../src/queue/tally.js';
import { RuleState } from '../../src/rule/rule-state.js';
import { createUnknownLines } from '../bench/tools/unknown-lines.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SAMPLE = resolve('conf/tenshi.conf');

/** What the lines of a log become with a config. */
function countsOf(path: string, lines: readonly string[]): TallyChange[] {
  const read = readConfig(path);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const processor = new LineProcessor(
    read.config,
    new RuleState({ last: [], hits: [] }),
    () => 0,
    () => {},
  );
  processor.take({ text: lines.map((line) => `Nov 29 12:00:00 h ${line}\n`).join('') });
  return [...processor.changes().tally];
}

function write(text: string): string {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(path, text);
  return path;
}

const messages = (changes: readonly TallyChange[]): number =>
  changes.filter(({ queue }) => queue === 'misc').length;

it('the sample config makes a few messages of unknown lines that are almost all different', () => {
  const unknown = createUnknownLines(1, { kinds: 200, different: 0.88 });
  const lines = Array.from({ length: 20_000 }, () => unknown.next());
  const without = write(
    readFileSync(SAMPLE, 'utf8')
      .replace(/^set automask.*\n/m, '')
      .replace('../includes-active', resolve('includes-active')),
  );
  expect(messages(countsOf(without, lines))).toBeGreaterThan(15_000);
  expect(messages(countsOf(SAMPLE, lines))).toBeLessThan(300);
});

const QUEUES = 'set queue misc a b [now]\nset queue noprefix a b [now]\nset logfile /x\nset mask ___\n';

it('values are counted under the masks of a queue that masks by itself', () => {
  const path = write(`${QUEUES}set automask misc\nmisc .*\n`);
  const [row, ...others] = countsOf(path, ['app: job 7', 'app: job 8', 'app: job 7']);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ queue: 'misc', message: 'app: job ___', count: 3 });
  const stats = row?.stats?.masked;
  expect(stats !== 'no-room' && stats?.map(({ values }) => values.summary().top)).toEqual([
    [
      { value: '7', count: 2 },
      { value: '8', count: 1 },
    ],
  ]);
});

it('lines without a prefix are masked in the queue noprefix', () => {
  const read = readConfig(write(`${QUEUES}set automask noprefix\nmisc .*\n`));
  if (!read.ok) throw new Error('not sound');
  const processor = new LineProcessor(
    read.config,
    new RuleState({ last: [], hits: [] }),
    () => 0,
    () => {},
  );
  processor.take({ text: 'no prefix 7\nno prefix 8\n' });
  expect([...processor.changes().tally]).toMatchObject([{ message: 'no prefix ___', count: 2 }]);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { ledgerHash } from '../../src/letter/entry-id.js';
import { Comparison } from '../../src/publish/compare-with-history.js';
import type { TallyRow } from '../../src/queue/tally.js';
import { memoryStore } from '../store/memory-store.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MADE = Date.UTC(2026, 10, 20);

it('of many messages the most frequent ones are remembered, and of equal ones those that come first', () => {
  const random = createRandom(5);
  const rows = Array.from({ length: 45_000 }, (_, at) => ({
    host: `web${Math.floor(at / 9000)}`,
    message: `message ${at}`,
    ...{ count: 1 + random.below(30), first: MADE, last: MADE },
  }));
  const comparison = comparisonOf(2000);
  expect([...comparison.withHistory(rows)]).toHaveLength(rows.length);
  expect(comparison.entry().rows).toEqual(entered(rows, 2000));
  expect(comparison.notRemembered()).toBe(43_000);
});

/** What it means, written down as it is said. */
function entered(rows: readonly TallyRow[], most: number) {
  return rows
    .toSorted((a, b) => b.count - a.count)
    .slice(0, most)
    .map(({ message, ...row }) => ({ ...row, hash: ledgerHash(message), text: message }));
}

function comparisonOf(most: number): Comparison {
  const conf = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(conf, 'set logfile /x.log\nset queue a f@x.org t@x.org [0 12 * * *]\na .\n');
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const [queue] = read.config.queues;
  if (!queue) throw new Error('no queue');
  const edition = {
    ...{ id: 1, queue: 'a', since: 0, closed: MADE, status: null, held: null, storm: null, sections: [] },
    ...{ counters: new Map<string, number>(), untaken: { lines: [], about: false } },
  };
  const own = { ...queue, subject: '', filter: null };
  return new Comparison(edition, own, ['a'], { config: read.config, store: memoryStore(), most });
}

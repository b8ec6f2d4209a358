import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { createLineReader } from '../../src/line/read-line.js';
import { findRule } from '../../src/rule/find-rule.js';

const reading = readConfig(fileURLToPath(new URL('../../conf/tenshi.conf', import.meta.url)));
if (!reading.ok) throw new Error('the sample config is not sound');
const { rules } = reading.config;
const readLine = createLineReader({ logprefixes: [], hidepid: true, timezone: null, now: () => Date.now() });

/** Where a line goes, as a rule would name it. */
function queuesOf(line: string): string[] {
  const read = readLine(`Nov 20 10:00:00 web1 ${line}`);
  if (read.kind !== 'entry') throw new Error(`no entry: ${line}`);
  const rule = findRule(rules, read.entry, () => {});
  return rule?.kind === 'queues' ? rule.targets.map(({ queue }) => queue) : [rule?.kind ?? 'none'];
}

function linesOf(file: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** `critical.log`: loss of data, of memory, of power, or near it. */
it('what cannot wait is critical', () => {
  const lines = linesOf('critical.log');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => !queuesOf(line).includes('critical'))).toEqual([]);
});

/** `trouble.log`: what an administrator must read, be it as a known message or as one that no rule knows. */
it('what is trouble is in a letter of the day, and never in the trash', () => {
  const lines = linesOf('trouble.log');
  expect(lines.length).toBeGreaterThan(300);
  const daily = ['critical', 'report', 'misc'];
  expect(lines.filter((line) => !queuesOf(line).some((queue) => daily.includes(queue)))).toEqual([]);
});

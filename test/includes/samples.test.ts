import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import type { Entry } from '../../src/line/entry.js';
import { createLineReader } from '../../src/line/read-line.js';
import { findRule } from '../../src/rule/find-rule.js';

const CONFIG = fileURLToPath(new URL('../../conf/tenshi.conf', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../includes-active/', import.meta.url));

/** `#>` is a line as it is logged, `#=` what it becomes; both stand above the rule that takes it. */
interface Sample {
  readonly at: string;
  readonly text: string;
  readonly becomes: string | null;
}

/** A rule with its samples. Samples may stand above a run of rules: each belongs to the one that takes it. */
interface Block {
  readonly samples: Sample[];
  readonly rules: number[];
}

function readBlocks(file: string): Block[] {
  const blocks: Block[] = [];
  let block: Block = { samples: [], rules: [] };
  for (const [index, line] of readFileSync(FOLDER + file, 'utf8')
    .split('\n')
    .entries()) {
    const number = index + 1;
    if (line.startsWith('#> ')) {
      if (block.rules.length > 0) blocks.push(block);
      if (block.rules.length > 0) block = { samples: [], rules: [] };
      block.samples.push({ at: `${file}:${number}`, text: line.slice(3), becomes: null });
    } else if (line.startsWith('#= ')) {
      const sample = block.samples.pop();
      if (sample) block.samples.push({ ...sample, becomes: line.slice(3) });
    } else if (line !== '' && !line.startsWith('#')) block.rules.push(number);
  }
  return [...blocks, block];
}

const result = readConfig(CONFIG);
if (!result.ok) throw new Error('the sample config is not sound');
const { config } = result;
const readLine = createLineReader({ logprefixes: [], hidepid: true, timezone: null, now: () => Date.now() });

function entryOf(text: string): Entry {
  const reading = readLine(`Nov 20 10:00:00 web1 ${text}`);
  if (reading.kind !== 'entry') throw new Error(`no entry: ${text}`);
  return reading.entry;
}

describe.each(readdirSync(FOLDER).sort())('%s', (file) => {
  const blocks = readBlocks(file);

  it.each(blocks.flatMap((block) => block.samples.map((sample) => ({ ...sample, block }))))(
    '$at is taken by its own rule, and becomes what stands beside it',
    ({ text, becomes, block }) => {
      const entry = entryOf(text);
      const rule = findRule(config.rules, entry, () => {});
      expect(`${rule?.place.file}:${rule?.place.line}`).toBeOneOf(
        block.rules.map((line) => `${FOLDER}${file}:${line}`),
      );
      expect(rule?.pattern.mask(entry.text, config.mask.value)).toBe(becomes);
    },
  );

  it('has a sample for each of its rules', () => {
    const taken = new Set(
      blocks.flatMap(({ samples }) =>
        samples.map(({ text }) => findRule(config.rules, entryOf(text), () => {})?.place.line),
      ),
    );
    expect(blocks.flatMap(({ rules }) => rules).filter((line) => !taken.has(line))).toEqual([]);
  });
});

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { TextBlock } from '../../../src/base/text/text-block.js';
import { readConfig } from '../../../src/config/read-config.js';
import { Excerpt } from '../../../src/line/excerpt.js';
import { createPrefixScanner } from '../../../src/line/scan-prefix.js';
import { createRuleIndex } from '../../../src/rule/rule-index.js';

/** What the last rule of a config, its catch-all, takes of a log. */
export interface Shares {
  /** Of all lines. */
  readonly caught: number;
  /** Of the lines that it takes: those of which no line before had the same host and text. */
  readonly different: number;
}

const TEXTS_A_WRITE = 20_000;

/**
 * Reads a log as the rules of a config do, and measures what its last rule takes. What rules see of each line, behind the
 * prefix, is written to `texts`.
 */
export async function sharesOf(conf: string, log: string, texts: string): Promise<Shares> {
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { rules, hidepid } = read.config;
  const index = createRuleIndex(rules, () => {});
  const last = index.flat.length - 1;
  const scan = createPrefixScanner({
    logprefixes: [],
    hidepid: hidepid.value,
    timezone: null,
    now: () => Date.now(),
  });
  const file = createWriteStream(texts);
  const excerpt = new Excerpt();
  const whole = new TextBlock();
  const seen = new Set<string>();
  let block: string[] = [];
  let [lines, caught] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(log) })) {
    lines++;
    if (!scan(excerpt, whole.set(line), 0, line.length)) continue;
    block.push(`${excerpt.text}\n`);
    if (block.length === TEXTS_A_WRITE) {
      if (!file.write(block.join(''))) await once(file, 'drain');
      block = [];
    }
    if (index.find(excerpt) !== last) continue;
    caught++;
    seen.add(`${excerpt.host} ${excerpt.text}`);
  }
  file.end(block.join(''));
  await once(file, 'close');
  return { caught: caught / lines, different: seen.size / caught };
}

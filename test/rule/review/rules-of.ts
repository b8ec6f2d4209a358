import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../src/config/config.js';
import { readConfig } from '../../../src/config/read-config.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** The config of these rules, whose first line is line 3 of its file; with the queues `a` and `misc`. */
export function configOf(rules: string): Config {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(
    path,
    `set queue a f@x.org t@x.org [30 12 * * *] A\nset queue misc f@x.org t@x.org [30 12 * * *] M\n${rules}`,
  );
  const read = readConfig(path);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { renderFault } from '../../src/config/read/fault.js';
import { type ConfigResult, readConfig } from '../../src/config/read-config.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Lines that make a sound config of a few rules. */
export const BASE =
  'set queue a from@x to@x [now]\nset queue b from@x to@x [0 9 * * *]\nset logfile /var/log/x\n';

/** Files by name; one alone is `tenshi.conf`. */
export type Files = Readonly<Record<string, string | Buffer>> | string;

export function write(files: Files, folder = temporaryFolder()): string {
  for (const [name, text] of Object.entries(typeof files === 'string' ? { 'tenshi.conf': files } : files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Reads `tenshi.conf` in a folder of its own; faults are told as `line:column` and code, and as people see them. */
export function read(
  files: Files,
): ConfigResult & { readonly folder: string; readonly told: string[]; readonly codes: string[] } {
  const folder = write(files);
  const result = readConfig(join(folder, 'tenshi.conf'));
  return {
    ...result,
    folder,
    told: result.faults.map((fault) => renderFault(fault).replaceAll(`${folder}/`, '')),
    codes: result.faults.map(
      ({ place, severity, code }) => `${place.line}:${place.column} ${severity} ${code}`,
    ),
  };
}

/** A config without an error, or the errors. */
export function sound(files: Files): Config {
  const result = read(files);
  if (!result.ok) throw new Error(result.told.join('\n'));
  return result.config;
}

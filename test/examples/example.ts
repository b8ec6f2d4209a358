import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import { runCli } from '../support/run-cli.js';

/** The config that ships under `conf/examples`. */
export function exampleText(name: string): string {
  return readFileSync(new URL(`../../conf/examples/${name}`, import.meta.url), 'utf8');
}

/** It as it is adapted to a machine: a config in `folder`, which must have neither an error nor a warning. */
export async function adaptedExample(
  name: string,
  folder: string,
  adapt: (text: string) => string,
): Promise<Config> {
  const path = join(folder, 'tenshi.conf');
  writeFileSync(path, adapt(exampleText(name)));
  const { err } = await runCli(['check', '-c', path]);
  if (/warning|error/.test(err)) throw new Error(err);
  const read = readConfig(path);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

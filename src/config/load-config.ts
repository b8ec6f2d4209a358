import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EMBEDDED_CONFIG } from '../base/package.js';
import type { Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from './config.js';
import { type Fault, renderFault } from './read/fault.js';
import { type ConfigResult, readConfig } from './read-config.js';

/** tayori's own, as the Debian package has it, before Tenshi's. */
const SYSTEM_CONFIGS = ['/etc/tayori/tenshi.conf', '/etc/tenshi/tenshi.conf'];

/** The path that was asked for, else the system's config, else the one that ships with the program. */
export function configPath(asked: string | undefined): string {
  if (asked !== undefined) return resolve(asked);
  return SYSTEM_CONFIGS.find((path) => existsSync(path)) ?? EMBEDDED_CONFIG;
}

/** Reads a config and writes its faults to stderr. `show`: down to which severity. */
export function loadConfig(path: string, io: Io, show: Show): Config | null {
  const result = loadResult(path, io, show);
  return result.ok ? result.config : null;
}

type Show = 'errors' | 'warnings' | 'all';

/** The same, for those who want to know of a config with a fault what it says all the same. */
export function loadResult(path: string, io: Io, show: Show): ConfigResult {
  const result = readConfig(path);
  const shown: Fault['severity'][] =
    show === 'all' ? ['error', 'warning', 'notice'] : show === 'warnings' ? ['error', 'warning'] : ['error'];
  for (const fault of result.faults)
    if (shown.includes(fault.severity)) io.stderr.write(`${renderFault(fault)}\n`);
  return result;
}

/** For those who have named none. */
export function tellConfig(path: string, io: Io): void {
  io.stderr.write(`${escapeControl(`by the config ${path}; -c names another`)}\n`);
}

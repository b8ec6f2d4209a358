import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EMBEDDED_CONFIG } from '../base/package.js';
import type { Io } from '../base/process/io.js';
import type { Config } from './config.js';
import { type Fault, renderFault } from './read/fault.js';
import { readConfig } from './read-config.js';

/** tayori's own, as the Debian package has it, before Tenshi's. */
const SYSTEM_CONFIGS = ['/etc/tayori/tenshi.conf', '/etc/tenshi/tenshi.conf'];

/** The path that was asked for, else the system's config, else the one that ships with the program. */
export function configPath(asked: string | undefined): string {
  if (asked !== undefined) return resolve(asked);
  return SYSTEM_CONFIGS.find((path) => existsSync(path)) ?? EMBEDDED_CONFIG;
}

/** Reads a config and writes its faults to stderr. `show`: down to which severity. */
export function loadConfig(path: string, io: Io, show: 'errors' | 'warnings' | 'all'): Config | null {
  const result = readConfig(path);
  const shown: Fault['severity'][] =
    show === 'all' ? ['error', 'warning', 'notice'] : show === 'warnings' ? ['error', 'warning'] : ['error'];
  for (const fault of result.faults)
    if (shown.includes(fault.severity)) io.stderr.write(`${renderFault(fault)}\n`);
  return result.ok ? result.config : null;
}

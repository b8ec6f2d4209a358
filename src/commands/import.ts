import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf, reasonOf } from '../base/errors.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { escapeLines } from '../base/text/layout.js';
import { renderFault } from '../config/read/fault.js';
import { readConfig } from '../config/read-config.js';
import { migrateFail2ban } from '../migrate/fail2ban/migrate-fail2ban.js';
import { migrateLogcheck } from '../migrate/logcheck/migrate-logcheck.js';
import type { Migration, MigrationResult } from '../migrate/migration.js';
import { kindOfPath } from '../migrate/read-foreign-file.js';
import { migrateSwatch } from '../migrate/swatch/migrate-swatch.js';
import {
  MAIN_FILE,
  type Origin,
  REPORT_FILE,
  summaryOf,
  type WrittenFile,
  writeFiles,
  writeReport,
  writeWhole,
} from '../migrate/write-migration.js';

export interface ImportOptions {
  readonly program: Program;
  /** Of the other program. */
  readonly path: string;
  /** Where the config goes; undefined: to standard output, as one file. */
  readonly to: string | undefined;
}

type Program = 'fail2ban' | 'logcheck' | 'swatch';

const MIGRATE: Readonly<Record<Program, (path: string) => MigrationResult>> = {
  fail2ban: migrateFail2ban,
  logcheck: migrateLogcheck,
  swatch: migrateSwatch,
};

/** What the path has to be. */
const NEEDS: Readonly<Record<Program, 'folder' | 'either'>> = {
  fail2ban: 'either',
  logcheck: 'folder',
  swatch: 'either',
};

/** `tayori import`: makes a config of that of another program, and reports what could not be carried over. */
export function importConfig(options: ImportOptions, io: Io): ExitCode {
  const { program, to } = options;
  const path = resolve(options.path);
  const wrong = wrongPath(program, path) ?? (to === undefined ? null : wrongTarget(to));
  if (wrong !== null) return fail(wrong, io);
  const result = MIGRATE[program](path);
  if (!result.ok) return fail(result.reason, io);
  const { migration } = result;
  const origin: Origin = { program, path };
  const isSound = to === undefined ? print(migration, origin, io) : writeFolder(migration, origin, to, io);
  return isSound && migration.unreadable === 0 ? 0 : 1;
}

function wrongPath(program: Program, path: string): string | null {
  const kind = kindOfPath(path);
  if (kind === 'none') return `${path} is not there, or its folder cannot be entered`;
  if (NEEDS[program] === 'folder' && kind !== 'folder')
    return `${path} is no folder; name that of ${program}`;
  return kind === 'other' ? `${path} is neither a file nor a folder` : null;
}

function wrongTarget(to: string): string | null {
  try {
    return readdirSync(to).length === 0 ? null : `${to} is not empty; name a folder that is not there yet`;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : `${to}: ${reasonOf(error)}`;
  }
}

function fail(reason: string, io: Io): ExitCode {
  io.stderr.write(`${escapeControl(`tayori import: ${reason}`)}\n`);
  return 1;
}

/** Prints the config; the report goes to standard error. */
function print(migration: Migration, origin: Origin, io: Io): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-import-'));
  try {
    const text = writeWhole(migration, origin);
    writeAll(folder, [{ path: MAIN_FILE, text }]);
    io.stdout.write(text);
    tell(writeReport(migration), io);
    return isSound(join(folder, MAIN_FILE), io);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the config and the report into a folder. */
function writeFolder(migration: Migration, origin: Origin, to: string, io: Io): boolean {
  const report = writeReport(migration);
  try {
    writeAll(to, [...writeFiles(migration, origin), { path: REPORT_FILE, text: escapeLines(report) }]);
  } catch (error) {
    fail(`${to} cannot be written: ${reasonOf(error)}`, io);
    return false;
  }
  tell(report, io);
  const main = join(to, MAIN_FILE);
  if (!isSound(main, io)) return false;
  io.stdout.write(`${escapeControl(`${main} is written: ${summaryOf(migration)}.`)}\n`);
  io.stdout.write(`${escapeControl(`Try it: tayori try -c ${main}`)}\n`);
  return true;
}

function writeAll(folder: string, files: readonly WrittenFile[]): void {
  for (const { path, text } of files) {
    const at = join(folder, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text, { flag: 'wx' });
  }
}

function tell(report: readonly string[], io: Io): void {
  io.stderr.write(escapeLines(report));
}

/** Whether `tayori check` takes the config. What an importer writes should be sound, whatever it has read. */
function isSound(path: string, io: Io): boolean {
  const errors = readConfig(path).faults.filter(({ severity }) => severity === 'error');
  for (const fault of errors) io.stderr.write(`${renderFault(fault)}\n`);
  if (errors.length > 0)
    io.stderr.write('tayori import: the errors above are in what was written; correct them there\n');
  return errors.length === 0;
}

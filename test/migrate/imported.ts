import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A folder of another program with these files. */
export function folderOf(program: string, files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), program);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** What `tayori import` made. */
export interface Imported {
  readonly config: string;
  readonly code: number;
  readonly err: string;
  /** The lines of that, without the folder. */
  readonly report: readonly string[];
  /** Statements of all files, without comments. */
  readonly statements: readonly string[];
}

/** `folder`: what the report leaves out of paths. */
export async function importFrom(program: string, path: string, folder = path): Promise<Imported> {
  const to = join(temporaryFolder(), 'new');
  const { code, err } = await runCli(['import', program, path, '--to', to]);
  const config = join(to, 'tenshi.conf');
  const main = existsSync(config) ? readFileSync(config, 'utf8').split('\n') : [];
  const whole = main.flatMap((line) =>
    line.startsWith('include ') ? readFileSync(join(to, line.slice(8)), 'utf8').split('\n') : line,
  );
  return {
    config,
    code,
    err,
    report: err.replaceAll(folder, '').trim().split('\n'),
    statements: whole.filter((line) => !/^(?:#|$)/.test(line)),
  };
}

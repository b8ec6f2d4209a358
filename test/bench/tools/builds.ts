import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TAYORI } from './work-folder.js';

/** A build of tayori: its main.js. */
export interface Build {
  readonly name: string;
  readonly program: string;
}

/** This build, and beside it the one whose folder dist is named by `--against`. */
export function buildsOf(against: string | undefined): readonly [Build, ...Build[]] {
  const own: Build = { name: 'tayori', program: TAYORI };
  if (against === undefined) return [own];
  const program = join(resolve(against), 'main.js');
  if (!existsSync(program)) throw new Error(`--against ${against}: there is no ${program}`);
  return [own, { name: against, program }];
}

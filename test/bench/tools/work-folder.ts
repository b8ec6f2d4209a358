import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program as it is built; npm runs scripts in the folder of package.json. */
export const TAYORI = join(process.cwd(), 'dist', 'main.js');

/** Where logs and configs of the benchmarks lie, from one run to the next. */
export function workFolder(): string {
  const folder = join(tmpdir(), 'tayori-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

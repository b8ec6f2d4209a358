import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The letters in the Maildir of a folder, as text. */
export function maildir(folder: string): string[] {
  const path = join(folder, 'Maildir', 'new');
  if (!existsSync(path)) return [];
  return readdirSync(path).map((name) => readFileSync(join(path, name), 'utf8'));
}

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program that notes its arguments, each in `<>`, and its standard input behind them. */
export interface Recorder {
  readonly path: string;
  /** A line for each run, as it ended. */
  runs(): string[];
}

/** Writes the program into a folder. `more`: shell commands that it runs at its end. */
export function recorder(folder: string, more = '', name = 'recorder'): Recorder {
  const notes = join(folder, `${name}.txt`);
  const path = script(
    folder,
    name,
    `words=; for one; do words="$words<$one>"; done
line=$(cat)
printf '%s|%s\\n' "$words" "$line" >> ${notes}
${more}`,
  );
  return {
    path,
    runs: () => (existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').slice(0, -1) : []),
  };
}

/** An executable file of the shell. */
export function script(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

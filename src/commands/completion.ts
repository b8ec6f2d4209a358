import type { ExitCode, Io } from '../base/process/io.js';
import { completeBash } from '../manual/complete-bash.js';
import { completeZsh } from '../manual/complete-zsh.js';

const SHELLS = { bash: completeBash, zsh: completeZsh } as const;

/** `tayori completion`: prints a completion script, made from the table of commands. */
export function completion({ shell }: { readonly shell: keyof typeof SHELLS }, io: Io): ExitCode {
  io.stdout.write(SHELLS[shell]());
  return 0;
}

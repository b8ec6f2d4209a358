import { type ProgramOptions, type ProgramResult, runProgram } from './run-program.js';

export interface ShellOptions extends Omit<ProgramOptions, 'program' | 'args'> {
  /** For /bin/sh, as the administrator wrote it: quotes, variables and redirections work. */
  readonly command: string;
}

/** Runs a command of the config with text as its input. */
export function runShell({ command, ...options }: ShellOptions): Promise<ProgramResult> {
  return runProgram({ program: '/bin/sh', args: ['-c', command], ...options });
}

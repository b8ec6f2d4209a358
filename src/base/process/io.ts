import type { Readable } from 'node:stream';

/** Where text goes. `columns` is only there on a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The outside of a command: tests hand in their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
}

/** What a command ends with: 0 fine, 1 the work failed or the config is bad, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

import { Readable } from 'node:stream';
import { cli } from '../../src/cli/cli.js';

/** What a command has printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command within the test, with an empty environment. */
export async function runCli(argv: readonly string[], input = ''): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await cli(argv, {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
  });
  return { code, out, err };
}

#!/usr/bin/env node
import { cli } from './cli/cli.js';

// A reader that leaves (`| head`) has read enough; what a full disk did not take is a failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1;
});
process.stderr.on('error', () => {}); // nobody is left to tell it to, and the daemon works on

const code = await cli(process.argv.slice(2), process);
process.exitCode ||= code;

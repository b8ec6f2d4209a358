import { optimiseSparingly } from '../base/process/late-optimising.js';
import { cli } from './cli.js';

optimiseSparingly();

// A reader that closes the pipe (`| head`) has read enough; a full disk is a failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1;
});
process.stderr.on('error', () => {}); // nobody can read it, and the daemon continues

const code = await cli(process.argv.slice(2), process);
process.exitCode ||= code;

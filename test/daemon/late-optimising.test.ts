import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { MAIN, type Place, preparePlace } from '../support/tayori.js';

const LINES = 'Nov 20 10:00:00 host program: a line that nobody wants\n'.repeat(50_000);

/** A place with a FIFO, into which the lines are written as soon as somebody reads it. */
function withFifo(place: Place): string {
  const [fifo, lines] = [join(place.folder, 'fifo'), join(place.folder, 'lines')];
  execFileSync('mkfifo', [fifo]);
  writeFileSync(lines, LINES);
  const writer = spawn('sh', ['-c', `cat '${lines}' > '${fifo}'`]);
  onTestFinished(() => void writer.kill('SIGKILL'));
  return `set fifo ${fifo}\n`;
}

function withLog({ log }: Place): string {
  writeFileSync(log, LINES);
  return '';
}

it.each([
  ['once some thousands were read', withLog],
  ['also where they come over a FIFO', withFifo],
])('V8 optimises what reads lines, %s', async (_, prepare) => {
  const place = preparePlace(
    'set uid root\nset gid root\nset start beginning\nset queue a f@x.org t@x.org [now]\na ^b\ntrash .\n',
  );
  const directive = prepare(place);
  writeFileSync(place.conf, directive, { flag: 'a' });
  const child = spawn(process.execPath, ['--trace-opt', MAIN, '-f', '-c', place.conf], {
    env: place.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.includes('[completed optimizing')) break;
  }
  expect(said).toContain('[completed optimizing');
});

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { MAIN, preparePlace } from '../support/tayori.js';

it('V8 optimises what reads lines, once some thousands were read', async () => {
  const place = preparePlace(
    'set uid root\nset gid root\nset start beginning\nset queue a f@x.org t@x.org [now]\na ^b\ntrash .\n',
  );
  writeFileSync(place.log, 'Nov 20 10:00:00 host program: a line that nobody wants\n'.repeat(50_000));
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

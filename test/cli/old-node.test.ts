import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { launch, MAIN } from '../support/tayori.js';

/** As which Node.js the program takes itself to be run. */
function pretend(version: string): NodeJS.ProcessEnv {
  const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
}

it.each([
  ['18.20.8', '18.20'],
  ['12.22.12', '12.22'],
  ['20.18.3', '20.18'],
])('Node.js %s is too old, which is said in one sentence', async (version, told) => {
  const { ended, out, err } = launch(['status'], { env: pretend(version) });
  expect(await ended).toBe(1);
  expect(err()).toBe(`tayori needs Node.js 20.19 or later; this is ${told}\n`);
  expect(out()).toBe('');
});

it.each(['20.19.0', '21.0.0', '100.1.2'])('Node.js %s is not', async (version) => {
  const { ended, out } = launch(['--version'], { env: pretend(version) });
  expect(await ended).toBe(0);
  expect(out()).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('the file that says so loads nothing else before, which an old Node.js could not read', () => {
  expect(readFileSync(MAIN, 'utf8')).not.toMatch(/^import |^export .* from|\?\.|\?\?|^const .*await/m);
});

import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { overload } from './overload.js';

/** `npm run torture` says how many; the short form stands for it in `npm test`. */
const LINES = Number(process.env.TAYORI_OVERLOAD ?? 300_000);

/** MB; what is promised. */
const MOST_MEMORY = 200;

/** A backlog that no flush reads to its end (30 s, in which a fast machine reads 10 million lines). */
const LONG = 20_000_000;

it(`${LINES} lines at once, all of them different: all are counted, in bounded memory, and signals are obeyed`, async () => {
  const endured = await overload({ lines: LINES, folder: temporaryFolder(), letter: 'plain' });
  console.log(endured);
  expect(endured).toMatchObject({ read: LINES, messages: LINES, counted: LINES });
  expect(endured.letters).toBeGreaterThan(0);
  if (LINES >= LONG) expect(endured.behind).toBeGreaterThan(0);
  expect(endured.memory).toBeLessThan(MOST_MEMORY);
}, 3_600_000);

it('letters that are laid beside each other keep to the same memory', async () => {
  const endured = await overload({ lines: 300_000, folder: temporaryFolder(), letter: 'full' });
  console.log(endured);
  expect(endured.read).toBe(300_000);
  expect(endured.memory).toBeLessThan(MOST_MEMORY);
}, 600_000);

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const CONF = 'set queue a f@x.org t@x.org [30 12 * * *] A\na ^x\n';
const DIFFERENT = 12_000;

function waitingRuns({ folder }: Running): number {
  const db = openSqlite(join(folder, 'state', 'tayori.db'), { readonly: true });
  const count = Number(db.single('SELECT count(*) AS value FROM sorted_run'));
  db.close();
  return count;
}

it('rows that were set down in a hurry are merged while nothing is to be read, a few ranges at each look', async () => {
  const running = await startDaemon(CONF, { clock: heldClock(NOON) });
  running.write(...Array.from({ length: DIFFERENT }, (_, at) => `x ${at}`));
  await running.daemon.poll();
  expect(waitingRuns(running)).toBe(24);
  await running.daemon.poll();
  expect(waitingRuns(running)).toBe(20);
  for (let look = 0; look < 5; look++) await running.daemon.poll();
  expect(waitingRuns(running)).toBe(0);
});

it('a letter that is due before tells all of them', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  running.write(...Array.from({ length: DIFFERENT }, (_, at) => `x ${at}`));
  await running.daemon.poll();
  clock.advance(30 * 60_000);
  await running.daemon.poll();
  const text = letterText(maildir(running.folder)[0] ?? '');
  const shown = text.match(/^ +1: x \d+$/gm)?.length ?? 0;
  const [, left = '0'] = /(\d[\d,]*) (?:more|further|other)/.exec(text) ?? [];
  expect(shown + Number(left.replace(',', ''))).toBe(DIFFERENT);
});

it('lines of 10 MB among thousands of different messages wait with them, cut', async () => {
  const running = await startDaemon(CONF, { clock: heldClock(NOON) });
  const texts = Array.from({ length: 3000 }, (_, at) => `x ${at}`);
  for (const [at, letter] of ['y', '\u{1f600}', '\0'].entries())
    texts.splice(1000 * at, 0, `x ${letter.repeat(10_000_000 / Buffer.byteLength(letter))}`);
  running.write(...texts);
  await running.daemon.poll();
  expect(waitingRuns(running)).toBeGreaterThan(0);
  expect(running.daemon.pending()).toEqual([{ queue: 'a', messages: 3003, lines: 3003 }]);
  expect(waitingRuns(running)).toBe(0);
  const [edition] = running.store.openEditions(0);
  const long = running.store
    .slice(edition?.id ?? 0, null, 9000)
    .map(({ message }) => message)
    .filter(({ length }) => length > 100);
  expect(long.map((message) => message.slice(0, 4))).toEqual(['x yy', 'x \u{1f600}', 'x \0\0']);
  for (const message of long) expect(Buffer.byteLength(message)).toBeLessThan(300_000);
});

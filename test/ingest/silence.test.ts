import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const QUEUES = `set queue c f@x.org t@x.org [now] C
set queue a f@x.org t@x.org [0 0 1 1 *] A
`;
const RULES = `c ^tayori: .* is (?:silent|heard again)
a ^x
trash ^y
`;
const MINUTE = 60_000;

/** What was said of silence, in order. */
function said({ folder, log }: Pick<Running, 'folder' | 'log'>): string[] {
  const all = maildir(folder).map(letterText).join('\n');
  return [...all.matchAll(/tayori: (.*)/g)].map(([, text = '']) => text.replace(log, 'LOG')).sort();
}

/** A look each minute. */
async function minutes(
  { daemon }: Running,
  clock: { advance(ms: number): void },
  many: number,
): Promise<void> {
  for (let minute = 0; minute < many; minute++) {
    clock.advance(MINUTE);
    await daemon.poll();
  }
}

it.each([
  ['a log', '/*/*/x.log', 'LOG'],
  ['a host', 'web1', 'web1'],
  ['a queue', 'a', 'a'],
])('%s that is silent is told once, and again when it is heard', async (_, subject, name) => {
  const clock = heldClock(NOON);
  const running = await startDaemon(`${QUEUES}set expect ${subject} 10m\n${RULES}`, { clock });
  running.write('x 1');
  await running.daemon.poll();
  await minutes(running, clock, 9);
  expect(said(running)).toEqual([]);
  await minutes(running, clock, 20);
  const silent = `${name} is silent: no line for 10 min`;
  expect(said(running)).toEqual([silent]);
  running.write('x 2');
  await minutes(running, clock, 1);
  expect(said(running)).toEqual([`${name} is heard again: after 29 min`, silent]);
});

it('a line that is thrown away is one of its log and host, but none of a queue; a line of tayori is none of any', async () => {
  const clock = heldClock(NOON);
  const conf = `${QUEUES}set expect web1 10m\nset expect loghost 10m\nset expect c 10m\n${RULES}`;
  const running = await startDaemon(conf, { clock });
  for (let turn = 0; turn < 15; turn++) {
    running.write('y 1');
    await minutes(running, clock, 1);
  }
  expect(said(running)).toEqual(['c is silent: no line for 10 min', 'loghost is silent: no line for 10 min']);
});

it('a stop, a start and a clock that is set make nothing silent; what was silent is not told again', async () => {
  const clock = heldClock(NOON);
  const conf = `${QUEUES}set expect web1 10m\n${RULES}`;
  const first = await startDaemon(conf, { clock });
  await minutes(first, clock, 6);
  await first.stop();
  clock.advance(5 * 3600_000);
  const second = await startDaemon(conf, { clock, folder: first.folder });
  await minutes(second, clock, 3);
  clock.advance(24 * 3600_000);
  await second.daemon.poll();
  expect(said(second)).toEqual([]);
  await minutes(second, clock, 1);
  expect(said(second)).toEqual(['web1 is silent: no line for 10 min']);
  await second.stop();
  const third = await startDaemon(conf, { clock, folder: first.folder });
  await minutes(third, clock, 15);
  expect(said(third)).toHaveLength(1);
  third.write('x 1');
  await minutes(third, clock, 1);
  expect(said(third)[0]).toMatch(/^web1 is heard again: after 2\d min$/);
});

it('each log of a glob is watched by itself, over rotations', async () => {
  const clock = heldClock(NOON);
  const conf = `${QUEUES}set expect /*/*/*.log 10m\n${RULES}`;
  const place = await startDaemon(`${QUEUES}${RULES}`, { clock });
  await place.stop();
  const other = join(place.folder, 'y.log');
  writeFileSync(other, '');
  const running = await startDaemon(`set logfile ${place.folder}/*.log\n${conf}`, {
    clock,
    folder: place.folder,
  });
  for (let turn = 0; turn < 15; turn++) {
    if (turn === 7) {
      renameSync(running.log, `${running.log}.1`);
      writeFileSync(running.log, '');
    }
    appendFileSync(running.log, `Nov 20 10:00:00 web1 x ${turn}\n`);
    await minutes(running, clock, 1);
  }
  expect(said(running)).toEqual([`${other} is silent: no line for 10 min`]);
});

it('a commit that fails: what was to be said is said later, once', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(`${QUEUES}set expect web1 10m\n${RULES}`, { clock });
  await minutes(running, clock, 9);
  const { commit } = running.store;
  Object.assign(running.store, {
    commit() {
      throw new Error('disk full');
    },
  });
  await minutes(running, clock, 2);
  Object.assign(running.store, { commit });
  await minutes(running, clock, 5);
  expect(said(running)).toEqual([expect.stringContaining('web1 is silent')]);
});

import { expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import type { RuleHistory } from '../../src/store/ports/rule-histories.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';

const QUEUE = 'set queue a f@x.org t@x.org [30 12 * * *] A\n';

/** Lines of each rule that took one, least first. */
const counts = ({ store }: Running): number[] =>
  store
    .ruleHistories()
    .map(({ count }) => count)
    .filter((count) => count > 0)
    .sort((a, b) => a - b);

const ofCount = ({ store }: Running, count: number): RuleHistory | undefined =>
  store.ruleHistories().find((one) => one.count === count);

it('what rules took is in the state, with when they took it last, and goes on after a restart with the rules in another order', async () => {
  const clock = heldClock(NOON);
  const first = await startDaemon(`${QUEUE}a ^x\ntrash ^y\na ^never\n`, { clock });
  first.write('x 1', 'x 2', 'x 3', 'y 1');
  await first.daemon.poll();
  expect(counts(first)).toEqual([1, 3]);
  await first.stop();

  clock.advance(DAY);
  const { folder } = first;
  const second = await startDaemon(`${QUEUE}a ^new\na ^never\ntrash ^y\na ^x\n`, { clock, folder });
  second.write('x 4', 'new');
  await second.daemon.poll();
  expect(counts(second)).toEqual([1, 1, 4]);
  expect(ofCount(second, 4)).toMatchObject({ since: NOON, last: NOON + DAY, days: [] });
  const never = second.store.ruleHistories().filter(({ last }) => last === null);
  expect(never).toMatchObject([{ count: 0, since: NOON }]);
});

it('of a rule of trash a line of each program is kept, and how many came on which day', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(`${QUEUE}trash done$\n`, { clock });
  running.write('cron: job 1 done', 'cron: job 2 done');
  await running.daemon.poll();
  clock.advance(2 * DAY);
  running.write('backup: all done');
  await running.daemon.poll();
  const today = Math.floor(NOON / DAY);
  expect(ofCount(running, 3)).toMatchObject({
    programs: [
      { program: 'cron', since: NOON, sample: 'cron: job 1 done' },
      { program: 'backup', since: NOON + 2 * DAY, sample: 'backup: all done' },
    ],
    days: [
      { day: today, count: 2 },
      { day: today + 2, count: 1 },
    ],
  });
  clock.advance(40 * DAY);
  running.write('cron: job 3 done');
  await running.daemon.poll();
  expect(ofCount(running, 4)?.days).toEqual([{ day: today + 42, count: 1 }]);
});

it('a rule that the config lacks is forgotten after 90 days, and not before', async () => {
  const clock = heldClock(NOON);
  const first = await startDaemon(`${QUEUE}trash ^x\n`, { clock });
  first.write('x');
  await first.daemon.poll();
  await first.stop();
  const { folder } = first;
  for (const [days, kept] of [
    [89, [1]],
    [2, []],
  ] as const) {
    clock.advance(days * DAY);
    const later = await startDaemon(`${QUEUE}trash ^y\n`, { clock, folder });
    await later.daemon.poll();
    expect(counts(later)).toEqual(kept);
    await later.stop();
  }
});

it('a line that a commit could not keep is counted once', async () => {
  const running = await startDaemon(`${QUEUE}a ^x\n`);
  const { commit } = running.store;
  running.write('x 1');
  running.store.commit = () => {
    throw new Error('disk full');
  };
  await running.daemon.poll();
  running.store.commit = commit;
  running.write('x 2');
  await running.daemon.poll();
  await running.daemon.poll();
  expect(counts(running)).toEqual([2]);
});

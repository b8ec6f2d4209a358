import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/base/time/duration.js';
import { renderStatus } from '../../src/commands/render-status.js';
import { describeEvent } from '../../src/daemon/describe-event.js';
import { reportStatus } from '../../src/daemon/status.js';
import { entryId, ledgerHash, wholeId } from '../../src/letter/entry-id.js';
import { type Snooze, stepSnooze } from '../../src/queue/snooze.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const CONF = `set state state
set queue n f@x.org t@x.org [now] S
set queue noon f@x.org t@x.org [30 12 * * *] S
n ^disk
noon .
`;

let clock: HeldClock;
let running: Running;

beforeEach(() => {
  clock = heldClock(NOON);
});

/** A snooze from now on, as the command makes it. */
function put(queue: string, message: string, changes: Partial<Snooze> = {}): void {
  const now = clock.now();
  running.store.addSnooze({
    ...{ id: wholeId(queue, ledgerHash(message)), queue, message, host: '', reason: 'ordered', began: now },
    ...{ until: now + 3 * DAY, usual: 1, held: 0, day: now, before: 0, ended: null, why: null },
    ...changes,
  });
}

/** Says lines, and goes on by a minute: so often are snoozes looked after. */
async function says(...texts: string[]): Promise<void> {
  running.write(...texts);
  clock.advance(61_000);
  await running.daemon.poll();
}

/** The bodies of all letters, oldest first. */
function letters(): string[] {
  return maildir(running.folder)
    .map((mail) => ({ at: Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''), body: letterText(mail) }))
    .sort((a, b) => a.at - b.at)
    .map(({ body }) => body.replace(/\s+/g, ' ').trim());
}

const times = (count: number, text: string): string[] => Array<string>(count).fill(text);

describe('a snoozed entry', () => {
  it('makes no page, and is told with the next one, which others make', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda');
    await says('disk sda', 'disk sda');
    expect(letters()).toEqual([]);
    await says('disk sdb');
    expect(letters()).toEqual([
      `web1: 1: disk sdb *** snoozed until Nov 23 12:00 (ordered): 2 lines, 2 since Nov 20 12:00: disk sda [${entryId('n', 'disk sda')}] ***`,
    ]);
    await says('disk sda', 'disk sdb');
    expect(letters()[1]).toContain('(ordered): 1 line, 3 since Nov 20 12:00: disk sda');
  });

  it('is told with the times of the zone of its queue', async () => {
    running = await startDaemon(`set zone n Asia/Tokyo\n${CONF}`, { clock });
    put('n', 'disk sda');
    await says('disk sda', 'disk sdb');
    expect(letters()[0]).toContain(
      'snoozed until Nov 23 21:00 (ordered): 1 line, 1 since Nov 20 21:00: disk sda',
    );
  });

  it('stands in no letter on a schedule but in a note; a letter that would hold nothing else is not sent', async () => {
    running = await startDaemon(CONF, { clock });
    put('noon', 'cron x');
    await says('cron x');
    clock.advance(HOUR);
    await running.daemon.poll();
    expect(letters()).toEqual([]);
    await says('cron x', 'fan');
    clock.advance(DAY);
    await running.daemon.poll();
    expect(letters()).toEqual([
      expect.stringMatching(/^web1: 1: fan \*\*\* snoozed .* 1 line, 2 since .*: cron x \[/),
    ]);
  });

  it('is that of one host alone, if it is snoozed there', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda', { host: 'db1' });
    await says('disk sda');
    expect(letters()).toEqual(['web1: 1: disk sda']);
  });

  it('wakes when its time ends: what was held back is told, and why', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda', { until: NOON + HOUR });
    await says('disk sda');
    clock.advance(HOUR);
    await running.daemon.poll();
    expect(letters()).toEqual([
      `web1: 1: disk sda *** no longer snoozed, as its time is over (ordered): disk sda [${entryId('n', 'disk sda')}] ***`,
    ]);
    await says('disk sda');
    expect(letters()[1]).toBe('web1: 1: disk sda');
    expect(running.store.snoozes()).toEqual([]);
    expect(running.events.map(describeEvent)).toContain(
      `the entry ${entryId('n', 'disk sda')} of [n] is no longer snoozed: its time is over`,
    );
  });

  it('wakes when it grows tenfold within a day', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda', { usual: 2 });
    await says(...times(19, 'disk sda'));
    expect(letters()).toEqual([]);
    await says('disk sda');
    expect(letters()).toEqual([
      expect.stringContaining('web1: 20: disk sda *** no longer snoozed, as it has grown tenfold'),
    ]);
  });

  it('does not wake by what many days bring together', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda', { usual: 2, until: NOON + 30 * DAY });
    for (let day = 0; day < 8; day++) {
      await says(...times(9, 'disk sda'));
      clock.advance(DAY);
      await running.daemon.poll();
    }
    expect(letters()).toEqual([]);
    expect(running.store.pending()).toEqual([{ queue: 'n', messages: 1, lines: 72 }]);
  });

  it('stays snoozed over a restart, with what it has held back', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda');
    await says('disk sda', 'disk sdb');
    await says('disk sda');
    await running.stop();
    running = await startDaemon(CONF, { clock, folder: running.folder });
    await says('disk sda', 'disk sdb');
    expect(letters()[1]).toContain('2 lines, 3 since Nov 20 12:00: disk sda');
  });

  it('does not begin a storm, nor go on in one', async () => {
    running = await startDaemon(`${CONF}set fold n 2m,10m\n`, { clock });
    put('n', 'disk sda');
    for (let at = 0; at < 5; at++) await says('disk sda');
    expect(letters()).toEqual([]);
    await says('disk sdb');
    expect(letters()).toHaveLength(1);
  });

  it('does not count for set hours over N', async () => {
    clock = heldClock(NOON + 12 * HOUR);
    running = await startDaemon(`${CONF}set hours n 7-22 * over 3\n`, { clock });
    put('n', 'disk sda', { usual: 100 });
    await says(...times(9, 'disk sda'), 'disk sdb');
    expect(letters()).toEqual([]);
  });

  it('is dropped with its queue, and that is said', async () => {
    running = await startDaemon(CONF, { clock });
    put('gone', 'disk sda');
    await says();
    expect(running.store.snoozes()).toEqual([]);
    const said = `the entry ${entryId('gone', 'disk sda')} is no longer snoozed: the config does not define its queue "gone" any more`;
    expect(running.events.map(describeEvent)).toContain(said);
    await says();
    expect(running.store.pending()).toEqual([{ queue: 'noon', messages: 1, lines: 1 }]);
  });

  it('is in the status', async () => {
    running = await startDaemon(CONF, { clock });
    put('n', 'disk sda');
    await says('disk sda');
    const status = reportStatus(running.store, null, true, clock.now());
    const text = renderStatus(status, { state: 's', timezone: 'UTC', now: clock.now() });
    expect(text).toMatch(
      /Snoozed\n {2}\w{7} {2}\[n] {2}every host {2}until Mon 23 Nov, 12:00 {2}1 line {2}ordered {2}disk sda\n/,
    );
  });
});

describe('the days of a snooze', () => {
  const made: Snooze = {
    ...{ id: 'i', queue: 'n', message: 'm', host: '', reason: 'r', began: 0, until: 9 * DAY, usual: 3 },
    ...{ held: 100, day: 0, before: 90, ended: null, why: null },
  };

  it.each([
    ['a quiet day', 9, HOUR, { kind: 'sleeps' }],
    ['one line less than ten times the usual', 19, HOUR, { kind: 'sleeps' }],
    ['ten times the usual', 20, HOUR, { kind: 'ends', why: 'grown' }],
    ['the next day', 9, DAY, { kind: 'day', day: DAY, before: 109 }],
    ['a clock that was set back by days', 9, -2 * DAY, { kind: 'day', day: -2 * DAY, before: 109 }],
    ['its end', 0, 9 * DAY, { kind: 'ends', why: 'time' }],
  ])('%s', (_, waiting, now, expected) => {
    expect(stepSnooze(made, waiting, now)).toEqual(expected);
  });
});

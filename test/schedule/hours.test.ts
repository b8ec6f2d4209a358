import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { letterText, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Friday. */
const EVENING = Date.UTC(2026, 10, 20, 22, 0);
const CONF =
  'set state state\nset queue n f@x.org t@x.org [now] S\nset hours n 7-22 * over 5\nn ^x (\\d+)\nn .\n';

/** `22:00: body` of each letter, oldest first. */
function letters({ folder }: Running): string[] {
  return maildir(folder)
    .map((mail) => ({ date: new Date(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''), body: letterText(mail).trim() }))
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .map(({ date, body }) => `${date.toISOString().slice(11, 16)}: ${body.replace(/\s+/g, ' ')}`);
}

async function says({ log, daemon }: Running, clock: HeldClock, ...texts: string[]): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  appendFileSync(log, texts.map((text) => `${at} web1 ${text}\n`).join(''));
  await daemon.poll();
}

/** Lets hours go by, with a poll at each of them. */
async function pass({ daemon }: Running, clock: HeldClock, hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    clock.advance(HOUR);
    await daemon.poll();
  }
}

describe('set hours', () => {
  it('pages at once in its hours', async () => {
    const clock = heldClock(EVENING - HOUR);
    const running = await startDaemon(CONF, { clock });
    await says(running, clock, 'disk');
    expect(letters(running)).toEqual(['21:00: web1: 1: disk']);
  });

  it('keeps what comes in the night for the morning, with the times when it came', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF, { clock });
    await says(running, clock, 'disk');
    await pass(running, clock, 4);
    await says(running, clock, 'disk', 'fan');
    await pass(running, clock, 4);
    expect(letters(running)).toEqual([]);
    await pass(running, clock, 1);
    expect(letters(running)).toEqual([
      '07:00: web1: 2: disk (22:00 – 02:00) 1: fan (02:00) *** waited since 22:00 for the hours of this queue (set hours) ***',
    ]);
    clock.advance(MINUTE);
    await says(running, clock, 'disk');
    expect(letters(running)[1]).toBe('07:01: web1: 1: disk');
  });

  it('sends more than N lines at once, and counts anew', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF, { clock });
    for (let at = 0; at < 5; at++) await says(running, clock, `x ${at}`);
    expect(letters(running)).toEqual([]);
    clock.advance(HOUR);
    await says(running, clock, 'x 6');
    expect(letters(running)).toEqual([
      '23:00: web1: 6: x ___ (22:00 – 23:00) *** sent outside of the hours of this queue (set hours): more than 5 lines came since 22:00 ***',
    ]);
    for (let at = 0; at < 5; at++) await says(running, clock, `x ${at}`);
    expect(letters(running)).toHaveLength(1);
  });

  it('goes on waiting after a stop in the night, and tells since when', async () => {
    const clock = heldClock(EVENING);
    const first = await startDaemon(CONF, { clock });
    await says(first, clock, 'disk');
    await first.stop();
    clock.advance(3 * HOUR);
    const second = await startDaemon(CONF, { clock, folder: first.folder });
    await says(second, clock, 'fan');
    expect(letters(second)).toEqual([]);
    await pass(second, clock, 6);
    expect(letters(second)).toEqual([
      '07:00: web1: 1: disk (22:00) 1: fan (01:00) *** waited since 22:00 for the hours of this queue (set hours) ***',
    ]);
  });

  it('makes up for the morning that it slept through', async () => {
    const clock = heldClock(EVENING);
    const first = await startDaemon(CONF, { clock });
    await says(first, clock, 'disk');
    await first.stop();
    clock.advance(12 * HOUR);
    const second = await startDaemon(CONF, { clock, folder: first.folder });
    expect(letters(second)).toHaveLength(1);
  });

  it('gives the lines of a pager their times', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF.replace('t@x.org', 'pager:t@x.org'), { clock });
    await says(running, clock, 'disk');
    await pass(running, clock, 9);
    expect(letters(running)).toEqual(['07:00: web1,1,disk (22:00)']);
  });

  it('is passed over by a signal that mails all queues', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF, { clock });
    await says(running, clock, 'disk');
    await running.daemon.flush('flushing');
    expect(letters(running)).toEqual(['22:00: *** Status: flushing *** web1: 1: disk (22:00)']);
  });

  it('holds a storm in the night, and lets its fold go on in the morning', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(`${CONF.replace(' over 5', '')}set fold n 2m,10m\n`, { clock });
    for (let at = 0; at < 9; at++) await says(running, clock, `x ${at}`);
    await pass(running, clock, 9);
    expect(letters(running)).toHaveLength(1);
    expect(letters(running)[0]).toContain('07:00: web1: 9: x ___');
    await says(running, clock, 'x 9');
    expect(letters(running)).toHaveLength(1);
  });

  it('lets what is throttled wait for the next page, in its hours too', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(`${CONF}set throttle n 1d\n`, { clock });
    await says(running, clock, 'x 1');
    await says(running, clock, 'x 2');
    await pass(running, clock, 9);
    expect(letters(running)).toHaveLength(1);
    await says(running, clock, 'x 3');
    await pass(running, clock, 2);
    expect(letters(running)).toHaveLength(1);
  });

  it('does nothing to a queue with a schedule', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF.replace('[now]', '[0 23 * * *]'), { clock });
    await says(running, clock, 'disk');
    await pass(running, clock, 1);
    expect(letters(running)).toEqual(['23:00: web1: 1: disk']);
  });

  it('is told by status and preview while pages wait', async () => {
    const clock = heldClock(EVENING);
    const running = await startDaemon(CONF, { clock });
    await says(running, clock, 'disk');
    const read = readConfig(join(running.folder, 'tenshi.conf'));
    const config = read.ok ? read.config : null;
    const status = reportStatus(running.store, config, true, clock.now());
    expect(status.queues[0]?.next).toEqual({ kind: 'held', until: EVENING + 9 * HOUR });
    const text = renderStatus(status, { state: 's', timezone: 'UTC', now: clock.now() });
    expect(text).toMatch(/n +held back until Sat 21 Nov, 07:00 +1 line in 1 message/);
    const { out } = await runCli(['preview', '-c', join(running.folder, 'tenshi.conf')]);
    expect(out).toMatch(/\*\*\* (waits|waited) since (.*22:00) for the hours of this queue/);
  });

  it('is warned of by check where it cannot act', async () => {
    const running = await startDaemon(
      'set queue n f@x.org t@x.org [0 5 * * *] S\nset hours n 7-22 *\nset hours m 7-22 *\nn .\n',
    );
    const { err } = await runCli(['check', join(running.folder, 'tenshi.conf')]);
    expect(err).toContain('"n" has a schedule: its letters hold everything, and nothing of it waits');
    expect(err).toContain('hours of the unknown queue "m"');
  });
});

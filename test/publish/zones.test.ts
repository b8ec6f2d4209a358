import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import type { QueueConfig } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { read, sound } from '../config/read.js';
import { letterText, NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const HOUR = 3_600_000;

function nextOf({ schedule }: Pick<QueueConfig, 'schedule'>, after: string): string | null {
  if (schedule.kind === 'now') return null;
  return new Date(schedule.next(Date.parse(after)) ?? 0).toISOString().slice(0, 16);
}

describe('set zone', () => {
  const two = (lines: string): string =>
    `set logfile /x\nset queue a f@x t@x [30 2 * * *]\n${lines}set queue b f@x t@x [30 2 * * *]\na x\nb y\n`;

  it.each([
    ['above the queue', 'set timezone UTC\nset zone b Asia/Tokyo\n'],
    ['below it', 'set timezone UTC\nset zone a UTC\nset zone b UTC\nset zone b Asia/Tokyo\n'],
    ['above another set timezone', 'set zone b Asia/Tokyo\nset timezone Europe/Berlin\nset timezone UTC\n'],
  ])('%s, is that of its schedule, and of no other', (_, lines) => {
    const [a, b] = sound(two(lines)).queues;
    expect(a && nextOf(a, '2026-11-20T00:00:00Z')).toBe('2026-11-20T02:30');
    expect(b && nextOf(b, '2026-11-20T00:00:00Z')).toBe('2026-11-20T17:30');
  });

  it('of csv is that of its schedule', () => {
    const { csv } = sound(
      `${two('set timezone UTC\n')}set csv [0 9 * * *] /bin/cat\ncsv z\nset zone csv Asia/Tokyo\n`,
    );
    expect(csv && nextOf(csv, '2026-11-20T12:00:00Z')).toBe('2026-11-21T00:00');
  });

  it.each([
    // Skipped, and doubled: the night in which the clocks of the zone change.
    ['Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:00'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T00:30'],
    ['America/New_York', '2026-03-07T18:00:00Z', '2026-03-08T07:00'],
    ['Australia/Lord_Howe', '2026-10-03T00:00:00Z', '2026-10-03T15:30'],
    ['UTC', '2026-03-28T12:00:00Z', '2026-03-29T02:30'],
  ])('half past two in %s after %s is %s, once', (zone, after, expected) => {
    const [, b] = sound(two(`set timezone UTC\nset zone b ${zone}\n`)).queues;
    expect(b && nextOf(b, after)).toBe(expected);
    expect(b && Date.parse(`${nextOf(b, `${expected}:00Z`)}Z`) - Date.parse(`${expected}Z`)).toBeGreaterThan(
      20 * HOUR,
    );
  });

  it('of an unknown queue, or to an unknown zone, is told where it stands', () => {
    const { codes } = read(two('set zone c UTC\n'));
    expect(codes).toEqual(['3:10 warning unknown-queue']);
    const { codes: errors, ok } = read(two('set zone b Asia/Tokio\n'));
    expect({ ok, errors }).toEqual({ ok: false, errors: ['3:12 error bad-value'] });
  });

  it('is that of the times in its letters, and in those of no other queue', async () => {
    const clock = heldClock(NOON - HOUR);
    const running = await startDaemon(
      [
        'set letter full',
        'set queue a f@x.org t@x.org [30 12 * * *] A',
        'set queue b f@x.org t@x.org [0 21 * * *] B',
        'set zone b Asia/Tokyo',
        'a,b ^x',
        '',
      ].join('\n'),
      { clock },
    );
    appendFileSync(running.log, '2026-11-20T11:10:00Z web1 x\n2026-11-20T11:40:00Z web1 x\n');
    clock.advance(HOUR + HOUR / 2);
    await running.daemon.poll();
    const texts = new Map(
      maildir(running.folder).map((mail) => [/^Subject: (\w)/m.exec(mail)?.[1], letterText(mail)]),
    );
    expect(texts.get('A')).toContain('Nov 20 11:00 to Nov 20 12:30');
    expect(texts.get('B')).toContain('Nov 20 20:00 to Nov 20 21:30');
    expect(texts.get('B')).toContain('read since Nov 20 20:00');
    const loaded = readConfig(join(running.folder, 'tenshi.conf'));
    const status = reportStatus(running.store, loaded.ok ? loaded.config : null, true, clock.now());
    expect(
      renderStatus(status, { state: '/state', timezone: 'UTC', now: clock.now() }).split('\n'),
    ).toContainEqual(
      expect.stringMatching(/^ {2}b +next Sat 21 Nov, 12:00 \(Sat 21 Nov, 21:00 in Asia\/Tokyo\)/),
    );
  });
});

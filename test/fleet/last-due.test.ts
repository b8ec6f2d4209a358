import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastDue } from '../../src/fleet/last-due.js';
import { parseSchedule } from '../../src/queue/parse-schedule.js';
import type { Schedule } from '../../src/queue/schedule.js';

type Cron = Extract<Schedule, { readonly kind: 'cron' }>;

function cron(text: string, timezone = 'Europe/Berlin'): Cron {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok || parsed.schedule.kind !== 'cron') throw new Error(text);
  return parsed.schedule;
}

function at(text: string): number {
  return Date.parse(text);
}

function shown(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

describe('the last due time of a schedule', () => {
  it.each([
    ['is the minute itself', '0 12 * * *', '2026-11-20T11:00:00Z', '2026-11-20T11:00:00.000Z'],
    [
      'is that of the day before until it comes',
      '0 12 * * *',
      '2026-11-20T10:59:59.999Z',
      '2026-11-19T11:00:00.000Z',
    ],
    ['is within the minute', '* * * * *', '2026-11-20T11:00:59.999Z', '2026-11-20T11:00:00.000Z'],
    ['is a year ago', '@yearly', '2026-12-31T22:59:59Z', '2025-12-31T23:00:00.000Z'],
    ['is the last leap day', '0 0 29 2 *', '2031-06-01T00:00:00Z', '2028-02-28T23:00:00.000Z'],
    [
      'is a leap day on a Monday, 27 years ago',
      '0 0 29 2 1',
      '2043-12-31T00:00:00Z',
      '2016-02-28T23:00:00.000Z',
    ],
    ['is the last Friday of a month', '0 8 * * 5L', '2026-11-26T00:00:00Z', '2026-10-30T07:00:00.000Z'],
    [
      'comes at the change if the clock jumps over it',
      '30 2 * * *',
      '2027-03-28T12:00:00Z',
      '2027-03-28T01:00:00.000Z',
    ],
    [
      'comes once if the clock shows it twice',
      '30 2 * * *',
      '2026-10-25T12:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'comes in both hours if each hour has one',
      '30 * * * *',
      '2026-10-25T01:45:00Z',
      '2026-10-25T01:30:00.000Z',
    ],
  ])('%s', (_, text, now, due) => {
    expect(shown(lastDue(cron(text), at(now)))).toBe(due);
  });

  it('is null where there was none', () => {
    expect(lastDue({ next: () => null }, at('2026-11-20T11:00:00Z'))).toBeNull();
  });

  it('asks some fifty times at most, however long a schedule rests', () => {
    const { next } = cron('0 0 29 2 *');
    let asked = 0;
    const counting = {
      next(time: number): number | null {
        asked += 1;
        return next(time);
      },
    };
    lastDue(counting, at('2031-06-01T00:00:00Z'));
    expect(asked).toBeLessThan(60);
  });

  it('is what going forward from long before finds, in any zone and over changes of the clock', () => {
    const schedules = [
      '0 12 * * *',
      '30 2 * * *',
      '0 * * * *',
      '15,45 1-3 * * *',
      '0 3 * * 0',
      '*/20 2 * * *',
      '0 0 1 * *',
    ];
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
    // Two weeks around each change of the clock in Europe, America and Australia, and any day of two years.
    const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'];
    const times = fc.oneof(
      fc
        .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * 86_400, max: 3 * 86_400 }))
        .map(([day, seconds]) => at(`${day}T00:00:00Z`) + seconds * 1000),
      fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...schedules), fc.constantFrom(...zones), times, (text, zone, time) => {
        const schedule = cron(text, zone);
        let expected: number | null = null;
        for (
          let next = schedule.next(time - 40 * 86_400_000);
          next !== null && next <= time;
          next = schedule.next(next)
        )
          expected = next;
        expect(shown(lastDue(schedule, time))).toBe(shown(expected));
      }),
      { numRuns: 150 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/queue/parse-schedule.js';

const DAY = 86_400_000;
const ANY: fc.Arbitrary<readonly string[]> = fc.constant(['*']);

interface Next {
  next(time: number): number | null;
}

function cron(text: string, timezone = 'UTC'): Next {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok || parsed.schedule.kind !== 'cron') throw new Error(JSON.stringify(parsed));
  return parsed.schedule;
}

/** The next `count` days of a schedule, as `2026-01-31`, in UTC. */
function days(schedule: Next, count: number, from = Date.UTC(2026, 0, 1) - 1): string[] {
  const found: string[] = [];
  for (let time = schedule.next(from); time !== null && found.length < count; time = schedule.next(time))
    found.push(new Date(time).toISOString().slice(0, 10));
  return found;
}

describe('days that each month has elsewhere', () => {
  it.each<[string, readonly string[]]>([
    ['0 12 L * *', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
    ['0 12 l 2 *', ['2026-02-28', '2027-02-28', '2028-02-29', '2029-02-28']],
    ['0 12 15,L * *', ['2026-01-15', '2026-01-31', '2026-02-15', '2026-02-28']],
    ['0 12 28-31,L 2 *', ['2026-02-28', '2027-02-28', '2028-02-28', '2028-02-29']],
    ['0 12 * * 1#2', ['2026-01-12', '2026-02-09', '2026-03-09', '2026-04-13']],
    ['0 12 * * mon#2', ['2026-01-12', '2026-02-09', '2026-03-09', '2026-04-13']],
    ['0 12 * * Tuesday#1', ['2026-01-06', '2026-02-03', '2026-03-03', '2026-04-07']],
    ['0 12 * * 5#5', ['2026-01-30', '2026-05-29', '2026-07-31', '2026-10-30']],
    ['0 12 * * 5L', ['2026-01-30', '2026-02-27', '2026-03-27', '2026-04-24']],
    ['0 12 * * friL', ['2026-01-30', '2026-02-27', '2026-03-27', '2026-04-24']],
    ['0 12 * * 5#L', ['2026-01-30', '2026-02-27', '2026-03-27', '2026-04-24']],
    ['0 12 * * 7L', ['2026-01-25', '2026-02-22', '2026-03-29', '2026-04-26']],
    ['0 12 * * 1#1,1#3', ['2026-01-05', '2026-01-19', '2026-02-02', '2026-02-16']],
    ['0 12 * * mon,1#3,5L', ['2026-01-05', '2026-01-12', '2026-01-19', '2026-01-26']],
    ['0 12 L * 5', ['2026-07-31', '2027-04-30', '2027-12-31', '2028-03-31']],
    ['0 12 L 2 1#5', ['2044-02-29', '2072-02-29', '2112-02-29', '2140-02-29']],
  ])('%s', (text, expected) => {
    expect(days(cron(text), 4)).toEqual(expected);
  });

  it.each(['0 12 L * 5', '0 12 1 * 1#1', '0 12 25 * 5L'])('%s: that both must hold is told', (text) => {
    expect(parseSchedule(text, null)).toMatchObject({ ok: true, notices: [expect.stringContaining('both')] });
  });

  it('every weekday is every day, whatever else is listed', () => {
    expect(parseSchedule('0 12 L * 0-6,5L', null)).toMatchObject({ ok: true, notices: [] });
  });

  it.each<[string, number, RegExp]>([
    ['0 12 L-2 * *', 5, /from 1 to 31/],
    ['0 12 LW * *', 5, /from 1 to 31/],
    ['0 12 15W * *', 5, /L for the last day/],
    ['0 12 * L *', 7, /from 1 to 12/],
    ['L 12 * * *', 0, /from 0 to 59/],
    ['0 12 * * L', 9, /5L for the last Friday/],
    ['0 12 * * 1#0', 10, /1#1 to 1#5, or 1L/],
    ['0 12 * * 1#6', 10, /1#1 to 1#5, or 1L/],
    ['0 12 * * fri#', 12, /fri#1 to fri#5/],
    ['0 12 * * 8#1', 9, /from 0 to 7/],
    ['0 12 * * 8L', 9, /from 0 to 7/],
    ['0 12 * * mon,xyz#1', 13, /name such as mon/],
    ['0 12 * * 1-5L', 9, /5L for the last Friday/],
    ['0 12 31 * 1#1', 0, /day that its month has/],
    ['0 12 L 4 0#1', 0, /day that its month has/],
  ])('%s is refused at %i', (text, offset, instead) => {
    const parsed = parseSchedule(text, null);
    expect(parsed).toMatchObject({ ok: false, offset, instead: expect.stringMatching(instead) });
  });
});

/** What a list of days and weekdays means on a date (UTC), read plainly. */
function holds(date: Date, day: readonly string[], weekday: readonly string[]): boolean {
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const today = date.getUTCDate();
  const name = date.getUTCDay();
  const dayHolds = day.some((one) => one === '*' || (one === 'L' ? today === last : Number(one) === today));
  const weekdayHolds = weekday.some((one) => {
    if (one === '*') return true;
    if (Number(one[0]) !== name) return false;
    if (one.endsWith('L')) return today + 7 > last;
    return one.includes('#') ? Math.ceil(today / 7) === Number(one[2]) : true;
  });
  return dayHolds && weekdayHolds;
}

it('random lists of such days come on the days that a plain calendar says, in each zone', () => {
  const weekdays = fc.integer({ min: 0, max: 6 }).map(String);
  const nth = fc.integer({ min: 1, max: 5 }).map((n) => `#${n}`);
  const weekday = fc.tuple(weekdays, fc.oneof(fc.constantFrom('', 'L'), nth)).map((pair) => pair.join(''));
  const day = fc.oneof(fc.constant('L'), fc.integer({ min: 1, max: 31 }).map(String));
  const list = (one: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
    fc.oneof(ANY, fc.array(one, { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(
      fc.oneof(fc.tuple(list(day), ANY), fc.tuple(ANY, list(weekday))),
      fc.constantFrom('UTC', 'America/New_York', 'Australia/Lord_Howe'),
      fc.integer({ min: 0, max: 200 }),
      ([day, weekday], zone, month) => {
        const schedule = cron(`0 12 ${day.join()} * ${weekday.join()}`, zone);
        const from = Date.UTC(2026, month, 1);
        const found = days(schedule, 400, from).filter((one) => Date.parse(one) < from + 200 * DAY);
        const expected: string[] = [];
        for (let time = from + DAY; time < from + 200 * DAY; time += DAY)
          if (holds(new Date(time), day, weekday)) expected.push(new Date(time).toISOString().slice(0, 10));
        expect(found.filter((one) => Date.parse(one) > from)).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

it.each([
  // The last Sunday of March and of October: the clocks of Berlin change at 02:00 and 03:00.
  ['30 2 * 3 sunL', '2026-03-29T01:00:00.000Z', 'is skipped, and comes when the clocks have gone forward'],
  ['30 2 * 10 sunL', '2026-10-25T00:30:00.000Z', 'comes twice, and counts the first time'],
  ['30 2 * 3 0#5', '2026-03-29T01:00:00.000Z', 'is skipped'],
  ['0 0 L 3 *', '2026-03-30T22:00:00.000Z', 'has another offset than the day before'],
])('%s in Berlin is at %s: that time %s', (text, expected) => {
  const schedule = cron(text, 'Europe/Berlin');
  const time = schedule.next(Date.UTC(2026, 0, 1)) ?? 0;
  expect(new Date(time).toISOString()).toBe(expected);
  expect((schedule.next(time) ?? 0) - time).toBeGreaterThan(300 * DAY);
});

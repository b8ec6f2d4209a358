import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/queue/parse-schedule.js';

type Cron = { next(time: number): number | null };

function cron(text: string, timezone: string | null = 'UTC'): Cron {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok || parsed.schedule.kind !== 'cron')
    throw new Error(`no schedule: ${JSON.stringify(parsed)}`);
  return parsed.schedule;
}

/** All times of a schedule from `start` (in it) to `end` (not in it). */
function times({ next }: Cron, start: number, end: number): number[] {
  const found: number[] = [];
  for (let time = next(start - 1); time !== null && time < end; time = next(time)) {
    if (time <= (found.at(-1) ?? 0)) throw new Error(`it goes back at ${new Date(time).toISOString()}`);
    found.push(time);
  }
  return found;
}

/** `HH:MM+offset` on the clock of a zone. */
function clock(time: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'longOffset',
  }).formatToParts(time);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('hour')}:${part('minute')}${part('timeZoneName').replace('GMT', '')}`;
}

const YEAR = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)] as const;

describe('each field has the values that Tenshi gives it', () => {
  const part = (pick: (date: Date) => number, text: string): number[] => {
    const found = times(cron(text), Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1));
    return [...new Set(found.map((time) => pick(new Date(time))))].sort((a, b) => a - b);
  };

  it.each<[string, readonly number[]]>([
    ['0', [0]],
    ['05', [5]],
    ['59', [59]],
    ['*/7', [0, 7, 14, 21, 28, 35, 42, 49, 56]],
    ['*/30', [0, 30]],
    ['*/60', [0]],
    ['*/100', [0]],
    ['*/99999999999999999999', [0]],
    ['5-8', [5, 6, 7, 8]],
    ['5-20/7', [5, 12, 19]],
    ['7-7', [7]],
    ['30,5,5,10-12', [5, 10, 11, 12, 30]],
    ['5/10', [5]],
    ['1,2,', [1, 2]],
  ])('minute %s', (field, expected) => {
    expect(part((date) => date.getUTCMinutes(), `${field} 0 * * *`)).toEqual(expected);
  });

  it.each<[string, readonly number[]]>([
    ['*/24', [0]],
    ['*/9', [0, 9, 18]],
    ['9-17/2', [9, 11, 13, 15, 17]],
    ['23', [23]],
  ])('hour %s', (field, expected) => {
    expect(part((date) => date.getUTCHours(), `0 ${field} * * *`)).toEqual(expected);
  });

  it.each<[string, readonly number[]]>([
    ['*/10', [1, 11, 21, 31]],
    ['*/32', [1]],
    ['31', [31]],
    ['1-31', Array.from({ length: 31 }, (_, day) => day + 1)],
  ])('day %s', (field, expected) => {
    expect(part((date) => date.getUTCDate(), `0 0 ${field} * *`)).toEqual(expected);
  });

  it.each<[string, readonly number[]]>([
    ['*/5', [1, 6, 11]],
    ['jan', [1]],
    ['DEC', [12]],
    ['Feb-apr,sep', [2, 3, 4, 9]],
    ['march', [3]],
    ['jan-12/6', [1, 7]],
  ])('month %s', (field, expected) => {
    expect(part((date) => date.getUTCMonth() + 1, `0 0 * ${field} *`)).toEqual(expected);
  });

  it.each<[string, readonly number[]]>([
    ['0', [0]],
    ['7', [0]],
    ['0,7', [0]],
    ['*/2', [0, 2, 4, 6]],
    ['*/7', [0]],
    ['*/8', [0]],
    ['0-7', [0, 1, 2, 3, 4, 5, 6]],
    ['5-7', [0, 5, 6]],
    ['1-7/2', [0, 1, 3, 5]],
    ['sun', [0]],
    ['Mon-FRI', [1, 2, 3, 4, 5]],
    ['monday', [1]],
    ['fri-sun', [0, 5, 6]],
    ['sat-sun', [0, 6]],
    ['fri-mon', [0, 1, 5, 6]],
    ['wed-tue/2', [0, 2, 3, 5]],
    ['sun-sat', [0, 1, 2, 3, 4, 5, 6]],
  ])('weekday %s', (field, expected) => {
    expect(part((date) => date.getUTCDay(), `0 0 * * ${field}`)).toEqual(expected);
  });

  it('*/0 is *', () => {
    expect(times(cron('*/0 0 1 1 *'), ...YEAR)).toHaveLength(60);
  });
});

describe('both the day and the weekday must hold', () => {
  it('0 9 2 * 2: the second of a month, if it is a Tuesday', () => {
    const found = times(cron('0 9 2 * 2'), ...YEAR).map((time) => new Date(time).toISOString().slice(0, 16));
    expect(found).toEqual(['2026-06-02T09:00']);
  });

  it.each(['0 9 2 * 2', '0 9 1-7 * mon', '0 9 */2 * */2'])('%s: told', (text) => {
    expect(parseSchedule(text, null)).toMatchObject({ ok: true, notices: [expect.stringContaining('both')] });
  });

  it.each(['0 9 * * 2', '0 9 2 * *', '0 9 1-31 * 2', '0 9 2 * 0-7', '@weekly'])(
    '%s: nothing to tell',
    (text) => {
      expect(parseSchedule(text, null)).toMatchObject({ ok: true, notices: [], warnings: [] });
    },
  );
});

describe('short names', () => {
  it.each([
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * sun'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 jan *'],
    ['@annually', '0 0 1 1 *'],
    [' @Daily ', '0 0 * * *'],
  ])('%s is %s', (short, long) => {
    expect(times(cron(short), ...YEAR)).toEqual(times(cron(long), ...YEAR));
  });

  it.each(['now', 'NOW', ' now '])('"%s"', (text) => {
    expect(parseSchedule(text, null)).toMatchObject({ ok: true, schedule: { kind: 'now' } });
  });
});

describe('refused, and where', () => {
  it.each<[string, number]>([
    ['', 0],
    ['   ', 0],
    ['* * * *', 0],
    ['* * * * * *', 0],
    ['60 * * * *', 0],
    ['0 24 * * *', 2],
    ['0 0 0 * *', 4],
    ['0 0 32 * *', 4],
    ['0 0 * 0 *', 6],
    ['0 0 * 13 *', 6],
    ['0 0 * * 8', 8],
    ['  0\t0 * * 8', 10],
    ['0 0 * * mon,foo', 12],
    ['0 0 * sept *', 6],
    ['0 0 * mon *', 6],
    ['jan * * * *', 0],
    ['5x * * * *', 0],
    ['-5 * * * *', 0],
    ['1.5 * * * *', 0],
    ['1-5-9 * * * *', 0],
    ['1*5 * * * *', 0],
    ['*5 * * * *', 0],
    ['*/+5 * * * *', 0],
    ['*/ * * * *', 0],
    ['*-5 * * * *', 0],
    ['1-5/0 * * * *', 0],
    ['9-5 * * * *', 0],
    ['3-99 * * * *', 2],
    ['0 0 * * 5-1', 8],
    ['0 0 * * fri-1', 8],
    ['0 0 * dec-jan *', 6],
    [',1 * * * *', 0],
    ['1,,2 * * * *', 2],
    [', * * * *', 0],
    ['0 0 30 2 *', 0],
    ['0 0 30-31 feb *', 0],
    ['0 0 31 4,6,9,11 *', 0],
    ['@reboot', 0],
    ['  @every', 2],
    ['constructor', 0],
    ['明日 * * * *', 0],
  ])('%j at %i', (text, offset) => {
    const parsed = parseSchedule(text, null);
    expect(parsed).toMatchObject({ ok: false, offset });
    if (!parsed.ok) expect(parsed.instead).not.toBe('');
  });

  it.each<[string, number]>([
    ['5/10 * * * *', 1],
    ['0 1,5/2 * * *', 5],
    ['1,2, * * * *', 3],
  ])('%s counts, with a warning at %i', (text, offset) => {
    expect(parseSchedule(text, null)).toMatchObject({ ok: true, warnings: [{ offset }] });
  });

  it('a leap day that is a Monday comes', () => {
    expect(cron('0 0 29 2 mon').next(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2044, 1, 29));
  });
});

describe('the next time', () => {
  it.each([
    ['2026-11-20T12:29:59.999Z', '2026-11-20T12:30:00.000Z'],
    ['2026-11-20T12:30:00.000Z', '2026-11-21T12:30:00.000Z'],
    ['2026-11-20T12:30:00.001Z', '2026-11-21T12:30:00.000Z'],
    ['2026-12-31T23:59:59.999Z', '2027-01-01T12:30:00.000Z'],
  ])('after %s is %s', (time, expected) => {
    expect(new Date(cron('30 12 * * *').next(Date.parse(time)) ?? 0).toISOString()).toBe(expected);
  });

  it('is later, whole minutes, and the same from wherever it is asked', () => {
    const zones = ['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const field = (max: number) =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: 1, max }).map(String),
        fc.integer({ min: 1, max }).map((n) => `*/${n}`),
      );
    fc.assert(
      fc.property(
        fc.tuple(field(59), field(23), field(28), field(12), field(7)).map((fields) => fields.join(' ')),
        fc.constantFrom(...zones),
        fc.integer({ min: YEAR[0], max: YEAR[1] }),
        (text, zone, time) => {
          const schedule = cron(text, zone);
          const next = schedule.next(time) ?? 0;
          expect(next).toBeGreaterThan(time);
          expect(next % 60_000).toBe(0);
          expect(schedule.next(next - 1)).toBe(next);
          expect(schedule.next(time + Math.floor((next - time) / 2))).toBe(next);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('any text is read or refused', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789*/-,@ \tabcfjmnosu便') });
    const fields = fc.array(text, { minLength: 5, maxLength: 5 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(fc.oneof(text, fields), (written) => {
        const parsed = parseSchedule(written, null);
        const offsets = parsed.ok ? parsed.warnings.map(({ offset }) => offset) : [parsed.offset];
        for (const offset of offsets) expect(offset).toBeLessThanOrEqual(written.length);
      }),
      { numRuns: 500 },
    );
  });
});

/** The nights of 2026 in which clocks change, from noon to noon. */
const NIGHTS = [
  ['America/New_York', '2026-03-07', 'forward'],
  ['America/New_York', '2026-10-31', 'back'],
  ['Europe/Berlin', '2026-03-28', 'forward'],
  ['Europe/Berlin', '2026-10-24', 'back'],
  ['Australia/Lord_Howe', '2026-10-03', 'forward'],
  ['Australia/Lord_Howe', '2026-04-04', 'back'],
  ['Africa/Cairo', '2026-04-23', 'forward'],
  ['Africa/Cairo', '2026-10-29', 'back'],
] as const;

describe.each(NIGHTS)('in %s, the night after %s, when clocks go %s', (zone, day, direction) => {
  const start = cron('0 12 * * *', zone).next(Date.parse(`${day}T00:00:00Z`)) ?? 0;
  const end = cron('0 12 * * *', zone).next(start) ?? 0;

  it('every fixed time comes exactly once', () => {
    for (let minute = 0; minute < 1440; minute += 5) {
      const found = times(cron(`${minute % 60} ${Math.floor(minute / 60)} * * *`, zone), start, end);
      expect([minute, found.length]).toEqual([minute, 1]);
    }
  });

  it('every time of a list comes exactly once', () => {
    expect(times(cron('20 0,1,2,3,4 * * *', zone), start, end)).toHaveLength(5);
    expect(times(cron('10,40 1-3 * * *', zone), start, end).length).toBeLessThanOrEqual(6);
    if (direction === 'back') expect(times(cron('10,40 1-3 * * *', zone), start, end)).toHaveLength(6);
  });

  it.each([
    ['*/30 * * * *', 30],
    ['* * * * *', 1],
  ])('%s goes by the time that passes', (text, minutes) => {
    const found = times(cron(text, zone), start, end);
    const gaps = found.slice(1).map((time, at) => (time - (found[at] ?? 0)) / 60_000);
    expect(new Set(gaps)).toEqual(new Set([minutes]));
    expect(found).toHaveLength((end - start) / 60_000 / minutes);
  });
});

it.each([
  ['America/New_York', '30 2 * * *', '2026-03-08T00:00:00Z', '03:00-04:00'],
  ['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00:00Z', '03:00+02:00'],
  ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T12:00:00Z', '02:30+11:00'],
  ['America/New_York', '30 1 * * *', '2026-11-01T00:00:00Z', '01:30-04:00'],
  ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00:00Z', '02:30+02:00'],
  ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T12:00:00Z', '01:45+11:00'],
])('in %s %s after %s comes at %s', (zone, text, from, expected) => {
  expect(clock(cron(text, zone).next(Date.parse(from)) ?? 0, zone)).toBe(expected);
});

it('without a zone it is that of this machine', () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(times(cron('30 2 * * *', null), ...YEAR)).toEqual(times(cron('30 2 * * *', zone), ...YEAR));
});

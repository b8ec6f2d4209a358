import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/queue/parse-schedule.js';

function after(text: string, from: string, times: number, timezone = 'UTC'): string[] {
  const parsed = parseSchedule(text, timezone);
  if (!parsed.ok || parsed.schedule.kind !== 'cron') throw new Error(`no schedule: ${text}`);
  const found: string[] = [];
  let time = Date.parse(from);
  for (let n = 0; n < times; n++) {
    const next = parsed.schedule.next(time);
    if (next === null) break;
    found.push(new Date(next).toISOString().slice(0, 16));
    time = next;
  }
  return found;
}

const FRIDAY = '2026-11-20T12:00:00Z';

describe('fields', () => {
  it.each([
    ['30 12 * * *', ['2026-11-20T12:30', '2026-11-21T12:30']],
    ['*/20 * * * *', ['2026-11-20T12:20', '2026-11-20T12:40']],
    ['0 */24 * * *', ['2026-11-21T00:00', '2026-11-22T00:00']],
    ['*/100 * * * *', ['2026-11-20T13:00', '2026-11-20T14:00']],
    ['0 9-17/2 * * *', ['2026-11-20T13:00', '2026-11-20T15:00']],
    ['0 0 1 jan,FEB *', ['2027-01-01T00:00', '2027-02-01T00:00']],
    ['0 0 * * fri-sun', ['2026-11-21T00:00', '2026-11-22T00:00']],
    ['0 0 * * 7', ['2026-11-22T00:00', '2026-11-29T00:00']],
    ['0 0 * * monday', ['2026-11-23T00:00', '2026-11-30T00:00']],
    ['0 9 2 * 2', ['2027-02-02T09:00', '2027-03-02T09:00']],
    ['5/10 * * * *', ['2026-11-20T12:05', '2026-11-20T13:05']],
    ['05 * * * *', ['2026-11-20T12:05', '2026-11-20T13:05']],
    ['@daily', ['2026-11-21T00:00', '2026-11-22T00:00']],
    ['0 0 29 2 *', ['2028-02-29T00:00', '2032-02-29T00:00']],
  ])('%s', (text, expected) => {
    expect(after(text, FRIDAY, 2)).toEqual(expected);
  });

  it.each([
    ['60 * * * *', 0],
    ['* 24 * * *', 2],
    ['* * 0 * *', 4],
    ['* * * 13 *', 6],
    ['* * * * 8', 8],
    ['1-5/0 * * * *', 0],
    ['9-5 * * * *', 0],
    ['1,,2 * * * *', 2],
    ['1*5 * * * *', 0],
    ['* * * *', 0],
    ['* * * * * *', 0],
    ['abc * * * *', 0],
    ['0 0 30 2 *', 0],
    ['', 0],
  ])('%s is refused at its place', (text, offset) => {
    expect(parseSchedule(text, null)).toMatchObject({ ok: false, offset });
  });

  it('tells that both days must hold', () => {
    expect(parseSchedule('0 9 2 * 2', null)).toMatchObject({
      ok: true,
      notices: [expect.stringContaining('both')],
    });
  });

  it('now, in any case', () => {
    expect(parseSchedule('NOW', null)).toMatchObject({ ok: true, schedule: { kind: 'now' } });
  });
});

describe('a fixed time fires once a day, also across a clock change', () => {
  it.each([
    ['America/New_York', '2026-03-07T12:00:00Z', '30 2 * * *'],
    ['America/New_York', '2026-10-31T12:00:00Z', '30 1 * * *'],
    ['Europe/Berlin', '2026-03-28T12:00:00Z', '30 2 * * *'],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', '30 2 * * *'],
    ['Australia/Lord_Howe', '2026-10-03T02:00:00Z', '15 2 * * *'],
    ['Australia/Lord_Howe', '2026-04-04T02:00:00Z', '45 1 * * *'],
  ])('%s from %s', (timezone, from, text) => {
    const times = after(text, from, 3, timezone);
    const days = times.map((time) =>
      new Intl.DateTimeFormat('sv', { timeZone: timezone, dateStyle: 'short' }).format(
        Date.parse(`${time}Z`),
      ),
    );
    expect(new Set(days).size).toBe(3);
    const span = Date.parse(`${times[2]}Z`) - Date.parse(`${times[0]}Z`);
    expect(Math.abs(span - 48 * 3_600_000)).toBeLessThanOrEqual(2 * 3_600_000);
  });
});

import { describe, expect, it } from 'vitest';
import { isOpen, opensAt, type PagingHours } from '../../src/queue/paging-hours.js';

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const WORKDAYS = [1, 2, 3, 4, 5];

function hoursOf(spans: readonly (readonly [number, number])[], days: readonly number[]): PagingHours {
  return { spans: spans.map(([from, to]) => ({ from: from * 60, to: to * 60 })), days: new Set(days) };
}

const DAY_SHIFT = hoursOf([[7, 22]], WORKDAYS);
const NIGHT_SHIFT = hoursOf([[22, 6]], WORKDAYS);
const SIESTA = hoursOf(
  [
    [8, 13],
    [15, 18],
  ],
  EVERY_DAY,
);

describe('the hours of pages', () => {
  // Fri 20 Nov 2026 and the days after it, in UTC.
  it.each<[name: string, hours: PagingHours, time: string, open: boolean, next: string]>([
    ['are open in their midst', DAY_SHIFT, '2026-11-20T12:00', true, '2026-11-20T12:00'],
    ['begin with their first minute', DAY_SHIFT, '2026-11-20T07:00', true, '2026-11-20T07:00'],
    ['end before their last', DAY_SHIFT, '2026-11-20T22:00', false, '2026-11-23T07:00'],
    ['are closed before they begin', DAY_SHIFT, '2026-11-20T06:59:59', false, '2026-11-20T07:00'],
    ['leave out a weekend', DAY_SHIFT, '2026-11-21T12:00', false, '2026-11-23T07:00'],
    ['go on over midnight', NIGHT_SHIFT, '2026-11-21T05:59', true, '2026-11-21T05:59'],
    ['belong to the day on which they begin', NIGHT_SHIFT, '2026-11-21T23:00', false, '2026-11-23T22:00'],
    [
      'do not begin with the end of a day that has none',
      NIGHT_SHIFT,
      '2026-11-23T05:00',
      false,
      '2026-11-23T22:00',
    ],
    ['may have a gap', SIESTA, '2026-11-20T14:00', false, '2026-11-20T15:00'],
    ['may be whole days', hoursOf([[0, 24]], [6]), '2026-11-20T23:59', false, '2026-11-21T00:00'],
  ])('%s', (_, hours, time, open, next) => {
    const at = Date.parse(`${time}Z`);
    expect(isOpen(hours, 'UTC', at)).toBe(open);
    expect(new Date(opensAt(hours, 'UTC', at)).toISOString()).toBe(new Date(`${next}Z`).toISOString());
  });

  it.each<[name: string, zone: string, time: string, open: boolean, next: string]>([
    ['in Tokyo', 'Asia/Tokyo', '2026-11-19T22:00Z', true, '2026-11-19T22:00Z'],
    ['in New York', 'America/New_York', '2026-11-20T11:59Z', false, '2026-11-20T12:00Z'],
    ['in Kathmandu, at a quarter to', 'Asia/Kathmandu', '2026-11-20T01:14Z', false, '2026-11-20T01:15Z'],
    [
      'in Berlin on the morning after summer began',
      'Europe/Berlin',
      '2026-03-30T04:59Z',
      false,
      '2026-03-30T05:00Z',
    ],
    [
      'in Berlin on the morning after it ended',
      'Europe/Berlin',
      '2026-10-26T05:00Z',
      false,
      '2026-10-26T06:00Z',
    ],
  ])('go by the clock on the wall %s', (_, zone, time, open, next) => {
    expect(isOpen(DAY_SHIFT, zone, Date.parse(time))).toBe(open);
    expect(opensAt(DAY_SHIFT, zone, Date.parse(time))).toBe(Date.parse(next));
  });

  it('begin at the change of the clock that leaves their begin out', () => {
    const hours = hoursOf([[2.5, 6]], EVERY_DAY);
    const night = Date.parse('2026-03-29T00:30Z'); // 01:30 in Berlin; 02:00 becomes 03:00 at 01:00Z
    expect(opensAt(hours, 'Europe/Berlin', night)).toBe(Date.parse('2026-03-29T01:00Z'));
  });

  it('hold both times when an hour comes twice', () => {
    const hours = hoursOf([[2.5, 3]], EVERY_DAY);
    const open = ['00:15Z', '00:45Z', '01:15Z', '01:45Z', '02:15Z'].map((time) =>
      isOpen(hours, 'Europe/Berlin', Date.parse(`2026-10-25T${time}`)),
    );
    expect(open).toEqual([false, true, false, true, false]);
  });
});

import { describe, expect, it } from 'vitest';
import { createTimes } from '../../src/letter/render/times.js';
import type { Language } from '../../src/letter/words/language.js';
import { wordsOf } from '../../src/letter/words/words-of.js';

const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, day, hour, minute);
const DAY = { from: at(20, 12), to: at(21, 12) };
const WEEK = { from: at(14, 12), to: at(21, 12) };

describe('first and last', () => {
  it.each<[string, typeof DAY | null, number | null, number | null, string, string]>([
    ['nothing where the time is unknown', DAY, null, null, '', ''],
    ['one minute', DAY, at(20, 13, 5), at(20, 13, 5) + 59_000, '13:05', '13:05'],
    ['within a day', DAY, at(20, 13, 5), at(21, 2), '13:05 – 02:00', '13:05〜02:00'],
    [
      'from before',
      DAY,
      at(19, 9),
      at(20, 13),
      'Nov 19 09:00 – Nov 20 13:00',
      '11月19日 09:00〜11月20日 13:00',
    ],
    [
      'in a week',
      WEEK,
      at(19, 9),
      at(20, 13),
      'Nov 19 09:00 – Nov 20 13:00',
      '11月19日 09:00〜11月20日 13:00',
    ],
    ['on a day of a week', WEEK, at(20, 9), at(20, 13), 'Nov 20 09:00 – 13:00', '11月20日 09:00〜13:00'],
    ['in a minute of a week', WEEK, at(20, 9), at(20, 9), 'Nov 20 09:00', '11月20日 09:00'],
    [
      'in another year',
      WEEK,
      Date.UTC(2025, 10, 20, 9),
      at(20, 9),
      'Nov 20 2025 09:00 – Nov 20 09:00',
      '2025年11月20日 09:00〜11月20日 09:00',
    ],
    [
      'whatever the year',
      null,
      Date.parse('0000-01-01T00:00Z'),
      Date.parse('9999-12-31T23:59Z'),
      'Jan 01 0000 00:00 – Dec 31 9999 23:59',
      '0年1月1日 00:00〜9999年12月31日 23:59',
    ],
    ['of no known period', null, at(2, 9), at(2, 9), 'Nov 02 09:00', '11月2日 09:00'],
  ])('%s', (_name, period, first, last, english, japanese) => {
    const span = (language: Language): string =>
      createTimes(period, { timezone: 'UTC', made: at(21, 12) }, wordsOf(language)).span(first, last);
    expect(span('en')).toBe(english);
    expect(span('ja')).toBe(japanese);
  });

  it('the year is that of the letter in its zone', () => {
    const made = Date.UTC(2026, 11, 31, 16);
    const day = (timezone: string, time: number): string =>
      createTimes(null, { timezone, made }, wordsOf('en')).day(time);
    expect(day('UTC', made)).toBe('Dec 31 16:00');
    expect(day('Asia/Tokyo', made)).toBe('Jan 01 01:00');
    expect(day('Asia/Tokyo', made - 3_600_001)).toBe('Dec 31 2026 23:59');
  });

  it('is told in the zone of the letter', () => {
    const times = createTimes(DAY, { timezone: 'Asia/Tokyo', made: at(21, 12) }, wordsOf('ja'));
    expect(times.day(at(20, 15))).toBe('11月21日 00:00');
    expect(times.span(at(20, 15), at(20, 16))).toBe('00:00〜01:00');
  });
});

import { appendFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { letterText, NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import {
  BEFORE,
  DISK,
  dice,
  FAILED,
  FRIDAY,
  linesOf,
  RULES,
  saidOn,
  type Truth,
  WEDNESDAY,
} from '../support/thirty-hosts.js';

const CONF = `set letter full
set letter_size 9000
set queue noon f@x.org t@x.org [0 12 * * *] S
${RULES}noon .
`;

/** The hour at which all of a day is written, ms. */
const TEN = 10 * 3_600_000;

interface Told {
  readonly new: Record<string, number>;
  readonly louder: Record<string, number>;
  readonly back: Record<string, number>;
  readonly gone: Record<string, number>;
}

/** What the letter of a day must tell, worked out from the days themselves. */
function truthOf(days: readonly Truth[], day: number): Told {
  const told: Told = { new: {}, louder: {}, back: {}, gone: {} };
  const add = (kind: keyof Told, key: string, count: number): void => {
    const message = key.split('\t')[1] ?? '';
    told[kind][message] = (told[kind][message] ?? 0) + count;
  };
  const keys = new Set(days.slice(0, day + 1).flatMap((truth) => [...truth.keys()]));
  for (const key of keys) {
    const counts = days.slice(0, day).map((truth) => truth.get(key) ?? 0);
    const first = counts.findIndex((count) => count > 0);
    const since = counts.slice(first);
    const count = days[day]?.get(key) ?? 0;
    const usual = since.toSorted((a, b) => a - b)[Math.floor((since.length - 1) / 2)] ?? 0;
    if (first < 0) add('new', key, count);
    else if (count > 0 && counts.slice(-7).every((one) => one === 0)) add('back', key, count);
    else if (count > 0 && since.length >= 4 && count >= 3 * usual && count - usual >= 20)
      add('louder', key, count);
    else if (
      count === 0 &&
      (counts.at(-1) ?? 0) > 0 &&
      counts.filter((one) => one > 0).length >= 0.6 * counts.length
    ) {
      const seen = counts.filter((one) => one > 0).toSorted((a, b) => a - b);
      add('gone', key, seen[Math.floor((seen.length - 1) / 2)] ?? 0);
    }
  }
  return told;
}

/** What a letter tells, read as a person would read it. */
function toldIn(text: string): Told {
  const part = (title: string, count: RegExp): Record<string, number> => {
    const lines = text.split(`\n\n${title}\n`)[1]?.split('\n\n')[0]?.split('\n') ?? [];
    return Object.fromEntries(
      lines.flatMap((line) => {
        const [, times, message = ''] = count.exec(line) ?? [];
        return times === undefined ? [] : [[message, Number(times)]];
      }),
    );
  };
  const plain = /^ +\[(\d+)x\] (.*)$/;
  return {
    new: part('NEW', plain),
    louder: part('LOUDER', plain),
    back: part('BACK', plain),
    gone: part('GONE', /^ +\[usually (\d+)x\] (.*)$/),
  };
}

it('a week of thirty hosts: a wave on Wednesday, a disk on Friday, and routine that is short', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  const roll = dice(7);
  const days: Truth[] = [];
  for (let day = 0; day < BEFORE + 7; day++) {
    days.push(saidOn(day, roll));
    appendFileSync(running.log, linesOf(days[day] ?? new Map(), NOON + (day + 0.5) * DAY + TEN));
    clock.advance(DAY);
    await running.daemon.poll();
  }
  const letters = maildir(running.folder)
    .map((mail) => ({ date: Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''), text: letterText(mail) }))
    .sort((a, b) => a.date - b.date)
    .map(({ text }) => text);
  expect(letters).toHaveLength(BEFORE + 7);
  for (let day = 1; day < letters.length; day++)
    expect(toldIn(letters[day] ?? ''), `day ${day}`).toEqual(truthOf(days, day));

  const firstScreen = (letters[FRIDAY] ?? '').split('\n').slice(0, 8).join('\n');
  expect(firstScreen).toContain(DISK);
  expect(firstScreen).toContain('web08');
  const wave = toldIn(letters[WEDNESDAY] ?? '').louder[FAILED];
  expect(wave).toBeGreaterThan(3000);
  const routine = letters[FRIDAY - 5] ?? '';
  expect(routine).toMatch(/^Nothing new since yesterday, nothing missing\.\n/);
  expect(routine.split('\n').length).toBeLessThan(25);
});

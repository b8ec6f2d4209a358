import { appendFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DAY } from '../../src/duration.js';
import { heldClock } from '../held-clock.js';
import { maildir } from '../maildir.js';
import { letterText, NOON, startDaemon } from './start-daemon.js';

const HOSTS = Array.from({ length: 30 }, (_, at) => `web${String(at + 1).padStart(2, '0')}`);
/** Days of letters before the week that is looked at, a Monday to a Sunday. */
const BEFORE = 16;
const [WEDNESDAY, THURSDAY, FRIDAY] = [BEFORE + 2, BEFORE + 3, BEFORE + 4];

const CONF = `set letter full
set letter_size 9000
set queue noon f@x.org t@x.org [0 12 * * *] S
noon ^sshd: Failed password for (\\S+) from (\\S+)
noon ^CRON: \\((\\S+)\\) CMD
noon ^backup: done in (\\d+) s
noon ^kernel: \\[(\\S+)\\] sd
noon .
`;

const FAILED = 'sshd: Failed password for ___ from ___';
const CRON = 'CRON: (___) CMD';
const BACKUP = 'backup: done in ___ s';
const DISK = 'kernel: [___] sda: I/O error';
const OLD = 'certbot: renewed';

/** Counts of one day: host and masked message to lines. */
type Truth = Map<string, number>;

/** A generator that everybody can repeat (Park and Miller). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** What each host says on a day. */
function saidOn(day: number, roll: (sides: number) => number): Truth {
  const truth: Truth = new Map();
  const say = (host: string, message: string, count: number): void => {
    if (count > 0) truth.set(`${host}\t${message}`, count);
  };
  for (const [at, host] of HOSTS.entries()) {
    say(host, CRON, 20 + roll(5));
    say(host, FAILED, (day === WEDNESDAY ? 100 : 3) + roll(5));
    if (!(day === THURSDAY && at === 4)) say(host, BACKUP, 1);
    if (at === 9 && (day === 1 || day === THURSDAY)) say(host, OLD, 1);
  }
  if (day >= FRIDAY) say('web08', DISK, 2 + roll(3));
  return truth;
}

function linesOf(truth: Truth, day: number): string {
  const stamp = new Date(NOON + (day + 0.5) * DAY)
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) .*/, (_, date, month) => `${month} ${date}`);
  let serial = 0;
  return [...truth]
    .flatMap(([key, count]) => {
      const [host, message = ''] = key.split('\t');
      return Array.from({ length: count }, () => {
        serial += 1;
        const text = message.replaceAll('___', () => `x${serial}`).replace(/done in x(\d+)/, 'done in $1');
        return `${stamp} 10:00:00 ${host} ${text}\n`;
      });
    })
    .join('');
}

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
    appendFileSync(running.log, linesOf(days[day] ?? new Map(), day));
    clock.advance(DAY);
    await running.daemon.look();
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
  expect(routine).toMatch(/^Routine: /);
  expect(routine.split('\n').length).toBeLessThan(25);
});

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/base/time/duration.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { NOON, type Running, startDaemon } from './start-daemon.js';

const MINUTE = 60_000;

/** What was written and what came of it: the numbers of the lines in each letter, in the order of the letters. */
interface Diary {
  /** Goes on for so long in steps, with a line and a look at each. */
  live(milliseconds: number, step?: number): Promise<void>;
  letters(): number[][];
  /** Fails when a line is in no letter or in two; those still pending are left out. */
  reckon(): void;
}

function diary({ daemon, write, folder }: Running, clock: HeldClock): Diary {
  let lines = 0;
  const letters = (): number[][] =>
    maildir(folder)
      .map((mail) => [...mail.matchAll(/^ {4}1: x (\d+)$/gm)].map(([, number]) => Number(number)))
      .map((numbers) => numbers.sort((a, b) => a - b))
      .sort(([a = 0], [b = 0]) => a - b);
  return {
    async live(milliseconds, step = 10 * MINUTE) {
      for (let gone = 0; gone < milliseconds; gone += step) {
        write(`x ${lines++}`);
        clock.advance(step);
        await daemon.poll();
      }
    },
    letters,
    reckon() {
      const told = letters().flat();
      const pending = daemon.pending().reduce((sum, queue) => sum + queue.lines, 0);
      expect(told).toEqual(Array.from({ length: lines - pending }, (_, line) => line));
    },
  };
}

describe('a clock that is set', () => {
  /** From 12:00: before and after the jump, in minutes; how many letters there are then, and a day later. */
  it.each([
    ['an hour forward over 12:30: made up for at once', 10, HOUR, 10, [1, 2]],
    ['an hour forward behind 12:30: nothing is due', 40, HOUR, 60, [1, 2]],
    ['an hour back behind 12:30: it does not come again', 40, -HOUR, 120, [1, 2]],
    ['an hour back before 12:30: it comes once', 20, -HOUR, 120, [1, 2]],
    ['a day forward over 12:30: made up for once, and that of the day', 10, DAY, 40, [2, 3]],
    ['a day forward behind 12:30: that of the day it came to is made up for', 40, DAY, 10, [2, 3]],
    ['a day back behind 12:30: it does not come again', 40, -DAY, 60, [1, 1]],
    ['a day back before 12:30: nothing is due of the day before tayori began', 20, -DAY, 5, [0, 0]],
  ])('%s', async (_, before, jump, after, letters) => {
    const clock = heldClock(NOON);
    const running = await startDaemon('set queue a f@x.org t@x.org [30 12 * * *] S\na ^x\n', { clock });
    const { live, letters: told, reckon } = diary(running, clock);
    const counts: number[] = [];
    await live(before * MINUTE, 5 * MINUTE);
    clock.jump(jump);
    await live(after * MINUTE, 5 * MINUTE);
    counts.push(told().length);
    await live(DAY, 20 * MINUTE);
    counts.push(told().length);
    expect(counts).toEqual(letters);
    reckon();
  });

  it('a day back, and all is as it was when the day is over', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon('set queue a f@x.org t@x.org [30 12 * * *] S\na ^x\n', { clock });
    const { live, letters, reckon } = diary(running, clock);
    await live(HOUR);
    clock.jump(-DAY);
    await live(4 * DAY, HOUR);
    expect(letters()).toHaveLength(4);
    reckon();
  });

  it('to and fro, a hundred times: each letter once, each line once', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon('set queue a f@x.org t@x.org [0 * * * *] S\na ^x\n', { clock });
    const { live, letters, reckon } = diary(running, clock);
    for (let turn = 0; turn < 100; turn++) {
      await live(20 * MINUTE);
      clock.jump(turn % 2 === 0 ? HOUR : -HOUR);
    }
    // 100 times 20 minutes, and never further ahead than an hour of it.
    expect(letters().length).toBeGreaterThanOrEqual(33);
    expect(letters().length).toBeLessThanOrEqual(35);
    reckon();
  });
});

describe('the nights when clocks change', () => {
  /** Noon before, UTC; a time in the hour that is left out or comes twice, on the clock of the zone. */
  it.each([
    ['Europe/Berlin', 'spring', Date.UTC(2026, 2, 28, 12), '30 2'],
    ['Europe/Berlin', 'autumn', Date.UTC(2026, 9, 24, 12), '30 2'],
    ['America/New_York', 'spring', Date.UTC(2026, 2, 7, 18), '30 2'],
    ['America/New_York', 'autumn', Date.UTC(2026, 9, 31, 18), '30 1'],
    ['Australia/Lord_Howe', 'autumn', Date.UTC(2026, 3, 4, 2), '45 1'],
    ['Australia/Lord_Howe', 'spring', Date.UTC(2026, 9, 3, 2), '15 2'],
  ])('%s, %s: each due letter once, each line once', async (zone, _, noon, time) => {
    const clock = heldClock(noon);
    const conf = `set queue a f@x.org t@x.org [${time} * * *] S\na ^x\nset timezone ${zone}\n`;
    const running = await startDaemon(conf, { clock });
    const { live, letters, reckon } = diary(running, clock);
    await live(DAY, 15 * MINUTE);
    expect(letters()).toHaveLength(1);
    await live(2 * DAY, HOUR);
    expect(letters()).toHaveLength(3);
    reckon();
  });

  it.each([
    ['Europe/Berlin', Date.UTC(2026, 9, 24, 12)],
    ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 2)],
  ])(
    '%s: a daemon that is started anew in the hour that comes twice does not send again',
    async (zone, noon) => {
      const clock = heldClock(noon);
      const conf = `set queue a f@x.org t@x.org [45 1,2 * * *] S\na ^x\nset timezone ${zone}\n`;
      let running = await startDaemon(conf, { clock });
      for (let hours = 0; hours < 24; hours++) {
        running.write(`x ${hours}`);
        clock.advance(HOUR);
        await running.daemon.poll();
        await running.stop();
        running = await startDaemon(conf, { clock, folder: running.folder });
      }
      expect(maildir(running.folder)).toHaveLength(2);
    },
  );
});

describe('a process that is suspended', () => {
  it('wakes up hours later: what was due meanwhile is made up for once, by the timers that ran late', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon('set sleep 5\nset queue a f@x.org t@x.org [*/10 * * * *] S\na ^x\n', {
      clock,
    });
    const { daemon, write, folder, events } = running;
    const sealed = (): number => events.filter(({ kind }) => kind === 'sealed').length;
    const turns = async (until: () => boolean): Promise<void> => {
      while (!until()) await new Promise(setImmediate);
    };
    await daemon.run();
    write('x 1');
    clock.jump(8 * HOUR);
    clock.advance(0);
    await turns(() => sealed() === 1 && maildir(folder).length === 1);
    await turns(() => clock.waiting > 0);
    clock.advance(5_000);
    await turns(() => clock.waiting > 0);
    await daemon.poll();
    expect(sealed()).toBe(1);
    expect(daemon.pending()).toEqual([]);
  });

  it('by SIGSTOP, reads what was written meanwhile when it goes on, and every line once', async () => {
    const folder = temporaryFolder();
    const log = join(folder, 'x.log');
    const conf = join(folder, 'tenshi.conf');
    writeFileSync(log, '');
    writeFileSync(
      conf,
      `set uid root\nset logfile ${log}\nset state state\nset sleep 1\nset start beginning\nset queue a f@x.org t@x.org [0 0 1 1 *] S\na ^x\n`,
    );
    const tayori = launch(['-f', '-c', conf]);
    await tayori.says('Mail goes to');
    const writeLines = (from: number): void => {
      for (let line = from; line < from + 100; line++)
        appendFileSync(log, `Nov 20 10:00:00 web1 x ${line}\n`);
    };
    for (let turn = 0; turn < 3; turn++) {
      writeLines(turn * 200);
      tayori.child.kill('SIGSTOP');
      writeLines(turn * 200 + 100);
      tayori.child.kill('SIGCONT');
    }
    expect(await tayori.end('SIGTERM')).toBe(0);
    const [letter, ...more] = maildir(join(folder, 'state'));
    expect(more).toEqual([]);
    expect(letter?.match(/^ {4}1: x \d+$/gm)).toHaveLength(600);
  });
});

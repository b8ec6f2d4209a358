import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { EN } from '../../src/letter/words/en.js';
import { lossNotes } from '../../src/publish/loss-notes.js';
import { LossNames, lossOf } from '../../src/store/loss-names.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const CONF = `set queue a f@x.org t@x.org [now] A
set queue b f@x.org t@x.org [30 12 * * *] B
set queue pager f@x.org pager:t@x.org [now] P
a,b ^x
pager ^x
`;

/** The bodies of the letters so far, of a queue, in the order of what they tell. */
function letters({ folder }: Running, subject: string): string[] {
  return maildir(folder)
    .filter((mail) => mail.includes(`\nSubject: ${subject}`))
    .map(letterText)
    .sort();
}

const LOST = 'unread lines are lost';

it('a log that was emptied without a copy is told once in the next letter of each queue, but not to pagers', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  running.write('x 1');
  await running.daemon.poll();
  truncateSync(running.log);
  await running.daemon.poll();
  running.write('x 2');
  await running.daemon.poll();
  running.write('x 3');
  await running.daemon.poll();
  expect(letters(running, 'A').map((text) => text.includes(LOST))).toEqual([false, true, false]);
  expect(letters(running, 'P').some((text) => text.includes('lost'))).toBe(false);
  const words = 'truncated or rewritten, and no copy was found; unread lines are lost';
  expect(letters(running, 'A')[1]).toContain(`  *** ${running.log}: ${words} ***\n`);
  clock.advance(30 * 60_000);
  await running.daemon.poll();
  expect(letters(running, 'B').map((text) => text.split(LOST).length - 1)).toEqual([1]);
});

it('what is lost while nothing runs is told, and a stop before the letter forgets nothing', async () => {
  const clock = heldClock(NOON);
  const first = await startDaemon(CONF.replaceAll('[now]', '[40 12 * * *]'), { clock });
  first.write('x 1');
  await first.daemon.poll();
  await first.stop();
  rmSync(first.log);
  writeFileSync(first.log, 'Nov 20 11:00:00 web1 x 2 of another file\n');
  const second = await startDaemon(CONF.replaceAll('[now]', '[40 12 * * *]'), {
    clock,
    folder: first.folder,
  });
  await second.daemon.poll();
  await second.stop();
  clock.advance(41 * 60_000);
  const third = await startDaemon(CONF.replaceAll('[now]', '[40 12 * * *]'), { clock, folder: first.folder });
  await third.daemon.poll();
  const words = 'replaced by another file, and the old one was not found; unread lines are lost';
  for (const queue of ['A', 'B']) {
    expect(letters(third, queue)).toHaveLength(1);
    expect(letters(third, queue)[0]).toContain(`  *** ${first.log}: ${words} ***\n`);
  }
});

it('a log that is gone at the start is told, and so is a rotated file that is broken', async () => {
  const running = await startDaemon(CONF, { clock: heldClock(NOON) });
  const other = join(running.folder, 'y.log');
  writeFileSync(other, '');
  await running.stop();
  const conf = `set logfile ${other}\n${CONF}`;
  const second = await startDaemon(conf, { folder: running.folder });
  appendFileSync(other, 'Nov 20 10:00:00 web1 x 1\n');
  await second.daemon.poll();
  await second.stop();
  rmSync(other);
  const third = await startDaemon(conf, { folder: running.folder });
  third.write('x 2');
  await third.daemon.poll();
  const words = 'deleted or moved, and not found; unread lines are lost';
  expect(letters(third, 'A').at(-1)).toContain(`  *** ${other}: ${words} ***\n`);
});

it('a log that was rotated, copied, or filled again with what it held has lost nothing', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  const { log } = running;
  running.write('x 1');
  await running.daemon.poll();
  copyFileSync(log, `${log}.copy`);
  truncateSync(log);
  await running.daemon.poll();
  copyFileSync(`${log}.copy`, log);
  running.write('x 2');
  await running.daemon.poll();
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  running.write('x 3');
  await running.daemon.poll();
  renameSync(log, `${log}.2`);
  writeFileSync(log, '');
  running.write('x 4');
  await running.daemon.poll();
  clock.advance(61_000);
  await running.daemon.poll();
  const told = letters(running, 'A').join('');
  expect([1, 2, 3, 4].map((n) => told.split(`x ${n}\n`).length - 1)).toEqual([1, 1, 1, 1]);
  expect(told).not.toContain('lost');
});

it('are told in Japanese, too', async () => {
  const running = await startDaemon(`set language ja\n${CONF}`);
  running.write('x 1');
  await running.daemon.poll();
  truncateSync(running.log);
  await running.daemon.poll();
  running.write('x 2');
  await running.daemon.poll();
  expect(letters(running, 'A')[1]).toContain('空にされたか書き直され');
});

it('status names them', async () => {
  const running = await startDaemon(CONF);
  mkdirSync(join(running.folder, 'none'));
  running.write('x 1');
  await running.daemon.poll();
  truncateSync(running.log);
  await running.daemon.poll();
  running.write('x 2');
  await running.daemon.poll();
  const read = readConfig(join(running.folder, 'tenshi.conf'));
  if (!read.ok) throw new Error('no config');
  const status = reportStatus(running.store, read.config, true, NOON);
  expect(status.losses).toEqual([{ kind: 'emptied', path: running.log, times: 1 }]);
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toContain(
    `\nLogs that lost lines, or may have\n  ${running.log}  truncated or replaced, and no copy was found  1 time\n`,
  );
});

it('the names of counters are bounded in number and length, and act on no terminal', () => {
  const names = new LossNames(['lines', 'lost emptied /known.log']);
  const made = Array.from({ length: 60 }, (_, n) => names.nameOf({ kind: 'deleted', path: `/log-${n}` }));
  expect(new Set(made).size).toBe(50);
  expect(made.at(-1)).toBe('lost deleted *');
  expect(names.nameOf({ kind: 'emptied', path: '/known.log' })).toBe('lost emptied /known.log');
  const long = new LossNames([]).nameOf({ kind: 'emptied', path: `/${'x'.repeat(4000)}\x1b[2J/end.log` });
  expect(long.length).toBeLessThan(220);
  expect(long).toMatch(/\\x1b\[2J\/end\.log$/);
  expect(lossOf(long)?.kind).toBe('emptied');
  expect(lossOf('lines')).toBeNull();
});

it('a letter names ten of them, and how many more there are', () => {
  const counters = new Map(Array.from({ length: 13 }, (_, n) => [`lost deleted /log-${n}`, n] as const));
  const notes = lossNotes(new Map([...counters, ['lost emptied *', 3]]), EN.notes);
  expect(notes).toHaveLength(11);
  expect(notes.at(-1)).toBe('lines of 3 more logs may be lost; "tayori status" names them');
  expect(notes[0]).toBe('/log-1: deleted or moved, and not found; unread lines are lost');
});

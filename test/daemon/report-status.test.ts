import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/base/time/clock.js';
import { cli } from '../../src/cli/cli.js';
import { renderStatus } from '../../src/commands/render-status.js';
import { readConfig } from '../../src/config/read-config.js';
import { reportStatus } from '../../src/daemon/status.js';
import { readSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { heldClock } from '../support/held-clock.js';
import { NOON, type Running, startDaemon } from './start-daemon.js';

const CONF = `set tail_missing on
set queue now f@x.org t@x.org [now] S
set queue noon f@x.org t@x.org [30 12 * * *] S
trash ^noise
noon ^slow (?:a+)+$
noon ^x
`;

/** What another process sees. */
function report(running: Running, now = NOON) {
  const read = readConfig(join(running.folder, 'tenshi.conf'));
  const opened = readSqliteStore(join(running.folder, 'state', 'tayori.db'));
  if (!opened.ok || !read.ok) throw new Error('no state, or no config');
  const status = reportStatus(opened.store, read.config, true, now);
  opened.store.end();
  return status;
}

it('tells what is watched, what waits and what was counted, while the daemon runs', async () => {
  const running = await startDaemon(CONF, { clock: heldClock(NOON) });
  running.write('x 1', 'x 1', 'x 2', 'noise', 'who knows');
  writeFileSync(join(running.folder, 'y.log'), '');
  appendFileSync(running.log, 'no prefix\n');
  await running.daemon.poll();
  running.write('x 3');
  const status = report(running);
  expect(status.files).toEqual([
    { path: running.log, behind: 'Nov 20 10:00:00 web1 x 3\n'.length, trouble: null },
  ]);
  expect(status.queues).toEqual([
    { name: 'now', messages: 0, lines: 0, next: { kind: 'now' } },
    { name: 'noon', messages: 2, lines: 3, next: { kind: 'at', time: NOON + 30 * 60_000 } },
  ]);
  expect(Object.fromEntries(status.counters)).toEqual({ lines: 6, trash: 1, unknown: 1, unprefixed: 1 });
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toContain('\n  1  without a known prefix (a queue named noprefix would show them)\n');
});

it('tells how a log is read that is not read as all others', async () => {
  const running = await startDaemon(
    `set loghost x.log /(?<user>x)\\.log\nset multiline x.log indent\n${CONF}`,
    { clock: heldClock(NOON) },
  );
  const status = report(running);
  expect(status.files).toMatchObject([{ reading: `host ${hostname()}, user=x, entries of several lines` }]);
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toContain(`x.log  read to its end; host ${hostname()}, user=x, entries of several lines`);
});

it('tells of letters that wait, with their age and the last error', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(`set mailserver 127.0.0.1:1\n${CONF}`, { clock });
  running.write('x 1');
  clock.advance(30 * 60_000);
  await running.daemon.poll();
  const status = report(running, NOON + 40 * 60_000);
  expect(status.outbox).toMatchObject([{ queue: 'noon', address: 't@x.org', state: 'waiting', attempts: 1 }]);
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON + 40 * 60_000 });
  expect(text).toMatch(/^ {2}\[noon] {2}t@x\.org {2}waiting for 10 min, 1 try.* ECONNREFUSED/m);
  expect(text).toMatch(/ empty$/m);
  expect(text).toContain('next Sat 21 Nov, 12:30');
});

it('tells what a storm holds back, and until when', async () => {
  const clock = heldClock(NOON);
  const running = await startDaemon(`${CONF}now .\nset fold now 2m,10m\nset fold_pages 2\n`, { clock });
  const next = () => report(running, clock.now()).queues[0]?.next;
  running.write('y');
  await running.daemon.poll();
  expect(next()).toEqual({ kind: 'now' });
  running.write('y', 'y');
  await running.daemon.poll();
  expect(next()).toEqual({ kind: 'held', until: NOON + 120_000 });
  const status = report(running);
  const text = renderStatus(status, { state: running.folder, timezone: 'UTC', now: NOON });
  expect(text).toMatch(/^ {2}now +held back until Fri 20 Nov, 12:02 +2 lines in 1 message$/m);
  clock.advance(120_000);
  expect(next()).toEqual({ kind: 'now' });
  await running.daemon.poll();
  running.write('z');
  await running.daemon.poll();
  expect(next()).toEqual({ kind: 'held', until: NOON + 3_600_000 }); // two pages went within this hour
});

it('machines are told of it, too', async () => {
  const conf = `${CONF}now .\nset fold now 1h\nset state state\n`;
  const running = await startDaemon(conf, { clock: systemClock });
  for (const _ of ['a page', 'held']) {
    running.write('y');
    await running.daemon.poll();
  }
  let out = '';
  const io = { stdin: Readable.from([]), stdout: { write: (text: string) => (out += text) }, env: {} };
  const argv = ['status', '--json', '-c', join(running.folder, 'tenshi.conf')];
  expect(await cli(argv, { ...io, stderr: { write: () => true } })).toBe(0);
  const until = expect.stringMatching(/^20..-..-..T..:..:...*Z$/);
  expect(JSON.parse(out).queues).toEqual([
    { name: 'now', messages: 1, lines: 1, next: until, heldUntil: until },
    { name: 'noon', messages: 0, lines: 0, next: until, heldUntil: null },
  ]);
});

it.each([
  ['a file that is gone', (log: string) => renameSync(log, `${log}.1`), 'not there'],
  [
    'a file that was rotated since the last look',
    (log: string) => {
      renameSync(log, `${log}.1`);
      writeFileSync(log, '');
    },
    'rotated just now',
  ],
])('%s', async (_, change, trouble) => {
  const running = await startDaemon(CONF);
  change(running.log);
  expect(report(running).files).toEqual([{ path: running.log, behind: null, trouble }]);
});

it('names rules that ran over', async () => {
  const running = await startDaemon(`${CONF}noon ^(?<a>(\\w+\\s?)*)\\k<a>$\n`);
  running.write(`${'aaaa '.repeat(40)}!`);
  await running.daemon.poll();
  expect(report(running).overruns).toEqual([
    { rule: expect.stringMatching(/tenshi\.conf:\d+:\d+ \^\(\?<a>/), times: 1 },
  ]);
});

it('names a queue that waits without being in the config', async () => {
  const running = await startDaemon(CONF);
  running.write('x 1');
  await running.daemon.poll();
  const conf = join(running.folder, 'tenshi.conf');
  writeFileSync(conf, 'set queue other f@x.org t@x.org [now] S\nother ^x\n');
  expect(report(running).queues).toContainEqual({
    name: 'noon',
    messages: 1,
    lines: 1,
    next: { kind: 'undefined' },
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { entryId } from '../../src/letter/entry-id.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { type Ran, runCli } from '../support/run-cli.js';

const CONF = `set state state
set queue n f@x.org t@x.org [now] S
set queue noon f@x.org t@x.org [30 12 * * *] S
n ^disk
noon .
`;

const ID = entryId('n', 'disk sda');

const snooze = async ({ folder }: Running, ...argv: string[]): Promise<Ran> =>
  await runCli(['snooze', '-c', join(folder, 'tenshi.conf'), ...argv]);

/** A clock of now: the command goes by the true one. */
const now = () => heldClock(Date.now());

describe('tayori snooze', () => {
  it('puts an entry aside beside the running daemon, lists it, and wakes it', async () => {
    const running = await startDaemon(`${CONF}set ids on\n`, { clock: now() });
    running.write('disk sda');
    await running.daemon.poll();
    expect(maildir(running.folder).join('')).toContain(`1: disk sda [${ID}]`);
    const { out, err, code } = await snooze(running, ID, '7d', 'disk', 'is', 'ordered');
    expect([err, code]).toEqual(['', 0]);
    expect(out).toMatch(
      new RegExp(
        `^${ID} \\[n] disk sda\\nis snoozed until .*; it wakes before, if a day has 10 lines of it; tayori takes`,
      ),
    );
    running.write('disk sda');
    await running.daemon.poll();
    expect(maildir(running.folder)).toHaveLength(1);
    expect((await snooze(running)).out).toMatch(
      new RegExp(
        `^ {2}${ID} {2}\\[n] {2}every host {2}until .* {2}1 line {2}disk is ordered {2}disk sda\\n$`,
      ),
    );
    expect((await runCli(['explain', '-c', join(running.folder, 'tenshi.conf'), ID])).out).toContain(
      'disk is ordered',
    );
    expect((await snooze(running, '--end', ID)).out).toContain('is no longer snoozed');
    await running.daemon.poll();
    const texts = maildir(running.folder).map((mail) => letterText(mail).replace(/\s+/g, ' '));
    expect(texts.join('')).toContain('no longer snoozed, as somebody ended it (disk is ordered)');
    expect((await snooze(running)).err).toBe('nothing is snoozed\n');
  });

  it('takes for a usual day what letters on a schedule usually count', async () => {
    const clock = heldClock(NOON - 9 * DAY);
    const running = await startDaemon(`${CONF.replace('30 12', '0 */12')}set letter full\n`, { clock });
    for (let day = 0; day < 12; day++) {
      running.write(...Array<string>(7).fill('cron x'));
      clock.advance(DAY / 2);
      await running.daemon.poll();
    }
    const { out } = await snooze(running, entryId('noon', 'cron x'), '7d', 'known');
    expect(out).toContain('if a day has 140 lines of it');
  });

  it('takes for a usual day what the letters of the last day told', async () => {
    const running = await startDaemon(`${CONF}set letter full\n`, { clock: now() });
    for (const count of [3, 4]) {
      running.write(...Array<string>(count).fill('disk sda'));
      await running.daemon.poll();
    }
    expect((await snooze(running, ID, '7d', 'known')).out).toContain('if a day has 70 lines of it');
  });

  it('is for one host with --host', async () => {
    const running = await startDaemon(`${CONF}set letter full\n`, { clock: now() });
    running.write('disk sda');
    await running.daemon.poll();
    const { err, code } = await snooze(running, ID, '7d', 'x', '--host', 'db9');
    expect([err, code]).toEqual(['tayori: it never came from the host "db9", but from web1\n', 1]);
    expect((await snooze(running, ID, '7d', 'x', '--host', 'web1')).out).toContain(
      'is snoozed on web1 until',
    );
  });

  it('is for entries of sections, too, and lasts when the daemon looks after it', async () => {
    const clock = now();
    const section = 'set section rest n Rest\nset letter full\n';
    const conf = CONF.replace('n ^disk\nnoon .', `${section}n ^disk\nrest .`);
    const running = await startDaemon(conf, { clock });
    running.write('cron x', 'cron x');
    await running.daemon.poll();
    const id = entryId('rest', 'cron x');
    const { out, err } = await snooze(running, id, '7d', 'known');
    expect(err).toBe('');
    expect(out).toContain('it wakes before, if a day has 20 lines of it');
    clock.advance(61_000);
    running.write('cron x');
    await running.daemon.poll();
    expect(maildir(running.folder)).toHaveLength(1);
    expect((await snooze(running)).out).toContain('1 line  known  cron x');
  });

  it.each<[name: string, argv: readonly string[], code: number, expected: string]>([
    ['no time', [ID], 2, 'for how long, and why?'],
    ['an odd time', [ID, 'x', 'y'], 2, '"x" is no time; write one such as 90m, 12h or 7d'],
    ['too long a time', [ID, '367d', 'y'], 2, '"367d" is no time'],
    ['no reason', [ID, '7d'], 2, 'why? Write a reason behind the time'],
    ['an id of nothing', ['0000000', '7d', 'x'], 1, 'no entry has the id "0000000"'],
    ['what is no id', ['disk', '7d', 'x'], 2, '"disk" is no id'],
    ['to wake what sleeps not', ['--end', '0000000'], 1, 'nothing is snoozed by the id "0000000"'],
    ['to wake what is no id', ['--end', 'x'], 2, '"x" is no id; tayori snooze lists'],
    ['to wake nobody', ['--end'], 2, 'which entry?'],
    ['to wake for a time', ['--end', ID, '7d'], 2, 'with --end write the ID alone'],
  ])('refuses %s', async (_, argv, status, expected) => {
    const running = await startDaemon(CONF);
    const { err, code } = await snooze(running, ...argv);
    expect(err).toContain(expected);
    expect(code).toBe(status);
  });
});

import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { silentHosts } from '../../src/letter/history/silent-hosts.js';
import { letterText, NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';

const CONF =
  'set letter full\nset queue noon f@x.org t@x.org [30 12 * * *] S\nset threshold noon 5 ^rare\nnoon .\n';

/** The last letter after days in which these hosts spoke; each line is another message unless `say` says otherwise. */
async function lastLetter(
  days: readonly (readonly string[])[],
  conf = CONF,
  say = (host: string, day: number): string => `${host} said ${day}`,
): Promise<string> {
  const clock = heldClock(NOON);
  const running = await startDaemon(conf, { clock });
  for (const [day, hosts] of days.entries()) {
    for (const host of hosts) appendFileSync(running.log, `Nov 20 10:00:00 ${host} ${say(host, day)}\n`);
    clock.advance(DAY);
    await running.daemon.poll();
  }
  return (
    maildir(running.folder)
      .map((mail) => ({
        date: Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''),
        text: unfolded(letterText(mail)),
      }))
      .sort((a, b) => a.date - b.date)
      .map(({ text }) => text)
      .at(-1) ?? ''
  );
}

const week = (...hosts: string[]): string[][] => Array.from({ length: 6 }, () => hosts);

describe('a report', () => {
  it('tells which hosts fell silent, though no message of theirs was ever the same', async () => {
    const text = await lastLetter([...week('web1', 'db1'), ['web1']]);
    expect(text).toMatch(
      /^1 new; else as usual\.\nFell silent: db1; nearly every letter before had something of it\.\n/,
    );
  });

  it('tells it in the place of "nothing missing"', async () => {
    const say = (host: string, day: number): string => (host === 'db1' ? `hello ${day}` : 'hello');
    const text = await lastLetter([...week('web1', 'db1'), ['web1']], CONF, say);
    expect(text).toMatch(/^Fell silent: db1; nearly every letter/);
    expect(text).not.toContain('nothing missing');
  });

  it('tells it once', async () => {
    expect(await lastLetter([...week('web1', 'db1'), ['web1'], ['web1']])).not.toContain('Fell silent');
  });

  it('names ten of many', async () => {
    const hosts = Array.from({ length: 15 }, (_, at) => `n${10 + at}`);
    const text = await lastLetter([...week('web1', ...hosts), ['web1']]);
    expect(text).toMatch(
      /Fell silent: n10, n11, .*, n19 and 5 more\s+hosts; nearly every letter before had something of them\./,
    );
  });

  it.each<[string, readonly (readonly string[])[], string]>([
    [
      'of a host that comes and goes',
      [['web1', 'db1'], ['web1'], ['web1', 'db1'], ['web1'], ['web1', 'db1'], ['web1']],
      CONF,
    ],
    ['of too few letters', [['web1', 'db1'], ['web1', 'db1'], ['web1']], CONF],
    ['in a letter of trouble', [...week('web1', 'db1'), ['web1']], `${CONF}set kind noon trouble\n`],
    ['in a letter of trash', [...week('web1', 'db1'), ['web1']], `${CONF}set kind noon trash\n`],
    ['in a plain letter', [...week('web1', 'db1'), ['web1']], `${CONF}set letter plain\n`],
  ])('says nothing %s', async (_, days, conf) => {
    expect(await lastLetter(days, conf)).not.toContain('Fell silent');
  });

  it('does not call a host silent whose messages are below their threshold', async () => {
    const say = (host: string, day: number): string =>
      host === 'db1' && day === 6 ? 'rare thing' : `said ${day}`;
    const text = await lastLetter([...week('web1', 'db1'), ['web1', 'db1']], CONF, say);
    expect(text).toContain('1 message (1 line) below threshold');
    expect(text).not.toContain('Fell silent');
  });

  it('speaks Japanese', async () => {
    const text = await lastLetter([...week('web1', 'db1'), ['web1']], `${CONF}set language ja\n`);
    expect(text).toContain('今回は何もないホスト: db1。');
  });
});

describe('a host is missed', () => {
  const rows = (...letters: number[]): Parameters<typeof silentHosts>[0] =>
    letters.map((letter) => ({ host: 'a', letters: [[letter, 1]] }));

  it.each<[string, number[], number, boolean, string[]]>([
    ['in all letters', [1, 2, 3, 4], 4, true, ['a']],
    ['in four of five', [1, 2, 3, 5], 5, true, ['a']],
    ['in three of five', [1, 2, 5], 5, true, []],
    ['not in the last one', [1, 2, 3, 4], 5, true, []],
    ['of too few letters', [1, 2, 3], 3, true, []],
    ['in a letter that a signal made', [1, 2, 3, 4], 4, false, []],
    ['of letters of long ago', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40], 40, true, []],
  ])('%s', (_, letters, count, regular, expected) => {
    expect(silentHosts(rows(...letters), { letters: count, regular })).toEqual(expected);
  });
});

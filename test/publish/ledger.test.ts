import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { letterText, NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';

const CONF = 'set letter full\nset queue noon f@x.org t@x.org [30 12 * * *] S\nnoon .\n';

/** The text parts of the letters, oldest first, each from its first line to its first host block. */
function openings(folder: string): string[] {
  return maildir(folder)
    .map((mail) => ({
      date: Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''),
      text: unfolded(letterText(mail)),
    }))
    .sort((a, b) => a.date - b.date)
    .map(({ text }) => text);
}

/** Ten days of letters: what each day says. */
async function days(...said: (readonly string[])[]): Promise<string[]> {
  const clock = heldClock(NOON);
  const running = await startDaemon(CONF, { clock });
  for (const lines of said) {
    running.write(...lines);
    clock.advance(DAY);
    await running.daemon.poll();
  }
  return openings(running.folder);
}

const usual = (...more: string[]): string[] => [
  ...Array.from({ length: 5 }, () => 'backup done'),
  'cron x',
  ...more,
];

describe('a letter among its like', () => {
  it('the first has nothing to compare with', async () => {
    const [first = ''] = await days(usual());
    expect(first).toMatch(/^The first letter of its kind/);
    expect(first).not.toContain('NEW');
  });

  it('one of pure routine says so in its first line', async () => {
    const letters = await days(usual(), usual());
    expect(letters[1]).toMatch(
      /^Nothing new since yesterday, nothing missing\.\nNov 21 12:00 to Nov 22 12:00, 6 lines in 2 messages of 1 host\n/,
    );
    expect(letters[1]).toContain('\n\nweb1: \n    5: backup done\n    1: cron x\n');
  });

  it('what was never seen comes first, and stands once', async () => {
    const [, second = ''] = await days(usual(), usual('disk fails', 'disk fails'));
    expect(second).toMatch(/^1 new; else as usual\.\n/);
    expect(second).toMatch(/\n\nNEW\n {2}\[2x] disk fails\n {7}web1; never seen before; /);
    expect(second.match(/disk fails/g)).toHaveLength(1);
  });

  it('what grows is louder, and what stops is gone, once', async () => {
    const loud = [...Array.from({ length: 40 }, () => 'cron x')];
    const letters = await days(...Array.from({ length: 5 }, () => usual()), loud, loud.slice(0, 1));
    expect(letters[5]).toMatch(/^1 louder, 1 gone; else as usual\.\n/);
    expect(letters[5]).toMatch(/LOUDER\n {2}\[40x] cron x\n {7}web1; usually 1; /);
    expect(letters[5]).toMatch(/GONE\n {2}\[usually 5x] backup done\n {7}web1; last seen Nov 20 10:00\n/);
    expect(letters[6]).toMatch(/^Nothing new since yesterday, nothing missing/);
  });

  it('what comes again after a long silence is back', async () => {
    const quiet = Array.from({ length: 8 }, () => ['cron x']);
    const letters = await days(usual(), ...quiet, usual());
    expect(letters.at(-1)).toMatch(/BACK\n {2}\[5x] backup done\n {7}web1; last seen Nov 20 10:00/);
  });

  it('goes out in the form that ships when its template has a fault, in the language of the config', async () => {
    const running = await startDaemon(`${CONF}set language ja\nset template noon nowhere.hbs\n`, {
      clock: heldClock(NOON),
    });
    running.write('disk fails');
    await running.daemon.flush('flushing');
    const [letter = ''] = openings(running.folder);
    expect(letter).toMatch(/^\*\*\* Status: flushing \*\*\*\nはじめての便りです。/);
    expect(letter).toContain('nowhere.hbs に誤りがあるため (1:1: cannot be read');
    expect(letter).toContain('\n\nweb1: \n    1: disk fails\n');
  });
});

describe('what the ledger cannot hold', () => {
  it('of a letter is told: it may be called new again', async () => {
    const many = Array.from({ length: 10_020 }, (_, at) => `app${at}: said`);
    const letters = await days(usual(), [...usual(), ...many], usual());
    const note =
      '*** 22 messages of this letter cannot be remembered, because there are too many; they may be called new again ***';
    expect(letters.map((text) => text.includes(note))).toEqual([false, true, false]);
  });

  it('in all is told where something is called new', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(CONF, { clock });
    const letter = async (...said: string[]): Promise<string> => {
      running.write(...said);
      clock.advance(DAY);
      await running.daemon.poll();
      return openings(running.folder).at(-1) ?? '';
    };
    await letter(...usual());
    const db = openSqlite(join(running.folder, 'state', 'tayori.db'));
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
       INSERT INTO ledger (queue, hash, host, text, first, last, latest, letters)
         SELECT 'other', 'hash' || i, 'h', 't', @old, @old, 0, '[]' FROM n`,
    ).run({ old: NOON - 3 * DAY });
    db.close();
    const note =
      'no more than 100,000 messages are remembered: one that was not seen since Nov 17 12:00 may be called new';
    expect(await letter(...usual())).not.toContain('no more than'); // nothing is new
    expect(await letter(...usual('disk fails'))).toContain(note);
  });
});

import { describe, expect, it } from 'vitest';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { isWeeklyLetter } from '../../src/publish/weekly-letter.js';
import { sound } from '../config/read.js';
import { startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';

const DAY = 86_400_000;
/** A Friday and the Sunday, Monday and Tuesday after it. */
const FRIDAY = Date.UTC(2026, 10, 20, 7);
const SUNDAY = FRIDAY + 2 * DAY;
const MONDAY = FRIDAY + 3 * DAY;
const TUESDAY = FRIDAY + 4 * DAY;

/** A config of queues with these schedules, `name: schedule` each; `pager:name: schedule` goes to a pager. */
function queues(...defined: string[]): string {
  const lines = defined.map((one) => {
    const [, pager = '', name, schedule] = /^(pager:)?(\w+): (.*)$/.exec(one) ?? [];
    return `set queue ${name} f@x.org ${pager}t@x.org [${schedule}]\n${name} ^${name}\n`;
  });
  return `set timezone UTC\nset logfile /var/log/x\n${lines.join('')}`;
}

describe('the letter of the week that asks about rules', () => {
  it.each<[string, string, readonly string[], string | null]>([
    [
      'the first queue with a weekly schedule',
      '',
      ['a: 0 12 * * *', 'b: 0 8 * * mon', 'c: 0 9 * * tue'],
      'b',
    ],
    ['a monthly one is rarer', '', ['a: 0 12 * * *', 'b: 0 8 1 * *'], 'b'],
    ['twice a week is none', '', ['a: 0 8 * * mon,thu', 'b: 0 8 * * wed'], 'b'],
    ['nor are two days side by side once a year', '', ['a: 0 8 1,2 1 *', 'b: 0 8 29 2 *'], 'b'],
    [
      'a change of the clocks makes no week shorter',
      'set zone b Europe/Berlin\n',
      ['a: 0 12 * * *', 'b: 0 8 * * sun'],
      'b',
    ],
    [
      'without one the first queue of reports',
      'set kind a trouble\n',
      ['n: now', 'a: 0 7 * * *', 'b: 0 12 * * *'],
      'b',
    ],
    ['without reports the first with a schedule', 'set kind a trouble\n', ['n: now', 'a: 0 7 * * *'], 'a'],
    ['a pager never', '', ['pager:p: 0 8 * * mon', 'a: 0 12 * * *'], 'a'],
    ['queues that are due at once never', '', ['n: now'], null],
  ])('%s', (_, settings, defined, expected) => {
    const config = sound(`${queues(...defined)}${settings}`);
    const asking = config.queues
      .map(({ name }) => name)
      .filter((queue) => isWeeklyLetter({ queue, since: FRIDAY, closed: MONDAY }, config));
    expect(asking).toEqual(expected === null ? [] : [expected]);
  });

  it.each<[string, number, number, string, boolean]>([
    ['the first of a week', SUNDAY, MONDAY, '', true],
    ['the second', MONDAY, TUESDAY, '', false],
    ['the first after three weeks', FRIDAY, FRIDAY + 21 * DAY, '', true],
    [
      'weeks begin in the zone of the queue',
      MONDAY - 7.5 * 3_600_000,
      MONDAY,
      'set zone a Asia/Tokyo\n',
      false,
    ],
    ['which may be behind', MONDAY - 7.5 * 3_600_000, MONDAY, '', true],
  ])('%s', (_, since, closed, zone, expected) => {
    const config = sound(`${queues('a: 0 12 * * *')}${zone}`);
    expect(isWeeklyLetter({ queue: 'a', since, closed }, config)).toBe(expected);
  });
});

/** What the letters ask in a week from Friday on, in which each queue has something each day. */
async function askedIn(conf: string, days = 8): Promise<string[]> {
  const clock = heldClock(FRIDAY);
  const running = await startDaemon(conf, { clock });
  const told = new Set<string>();
  const asked: string[] = [];
  for (let day = 0; day < days; day++) {
    running.write('a 1', 'w 1');
    await running.daemon.poll();
    clock.advance(DAY);
    await running.daemon.poll();
    for (const mail of maildir(running.folder).filter((one) => !told.has(one))) {
      told.add(mail);
      const { text } = readMail(Buffer.from(mail.replaceAll('\n', '\r\n')));
      const subject = /^Subject: (.*)$/m.exec(mail)?.[1];
      for (const line of unfolded(text).split('\n'))
        if (/still needed|day has passed|必要/.test(line))
          asked.push(
            `${weekday(clock.now())} ${subject}: ${line.trim().replaceAll(`${running.folder}/`, '')}`,
          );
    }
  }
  await running.stop();
  return asked;
}

function weekday(time: number): string {
  return new Date(time).toUTCString().slice(0, 3);
}

const A = 'set queue a f@x.org t@x.org [0 6 * * *] A\n';
const W = 'set queue w f@x.org t@x.org [0 6 * * wed] W\n';

describe('a letter asks about rules whose day has passed', () => {
  it.each(['plain', 'full'])('that of the weekly queue, once (set letter %s)', async (form) => {
    const rules = '#: old switch; until 2026-11-24\na ^a\n#: until 2026-11-25\nw ^w\n';
    expect(await askedIn(`set letter ${form}\n${A}${W}${rules}`)).toEqual([
      'Wed W [w]: *** is this rule still needed? tenshi.conf:9, for a, until 2026-11-24: old switch ***',
    ]);
  });

  it('without one the first report of the week', async () => {
    expect(await askedIn(`${A}#: n; until 2026-11-01\na ^a\n`)).toEqual([
      'Mon A [a]: *** is this rule still needed? tenshi.conf:7, for a, until 2026-11-01: n ***',
    ]);
  });

  it('names five of them and counts the rest', async () => {
    const rules = Array.from({ length: 7 }, (_, at) => `#: n${at}; until 2026-11-01\na ^a ${at}\n`).join('');
    const asked = await askedIn(`${A}${rules}a .*\n`);
    expect(asked.map((line) => line.replace(/^.*?\*\*\* /, ''))).toEqual([
      ...[7, 9, 11, 13, 15].map(
        (line, at) => `is this rule still needed? tenshi.conf:${line}, for a, until 2026-11-01: n${at} ***`,
      ),
      '2 more rules whose day has passed; "tayori check" names them ***',
    ]);
  });

  it('in the language of the letter, and shortens a long note', async () => {
    const note = 'x'.repeat(200);
    const [asked = '', ...others] = await askedIn(
      `set language ja\n${A}#: ${note}; until 2026-11-01\na ^a\n`,
    );
    expect(others).toEqual([]);
    expect(asked).toMatch(/このルールはまだ必要ですか: tenshi\.conf:8 \(a、2026-11-01まで\) x{70,79}…/);
  });

  it('nothing where no day has passed', async () => {
    expect(await askedIn(`${A}#: n; until 2026-12-31\na ^a\n#: kept\na ^w\n`)).toEqual([]);
  });
});

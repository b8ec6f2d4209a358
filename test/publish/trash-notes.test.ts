import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/base/time/duration.js';
import { MAX_TRASH_NOTES, trashNotes } from '../../src/publish/trash-notes.js';
import { reviewQueue } from '../../src/publish/weekly-letter.js';
import { RuleHits } from '../../src/rule/review/rule-hits.js';
import type { RuleHistory } from '../../src/store/ports/rule-histories.js';
import { letterText, NOON, startDaemon } from '../daemon/start-daemon.js';
import { configOf } from '../rule/review/rules-of.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { unfolded } from '../support/unfolded.js';

const WEEKLY = 'set queue week f@x.org t@x.org [0 8 * * 1] W\nweek ^w\n';
const DAILY = 'set queue report f@x.org t@x.org [30 12 * * *] R\nreport ^r\n';

interface Mail {
  readonly subject: string;
  readonly text: string;
}

/** The notes about trash in the letters of some weeks, the oldest first, each with the subject of its letter. */
async function notesOf(
  conf: string,
  days: number,
  said: (day: number) => readonly string[],
): Promise<string[]> {
  const clock = heldClock(NOON - 7 * 60 * 60 * 1000);
  const running = await startDaemon(conf, { clock });
  for (let day = 0; day < days; day++) {
    running.write('w: x', 'r: x', ...said(day));
    await running.daemon.poll();
    clock.advance(DAY);
    await running.daemon.poll();
  }
  const mails = maildir(running.folder)
    .map((mail) => ({
      date: Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''),
      subject: /^Subject: (\S+)/m.exec(mail)?.[1] ?? '',
      text: unfolded(letterText(mail)),
    }))
    .sort((a, b) => a.date - b.date);
  expect(mails.length).toBeGreaterThan(1);
  return mails.flatMap(toldIn);
}

function toldIn({ subject, text }: Mail): string[] {
  return text
    .split('\n')
    .filter((line) => line.includes('thrown away by'))
    .map((line) => `${subject}: ${line.replace(/^.*thrown away by (.*?)(?: \*+)?$/, '$1')}`);
}

const lines = (count: number, text = 'cron: job'): string[] =>
  Array.from({ length: count }, (_, at) => `${text} ${at} done`);

describe('the letter of the week', () => {
  // The weeks begin on the days 3, 10, 17 and 24.
  it('tells once of a rule of trash that takes ten times as many lines, with one of them', async () => {
    const told = await notesOf(`${WEEKLY}${DAILY}trash done$\n`, 26, (day) => lines(day < 11 ? 5 : 80));
    expect(told).toEqual([
      expect.stringMatching(
        /^W: tenshi\.conf:9, trash done\$: \d{3} lines, where about \d\d are usual; one of them: cron: job 0 done$/,
      ),
    ]);
  });

  it('tells nothing of a rule that always took as many, nor of one that takes nine times as many', async () => {
    expect(await notesOf(`${WEEKLY}trash done$\n`, 26, (day) => lines(day < 11 ? 20 : 120))).toEqual([]);
  });

  it('tells of a program that a rule of trash never took', async () => {
    const told = await notesOf(`${WEEKLY}trash done$\n`, 20, (day) => [
      ...lines(2),
      ...(day === 12 ? ['backup: disk full, none done'] : []),
    ]);
    expect(told).toEqual([
      'W: tenshi.conf:7, trash done$, for the first time of backup: backup: disk full, none done',
    ]);
  });

  it('tells nothing of what a new rule takes', async () => {
    expect(await notesOf(`${WEEKLY}trash done$\n`, 12, () => lines(200))).toEqual([]);
  });
});

it('without such a letter, the report of the day tells it', async () => {
  const told = await notesOf(`${DAILY}trash done$\n`, 12, (day) => lines(day < 10 ? 5 : 200));
  expect(told).toEqual([expect.stringMatching(/^R: tenshi\.conf:7, trash done\$: 20[05] lines, where/)]);
});

describe('the queue whose letter tells what is to be looked over', () => {
  const queue = (name: string, schedule: string, to = 't@x.org'): string =>
    `set queue ${name} f@x.org ${to} [${schedule}] S\n`;

  it.each([
    ['the weekly one', [queue('d', '0 8 * * *'), queue('w', '@weekly')], 'w'],
    ['a monthly one', [queue('d', '0 8 * * *'), queue('m', '0 8 1 * *')], 'm'],
    ['the first of several', [queue('m', '@monthly'), queue('w', '@weekly')], 'm'],
    ['none that comes twice a week', [queue('t', '0 8 * * 1,4'), queue('w', '@weekly')], 'w'],
    ['no pager', [queue('p', '@weekly', 'pager:t@x.org'), queue('w', '@weekly')], 'w'],
  ])('is %s', (_, queues, name) => {
    const config = configOf(queues.join(''));
    const own = config.queues.filter(({ name }) => !['a', 'misc'].includes(name));
    expect(reviewQueue({ ...config, queues: own })).toBe(name);
  });

  it('is the first report where all come more often, or none', () => {
    expect(reviewQueue(configOf(''))).toBe('a');
    const config = configOf('set queue now f@x.org t@x.org [now] N\n');
    expect(reviewQueue({ ...config, queues: config.queues.slice(-1) })).toBeNull();
  });
});

it('a letter tells no more than some, and how many there are', () => {
  const config = configOf('trash .\n');
  const since = NOON - 30 * DAY;
  const programs = Array.from({ length: 20 }, (_, at) => ({
    ...{ program: `p${at}`, since: at === 0 ? since : NOON - 1000, sample: `p${at}: \x1b` },
  }));
  const [rule = ''] = new RuleHits(config.rules).changes().present ?? [];
  const history: RuleHistory = { ...{ rule, count: 1, since, last: NOON, programs, days: [] } };
  const edition = { queue: 'a', since: NOON - DAY, closed: NOON };
  const told = trashNotes(edition, config, { ruleHistories: () => [history] });
  expect(told).toHaveLength(MAX_TRASH_NOTES + 1);
  expect(told.at(-1)).toContain('14 more notes');
  expect(told.join()).not.toContain('\x1b');
});

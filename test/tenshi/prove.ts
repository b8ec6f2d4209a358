import { describe, expect, it } from 'vitest';
import { compare } from '../../src/base/compare.js';
import { groupBy } from '../../src/base/group-by.js';
import type { Case, Head, Letters } from './case.js';
import { hasTenshi, type Program, tayori, tenshi } from './program.js';
import type { Report } from './report.js';
import { type Run, runCase } from './run-case.js';

/** Longest time of a case, ms: it takes a few seconds, and many times as long on a machine that has other work. */
export const LONGEST = 180_000;

/** Makes a test of each case: both programs get it, and each must do what is written there. */
export function prove(chapter: string, cases: readonly Case[]): void {
  describeTenshi(chapter, () => {
    it.concurrent.for(cases.map((one) => [titleOf(one), one] as const))(
      '%s',
      { timeout: LONGEST },
      async ([, one], { onTestFinished }) => {
        const run = (program: Program): Promise<Run> => runCase(one, program, onTestFinished);
        const [original, ours] = await Promise.all([run(tenshi), run(tayori)]);
        if ('mended' in one) {
          expectRun(original, one.original, 'tenshi');
          expectRun(ours, one.tayori, 'tayori');
        } else {
          expectRun(original, one.letters, 'tenshi');
          expectRun(ours, one.letters, 'tayori');
          expect(compared(ours), ours.printed).toEqual(compared(original));
        }
      },
    );
  });
}

/** Where Debian's tenshi is not installed, CI fails, and everybody else is told what was left out. */
export function describeTenshi(chapter: string, tests: () => void): void {
  if (hasTenshi()) describe(chapter, tests);
  else if (process.env.CI)
    it(chapter, () => expect.fail("CI must prove this against Debian's tenshi 0.13: apt-get install tenshi"));
  else {
    console.info(`${chapter}: left out, as Debian's tenshi 0.13 is not installed`);
    describe.skip(chapter, tests);
  }
}

function titleOf(one: Case): string {
  return 'mended' in one ? `${one.name} (mended: ${one.mended})` : one.name;
}

function expectRun(run: Run, letters: Letters, name: string): void {
  const told = `${name} printed: ${run.printed}`;
  expect(countsOf(run.reports), told).toEqual(letters.counts);
  expect(run.end, told).toBe(letters.end ?? 0);
  for (const [queue, head] of Object.entries(letters.heads ?? {}))
    expect(headOf(run.reports, queue), `the letter of ${queue}; ${told}`).toMatchObject(head);
  if (letters.wrote) expect(run.wrote, told).toEqual(letters.wrote);
}

/** Of lines that no rule takes Tenshi says nothing; tayori tells them at the end of each letter. */
const ABOUT_UNKNOWN = /^(?:\d+ lines? matched no rule|no rule, )/;

function withoutUnknown(report: Report): Report {
  const notes = report.body.notes.filter((note) => !ABOUT_UNKNOWN.test(note));
  return { ...report, body: { ...report.body, notes } };
}

/** All that must be the same in both. */
function compared({ reports, end, wrote }: Run): unknown {
  const dated = reports.filter((report) => report.dated).map(withoutUnknown);
  return {
    letters: inOrder(dated),
    now: reports
      .filter((report) => !report.dated)
      .map(({ body, ...head }) => head)
      .at(0),
    counts: countsOf(reports),
    end,
    wrote,
  };
}

/** By queue; those of one queue as they came. */
function inOrder(reports: readonly Report[]): Report[] {
  return [...reports].sort((a, b) => compare(a.queue, b.queue));
}

/** See `Letters.counts`. */
export function countsOf(reports: readonly Report[]): string[] {
  return [...groupBy(inOrder(reports), ({ queue }) => queue)].flatMap(([queue, letters]) =>
    letters.every(({ dated }) => dated) ? countsInOrder(queue, letters) : countsTogether(queue, letters),
  );
}

function countsInOrder(queue: string, letters: readonly Report[]): string[] {
  return letters.flatMap(({ body }, at) => {
    const name = at === 0 ? queue : `${queue}#${at + 1}`;
    return body.hosts.flatMap(({ host, messages }) =>
      messages.map(({ count, message }) => `${name}/${host} ${count} ${message}`),
    );
  });
}

function countsTogether(queue: string, letters: readonly Report[]): string[] {
  const sums = new Map<string, number>();
  for (const { host, messages } of letters.flatMap(({ body }) => body.hosts))
    for (const { count, message } of messages) {
      const key = `${queue}/${host}\0${message}`;
      sums.set(key, (sums.get(key) ?? 0) + count);
    }
  return [...sums].map(([key, count]) => key.replace('\0', ` ${count} `)).sort(compare);
}

function headOf(reports: readonly Report[], queue: string): Required<Head> | undefined {
  const report = reports.find((one) => one.queue === queue);
  if (!report) return undefined;
  const { status, notes, other, hosts } = report.body;
  return { ...report, status, notes, other, titles: hosts.map(({ title }) => title) };
}

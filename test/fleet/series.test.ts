import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { readConfig } from '../../src/config/read-config.js';
import { seriesOf } from '../../src/fleet/series.js';
import { temporaryFolder } from '../support/temporary-folder.js';

function config(...lines: readonly string[]): Config {
  const path = join(temporaryFolder(), 'tenshi.conf');
  writeFileSync(path, `set logfile /var/log/x\n${lines.join('\n')}\nreport,page .*\n`);
  const read = readConfig(path);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

const REPORT = 'set queue report from@example.org root@example.org [0 12 * * *] report';
const PAGE = 'set queue page from@example.org pager:tel@example.org [now] page';

function idsOf(lines: readonly string[], zone = 'Europe/Berlin'): Map<string, string> {
  return new Map(seriesOf(config(...lines), zone).map(({ queue, id }) => [queue, id]));
}

function usual(queue: string): string | undefined {
  return idsOf([REPORT, PAGE]).get(queue);
}

describe('the series of a config', () => {
  it.each([
    ['the schedule', 'report', [REPORT.replace('12', '13'), PAGE]],
    ['the zone', 'report', [REPORT, PAGE, 'set timezone Asia/Tokyo']],
    ['the zone of a queue', 'report', [REPORT, PAGE, 'set zone report Asia/Tokyo']],
    ['the sender', 'report', [REPORT.replace('from@', 'other@'), PAGE]],
    ['the recipients', 'report', [REPORT.replace('root@', 'ops@'), PAGE]],
    ['a further recipient', 'report', [REPORT.replace(' root@', ' a@example.org,root@'), PAGE]],
    ['that it pages', 'page', [REPORT, PAGE.replace('pager:', '')]],
    ['the subject', 'report', [REPORT.replace(/report$/, 'other'), PAGE]],
    ['the filter', 'report', [REPORT, PAGE, 'set filter report /bin/cat']],
    [
      'the sections',
      'report',
      [
        REPORT,
        PAGE,
        'set queue part from@example.org root@example.org [0 12 * * *]',
        'set section part report Part',
        'part,report x',
      ],
    ],
    ['the fold', 'page', [REPORT, PAGE, 'set fold page 5m']],
    ['the hours', 'page', [REPORT, PAGE, 'set hours page 7-22 mon-fri']],
    ['that letters come even when they are empty', 'report', [REPORT, PAGE, 'set empty report on']],
  ])('tells apart by %s', (_, queue, lines) => {
    expect(idsOf(lines).get(queue)).not.toBe(usual(queue));
  });

  it('tells apart by the zone of the system where none is set, and pages only where they have hours', () => {
    const hours = [REPORT, PAGE, 'set hours page 7-22 *'];
    const elsewhere = idsOf([REPORT, PAGE], 'Asia/Tokyo');
    expect(elsewhere.get('report')).not.toBe(usual('report'));
    expect(elsewhere.get('page')).toBe(usual('page'));
    expect(idsOf(hours, 'Asia/Tokyo').get('page')).not.toBe(idsOf(hours).get('page'));
  });

  it.each([
    ['the order of queues', [PAGE, REPORT]],
    ['comments and blanks', ['# a comment', REPORT.replace('[0 12 * * *]', '[0  12 *  * *]'), '', PAGE]],
    ['the zone that the system has anyway', [REPORT, PAGE, 'set timezone Europe/Berlin']],
    [
      'an alias for the same recipient',
      [REPORT.replace('root@example.org', 'root'), PAGE, 'set alias root root@example.org'],
    ],
    ['another queue', [REPORT, PAGE, 'set queue more from@example.org root@example.org [now]', 'more x']],
    [
      'rules, thresholds and masks',
      [REPORT, PAGE, 'set mask X', 'set threshold report 3 .*', 'report,page abc'],
    ],
  ])('does not tell apart by %s', (_, lines) => {
    const after = idsOf(lines);
    expect([after.get('report'), after.get('page')]).toEqual([usual('report'), usual('page')]);
  });

  it('does not depend on the order of recipients, sections and days', () => {
    const two = (...names: string[]): string[] => [
      REPORT.replace('root@example.org', names.map((name) => `${name}@example.org`).join()),
      PAGE,
      ...names.flatMap((name) => [
        `set queue ${name} from@example.org root@example.org [0 12 * * *]`,
        `set section ${name} report Title`,
        `${name} x`,
      ]),
      `set hours page 7-22 ${names[0] === 'a' ? 'mon,tue' : 'tue,mon'}`,
    ];
    expect(idsOf(two('a', 'b'))).toEqual(idsOf(two('b', 'a')));
  });

  it('says in words what it goes by', () => {
    const lines = [
      REPORT,
      PAGE,
      'set fold page 5m,15m',
      'set hours page 7:30-22 mon-fri over 20',
      'set empty report on',
    ];
    const made = seriesOf(config(...lines), 'Europe/Berlin');
    expect(made.map(({ definition }) => definition)).toEqual([
      '[0 12 * * *] in Europe/Berlin; from from@example.org to root@example.org; subject "report"; empty letters',
      '[now] in Europe/Berlin; from from@example.org to pager tel@example.org; subject "page"; fold 5m,15m with 12 pages an hour; hours 7:30-22 mon,tue,wed,thu,fri over 20',
    ]);
  });
});

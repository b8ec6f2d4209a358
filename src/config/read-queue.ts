import { parseSchedule } from '../queue/parse-schedule.js';
import type { Schedule } from '../queue/schedule.js';
import type { Draft, Reporter } from './draft.js';
import { from, type Statement, splitWord } from './statement.js';

/** Names that rules use for themselves. */
export const RESERVED = [
  'trash',
  'repeat',
  'group',
  'group_host',
  'group_end',
  'csv',
  'set',
  'include',
  'includedir',
];

const FORM = 'write set queue NAME FROM TO[,TO...] [minute hour day month weekday] SUBJECT';

/** `set queue NAME FROM [pager:]TO[,TO...] [CRON|now] [SUBJECT]`. A later one of the same name replaces the earlier. */
export function readQueue(value: Statement, draft: Draft, report: Reporter): void {
  const name = splitWord(value);
  const sender = splitWord(name.rest);
  const recipients = splitWord(sender.rest);
  if (recipients.word.text === '')
    return report.error(value, `a queue that is not whole: "${value.text}"`, FORM);
  if (!isQueueName(name.word, report)) return;
  const schedule = readSchedule(recipients.rest, draft.timezone.value, report);
  if (!schedule) return;
  if (draft.queues.has(name.word.text))
    report.notice(
      value,
      `the queue "${name.word.text}" is defined again`,
      'this definition replaces the earlier',
      'replaced-queue',
    );
  const to = recipients.word.text.split(',').filter(Boolean);
  draft.queues.set(name.word.text, {
    name: name.word.text,
    from: sender.word.text,
    to: to.map((address) => address.replace(/^pager:/, '')),
    pager: to.some((address) => address.startsWith('pager:')),
    schedule: schedule.schedule,
    subject: schedule.rest.text.trim() || null,
    place: value.place,
  });
}

function isQueueName(name: Statement, report: Reporter): boolean {
  if (RESERVED.includes(name.text)) {
    report.error(
      name,
      `a queue named "${name.text}", which means something of its own`,
      'choose another name',
    );
    return false;
  }
  if (!/[,:]/.test(name.text)) return true;
  report.error(
    name,
    `a queue named "${name.text}", which no rule could name`,
    'use a name without "," and ":"',
  );
  return false;
}

/** The brackets and what stands behind them, which is the subject: `[now] [PROD] alert`. */
export function readSchedule(
  statement: Statement,
  timezone: string | null,
  report: Reporter,
): { readonly schedule: Schedule; readonly rest: Statement } | null {
  const brackets = /^\[([^\]]*)\]/.exec(statement.text);
  if (!brackets) {
    report.error(
      statement,
      statement.text === '' ? 'a queue without a schedule' : `"${statement.text}" where the schedule stands`,
      FORM,
    );
    return null;
  }
  const parsed = parseSchedule(brackets[1] ?? '', timezone);
  if (!parsed.ok) {
    report.error(from(statement, 1 + parsed.offset), parsed.seen, parsed.instead);
    return null;
  }
  for (const notice of parsed.notices)
    report.notice(from(statement, 1), notice, 'write two queues if either is meant', 'odd-schedule');
  return { schedule: parsed.schedule, rest: from(statement, brackets[0].length) };
}

import type { SourceLocation } from '../../base/place.js';
import { nearest } from '../../base/text/nearest.js';
import { quote } from '../../base/text/quote.js';
import { isWebAddress } from '../../base/text/web-address.js';
import { isPlaceholder, PLACEHOLDERS, placeholdersIn } from '../../letter/build/placeholders.js';
import { parseSchedule } from '../../queue/parse-schedule.js';
import type { Schedule } from '../../queue/schedule.js';
import { reportAddress, reportAddresses } from '../check/report-address.js';
import type { Reporter } from '../read/report.js';
import { from, type SourceText, skipBlanks, splitWord, trimEnd } from '../read/source-text.js';
import type { Keyed, Replacing } from './declare.js';
import type { ReadContext } from './directive.js';
import { refuse } from './value-kinds.js';

export interface QueueConfig {
  readonly name: string;
  readonly from: string;
  /** Without any `pager:`. */
  readonly to: readonly string[];
  readonly pager: boolean;
  readonly schedule: Schedule;
  /** null: `set subject` holds. */
  readonly subject: string | null;
  readonly place: SourceLocation;
}

/** Words of the config's own language, which cannot name a queue. */
export const RESERVED = [
  'trash',
  'repeat',
  'group',
  'group_host',
  'group_file',
  'group_priority',
  'group_end',
  'csv',
  'set',
  'include',
  'includedir',
];

const FORM = 'write set queue NAME FROM TO[,TO...] [minute hour day month weekday] SUBJECT';

/** `NAME FROM [pager:]TO[,TO...] [CRON|now] [SUBJECT]`. */
export const queue: Replacing<QueueConfig> = {
  grammar: 'NAME FROM [pager:]TO[,[pager:]TO...] [CRON|now] SUBJECT',
  read: readQueue,
  replaced: (name) => ({
    seen: `the queue ${quote(name)} is defined again`,
    instead: 'this definition replaces the earlier one',
  }),
  order: 'of the first',
};

function readQueue(
  value: SourceText,
  report: Reporter,
  context: ReadContext,
): Keyed<QueueConfig> | undefined {
  const { word: name, rest: behindName } = splitWord(value);
  const { word: sender, rest: behindSender } = splitWord(behindName);
  const { word: recipients, rest: behindRecipients } = splitWord(behindSender);
  context.namedQueues.add(name.text);
  const missing = missingWord(name, [sender, recipients]);
  if (missing) return refuse(report, missing.at, `a queue without its ${missing.what}`, FORM);
  if (recipients.text === '') return refuse(report, value, `an incomplete queue: ${quote(value.text)}`, FORM);
  if (recipients.text.endsWith(',') && !behindRecipients.text.startsWith('['))
    return refuse(report, behindRecipients, 'a blank among the recipients', 'write TO,TO without blanks');
  const named = isQueueName(name, report);
  const to = readRecipients(recipients, report);
  const schedule = readSchedule(behindRecipients, context.timezone.value, report);
  reportAddress(sender, report);
  if (isWebAddress(sender.text))
    report.error(sender, 'a URL as FROM', 'write an address; a URL may be a TO', 'odd-address');
  reportAddresses(recipients, report);
  if (!named || !to || !schedule) return undefined;
  const entry: QueueConfig = {
    name: name.text,
    from: sender.text,
    ...to,
    schedule: schedule.schedule,
    subject: readSubject(schedule.rest, report),
    place: name.place,
  };
  return { key: name.text, entry };
}

/** Which word was forgotten, and the schedule that stands in its place; null: none, or the schedule too. */
function missingWord(
  name: SourceText,
  addresses: readonly SourceText[],
): { readonly at: SourceText; readonly what: string } | null {
  const [at] = addresses.filter(({ text }) => text.startsWith('['));
  if (!at) return null;
  if (at === addresses[0]) return { at, what: 'FROM and TO' };
  if (name.text.includes('@')) return { at: name, what: 'NAME: its first word is an address' };
  return { at, what: 'TO: one address stands before the schedule' };
}

/** Whether a queue may be called so; reports it otherwise. */
export function isQueueName(name: SourceText, report: Reporter): boolean {
  const refuse = (seen: string, instead: string): false => {
    report.error(name, seen, instead);
    return false;
  };
  if (name.text === 'csv') return refuse('a queue named "csv"', 'define it: set csv [CRON|now] PATH ARGS');
  if (RESERVED.includes(name.text))
    return refuse(`the reserved word ${quote(name.text)} as the name of a queue`, 'choose another name');
  if (/[,:]/.test(name.text))
    report.warning(
      name,
      `a queue named ${quote(name.text)}, which no rule can name`,
      'use a name without "," and ":"',
      'odd-queue',
    );
  return true;
}

/** Recipients without their `pager:`. One `pager:` among them makes the whole queue a pager queue. */
function readRecipients(
  recipients: SourceText,
  report: Reporter,
): { readonly to: readonly string[]; readonly pager: boolean } | null {
  const words = recipients.text.split(',').filter(Boolean);
  const to = words.map((address) => address.replace(/^pager:/, '')).filter(Boolean);
  const pagers = words.filter((address) => address.startsWith('pager:'));
  if (pagers.length > 0 && pagers.length < words.length)
    report.warning(
      recipients,
      '"pager:" before only some of the addresses makes every letter of the queue a pager letter, to all of them',
      'write it before all of them, or define a second queue for the pager and name both in the rules',
      'odd-queue',
    );
  if (to.length > 0) return { to, pager: pagers.length > 0 };
  report.error(recipients, `${quote(recipients.text)} as recipients`, 'write ADDRESS[,ADDRESS...]');
  return null;
}

/** A subject without the blanks at its end; null when it is empty or `0`. Unknown placeholders are reported. */
export function readSubject(statement: SourceText, report: Reporter): string | null {
  const subject = trimEnd(statement.text);
  for (const { name, offset } of placeholdersIn(subject))
    if (!isPlaceholder(name))
      report.error(
        from(statement, offset),
        `unknown placeholder ${quote(`{{${name}}}`)}`,
        whichPlaceholder(name),
        'bad-template',
      );
  const open = subject.search(/\{\{(?!.*\}\})/);
  if (open >= 0)
    report.warning(
      from(statement, open),
      'a "{{" without its "}}" is taken as text',
      'write {{NAME}}',
      'bad-template',
    );
  if (subject !== '0') return subject || null;
  report.warning(statement, 'the subject "0" counts as none', 'write one with words', 'ignored-text');
  return null;
}

function whichPlaceholder(name: string): string {
  const near = nearest(name, PLACEHOLDERS);
  return near ? `did you mean {{${near}}}?` : `write one of ${PLACEHOLDERS.join(', ')}`;
}

/** Reads the schedule in brackets. `rest` is the text behind them: the subject, as in `[now] [PROD] alert`. */
export function readSchedule(
  statement: SourceText,
  timezone: string | null,
  report: Reporter,
): { readonly schedule: Schedule; readonly rest: SourceText } | null {
  const brackets = /^\[([^\]]*)\]/.exec(statement.text);
  if (!brackets) {
    const seen = statement.text === '' ? 'no schedule' : `${quote(statement.text)} in place of the schedule`;
    report.error(statement, seen, 'write [minute hour day month weekday] or [now]');
    return null;
  }
  const parsed = parseSchedule(brackets[1] ?? '', timezone);
  if (!parsed.ok) {
    report.error(from(statement, 1 + parsed.offset), parsed.seen, parsed.instead);
    return null;
  }
  for (const notice of parsed.notices)
    report.notice(from(statement, 1), notice, 'write two queues if either is meant', 'odd-schedule');
  for (const { offset, seen, instead } of parsed.warnings)
    report.warning(from(statement, 1 + offset), seen, instead, 'odd-schedule');
  return { schedule: parsed.schedule, rest: skipBlanks(from(statement, brackets[0].length)) };
}

/** Known queues that a message lists at most, to stay readable. */
const MAX_LISTED_QUEUES = 12;

/** What to write instead of an unknown queue. `others`: words that are also allowed in its place. */
export function whichQueue(
  queue: string,
  { queues }: Pick<ReadContext, 'queues'>,
  others: readonly string[] = [],
): string {
  const known = [...queues.keys()];
  const near = nearest(queue, [...known, ...others]);
  if (near) return `did you mean ${near}?`;
  if (known.length === 0) return 'define it above with set queue';
  const more = known.length > MAX_LISTED_QUEUES ? ', ...' : '';
  return `define it above, or use one of ${known.slice(0, MAX_LISTED_QUEUES).join(', ')}${more}`;
}

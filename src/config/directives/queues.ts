import { config, terms } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { each, keyed, once, part, setting } from './declare.js';
import { csv, filter, fold, kind, template, threshold, values } from './queue-settings.js';
import { queue } from './read-queue.js';
import { number, oneOf, onOff, refuse } from './value-kinds.js';

const { raw } = String;

export const QUEUES = part(
  'Queues and their letters',
  keyed(
    'queue',
    'queues',
    queue,
    'none',
    'A queue: who gets its letters, and when. Write the brackets; SUBJECT is optional. pager: before an address makes letters of short lines.',
    terms(
      [
        'NAME',
        'The name that rules use: a word without `,` and `:`. A later definition replaces an earlier one.',
      ],
      ['FROM', 'The sender that the letter shows. One word.'],
      ['TO', 'The recipients, separated by commas without blanks: addresses, or URLs (see LETTERS TO URLS).'],
      [
        '`pager:`TO',
        'Makes letters for a pager or a phone: lines of `host,COUNT,message` and nothing else. Before one address, it holds for the whole queue.',
      ],
      ['[CRON|now]', 'When letters are sent, in brackets: see SCHEDULES.'],
      [
        'SUBJECT',
        'The rest of the line. The subject of the letter is `SUBJECT [NAME]`. Without it, `set subject` is used.',
      ],
    ),
    config(
      'set queue report logs@example.org me@example.org [30 12 * * *] Report',
      'set queue alarm logs@example.org me@example.org,us@example.org [now]',
      'set queue page logs@example.org pager:phone@example.org [now]',
    ),
    'A queue named `noprefix` gets the lines without a known prefix, whole, under the host `[unprefixed logs]` and the path of their log (in plain letters without it). These names are reserved: `trash`, `repeat`, `group`, `group_host`, `group_file`, `group_priority`, `group_end`, `csv`, `set`, `include` and `includedir`.',
  ),
  keyed(
    'filter',
    'filters',
    filter,
    'none',
    'A program, run by the shell, that reads the body of each letter of QUEUE. tayori sends what it prints instead.',
    'The program reads the body on standard input. If it prints nothing and ends with status 0, nothing is sent, and the letter is done. If it prints nothing and ends with another status, the failure is reported, the letter waits, and the program is tried again. The program may run for a minute; other letters do not wait for it. PATH must be absolute.',
    config('set filter report /usr/bin/head -n 200'),
  ),
  once(
    'csv',
    csv,
    'none',
    'Defines the queue csv, whose content goes to a program, run by the shell, as lines of host, message and count.',
    'The program gets lines of `host,"message",count` on standard input; a quotation mark in a message is doubled (RFC 4180). ARGS may hold a redirection. The program may run for ten minutes. If it fails, the failure is reported, and the program does not get the same lines again. Rules name the queue like any other. A second such line is an error.',
    config('set csv [0 6 * * mon] /bin/cat >> /var/lib/tayori/week.csv'),
  ),
  setting(
    'sort_order',
    oneOf('ascending', 'descending'),
    'descending',
    'The order of the messages of each host, by their counts.',
  ),
  setting(
    'letter',
    oneOf('full', 'plain'),
    'full',
    "What letters hold. full: what is new before the rest, and HTML beside the text. plain: Tenshi's bare text mail.",
  ),
  keyed(
    'fold',
    'folds',
    fold,
    'off',
    'Send fewer pages of a now queue in a storm: the first hit is sent at once, further hits together after each STEP (as in 2m,10m,30m), new messages in between at once, and a note when the storm is over.',
    'The first hit is sent at once and begins a storm. Further hits are held for the first STEP, then for the second, and so on; all later pages wait for the last STEP. A page of a storm says how many lines came since the storm began, when its first and last line were written, and which messages are new in it. If nothing comes for as long as the next page would have waited, the storm is over, and a note sums it up; a single page that nothing followed gets no note. A message that is new in this storm is sent at once, with everything that is held. Each poll searches 10,000 rows for such messages, and a storm remembers 1,000 messages and as many hosts; anything beyond them waits for the next page, which says "at least".',
    'A storm continues across a restart. A signal that mails all queues mails what is held, too. `tayori status` shows what is held and until when. In a pager letter the note at the end is one line: `*,418,it is over: 418 times on 3 hosts, 03:04 to 03:12`. The `*` stands for all hosts. A script that reads pager letters and cannot take this line should read a queue that does not fold.',
    config('set queue alarm logs@example.org me@example.org [now] Alarm', 'set fold alarm 2m,10m,30m'),
  ),
  setting(
    'fold_pages',
    number('N', { min: 1, max: 3600 }),
    12,
    'Send at most N pages an hour of a queue that folds. Further hits are held, counted and sent later.',
  ),
  setting(
    'letter_size',
    number('KB', { min: 10, max: 9000 }),
    90,
    'How large a letter may be as mail. A larger one shows its most important messages, and the full report is attached. Gmail cuts mails at about 102 KB.',
  ),
  setting(
    'history',
    number('DAYS', { min: 1, max: 3650 }),
    90,
    'How many days a message is remembered after it was last seen. After that it counts as new.',
  ),
  setting(
    'louder',
    { grammar: 'FACTOR FLOOR', read: readLouder, print: ({ factor, floor }) => `${factor} ${floor}` },
    { factor: 3, floor: 20 },
    'A message is called louder if its count is FACTOR times the usual one, and at least FLOOR lines more.',
  ),
  setting(
    'letters',
    number('N', { min: 0, max: 10_000 }),
    200,
    'How many past letters to keep in the state, and at most 20 MB of them, for tayori letters to show and to send again. 0: none.',
    'They are compressed, and only the user of tayori may read them. The oldest ones are removed first. A letter of more than 5 MB is listed without its text.',
  ),
  setting(
    'thread',
    oneOf('none', 'day', 'week'),
    'none',
    'Which letters of a queue mail programs show as one conversation: those of a day, or of a week from Monday.',
    'These letters claim to answer one common mail, which does not exist (`References`). Some programs, such as Gmail, only group letters with the same subject, so leave placeholders out of it. Days are those of `set zone` for the queue, or of `set timezone`.',
  ),
  setting('language', oneOf('en', 'ja'), 'en', 'The language of letters: English or Japanese.'),
  keyed(
    'template',
    'templates',
    template,
    'the built-in conf/templates/letter.hbs',
    'A Handlebars template for the HTML of the letters of QUEUE. If it has an error, letters use the built-in template and say so.',
  ),
  keyed(
    'kind',
    'kinds',
    kind,
    'trouble for a now queue, trash if the name of the queue begins with that, else report',
    'What the letters of QUEUE are for. trouble: the first lines say what happens, worst first. report: the first line says what changed. trash: a report that asks for no more than a glance.',
    config('set kind report trouble'),
  ),
  keyed(
    'values',
    'valuesOff',
    values,
    'on',
    'Show the masked values in the letters of QUEUE, such as the users behind ______. Off: they are not recorded, since some must not be shown.',
  ),
  setting(
    'resolve',
    onOff,
    false,
    'Show the DNS name of each host beside it, except in pager letters.',
    'The heading is then `host (name):`. Names are looked up in the background and cached until a reload; a resolver that does not answer delays no letter.',
  ),
  each(
    'threshold',
    'thresholds',
    threshold,
    'none',
    'Leave out of the letters of QUEUE the messages that match REGEX and have fewer than N hits.',
    'The regex is tried on the message as the letter shows it, with masks, when the letter is made. The letter says how many messages were left out. The queue must be defined above.',
    config(raw`set threshold report 5 ^sshd: Failed password`),
  ),
  setting(
    'flush_on_signal',
    onOff,
    true,
    'Mail all queues on TERM, INT and HUP. Off: counted lines wait in the state for the schedule of their queue.',
    'If a reload removes a queue from the config, the queue is mailed in any case, by its last definition. SIGUSR2 still mails all queues.',
  ),
);

function readLouder(
  text: SourceText,
  report: Reporter,
): { readonly factor: number; readonly floor: number } | undefined {
  const { word: factor, rest } = splitWord(text);
  const { word: floor, rest: more } = splitWord(rest);
  reportRest(more, report);
  const instead = 'write set louder FACTOR FLOOR, as in set louder 3 20';
  if (!/^\d{1,6}(?:\.\d{1,6})?$/.test(factor.text) || Number(factor.text) < 1)
    return refuse(report, factor, `${quote(factor.text)} as a factor`, instead);
  if (!/^\d{1,9}$/.test(floor.text)) return refuse(report, floor, `${quote(floor.text)} as a floor`, instead);
  return { factor: Number(factor.text), floor: Number(floor.text) };
}

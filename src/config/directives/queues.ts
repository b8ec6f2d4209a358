import { config, terms } from '../../base/text/prose.js';
import { quote } from '../read/fault.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { each, keyed, once, part, setting } from './declare.js';
import { csv, filter, fold, template, threshold, values } from './queue-settings.js';
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
    'A queue: who gets its letter, and when. The brackets are written, SUBJECT may be left out; pager: before an address makes it a letter of short lines.',
    terms(
      ['NAME', 'What rules call it: a word without `,` and `:`. Of two definitions the later holds.'],
      ['FROM', 'The sender, as it is to stand in the letter. One word.'],
      ['TO', 'The recipients, with commas and without blanks between them.'],
      [
        '`pager:`TO',
        'Makes the letter one for a pager or a phone: lines of `host,COUNT,message` and nothing else. Before one address it holds for all of the queue.',
      ],
      ['[CRON|now]', 'When letters go, in brackets: see SCHEDULES.'],
      ['SUBJECT', 'The rest of the line. The letter says `SUBJECT [NAME]`. None: that of `set subject`.'],
    ),
    config(
      'set queue report logs@example.org me@example.org [30 12 * * *] Report',
      'set queue alarm logs@example.org me@example.org,us@example.org [now]',
      'set queue page logs@example.org pager:phone@example.org [now]',
    ),
    'A queue named `noprefix` takes the lines without a known prefix, whole, under the host `[unprefixed logs]`. The names `trash`, `repeat`, `group`, `group_host`, `group_end`, `csv`, `set`, `include` and `includedir` mean something of their own.',
  ),
  keyed(
    'filter',
    'filters',
    filter,
    'none',
    'A program, run by the shell, that the body of each letter of QUEUE goes through; what it prints is sent instead.',
    'It reads the body on standard input. Nothing printed with status 0: nothing is sent, and the matter is settled. Nothing printed with another status: the letter is held, it is told, and the program is tried again. It has a minute; other letters do not wait for it. PATH is a whole path.',
    config('set filter report /usr/bin/head -n 200'),
  ),
  once(
    'csv',
    csv,
    'none',
    'Makes a queue csv, whose content goes to a program, run by the shell, as lines of host, message and count.',
    'The program gets lines of `host,"message",count` on standard input, a quotation mark in a message doubled (RFC 4180). ARGS may hold a redirection. It has ten minutes. When it fails that is told, and what it was given is not given again. Rules name the queue as they name any other. There is one such line: a second one is a fault.',
    config('set csv [0 6 * * mon] /bin/cat >> /var/lib/tayori/week.csv'),
  ),
  setting(
    'sort_order',
    oneOf('ascending', 'descending'),
    'descending',
    'How the messages of each host are sorted by their counts.',
  ),
  setting(
    'letter',
    oneOf('full', 'plain'),
    'full',
    "What letters hold: what is new before the rest, and HTML beside the text; or (plain) Tenshi's bare text mail.",
  ),
  keyed(
    'fold',
    'folds',
    fold,
    'off',
    'Pages of a now queue fold in a storm: the first hit goes at once, further ones are told together after each STEP (as in 2m,10m,30m), what is new in between at once, and a note tells the end.',
    'The first hit goes at once and begins a storm. Further hits are held for the first STEP, then for the second, and so on; the last one holds for all later pages. A page of a storm tells how much came since it began, when its first and last line were written, and which messages are new in it. When nothing has come for as long as the next page was to wait, the storm is over, and a note sums it up; a page that nothing came after gets none. A message that was not said in this storm goes at once, with all that is held. At each look 10,000 rows are looked over for that, and a storm remembers 1,000 messages and as many hosts; what is beyond them waits for its page, and is told as "at least".',
    'A storm goes on across a restart. A signal that mails all queues mails what is held, too. `tayori status` tells what is held and until when. In a pager letter the note at the end is one line: `*,418,it is over: 418 times on 3 hosts, 03:04 to 03:12`. The `*` stands for all hosts. Scripts for pager letters that cannot take it should read a queue that does not fold.',
    config('set queue alarm logs@example.org me@example.org [now] Alarm', 'set fold alarm 2m,10m,30m'),
  ),
  setting(
    'fold_pages',
    number('N', { min: 1, max: 3600 }),
    12,
    'At most N pages an hour of a queue that folds; what is beyond them is held, counted and told later.',
  ),
  setting(
    'letter_size',
    number('KB', { min: 10, max: 9000 }),
    90,
    'How large a letter may be as mail: what is worth most goes in, and all of it along as an attachment. Gmail cuts at about 102.',
  ),
  setting(
    'history',
    number('DAYS', { min: 1, max: 3650 }),
    90,
    'How long a message is remembered that is not seen any more. After that it counts as new.',
  ),
  setting(
    'louder',
    { grammar: 'FACTOR FLOOR', read: readLouder, print: ({ factor, floor }) => `${factor} ${floor}` },
    { factor: 3, floor: 20 },
    'A message is called louder when it counts FACTOR times as much as usual, and at least FLOOR lines more.',
  ),
  setting(
    'letters',
    number('N', { min: 0, max: 10_000 }),
    200,
    'How many letters of the past are kept in the state, for tayori letters to show and to send again, and 20 MB of them at most. 0: none.',
    'They are kept packed, in the state, in which nobody but the user of tayori may read. The oldest make room; one of more than 5 MB is listed without its text.',
  ),
  setting(
    'thread',
    oneOf('none', 'day', 'week'),
    'none',
    'Which letters of a queue mail programs show as one conversation: those of a day, or of a week from Monday.',
    'They name a mail that there is not as the one they answer (`References`). Some programs, such as Gmail, only put letters together whose subjects are the same, so leave placeholders out of them. Days are those of `set timezone`.',
  ),
  setting('language', oneOf('en', 'ja'), 'en', 'The language of letters: English or Japanese.'),
  keyed(
    'template',
    'templates',
    template,
    'conf/templates/letter.hbs, which ships',
    'A Handlebars template for the HTML of the letters of QUEUE. With a fault in it they go out in the form that ships, and say so.',
  ),
  keyed(
    'values',
    'valuesOff',
    values,
    'on',
    'Tell in the letters of QUEUE what stood under the masks, such as the users of ______. Off: it is not kept, for what must not be shown.',
  ),
  setting(
    'resolve',
    onOff,
    false,
    'Show the DNS name of each host beside it. Not in pager letters.',
    'The heading is `host (name):` then. Names are looked up beside the work, and remembered until a reload; a resolver that does not answer holds up no letter.',
  ),
  each(
    'threshold',
    'thresholds',
    threshold,
    'none',
    'Leave out of the letters of QUEUE the messages that match and have fewer than N hits.',
    'The regex is tried on the message as the letter has it, masks included, when the letter is made. How many messages were left out is told. The queue must be defined above.',
    config(raw`set threshold report 5 ^sshd: Failed password`),
  ),
  setting(
    'flush_on_signal',
    onOff,
    true,
    'Mail all queues on TERM, INT and HUP. Off: what is counted waits in the state for its schedule.',
    'What a reload takes out of the config is mailed in any case, as it was. SIGUSR2 still mails all queues.',
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

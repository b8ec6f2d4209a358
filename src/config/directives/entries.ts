import { config } from '../../base/text/prose.js';
import { keyed, part, setting } from './declare.js';
import { hours } from './read-hours.js';
import { onOff } from './value-kinds.js';

export const ENTRIES = part(
  'Entries of letters, and nights',
  setting(
    'ids',
    onOff,
    false,
    'Show the id of each entry in the text of letters, too, in brackets behind its message. The HTML shows it always.',
    'An id stands for a queue and a message, on whatever host: seven characters that are the same in every letter, such as `4kq2m9z`. `tayori explain ID` says which rule made the entry, and `tayori snooze ID` puts it aside. Capitals, brackets and look-alikes (`O` for `0`, `I` for `1`) do not matter. If two entries have the same id, the commands name longer ids.',
    'In a pager letter the id stands at the end of the line.',
    config('set ids on'),
  ),
  keyed(
    'hours',
    'hours',
    hours,
    'pages go at any time',
    'When pages of a now queue are sent: 7-22 mon-fri. What comes outside of these hours waits for their begin, and is told then with the times when it came; with over N, more than N lines do not wait.',
    'HOURS are spans by the clock on the wall, with commas: `7-22`, `7:30-12,13-18`; `22-6` goes on into the next day. DAYS are those on which a span begins: `mon-fri`, `sat,sun`, `*` for every day. Both go by `set zone` for that queue, or by `set timezone`. When the clock changes, what it shows decides: an hour that is left out or comes twice moves no page out of its hours.',
    'N counts all lines that the queue holds since its last letter, of all hosts and messages: with more than N they are sent at once, and the count begins anew. What waits is in the state, and a stop or a crash loses nothing of it. A signal that mails all queues mails it, too. In the hours, `set fold`, `set throttle` and the like decide as ever; outside of them nothing but N does. In the letter of what has waited each message has its first and last time behind it, also in the lines of a pager.',
    config(
      'set queue page logs@example.org pager:phone@example.org [now]',
      'set hours page 7-22 mon-fri over 20',
    ),
  ),
);

import { config } from '../../base/text/prose.js';
import { part, setting } from './declare.js';
import { onOff } from './value-kinds.js';

export const ENTRIES = part(
  'Entries of letters',
  setting(
    'ids',
    onOff,
    false,
    'Show the id of each entry in the text of letters, too, in brackets behind its message. The HTML shows it always.',
    'An id stands for a queue and a message, on whatever host: seven characters that are the same in every letter, such as `4kq2m9z`. `tayori explain ID` says which rule made the entry, and `tayori snooze ID` puts it aside. Capitals, brackets and look-alikes (`O` for `0`, `I` for `1`) do not matter. If two entries have the same id, the commands name longer ids.',
    'In a pager letter the id stands at the end of the line.',
    config('set ids on'),
  ),
);

import { onRestart, optional, part, setting } from './declare.js';
import { number, path } from './value-kinds.js';

export const STATE = part(
  'What is kept, and when it is looked at',
  onRestart(
    optional(
      'state',
      path,
      '/var/lib/tayori, or tayori in the XDG state folder',
      'The folder of what must survive a restart: how far each file was read, what was counted, letters on their way.',
      'It is made when it is not there. It is for its owner alone (0700, its files 0600, whatever the umask), since it holds what the logs say: one that others may come into is closed to them at the start. Where it holds other things, or belongs to somebody else, tayori refuses to start instead. Only one tayori at a time can work on it; a second one says so and ends. Unset, it is `/var/lib/tayori` where that can be written, else `tayori` in `$XDG_STATE_HOME`, or in `~/.local/state`.',
      'It stays small. With a million lines a day of thirty hosts it levels off at 8 MB (2 MB where no queue keeps values, less than 1 MB with plain letters), beside up to 40 MB of the log of changes that SQLite keeps.',
    ),
    (folder) => folder,
  ),
  setting(
    'sleep',
    number('SECONDS', { min: 0, max: 60 }),
    5,
    'Seconds between two looks at the queues, 60 at most; a [now] queue is mailed after as many.',
  ),
);

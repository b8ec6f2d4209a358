import { onRestart, optional, part, setting } from './declare.js';
import { number, path } from './value-kinds.js';

export const STATE = part(
  'State and polling',
  onRestart(
    optional(
      'state',
      path,
      '/var/lib/tayori, or tayori in the XDG state folder',
      'The folder for what must survive a restart: how far each file was read, what was counted, letters that are not delivered yet.',
      'tayori creates the folder if it does not exist. Only its owner may enter it (mode 0700, files 0600, whatever the umask), since it holds what the logs say; at the start, tayori takes away the access of others. If the folder holds other things, or belongs to somebody else, tayori refuses to start instead. Only one tayori at a time can use it; a second one says so and ends. If it is not set, it is `/var/lib/tayori` if that is writable, otherwise `tayori` in `$XDG_STATE_HOME`, or in `~/.local/state`.',
      'It stays small. With a million lines a day of thirty hosts it levels off at 8 MB (2 MB where no queue keeps values, less than 1 MB with plain letters), beside up to 40 MB of the log of changes that SQLite keeps.',
    ),
    (folder) => folder,
  ),
  setting(
    'sleep',
    number('SECONDS', { min: 0, max: 60 }),
    5,
    'Seconds between two polls, 60 at most. A [now] queue is mailed at the next poll.',
  ),
);

import { terms } from '../base/text/prose.js';
import type { Section } from './page.js';

/** What becomes of the lines of a log when it is rotated, rewritten or removed. */
export const ROTATED_LOGS: Section = {
  heading: 'ROTATED LOGS',
  blocks: [
    'Nothing has to be arranged with logrotate(8), and no `postrotate` is needed. tayori knows a log by its device, its inode, and hashes of its first bytes and of the last bytes that it read. It looks for rotated files beside the log, beside the target of a link, and in the folders there.',
    terms(
      [
        'Renamed (`create`, `nocreate`)',
        'Once or several times: the old files are read to their ends, the oldest first, then the new file. A renamed file that is still written to is read until a minute after its last line.',
      ],
      [
        'Copied and emptied (`copytruncate`)',
        'Lines that were copied and not yet read are read from the copy. What a program writes between the copying and the emptying is lost by logrotate itself, so `create` is better.',
      ],
      [
        'Names',
        '`x.log.1`, `x.log-20261121`, `x-20261121.log` and `x.log.old` are found; so are the names that `dateformat` and `extension` make, and an `olddir` in the folder of the log.',
      ],
      [
        'Compressed (`compress`, `delaycompress`)',
        'tayori unpacks gzip itself, and bzip2, xz and zstd by their programs. Where one of these is not installed, tayori says which.',
      ],
      [
        'While tayori does not run',
        'Any of these, several times: reading goes on where it stopped, in the middle of a compressed file, too, and each line counts once.',
      ],
      [
        'Links',
        'The same holds where a link leads (`containers/P.log` to `pods/P/0.log`), also when it comes to lead elsewhere.',
      ],
      [
        'Rewritten with the same lines',
        'By rsync, `cp`, `sed -i` or an editor: reading goes on where it stopped.',
      ],
      ['Replaced', 'By a shorter file, or by one with other lines: the new one is read from its beginning.'],
      [
        'Emptied under its writer',
        'A writer that goes on at its old place leaves a hole of NULs: they are skipped, and each line counts.',
      ],
      [
        'Deleted before it was read, or emptied without a copy',
        'What was not read is lost, and the next letters say so.',
      ],
    ),
    'Programs write the same first lines at each start, and `cp` writes the same file again. So tayori looks first where the old file is: when it lies under the name of a rotated log, or compressed, the log is a new one. Else the log is the old one if it holds all that was read of it. For one that was emptied, and so far only begins like the old one, tayori waits ten seconds.',
    'A rotated file counts only if it belongs to the owner of the log or to root, and lies where nobody else may write, so that no account can slip lines into the log of another. The same file under several names is read once: a name in the config goes before one that a glob finds, a real name before a link, and the read position follows the file to its new name.',
    'Thousands of files may match a glob. Where there are more than the process may open (`ulimit -n`, `LimitNOFILE=`), they are read in turns, and tayori says so; it leaves 64 descriptors for the state, mail and programs.',
  ],
};

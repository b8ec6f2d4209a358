import { config } from '../../base/text/prose.js';
import { quote } from '../../base/text/quote.js';
import type { FirstStart } from '../../source/file/first-positions.js';
import type { Reporter } from '../read/report.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import { distinct, part } from './declare.js';
import type { Reader } from './directive.js';
import { readPath, refuse } from './value-kinds.js';

const FORM = 'write set start_at INODE BYTE PATH, as in set start_at 131074 88123 /var/log/syslog';

const startAt: Reader<FirstStart> = { grammar: 'INODE BYTE PATH', read: readStartAt };

export const STARTS = part(
  'Where another program stopped',
  distinct(
    'start_at',
    'startsAt',
    startAt,
    'none',
    'Where to begin in a log that was never read before: in the file of this inode, behind so many bytes. It may be repeated.',
    'If the file has been rotated, the rest of it is read before the log; if it is gone, the log is read from its beginning, and the loss is told. As soon as tayori has read the log, the line has no effect and can be removed. `tayori import logcheck` writes such lines from the offsets of logtail.',
    config('set logfile /var/log/syslog', 'set start_at 131074 88123 /var/log/syslog'),
  ),
);

function readStartAt(text: SourceText, report: Reporter): FirstStart | undefined {
  const { word: inode, rest } = splitWord(text);
  const { word: offset, rest: path } = splitWord(rest);
  if (path.text === '') return refuse(report, text, 'an incomplete start', FORM);
  for (const one of [inode, offset])
    if (!/^\d{1,20}$/.test(one.text) || (one === offset && !Number.isSafeInteger(Number(one.text))))
      return refuse(report, one, quote(one.text), 'write a whole number');
  const log = readPath(path, report);
  return log === undefined
    ? undefined
    : { path: log, inode: String(BigInt(inode.text)), offset: Number(offset.text) };
}

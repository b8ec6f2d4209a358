import { join } from 'node:path';
import type { MigrationDraft } from '../migration.js';
import { kindOfPath, readForeignFile } from '../read-foreign-file.js';

/** `set start_at` for each log that logtail has read: its file `offset.var.log.syslog` holds an inode and a byte. */
export function readOffsets(folder: string, logs: readonly string[], draft: MigrationDraft): string[] {
  const found: string[] = [];
  for (const log of logs) {
    const path = join(folder, `offset${log.replaceAll('/', '.')}`);
    if (kindOfPath(path) === 'none') continue;
    const file = readForeignFile(path);
    const [inode, offset] = file.ok ? file.lines.map(({ text }) => text.trim()) : [];
    if (!file.ok) draft.unreadable(path, file.reason);
    else if (isWhole(inode) && isWhole(offset)) found.push(`set start_at ${inode} ${offset} ${log}`);
    else
      draft.remark(
        'lost',
        { file: path, line: 0 },
        '',
        'it does not hold an inode and a byte, as logtail writes them',
      );
  }
  return found.length === 0
    ? []
    : ['', '# Where logcheck stopped; tayori goes on there in a log that it has never read.', ...found];
}

function isWhole(text: string | undefined): boolean {
  return text !== undefined && /^\d{1,20}$/.test(text) && Number.isSafeInteger(Number(text));
}

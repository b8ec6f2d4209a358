import { quote } from '../../base/text/quote.js';
import type { MigrationDraft } from '../migration.js';
import { kindOfPath, readForeignFile } from '../read-foreign-file.js';

/** When Debian's logcheck runs. */
const USUAL = '2 * * * *';

/** The schedule by which cron runs logcheck, as the brackets of a queue take it. */
export function readSchedule(path: string, draft: MigrationDraft): string {
  if (kindOfPath(path) !== 'file') return USUAL;
  const file = readForeignFile(path);
  if (!file.ok) {
    draft.unreadable(path, file.reason);
    return USUAL;
  }
  const found: string[] = [];
  for (const { number, text } of file.lines) {
    const [, schedule] = /^\s*((?:[\d*/,a-z-]+\s+){5})\S+\s.*logcheck/i.exec(text) ?? [];
    if (schedule === undefined) continue;
    if (found.length > 0)
      draft.remark(
        'lost',
        { file: path, line: number },
        quote(text),
        'a queue has one schedule: that of the line above holds',
      );
    else found.push(schedule.trim().replaceAll(/\s+/g, ' '));
  }
  return found[0] ?? USUAL;
}

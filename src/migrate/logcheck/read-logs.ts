import { isAbsolute, join } from 'node:path';
import { quote } from '../../base/text/quote.js';
import type { MigrationDraft } from '../migration.js';
import { kindOfPath, listForeignFolder, readForeignFile } from '../read-foreign-file.js';

/** Which logs logcheck reads. */
export interface LogcheckLogs {
  readonly paths: readonly string[];
  readonly journal: boolean;
}

/** What logcheck reads where its lists name nothing. */
const FALLBACK = '/var/log/syslog';

/** Reads `logcheck.logfiles` and the lists in `logcheck.logfiles.d`. */
export function readLogs(folder: string, draft: MigrationDraft): LogcheckLogs {
  const paths = new Set<string>();
  let journal = false;
  for (const list of listsIn(folder, draft)) {
    const file = readForeignFile(list);
    if (!file.ok) draft.unreadable(list, file.reason);
    for (const { number, text } of file.ok ? file.lines : []) {
      if (/^#|^\s*$/.test(text)) continue;
      const path = text.trimEnd();
      if (path === 'journal') journal = true;
      else if (/\s/.test(path))
        draft.remark(
          'lost',
          { file: list, line: number },
          quote(text),
          'set logfile takes no path with blanks: write ? for each',
        );
      else if (isAbsolute(path)) paths.add(path);
      else draft.remark('lost', { file: list, line: number }, quote(text), 'it is no absolute path');
    }
  }
  if (paths.size === 0 && !journal) paths.add(FALLBACK);
  return { paths: [...paths], journal };
}

function listsIn(folder: string, draft: MigrationDraft): string[] {
  const lists = [join(folder, 'logcheck.logfiles')].filter((path) => kindOfPath(path) === 'file');
  const more = join(folder, 'logcheck.logfiles.d');
  if (kindOfPath(more) !== 'folder') return lists;
  const listed = listForeignFolder(more);
  if (!listed.ok) draft.unreadable(more, listed.reason);
  const names = listed.ok ? listed.names.filter((name) => name.endsWith('.logfiles')) : [];
  return [...lists, ...names.map((name) => join(more, name))];
}

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateLog, HALF_NEW } from './generate-log.js';
import { workFolder } from './work-folder.js';

/** `different`: to a rule that takes all, each line is a message of its own. */
export type LogKind = 'plain' | 'half-new' | 'different';

/** The path of a log of so many lines, which is generated unless an earlier run has left it. */
export function logOf(kind: LogKind, lines: number): string {
  const log = join(workFolder(), kind === 'plain' ? `log-${lines}` : `log-${kind}-${lines}`);
  if (!existsSync(log))
    generateLog(log, lines, kind === 'different' ? 7 : 1, kind === 'half-new' ? HALF_NEW : null);
  return log;
}

/** The first lines of a log, as a file of their own. */
export function firstLines(log: string, count: number): string {
  const head = `${log}-first-${count}`;
  if (!existsSync(head))
    writeFileSync(head, execFileSync('head', ['-n', String(count), log], { maxBuffer: 2 ** 30 }));
  return head;
}

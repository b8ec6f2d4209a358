import type { JoinLines } from '../../base/text/joiner.js';
import { matchesLog } from '../../source/file/expand-glob.js';
import type { RehearsedLog } from './find-logs.js';
import type { Side } from './side.js';

/** A log as it is to be read, once for both configs or once for each. */
export interface JoinedLog {
  readonly log: RehearsedLog;
  /** Joins lines to entries; null: each line is one. */
  readonly join: JoinLines | null;
  /** It is read for each config by itself. */
  readonly isSplit: boolean;
}

/** Where two configs join the lines of a log in different ways, it is read for each of them. */
export function joinOf(log: RehearsedLog, now: Side, next: Side): JoinedLog[] {
  const joins = { old: now.readingOf(log.path)?.join ?? null, new: next.readingOf(log.path)?.join ?? null };
  if (log.sides !== 'both') return [{ log, join: joins[log.sides], isSplit: false }];
  if (joins.old === joins.new || isSameStart(log.path, now, next))
    return [{ log, join: joins.old, isSplit: false }];
  return (['old', 'new'] as const).map((sides) => ({
    log: { ...log, sides },
    join: joins[sides],
    isSplit: true,
  }));
}

/** Whether both configs say by the same `set multiline` where entries begin. */
function isSameStart(path: string, now: Side, next: Side): boolean {
  const [some, others] = [startOf(path, now), startOf(path, next)];
  return some !== null && some === others;
}

function startOf(path: string, { config: { multilines, decodes } }: Side): string | null {
  if (decodes.some(({ value }) => matchesLog(value.glob, path))) return null;
  const start = multilines.find(({ value }) => matchesLog(value.glob, path))?.value.start ?? null;
  return start === null || start === 'indent' ? start : start.source;
}

import { DAY } from '../../base/time/duration.js';
import type { Config } from '../../config/config.js';
import { parentOf } from '../../config/sections.js';
import { shownId } from '../../letter/entry-id.js';
import { usualOf } from '../../letter/history/news.js';
import { readMail } from '../../letter/mime/read-mail.js';
import type { Archive } from '../../store/ports/archive.js';
import type { FoundEntry } from '../../store/ports/entries.js';

export interface UsualSources {
  readonly config: Config;
  readonly store: Archive;
  /** ms */
  readonly now: number;
}

/**
 * How many lines a usual day has of an entry: by the ledger, which knows the usual count of letters on a schedule; or what
 * the letters of the last day told of it and what waits now, whichever is more; at least 1. `host`: '' for all.
 */
export function usualDay(entry: FoundEntry, host: string, sources: UsualSources): number {
  const isOf = (row: { readonly host: string }): boolean => host === '' || row.host === host;
  const usual = entry.known.filter(isOf).reduce((sum, known) => sum + usualOf(known, entry.letters), 0);
  const waiting = entry.waiting.filter(isOf).reduce((sum, { count }) => sum + count, 0);
  const byLetters = usual * lettersADay(entry.queue, sources);
  return Math.max(1, Math.round(Math.max(byLetters, toldLately(entry, sources) + waiting)));
}

/** How many letters of its queue a day has, by its schedule; 0: they are pages. */
function lettersADay(name: string, { config, now }: UsualSources): number {
  const mailed = parentOf(name, config) ?? name;
  const schedule = config.queues.find((queue) => queue.name === mailed)?.schedule;
  if (schedule?.kind !== 'cron') return 0;
  const first = schedule.next(now);
  const second = first === null ? null : schedule.next(first);
  return first === null || second === null ? 0 : DAY / (second - first);
}

/** The counts behind which letters of the last day show its id. */
function toldLately({ id, queue }: FoundEntry, { config, store, now }: UsualSources): number {
  const mailed = parentOf(queue, config) ?? queue;
  let lines = 0;
  for (const letter of store.archivedLetters()) {
    if (letter.queue !== mailed || letter.sealed < now - DAY) continue;
    const mime = store.archivedMail(letter.id);
    if (!mime) continue;
    const { text, html } = readMail(mime);
    lines += html === null ? countIn(text, inText(shownId(id))) : countIn(html, inHtml(shownId(id)));
  }
  return lines;
}

function countIn(body: string, counts: RegExp): number {
  let sum = 0;
  for (const [, count = '0'] of body.matchAll(counts)) sum += Number(count.replaceAll(',', ''));
  return sum;
}

/** `<tr><td>3</td><td>MESSAGE <i>ID</i>` */
function inHtml(id: string): RegExp {
  return new RegExp(`<tr><td>(\\d+)</td><td>[^\\n]*? <i>${id}</i>`, 'g');
}

/** `    3: MESSAGE [ID]`, or `web1,3,MESSAGE [ID]` */
function inText(id: string): RegExp {
  return new RegExp(`^(?: {4}|[^\\n,]*,)(\\d+)[:,][^\\n]* \\[${id}\\]$`, 'gm');
}

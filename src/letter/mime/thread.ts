import { createHash } from 'node:crypto';
import { DAY } from '../../base/time/duration.js';
import type { Letter } from '../letter.js';

/**
 * The left side of the Message-ID that all letters of a thread refer to. No mail has it, which is fine for threads
 * (RFC 5256, THREAD=REFERENCES). It is the same for all letters of a queue in a day, or a week from Monday, in the zone
 * of the letter. Null: the letter is in no thread.
 */
export function threadRoot({
  thread,
  queue,
  origin,
  made,
  timezone,
}: Pick<Letter, 'thread' | 'queue' | 'origin' | 'made' | 'timezone'>): string | null {
  if (thread === 'none') return null;
  const day = dayOf(made, timezone);
  const first = thread === 'day' ? day : mondayOf(day);
  const date = new Date(first).toISOString().slice(0, 10);
  const whose = createHash('sha256')
    .update(JSON.stringify([origin, queue]))
    .digest('hex')
    .slice(0, 16);
  return `${thread}.${date}.${whose}`;
}

/** The day of a time in a zone, as the midnight (UTC, ms) of the same date. */
function dayOf(time: number, timezone: string | null): number {
  const format = new Intl.DateTimeFormat('en-US', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    ...(timezone === null ? {} : { timeZone: timezone }),
  });
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1);
}

function mondayOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY;
}

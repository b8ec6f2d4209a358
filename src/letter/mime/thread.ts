import { createHash } from 'node:crypto';
import { dayOf, isoDay, mondayOf } from '../../base/time/calendar-day.js';
import type { Letter } from '../letter.js';

/**
 * The left side of the Message-ID that all letters of a thread refer to. No mail has it, which is fine for threads
 * (RFC 5256, THREAD=REFERENCES). It is the same for all letters of a queue in a day, or a week from Monday, in the zone
 * of the letter, whoever edits it in a fleet. Null: the letter is in no thread.
 */
export function threadRoot({
  thread,
  queue,
  origin,
  fleet,
  made,
  timezone,
}: Pick<Letter, 'thread' | 'queue' | 'origin' | 'fleet' | 'made' | 'timezone'>): string | null {
  if (thread === 'none') return null;
  const day = dayOf(made, timezone);
  const first = thread === 'day' ? day : mondayOf(day);
  const date = isoDay(first);
  const whose = createHash('sha256')
    .update(JSON.stringify(fleet === undefined ? [origin, queue] : ['fleet', fleet, queue]))
    .digest('hex')
    .slice(0, 16);
  return `${thread}.${date}.${whose}`;
}

/** The right side, which names no host in a fleet (RFC 2606, 2). */
export function threadHost({ origin, fleet }: Pick<Letter, 'origin' | 'fleet'>): string {
  return fleet === undefined ? origin : 'tayori-fleet.invalid';
}

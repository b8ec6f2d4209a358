import type { Lateness, OutboxLetter } from './outbox.js';

/** A letter that waited less is no news for the next letter (ms); its header tells it all the same. */
const WORTH_TELLING = 60_000;
/** A letter that is tried for the first time so long after it was sealed is late, whatever kept it (ms). */
const LATE_UNTRIED = 600_000;
/** Delays by an unreachable server that are shorter than this are not told (ms). */
const SHORTEST_DELAY = 1000;

/**
 * How late a letter is (ms) that goes now, and why; null when it goes in time. `away`: why the server could not be
 * reached until now, or null.
 */
export function latenessOf(
  sealed: number,
  recipients: OutboxLetter['recipients'],
  away: string | null,
  now: number,
): Lateness | null {
  const delay = Math.max(now - sealed, 0);
  const own = recipients.find(({ lastError }) => lastError !== null)?.lastError;
  const reason = own ?? (delay >= SHORTEST_DELAY ? away : null);
  if (reason !== null) return { delay, reason };
  return delay >= LATE_UNTRIED ? { delay, reason: 'tayori was not running, or was busy' } : null;
}

/** What the next letter is to tell of it. */
export function worthTelling(late: Lateness | null): Lateness | null {
  return late && late.delay >= WORTH_TELLING ? late : null;
}

import type { Lateness, OutboxLetter } from './outbox.js';

/** A letter that waited less is no news for the next letter (ms); its header tells it all the same. */
const MIN_MENTIONED_DELAY = 60_000;
/** A letter that is tried for the first time so long after it was sealed is late, whatever kept it (ms). */
const MIN_UNTRIED_DELAY = 600_000;
/** Delays by an unreachable server that are shorter than this are not told (ms). */
const MIN_OUTAGE_DELAY = 1000;

/**
 * How late a letter is (ms) that goes now, and why; null when it goes in time. `outage`: why the server could not be
 * reached until now, or null.
 */
export function latenessOf(
  sealed: number,
  recipients: OutboxLetter['recipients'],
  outage: string | null,
  now: number,
): Lateness | null {
  const delay = Math.max(now - sealed, 0);
  const own = recipients.find(({ lastError }) => lastError !== null)?.lastError;
  const reason = own ?? (delay >= MIN_OUTAGE_DELAY ? outage : null);
  if (reason !== null) return { delay, reason };
  return delay >= MIN_UNTRIED_DELAY ? { delay, reason: 'tayori was not running, or was busy' } : null;
}

/** What the next letter is to tell of it. */
export function worthMentioning(late: Lateness | null): Lateness | null {
  return late && late.delay >= MIN_MENTIONED_DELAY ? late : null;
}

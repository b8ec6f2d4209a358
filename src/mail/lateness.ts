import type { Lateness, OutboxLetter } from './outbox.js';

/** Shorter delays (ms) are not mentioned in the next letter; the header of the late letter has them all the same. */
const MIN_MENTIONED_DELAY = 60_000;
/** A letter that is first tried so long after it was sealed is late, whatever the reason (ms). */
const MIN_UNTRIED_DELAY = 600_000;
/** Delays by an unreachable server shorter than this (ms) are not reported. */
const MIN_OUTAGE_DELAY = 1000;

/**
 * How late a letter is (ms) that is sent now, and why; null when it is not late. `outage`: why the server could not be
 * reached until now, or null.
 */
export function latenessOf(
  { sealed, secondWay }: Pick<OutboxLetter, 'sealed' | 'secondWay'>,
  recipients: OutboxLetter['recipients'],
  outage: string | null,
  now: number,
): Lateness | null {
  const delay = Math.max(now - sealed, 0);
  const own = recipients.find(({ lastError }) => lastError !== null)?.lastError;
  const reason = own ?? (delay >= MIN_OUTAGE_DELAY ? outage : null);
  if (reason !== null)
    return { delay, reason: secondWay === null ? reason : `${reason}; it went to ${secondWay} meanwhile` };
  return delay >= MIN_UNTRIED_DELAY ? { delay, reason: 'tayori was not running, or was busy' } : null;
}

/** The delay, if the next letter is to mention it. */
export function worthMentioning(late: Lateness | null): Lateness | null {
  return late && late.delay >= MIN_MENTIONED_DELAY ? late : null;
}

import { showRecipient } from '../base/text/web-address.js';
import { describeDuration } from '../base/time/duration.js';
import type { DeliveryNotice } from '../store/ports/delivery-notices.js';

/**
 * A delivery notice as one sentence, for the notes of a letter that is made `now` (ms). `timezone`: an IANA zone; null:
 * that of this machine.
 */
export function describeNotice(notice: DeliveryNotice, timezone: string | null, now: number): string {
  const { kind, queue, letters, delay, reason } = notice;
  const address = showRecipient(notice.address);
  const when = timeOf(notice.sealed, timezone, now);
  const many = letters > 1;
  switch (kind) {
    case 'late':
      return many
        ? `${letters} letters [${queue}] came late, the one of ${when} by ${describeDuration(delay)}: ${reason}`
        : `the letter [${queue}] of ${when} came ${describeDuration(delay)} late: ${reason}`;
    case 'refused':
      return many
        ? `${letters} letters [${queue}] to ${address} were rejected for good and are kept, the last one of ${when}: ${reason}`
        : `the letter [${queue}] of ${when} to ${address} was rejected for good and is kept: ${reason}`;
    case 'dropped':
      return `${letters} ${many ? 'letters' : 'letter'} that had been rejected for good, the last one of ${when}, ${many ? 'were' : 'was'} deleted to make room for others`;
  }
}

/** `20 Nov 12:30`, or `20 Nov 2025 12:30` if that is not this year. */
function timeOf(time: number, timezone: string | null, now: number): string {
  const zone = timezone === null ? {} : { timeZone: timezone };
  const year = new Intl.DateTimeFormat('en-GB', { year: 'numeric', ...zone });
  const format = new Intl.DateTimeFormat('en-GB', {
    ...(year.format(time) === year.format(now) ? {} : { year: 'numeric' }),
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...zone,
  });
  return format.format(time).replace(', ', ' ');
}

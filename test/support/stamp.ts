const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment (ms since 1970) as syslogd writes it on this machine, `Nov  2 12:00:00` (RFC 3164, 4.1.2). */
export function stamp(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock}`;
}

/** The head of a line that `web1` writes now: a ledger calls what is older than a week BACK, so old stamps age tests. */
export function linePrefix(): string {
  return `${stamp(Date.now())} web1 `;
}

/** Times as a letter shows them, in its zone. */
export interface Times {
  /** `Nov 20 12:30` */
  day(time: number): string;
  /** `12:30`, or `12:30 – 13:05`; with the day where the letter covers more than one. Empty when nothing is known. */
  span(first: number | null, last: number | null): string;
}

/** Within so much time (ms), a time of the day says all. */
const DAY = 86_400_000;

/** `timezone`: an IANA zone, null for this machine's. */
export function createTimes(
  period: { readonly from: number; readonly to: number } | null,
  timezone: string | null,
): Times {
  const format = new Intl.DateTimeFormat('en-US', {
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timezone === null ? {} : { timeZone: timezone }),
  });
  const day = (time: number): string => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    return `${parts.get('month')} ${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')}`;
  };
  const isShort = (time: number): boolean => period !== null && time > period.to - DAY && time <= period.to;
  const show = (time: number): string => (isShort(time) ? day(time).slice(-5) : day(time));
  return {
    day,
    span(first, last) {
      if (first === null || last === null) return '';
      return show(first) === show(last) ? show(first) : `${show(first)} – ${show(last)}`;
    },
  };
}

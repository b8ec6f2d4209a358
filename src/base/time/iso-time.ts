/** A time in ISO 8601 and UTC, for programs; null for null, or for a time outside the calendar. */
export function isoTime(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

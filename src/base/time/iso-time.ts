/** A time in ISO 8601 and UTC, for programs; null where there is none, or one that is none of this calendar. */
export function isoTime(time: number | null): string | null {
  if (time === null) return null;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

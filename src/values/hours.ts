import { addCounts } from '../base/count.js';
import { HOUR } from '../base/time/duration.js';

/** Lines by hour: hour (since 1970) and number of lines in turn, in rising order of hours. */
export type Hours = number[];

/** More than a week of hours. If a message comes for longer, the latest hours are kept. */
export const MAX_HOURS = 200;

export function hourOf(time: number): number {
  return Math.floor(time / HOUR);
}

/** Adds lines to an hour. */
export function addToHour(hours: Hours, hour: number, lines: number): void {
  let at = hours.length;
  while (at > 0 && (hours[at - 2] ?? 0) > hour) at -= 2;
  if (at > 0 && hours[at - 2] === hour) hours[at - 1] = addCounts(hours[at - 1] ?? 0, lines);
  else hours.splice(at, 0, hour, lines);
  if (hours.length > 2 * MAX_HOURS) hours.splice(0, hours.length - 2 * MAX_HOURS);
}

export function mergeHours(a: Readonly<Hours>, b: Readonly<Hours>): Hours {
  const merged = [...a];
  for (let at = 0; at < b.length; at += 2) addToHour(merged, b[at] ?? 0, b[at + 1] ?? 0);
  return merged;
}

export function pairs(hours: Readonly<Hours>): [hour: number, lines: number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < hours.length; at += 2) found.push([hours[at] ?? 0, hours[at + 1] ?? 0]);
  return found;
}

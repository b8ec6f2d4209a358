import { DAY, HOUR } from '../../base/time/duration.js';

/** ms in each unit. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR, d: DAY };

/** A longer time waits for what nobody remembers, and looks back at lines that nobody reads (ms). */
export const MAX_DURATION = 366 * DAY;

/** `90s`, `10m`, `24h` or `7d` in ms; null: it is none. */
export function readDuration(text: string): number | null {
  const [, digits = '', unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  return milliseconds === undefined ? null : Number(digits) * milliseconds;
}

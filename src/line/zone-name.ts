const HOUR = 60;

/** Minutes ahead of UTC; null: several zones of the world have this name, so that it says nothing. */
const ZONES: ReadonlyMap<string, number | null> = new Map([
  ['Z', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['WET', 0],
  ['WEST', 1 * HOUR],
  ['CET', 1 * HOUR],
  ['MET', 1 * HOUR],
  ['CEST', 2 * HOUR],
  ['MEST', 2 * HOUR],
  ['EET', 2 * HOUR],
  ['EEST', 3 * HOUR],
  ['MSK', 3 * HOUR],
  ['SGT', 8 * HOUR],
  ['HKT', 8 * HOUR],
  ['AWST', 8 * HOUR],
  ['JST', 9 * HOUR],
  ['KST', 9 * HOUR],
  ['AEST', 10 * HOUR],
  ['AEDT', 11 * HOUR],
  ['NZST', 12 * HOUR],
  ['NZDT', 13 * HOUR],
  ['EDT', -4 * HOUR],
  ['EST', -5 * HOUR],
  ['CDT', -5 * HOUR],
  ['MDT', -6 * HOUR],
  ['MST', -7 * HOUR],
  ['PDT', -7 * HOUR],
  ['PST', -8 * HOUR],
  ['CST', null],
  ['IST', null],
  ['BST', null],
]);

/** `UTC`, `+01:00`, `-0500`, `+09`: as a piece of a regex. */
export const ZONE = `(?:${[...ZONES.keys()].join('|')}|[+-]\\d\\d(?::?\\d\\d)?)(?![\\w.-])`;

/** Whether a word is the name of a zone: where a stamp may name one, it is no host. */
export function isZoneName(word: string): boolean {
  return ZONES.has(word);
}

/** How far a zone (`Z`, `UTC`, `+09:00`, `-0500`, `+09`) is ahead of UTC, in ms; null where its name says nothing. */
export function zoneOffset(zone: string): number | null {
  const minutes = ZONES.get(zone.toUpperCase());
  if (minutes !== undefined) return minutes === null ? null : minutes * 60_000;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))) * 60_000;
}

import { createRandom } from '../../support/random.js';

const USERS = [
  'ann',
  'bob',
  'carol',
  'dave',
  'erin',
  'frank',
  'grace',
  'heidi',
  'ivan',
  'judy',
  'mallory',
  'olivia',
];

/** So many messages of a pattern: `#` becomes a number, `@` an address, `$` the name of a user. */
export function say(pattern: string, count: number, seed = 1): string[] {
  const { below } = createRandom(seed);
  return Array.from({ length: count }, () =>
    pattern
      .replace(/#/g, () => String(below(10_000)))
      .replace(/@(?=$|\W)/g, () => `192.0.2.${1 + below(250)}`)
      .replace(/\$/g, () => USERS[below(USERS.length)] ?? ''),
  );
}

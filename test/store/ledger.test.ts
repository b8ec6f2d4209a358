import { expect, it } from 'vitest';
import { memoryStore } from './memory-store.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20);

it.each<[string, number | null, number]>([
  ['within the history', NOW - 5 * DAY, NOW - 5 * DAY],
  ['without a time', null, NOW],
  ['ahead of us, which would be remembered for ever and push out all others', Date.UTC(9999, 0, 1), NOW],
  ['of long ago, which would be forgotten at once and be new in each letter', Date.UTC(1970, 0, 1), NOW],
])('a line is remembered as seen when it says, or when its letter was made: %s', (_, last, seen) => {
  const store = memoryStore();
  store.markQueue('a', { schedule: 'x', dueAfter: 0 });
  const letter = (made: number, text: string, last: number | null): void => {
    const rows = [{ host: 'h', hash: text, text, count: 1, first: last, last }];
    store.seal(1, null, [], [{ queue: 'a', made, regular: true, forgetBefore: made - 60 * DAY, rows }]);
  };
  letter(NOW, 'x', last);
  expect(store.known('a', 'h', 'x').known).toMatchObject({ last: seen });
  letter(NOW + DAY, 'other', null);
  expect(store.known('a', 'h', 'x').known).toMatchObject({ last: seen });
  letter(NOW + 70 * DAY, 'other', null);
  expect(store.known('a', 'h', 'x').known).toBeNull();
});

import { expect, it } from 'vitest';
import { openDeskStore } from '../../src/store/sqlite/desk-store.js';
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

it('what was in the last letter is read in pieces, each message once, however many hosts say it', () => {
  const store = memoryStore();
  store.markQueue('a', { schedule: 'x', dueAfter: 0 });
  const rows = Array.from({ length: 2500 }, (_, at) => ({
    ...{ host: `host ${at % 3}`, hash: `hash ${Math.floor(at / 3)}`, text: `text ${Math.floor(at / 3)}` },
    ...{ count: at, first: NOW, last: NOW },
  }));
  const seal = (some: typeof rows): void =>
    store.seal(1, null, [], [{ queue: 'a', made: NOW, regular: true, forgetBefore: NOW - DAY, rows: some }]);
  seal([{ host: 'host', hash: 'hash', text: 'of another letter', count: 1, first: NOW, last: NOW }]);
  seal(rows);
  const read = [...store.inLastLetter('a')].sort(
    (a, b) => (a.letters[0]?.[1] ?? 0) - (b.letters[0]?.[1] ?? 0),
  );
  expect(read).toEqual(
    rows.map(({ text: message, count, ...row }) => ({ ...row, message, letters: [[2, count]] })),
  );
});

it.each([
  [3, { messages: 3, since: NOW }],
  [4, null],
])('a ledger of a fleet that keeps %i messages is full when it has so many', (most, full) => {
  const desk = openDeskStore(most);
  const row = { host: 'h', text: 't', first: NOW, last: NOW, latest: 1, letters: [] };
  desk.addHistory(
    'a',
    ['x', 'y', 'z'].map((hash) => ({ ...row, hash })),
  );
  expect(desk.fullLedger()).toEqual(full);
  desk.end();
});

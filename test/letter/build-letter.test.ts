import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LetterFrame } from '../../src/letter/build/build-letter.js';
import { MAX_LETTER_BYTES, MAX_LETTER_MESSAGES } from '../../src/letter/build/gathering.js';
import type { Letter } from '../../src/letter/letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { type TallyRow, UNPREFIXED_HOST } from '../../src/queue/tally.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

function frame(changes: Partial<LetterFrame> = {}): LetterFrame {
  const { hosts: _, parts: __, ...rest } = aLetter();
  return { ...rest, sortOrder: 'descending', before: null, ...changes };
}

function row(host: string, count: number, message: string): TallyRow {
  return { host, count, message, first: null, last: null };
}

/** `host: 3 x, 1 y (+2/5)` a host. */
function outline(letter: Letter | null): string[] | null {
  if (!letter) return null;
  return letter.hosts.map(({ host, messages, more }) => {
    const shown = messages.map(({ count, message }) => `${count} ${message}`).join(', ');
    return `${host}: ${shown}${more ? ` (+${more.messages}/${more.lines})` : ''}`;
  });
}

const ROWS = [
  row('web2', 1, 'b'),
  row(UNPREFIXED_HOST, 9, 'bare'),
  row('web1', 1, 'z'),
  row('web1', 3, 'y'),
  row('web1', 1, 'B'),
  row('web1', 3, 'x'),
  row('Web', 1, 'q'),
  row('~', 1, 'last but one'),
];

describe('the order of a letter', () => {
  it.each<[string, Partial<LetterFrame>, string[]]>([
    [
      'most frequent first, ties by code unit, the unprefixed last',
      {},
      [
        'Web: 1 q',
        'web1: 3 x, 3 y, 1 B, 1 z',
        'web2: 1 b',
        '~: 1 last but one',
        `${UNPREFIXED_HOST}: 9 bare`,
      ],
    ],
    [
      'rarest first when ascending',
      { sortOrder: 'ascending' },
      [
        'Web: 1 q',
        'web1: 1 B, 1 z, 3 x, 3 y',
        'web2: 1 b',
        '~: 1 last but one',
        `${UNPREFIXED_HOST}: 9 bare`,
      ],
    ],
    [
      'a limit for each host, and what it left out',
      { limit: 1 },
      ['Web: 1 q', 'web1: 3 x (+3/5)', 'web2: 1 b', '~: 1 last but one', `${UNPREFIXED_HOST}: 9 bare`],
    ],
    [
      'nothing left out at exactly the limit',
      { limit: 4 },
      [
        'Web: 1 q',
        'web1: 3 x, 3 y, 1 B, 1 z',
        'web2: 1 b',
        '~: 1 last but one',
        `${UNPREFIXED_HOST}: 9 bare`,
      ],
    ],
    [
      'ascending with a limit shows the rarest',
      { sortOrder: 'ascending', limit: 3 },
      [
        'Web: 1 q',
        'web1: 1 B, 1 z, 3 x (+1/3)',
        'web2: 1 b',
        '~: 1 last but one',
        `${UNPREFIXED_HOST}: 9 bare`,
      ],
    ],
  ])('%s', (_name, changes, expected) => {
    expect(outline(buildLetter(ROWS, frame(changes)))).toEqual(expected);
    expect(outline(buildLetter([...ROWS].reverse(), frame(changes)))).toEqual(expected);
  });

  it('makes no letter of nothing', () => {
    expect(buildLetter([], frame())).toBeNull();
  });

  it('keeps first and last times and the frame', () => {
    const letter = buildLetter([{ host: 'h', count: 2, message: 'm', first: 5, last: 7 }], frame());
    expect(letter?.hosts[0]?.messages).toEqual([
      { count: 2, message: 'm', id: '5f9v2pz', first: 5, last: 7 },
    ]);
    expect(letter).toMatchObject({ queue: 'a', subject: 'tenshi report', notes: [] });
    expect(letter).not.toHaveProperty('sortOrder');
  });
});

/** Fifty thousand different messages of a hundred hosts, in the order of a state file or in a wild one. */
function* manyRows(order: 'by host' | 'mixed'): Generator<TallyRow> {
  for (let at = 0; at < 50_000; at += 1) {
    const place = order === 'mixed' ? (at * 7919) % 50_000 : at;
    yield row(
      `host${String(Math.floor(place / 500)).padStart(3, '0')}`,
      (place % 13) + 1,
      `message ${place}`,
    );
  }
}

describe('a letter that is full', () => {
  it.each(['by host', 'mixed'] as const)(
    'shows the first %s and counts exactly what is left out',
    (order) => {
      const letter = buildLetter(manyRows(order), frame());
      const shown = letter?.hosts.flatMap(({ messages }) => messages) ?? [];
      expect(shown).toHaveLength(MAX_LETTER_MESSAGES);
      expect(letter?.hosts.map(({ host }) => host)).toEqual(
        Array.from({ length: 20 }, (_, at) => `host${String(at).padStart(3, '0')}`),
      );
      expect(letter?.hosts.every(({ more }) => more === null)).toBe(true);
      const lines = [...manyRows(order)].reduce((sum, { count }) => sum + count, 0);
      const shownLines = shown.reduce((sum, { count }) => sum + count, 0);
      expect(letter?.notes).toEqual([
        `the letter is full: 40000 more messages (${lines - shownLines} lines) of further hosts left out`,
      ]);
    },
  );

  it('is the same letter in whatever order the rows come', () => {
    expect(buildLetter(manyRows('mixed'), frame())).toEqual(buildLetter(manyRows('by host'), frame()));
  });

  it('cuts within a host, too', () => {
    const rows = Array.from({ length: MAX_LETTER_MESSAGES + 7 }, (_, at) => row('h', 2, String(at)));
    expect(buildLetter(rows, frame())?.hosts[0]?.more).toEqual({ messages: 7, lines: 14 });
  });

  it.each<[string, string]>([
    ['quotation marks, six bytes each in HTML', '"'],
    ['kana, nine bytes each in either part', 'あ'],
    ['control characters, shown as four', '\x07'],
    ['plain text', 'x'],
  ])('never outgrows what mail servers take: %s', async (_name, char) => {
    const rows = Array.from({ length: 4000 }, (_, at) => row('h', 1, `${at} ${char.repeat(1500)}`));
    const letter = buildLetter(rows, frame());
    if (!letter) throw new Error('no letter');
    const { mime } = await sealLetter(letter, { id: 'x', version: '0' });
    expect(letter.hosts[0]?.more?.messages).toBeGreaterThan(0);
    expect(mime.length).toBeLessThan(10_240_000);
    expect(mime.length).toBeGreaterThan(MAX_LETTER_BYTES / 4);
  });

  it('shows one message however long it is', () => {
    const letter = buildLetter([row('h', 2, 'あ'.repeat(1_000_000)), row('h', 1, 'b')], frame());
    expect(letter?.hosts[0]?.messages).toHaveLength(1);
    expect(letter?.hosts[0]?.more).toEqual({ messages: 1, lines: 1 });
  });
});

it('shows and counts every line, once, whatever the rows', () => {
  const rows = fc.uniqueArray(
    fc.record({
      host: fc.constantFrom('a', 'b', UNPREFIXED_HOST, '', '日本'),
      count: fc.integer({ min: 1, max: 9 }),
      message: fc.string({ maxLength: 3 }),
      first: fc.constant(null),
      last: fc.constant(null),
    }),
    { selector: ({ host, message }) => `${host}\n${message}` },
  );
  fc.assert(
    fc.property(rows, fc.option(fc.integer({ min: 1, max: 5 })), (some, limit) => {
      const letter = buildLetter(some, frame({ limit }));
      const told = (letter?.hosts ?? []).reduce(
        (sum, { messages, more }) =>
          sum + messages.reduce((lines, { count }) => lines + count, 0) + (more?.lines ?? 0),
        0,
      );
      expect(told).toBe(some.reduce((sum, { count }) => sum + count, 0));
      expect(letter === null).toBe(some.length === 0);
    }),
  );
});

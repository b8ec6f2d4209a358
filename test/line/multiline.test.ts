import { describe, expect, it } from 'vitest';
import {
  createMultilineJoiner,
  isIndented,
  MAX_ENTRY_LENGTH,
  MAX_ENTRY_LINES,
} from '../../src/line/multiline.js';

const byIndent = createMultilineJoiner(isIndented);
const byStart = createMultilineJoiner((line) => !/^\d{4}-\d\d-\d\d /.test(line));

const JAVA = [
  'Exception in thread "main" java.lang.IllegalStateException: no stock',
  '\tat shop.Stock.take(Stock.java:17)',
  '\t... 1 more',
  'Caused by: java.io.IOException: closed',
  '\tat shop.Disk.read(Disk.java:3)',
];

describe('lines of one entry become one text', () => {
  const rows = [
    [
      'the exception of Java, with its cause',
      byIndent,
      [...JAVA, 'next'],
      [
        'Exception in thread "main" java.lang.IllegalStateException: no stock at shop.Stock.take(Stock.java:17) ... 1 more Caused by: java.io.IOException: closed at shop.Disk.read(Disk.java:3)',
      ],
      1,
    ],
    [
      'a statement of PostgreSQL',
      byIndent,
      ['2026-11-29 10:00:00 UTC [7] STATEMENT:  SELECT *', '\t  FROM orders', '\tWHERE id = 7;', 'x'],
      ['2026-11-29 10:00:00 UTC [7] STATEMENT:  SELECT * FROM orders WHERE id = 7;'],
      1,
    ],
    [
      'a traceback of Python, whose last line is not indented, by its first line',
      byStart,
      [
        '2026-11-29 10:00:00 ERROR no',
        'Traceback (most recent call last):',
        '  File "a.py", line 1',
        'KeyError: 7',
        '2026-11-29 10:00:01 INFO x',
      ],
      ['2026-11-29 10:00:00 ERROR no Traceback (most recent call last): File "a.py", line 1 KeyError: 7'],
      1,
    ],
    ['lines of blanks say nothing', byIndent, ['a', '   ', ' b', 'c'], ['a b'], 1],
    ['what goes on before any entry has begun is an entry', byIndent, [' a', ' b', 'c'], [' a b'], 1],
    ['nothing', byIndent, [], [], 0],
  ] as const;

  it.each(rows)('%s', (_, join, lines, entries, held) => {
    expect(join(lines, false)).toEqual({ entries, held, cut: 0 });
    const [last] = lines.slice(lines.length - held);
    expect(join(lines, true).entries).toEqual(held > 0 ? [...entries, last] : ['']);
  });
});

describe('an entry is bounded', () => {
  it.each([
    ['by its lines', MAX_ENTRY_LINES, ' at x'],
    ['by its length', 4, ` ${'x'.repeat(MAX_ENTRY_LENGTH / 4)}`],
  ])('%s, and what is beyond is an entry of its own', (_, most, line) => {
    const lines = ['head', ...Array.from({ length: most }, () => line), 'next'];
    const { entries, held, cut } = byIndent(lines, false);
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatch(/^head .* \[cut: too many lines\]$/);
    expect(entries[1]?.startsWith(' ')).toBe(true);
    expect([held, cut]).toEqual([1, 1]);
  });
});

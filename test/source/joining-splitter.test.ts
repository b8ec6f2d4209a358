import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JoinLines } from '../../src/base/text/joiner.js';
import { createMultilineJoiner, isIndented } from '../../src/line/multiline.js';
import { MAX_HELD_BYTES, MAX_HELD_LINES } from '../../src/source/entry-joiner.js';
import { createSplitter } from '../../src/source/joining-splitter.js';
import { listLines, MAX_LINE_BYTES } from '../../src/source/split-lines.js';

const byIndent = createMultilineJoiner(isIndented);
const never: JoinLines = (lines, isEnd) =>
  isEnd ? { entries: [lines.join(' ')], held: 0 } : { entries: [], held: lines.length };
const noEvents = { onCut() {}, onEntryCut() {} };

describe('lines are joined to entries, and the position stays before what is held', () => {
  const rows = [
    ['the last entry waits for its next line', ['a\n b\n'], [], 5],
    ['the next entry shows that one is complete', ['a\n b\nc\n'], ['a b'], 2],
    ['a partial line is held behind it', ['a\n b\nc'], [], 6],
    ['an empty line ends nothing, and its byte is held, too', ['a\n\n b\n'], [], 6],
    ['a CR is no part of a line, but a byte', ['a\r\n b\r\n'], [], 7],
    ['a line that comes in pieces', ['a\n ', 'b', '\nc\n'], ['a b'], 2],
    ['empty lines before the first are passed', ['\n\na\n'], [], 2],
    ['a hole is held with the line behind it', ['\0\0\0a\n'], [], 5],
    ['bytes that are no UTF-8', [Buffer.from([0xe9, 10, 32, 0xe9, 10, 98, 10])], ['\\xe9 \\xe9'], 2],
  ] as const;

  it.each(rows)('%s', (_, chunks, entries, held) => {
    const splitter = createSplitter(byIndent, noEvents);
    const found = chunks.flatMap((chunk) => listLines(splitter.push(Buffer.from(chunk))));
    expect(found).toEqual(entries);
    expect(splitter.partialLength).toBe(held);
  });

  it('hands on what is held when nothing more is expected, but not the partial line', () => {
    const splitter = createSplitter(byIndent, noEvents);
    splitter.push(Buffer.from('a\n b\n c'));
    expect(splitter.heldLength).toBe(5);
    expect(listLines(splitter.release())).toEqual(['a b']);
    expect(splitter.heldLength).toBe(0);
    expect(splitter.partial().toString()).toBe(' c');
    expect(listLines(splitter.end())).toEqual([' c']);
  });

  it('hands on everything at the end', () => {
    const splitter = createSplitter(byIndent, noEvents);
    splitter.push(Buffer.from('a\n b\n c'));
    expect(listLines(splitter.end())).toEqual(['a b c']);
    expect(splitter.partialLength).toBe(0);
  });

  it('gives the same entries however the bytes are cut, and the position is always that of what was not handed on', () => {
    const pieces = fc.array(fc.constantFrom('a', ' b', '', 'Caused by: c', '\td', 'é', '\0e', 'f\r'), {
      maxLength: 12,
    });
    const cuts = fc.array(fc.nat(60), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, cuts, (lines, at) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const whole = createSplitter(byIndent, noEvents);
        const expected = [...listLines(whole.push(bytes)), ...listLines(whole.end())];
        const borders = [0, ...at.filter((one) => one < bytes.length).sort((a, b) => a - b), bytes.length];
        const splitter = createSplitter(byIndent, noEvents);
        const found: string[] = [];
        for (const [i, to] of borders.entries()) {
          found.push(...listLines(splitter.push(bytes.subarray(borders[i - 1] ?? 0, to))));
          // Whoever begins again at the position reads the rest, and nothing else.
          const again = createSplitter(byIndent, noEvents);
          const rest = bytes.subarray(to - splitter.partialLength);
          const later = [...listLines(again.push(rest)), ...listLines(again.end())];
          expect([...found, ...later]).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a joiner that would hold for ever is bounded', () => {
  it.each([
    ['lines', MAX_HELD_LINES, 'x\n'],
    ['bytes', Math.floor(MAX_HELD_BYTES / 200_001), `${'x'.repeat(200_000)}\n`],
  ])('by %s', (_, count, line) => {
    const cut: number[] = [];
    const splitter = createSplitter(never, { ...noEvents, onEntryCut: (entries) => void cut.push(entries) });
    for (let n = 0; n < count; n++) expect(splitter.push(Buffer.from(line)).text).toBe('');
    expect(splitter.push(Buffer.from(line)).text !== '').toBe(true);
    expect(cut).toEqual([1]);
    expect(splitter.partialLength).toBe(0);
  });

  it('a line that is too long is cut, and counts with all its bytes', () => {
    const cut: number[] = [];
    const splitter = createSplitter(never, { ...noEvents, onCut: (bytes) => void cut.push(bytes) });
    splitter.push(Buffer.from(`${'x'.repeat(MAX_LINE_BYTES + 7)}\n`));
    expect(cut).toEqual([MAX_LINE_BYTES + 7]);
    expect(splitter.partialLength).toBe(MAX_LINE_BYTES + 8);
  });

  it('an entry that holds a newline is handed on as one line', () => {
    const splitter = createSplitter((lines) => ({ entries: [lines.join('\n')], held: 0 }), noEvents);
    expect(splitter.push(Buffer.from('a\nb\n')).text).toBe('a b');
  });
});

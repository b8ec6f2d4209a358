import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../src/base/text/decode.js';
import { createLineSplitter, listLines, MAX_LINE_BYTES } from '../../src/source/split-lines.js';

/** Pieces of logs: ASCII, UTF-8, broken bytes, ends of lines. */
const piece = fc.constantFrom<readonly number[]>(
  [...Buffer.from('sshd[1]: ok')],
  [...Buffer.from('ü')],
  [...Buffer.from('あ\u{1f600}')],
  [0xfc],
  [0xe3, 0x81],
  [0x80],
  [10],
  [10],
  [13, 10],
  [13],
  [10, 10],
);

/** The plain meaning: split at newlines, decode each line, take off one CR, drop what is empty. */
function plainLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const to = newline < 0 ? bytes.length : newline;
    lines.push(decodeText(bytes.subarray(from, to)).replace(/\r$/, ''));
    from = to + 1;
  }
  return lines.filter((line) => line !== '');
}

describe('lines out of bytes', () => {
  it('are those of the whole stream, wherever it is cut into chunks', () => {
    const streams = fc.array(piece, { maxLength: 40 });
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    const agrees = (pieces: readonly (readonly number[])[], places: readonly number[]): void => {
      const bytes = Buffer.from(pieces.flat());
      const splitter = createLineSplitter(() => {});
      const lines: string[] = [];
      let from = 0;
      for (const to of [
        ...places.filter((place) => place < bytes.length).sort((a, b) => a - b),
        bytes.length,
      ]) {
        lines.push(...listLines(splitter.push(bytes.subarray(from, to))));
        from = to;
      }
      lines.push(...listLines(splitter.end()));
      expect(lines).toEqual(plainLines(bytes));
    };
    fc.assert(fc.property(streams, cuts, agrees), { numRuns: 3000 });
  });

  it('one too long is cut and told, and its neighbours are whole', () => {
    const cut: number[] = [];
    const splitter = createLineSplitter((bytes) => cut.push(bytes));
    const long = 'x'.repeat(MAX_LINE_BYTES + 7);
    const lines = listLines(splitter.push(Buffer.from(`one\n${long}\ntwo\n\u00fc\n`)));
    expect(lines).toEqual([
      'one',
      `${'x'.repeat(MAX_LINE_BYTES)} [cut: ${MAX_LINE_BYTES + 7} bytes]`,
      'two',
      '\u00fc',
    ]);
    expect(cut).toEqual([MAX_LINE_BYTES + 7]);
  });

  it('many more than a chunk of the longest line are no long line', () => {
    const cut: number[] = [];
    const splitter = createLineSplitter((bytes) => cut.push(bytes));
    const text = `${'y'.repeat(99)}\n`.repeat(10_000);
    expect(listLines(splitter.push(Buffer.from(text)))).toHaveLength(10_000);
    expect(cut).toEqual([]);
  });
});

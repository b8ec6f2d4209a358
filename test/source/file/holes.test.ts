import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLineSplitter, listLines } from '../../../src/source/split-lines.js';
import { reading, text, timed } from './reading.js';

/** A program that opened its log without O_APPEND: it goes on at its own place, whoever empties the file. */
function writer(log: string): { write(text: string): void } {
  const fd = openSync(log, 'w');
  onTestFinished(() => closeSync(fd));
  let place = 0;
  return {
    write(text) {
      place += writeSync(fd, text, place);
    },
  };
}

function copyAndEmpty(log: string, n: number): void {
  copyFileSync(log, `${log}.${n}`);
  truncateSync(log);
}

describe('a log that is copied and emptied, whose writer goes on at its old place', () => {
  it.each([
    ['while it runs', false],
    ['while nothing runs', true],
  ])('%s: each line once, without the NULs before it', async (_when, stopped) => {
    const { log, lines, losses, look, stop } = reading();
    const { write } = writer(log);
    write(text(timed('line', 1, 3)));
    await look();
    for (const n of [4, 7, 10]) {
      if (stopped) stop();
      write(text(timed('line', n, n)));
      copyAndEmpty(log, 20 - n);
      write(text(timed('line', n + 1, n + 1)));
      await look();
      write(text(timed('line', n + 2, n + 2)));
      await look();
    }
    expect(readFileSync(log)[0]).toBe(0);
    expect(lines).toEqual(timed('line', 1, 12));
    expect(losses).toEqual([]);
  });

  it('in the midst of a line: it stays one', async () => {
    const { log, lines, look } = reading();
    const { write } = writer(log);
    write('Nov 29 a\nNov 29 b: first half,');
    await look();
    copyAndEmpty(log, 1);
    await look();
    write(' second half\n');
    await look();
    expect(lines).toEqual(['Nov 29 a', 'Nov 29 b: first half, second half']);
  });

  it('after half a terabyte: the hole takes no time', async () => {
    const { log, lines, look } = reading();
    const fd = openSync(log, 'w');
    onTestFinished(() => closeSync(fd));
    writeSync(fd, text(timed('line', 1, 2)), 500e9);
    expect(statSync(log).size).toBeGreaterThan(500e9);
    await look();
    writeSync(fd, text(timed('line', 3, 3)), statSync(log).size);
    await look();
    expect(lines).toEqual(timed('line', 1, 3));
  });

  it('with two writers, each with a hole before its lines: both are read', async () => {
    const { log, lines, look } = reading();
    const fd = openSync(log, 'w');
    onTestFinished(() => closeSync(fd));
    writeSync(fd, 'one\n', 1_000_000);
    writeSync(fd, 'two\n', 3_000_000);
    await look();
    expect(lines).toEqual(['one', 'two']);
  });
});

describe('NULs', () => {
  const split = (...chunks: readonly string[]): string[] => {
    const splitter = createLineSplitter(() => {});
    return [...chunks.map((chunk) => splitter.push(Buffer.from(chunk))), splitter.end()].flatMap(listLines);
  };

  it.each([
    ['before a line', ['\0\0\0a\n'], ['a']],
    ['before the second line', ['a\n\0\0b\nc\n'], ['a', 'b', 'c']],
    ['in a line stay', ['\0a\0b\0\n'], ['a\0b\0']],
    ['alone are no line', ['\0\0\n\0'], []],
    ['before a line in several chunks', ['\0\0', '\0', '\0a', 'b\n'], ['ab']],
    [
      'before a line, more than a line may have',
      ['\0'.repeat(300_000), '\0'.repeat(300_000), 'a\nb\n'],
      ['a', 'b'],
    ],
    ['beside bytes that are not UTF-8', ['\0あ\n\0\n\0b'], ['あ', 'b']],
  ])('%s', (_name, chunks, expected) => {
    expect(split(...chunks)).toEqual(expected);
  });
});

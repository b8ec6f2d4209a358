import { describe, expect, it } from 'vitest';
import { Continuations } from '../../src/source/hold-continuations.js';

/** What comes out at each push, and at the end. */
function outOf(...pieces: readonly string[]): string[] {
  const continuations = new Continuations();
  const out = pieces.map((text) => continuations.push({ text }).text);
  return [...out, continuations.end().text];
}

describe('lines are held until the next message has begun', () => {
  it.each<[string, string[], string[]]>([
    ['one piece', ['a\n b\nc'], ['a\n b', 'c']],
    ['a message in two pieces', ['a', ' b\nc'], ['', 'a\n b', 'c']],
    ['a message in many', ['a', ' b', ' c', 'd'], ['', '', '', 'a\n b\n c', 'd']],
    ['indented lines with nothing before them', [' a\n b'], ['', ' a\n b']],
    ['pieces without a line', ['', 'a', '', 'b'], ['', '', '', 'a', 'b']],
    ['nothing', [], ['']],
  ])('%s', (_, pieces, out) => {
    expect(outOf(...pieces)).toEqual(out);
  });

  it('no more than a bound is held, and nothing of it is lost', () => {
    const line = ` ${'x'.repeat(99_999)}`;
    const pieces = Array.from({ length: 30 }, () => line);
    const out = outOf('first', ...pieces);
    expect(out.filter((text) => text !== '').join('\n')).toBe(['first', ...pieces].join('\n'));
    expect(Math.max(...out.map((text) => text.length))).toBeLessThan(1_200_000);
  });
});

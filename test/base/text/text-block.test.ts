import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextBlock, textOf } from '../../../src/base/text/text-block.js';

const texts = fc.string({
  unit: fc.constantFrom('a', 'ß', '語', '😀', '\ud83d', '\ude00', '\n'),
  maxLength: 300,
});

it('its units are those of the text, one text after another', () => {
  const whole = new TextBlock();
  const agrees = (text: string): void => {
    const { units } = whole.set(text);
    expect(Array.from({ length: text.length }, (_, at) => units[at])).toEqual(
      Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)),
    );
    const middle = text.length >> 1;
    expect(textOf(units, 0, middle) + textOf(units, middle, text.length - middle)).toBe(text);
  };
  fc.assert(fc.property(texts, agrees), { numRuns: 1000 });
});

it('what a long text took is let go', () => {
  const whole = new TextBlock().set('x'.repeat(3_000_000));
  expect(whole.set('short').units.length).toBeLessThan(100);
  expect(whole.set('').text).toBe('');
});

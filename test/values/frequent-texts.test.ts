import { describe, expect, it } from 'vitest';
import { TextBlock } from '../../src/base/text/text-block.js';
import { FrequentTexts } from '../../src/values/frequent-texts.js';

const whole = new TextBlock();

/** Counts each text so often, in turns. */
function counted(times: number, ...texts: readonly string[]): FrequentTexts {
  const frequent = new FrequentTexts();
  for (let time = 0; time < times; time++)
    for (const text of texts)
      if (frequent.takesNext()) frequent.add({ units: whole.set(text).units, spans: [0, text.length] });
  return frequent;
}

describe('texts that no rule took', () => {
  it('are counted one by one while they are few', () => {
    expect(counted(5000, 'a 1', 'b').read()?.summary()).toEqual({
      distinct: 2,
      about: false,
      top: [
        { value: 'a #', count: 5000 },
        { value: 'b', count: 5000 },
      ],
    });
  });

  it('are sampled when they are many: about so many, whatever their order', () => {
    const summary = counted(100_000, 'a 1', 'b', 'b').read()?.summary();
    expect(summary).toMatchObject({ distinct: 2, about: true });
    expect(summary?.top.map(({ value, count }) => [value, Math.round(count / 10_000)])).toEqual([
      ['b', 20],
      ['a #', 10],
    ]);
  });

  it('are none after they were let go', () => {
    const frequent = counted(20_000, 'a');
    frequent.clear();
    expect(frequent.read()).toBeNull();
  });
});

import { Whole } from '../../src/base/text/text-block.js';
import type { Under } from '../../src/values/value-table.js';

/** These values under masks, one behind the other, as they would stand in a line. */
export function underMasks(values: readonly string[], names: Under['names'] = []): Under {
  const spans: number[] = [];
  let text = 'a line: ';
  for (const value of values) {
    spans.push(text.length, text.length + value.length);
    text += `${value}, `;
  }
  return { whole: new Whole().lay(text), spans, names };
}

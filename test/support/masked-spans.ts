import { TextBlock } from '../../src/base/text/text-block.js';
import type { ValueSpans } from '../../src/values/value-table.js';

/** These values under masks, one behind the other, as they would stand in a line. */
export function maskedSpansOf(values: readonly string[], names: ValueSpans['names'] = []): ValueSpans {
  const spans: number[] = [];
  let text = 'a line: ';
  for (const value of values) {
    spans.push(text.length, text.length + value.length);
    text += `${value}, `;
  }
  return { whole: new TextBlock().set(text), spans, names };
}

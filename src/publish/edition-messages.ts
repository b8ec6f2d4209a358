import { type Excerpt, excerptOf } from '../line/excerpt.js';
import type { TallyRow } from '../queue/tally.js';
import type { MessageSink } from '../rule/suggest/mine-rules.js';
import { unmask } from '../rule/suggest/unmask.js';

/** What a row is handed over with: its queue, what stands for values in its message, and an excerpt to be used for each. */
export interface RowContext {
  readonly queue: string;
  readonly mask: string;
  readonly excerpt: Excerpt;
}

/** Hands lines such as those of a row to a sink; false: its values are not known. */
export function addRow(row: TallyRow, sink: MessageSink, { queue, mask, excerpt }: RowContext): boolean {
  const { host, message } = row;
  if (message.includes('\n')) return true;
  const variants = unmask(row, mask);
  for (const { text, count } of variants)
    if (!text.includes('\n'))
      sink.addOpen(excerptOf({ host, time: null, text }, excerpt), queue, count, message);
  return variants.length > 0;
}

import type { Config } from '../config/config.js';
import { type Excerpt, excerptOf } from '../line/excerpt.js';
import type { TallyRow } from '../queue/tally.js';
import type { MessageSink } from '../rule/suggest/mine-rules.js';
import { RuleSorter, type Sorting } from '../rule/suggest/rule-sorter.js';
import { unmask } from '../rule/suggest/unmask.js';

/** What a row is handed over with: who asks the rules, what stands for values, and an excerpt to be used for each. */
export interface RowContext {
  readonly sorter: RuleSorter;
  readonly mask: string;
  readonly excerpt: Excerpt;
}

/** Sorts messages as a config says. */
export function sorterOf(
  { rules, automasks, mask }: Pick<Config, 'rules' | 'automasks' | 'mask'>,
  onOverrun: Sorting['onOverrun'],
): RuleSorter {
  const kinds = new Map(automasks.map((one) => [one.queue, one.kinds]));
  return new RuleSorter({ rules, automasks: kinds, mask: mask.value, onOverrun });
}

/**
 * Hands lines such as those of a row to a sink; false: its values are not known. The rules of now are asked: the row may
 * have been counted before there was a rule for it, or by a rule that fills the same queue.
 */
export function addRow(row: TallyRow, sink: MessageSink, { sorter, mask, excerpt }: RowContext): boolean {
  const { host, message } = row;
  if (message.includes('\n')) return true;
  const variants = unmask(row, mask);
  for (const { text, count } of variants)
    if (!text.includes('\n'))
      sorter.sort(excerptOf({ host, time: null, text }, excerpt), count, sink, message);
  return variants.length > 0;
}

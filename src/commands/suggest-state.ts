import { Excerpt, excerptOf } from '../line/excerpt.js';
import type { TallyRow } from '../queue/tally.js';
import { isCatchAll } from '../rule/is-catch-all.js';
import type { Rule } from '../rule/rule.js';
import type { MessageSink, MessageSource } from '../rule/suggest/mine-rules.js';
import { unmask } from '../rule/suggest/unmask.js';
import type { Editions } from '../store/ports/editions.js';
import type { RuleSorter } from './suggest-sorter.js';

/** Rows that are read from the state at once. */
const MAX_ROWS = 1000;

/**
 * What the open editions of queues hold that catch-alls fill. The rules of now are asked for each message: it may have
 * been counted before there was a rule for it, or by a rule that fills the same queue.
 */
export class StateSource implements MessageSource {
  readonly #queues: readonly string[];
  readonly #store: Editions;
  readonly #sorter: RuleSorter;
  readonly #mask: string;
  readonly #excerpt = new Excerpt();
  #unknown = 0;

  /** `mask`: what stands for values in messages. */
  constructor(
    queues: readonly string[],
    { store, sorter, mask }: { readonly store: Editions; readonly sorter: RuleSorter; readonly mask: string },
  ) {
    this.#queues = queues;
    this.#store = store;
    this.#sorter = sorter;
    this.#mask = mask;
  }

  /** Masked messages of which nobody knows the values, when all was read last. */
  get unknown(): number {
    return this.#unknown;
  }

  async read(sink: MessageSink): Promise<void> {
    this.#unknown = 0;
    const open = this.#store.openEditions(Date.now()).filter(({ queue }) => this.#queues.includes(queue));
    for (const { id } of open) {
      let rows = this.#store.slice(id, null, MAX_ROWS);
      while (rows.length > 0) {
        for (const row of rows) this.#addRow(row, sink);
        rows = this.#store.slice(id, rows.at(-1) ?? null, MAX_ROWS);
      }
    }
  }

  /** Hands lines such as those of a row to a sink. */
  #addRow(row: TallyRow, sink: MessageSink): void {
    const { host, message } = row;
    if (message.includes('\n')) return;
    const variants = unmask(row, this.#mask);
    if (variants.length === 0) this.#unknown += 1;
    for (const { text, count } of variants)
      if (!text.includes('\n'))
        this.#sorter.sort(excerptOf({ host, time: null, text }, this.#excerpt), count, sink, message);
  }
}

/** The queues that catch-alls fill, alone or not. */
export function queuesWithCatchAlls(rules: readonly Rule[]): string[] {
  const queues = winnersOf(rules).flatMap((rule) =>
    isCatchAll(rule) ? rule.targets.map(({ queue }) => queue) : [],
  );
  return [...new Set(queues)];
}

function winnersOf(rules: readonly Rule[]): Rule[] {
  return rules.flatMap((rule) => (rule.kind === 'group' ? winnersOf(rule.rules) : [rule]));
}

import { Excerpt } from '../line/excerpt.js';
import { addRow } from '../publish/edition-messages.js';
import type { MessageSink, MessageSource } from '../rule/suggest/mine-rules.js';
import type { RuleSorter } from '../rule/suggest/rule-sorter.js';
import type { Editions } from '../store/ports/editions.js';

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
    const context = { sorter: this.#sorter, mask: this.#mask, excerpt: new Excerpt() };
    const open = this.#store.openEditions(Date.now()).filter(({ queue }) => this.#queues.includes(queue));
    for (const { id } of open) {
      let rows = this.#store.slice(id, null, MAX_ROWS);
      while (rows.length > 0) {
        for (const row of rows) this.#unknown += addRow(row, sink, context) ? 0 : 1;
        rows = this.#store.slice(id, rows.at(-1) ?? null, MAX_ROWS);
      }
    }
  }
}

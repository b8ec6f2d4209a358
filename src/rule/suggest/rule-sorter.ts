import { renderLocation } from '../../base/place.js';
import type { Excerpt } from '../../line/excerpt.js';
import type { Automasks } from '../automask/automask-of.js';
import { MessageMasker } from '../automask/message-masker.js';
import { isCatchAll } from '../is-catch-all.js';
import type { Rule } from '../rule.js';
import { createRuleIndex, NO_RULE, type RuleIndex } from '../rule-index.js';
import type { MessageSink } from './mine-rules.js';

export interface Sorting {
  readonly rules: readonly Rule[];
  readonly automasks: Automasks;
  /** What stands for values in messages. */
  readonly mask: string;
  /** A regex exceeded its match limit on a text: the rule did not match. */
  onOverrun(rule: Rule): void;
}

/** Where a catch-all puts what it takes. */
interface CatchAll {
  readonly queue: string | null;
  /** null: the queue shows messages as they are. */
  readonly masker: MessageMasker | null;
}

/** Asks rules for each message, and hands it to a sink: whether a rule of its own takes it, or nothing but a catch-all. */
export class RuleSorter {
  readonly #index: RuleIndex;
  readonly #places: readonly string[];
  /** By number of a rule: what a catch-all does; null for any other rule. */
  readonly #catchAlls: readonly (CatchAll | null)[];

  constructor(sorting: Sorting) {
    this.#index = createRuleIndex(sorting.rules, sorting.onOverrun);
    this.#places = this.#index.flat.map(({ rule }) => renderLocation(rule.place));
    this.#catchAlls = this.#index.flat.map(({ rule }) => catchAllOf(rule, sorting));
  }

  /** `count`: how often the message came. `shown`: as it is counted now, where that is known. */
  sort(message: Excerpt, count: number, sink: MessageSink, shown?: string): void {
    const number = this.#index.find(message);
    if (number === NO_RULE) return sink.addOpen(message, null, count, shown);
    const catchAll = this.#catchAlls[number];
    if (!catchAll) return sink.addTaken(message, this.#places[number] as string, count);
    const { queue, masker } = catchAll;
    sink.addOpen(message, queue, count, shown ?? masker?.mask(message).message.text);
  }
}

function catchAllOf(rule: Rule, { automasks, mask }: Sorting): CatchAll | null {
  if (!isCatchAll(rule)) return null;
  const queue = rule.targets[0]?.queue ?? null;
  const kinds = queue === null ? undefined : automasks.get(queue);
  return { queue, masker: kinds ? new MessageMasker(kinds, mask, false) : null };
}

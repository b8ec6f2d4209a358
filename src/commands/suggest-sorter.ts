import { renderLocation } from '../base/place.js';
import type { Config } from '../config/config.js';
import type { Excerpt } from '../line/excerpt.js';
import { MessageMasker } from '../rule/automask/message-masker.js';
import { isCatchAll } from '../rule/is-catch-all.js';
import type { Rule } from '../rule/rule.js';
import { createRuleIndex, NO_RULE, type RuleIndex } from '../rule/rule-index.js';
import type { MessageSink } from '../rule/suggest/mine-rules.js';

/** What a config says of messages. */
type SortingConfig = Pick<Config, 'rules' | 'automasks' | 'mask'>;

/** Where a catch-all puts what it takes. */
interface CatchAll {
  readonly queue: string | null;
  /** null: the queue shows messages as they are. */
  readonly masker: MessageMasker | null;
}

/** Asks the rules of a config for each message, and hands it to a sink. */
export class RuleSorter {
  readonly #index: RuleIndex;
  readonly #places: readonly string[];
  /** By number of a rule: what a catch-all does; null for any other rule. */
  readonly #catchAlls: readonly (CatchAll | null)[];

  constructor(config: SortingConfig, onOverrun: (rule: Rule) => void) {
    this.#index = createRuleIndex(config.rules, onOverrun);
    this.#places = this.#index.flat.map(({ rule }) => renderLocation(rule.place));
    this.#catchAlls = this.#index.flat.map(({ rule }) => catchAllOf(rule, config));
  }

  /** `count`: how often the message came. `shown`: as it is counted now, where that is known. */
  sort(message: Excerpt, count: number, sink: MessageSink, shown?: string): void {
    const number = this.#index.find(message);
    if (number === NO_RULE) return sink.addOpen(message, null, count, shown);
    const catchAll = this.#catchAlls[number];
    if (!catchAll) return sink.addTaken(message, this.#places[number] as string, count);
    const { queue, masker } = catchAll;
    sink.addOpen(message, queue, count, shown ?? masker?.mask(message).message);
  }
}

function catchAllOf(rule: Rule, { automasks, mask }: SortingConfig): CatchAll | null {
  if (!isCatchAll(rule)) return null;
  const queue = rule.targets[0]?.queue ?? null;
  const kinds = automasks.find((one) => one.queue === queue)?.kinds;
  return { queue, masker: kinds ? new MessageMasker(kinds, mask.value, false) : null };
}

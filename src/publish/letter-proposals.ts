import { setImmediate } from 'node:timers/promises';
import { tidyHeap } from '../base/process/tidy-heap.js';
import { escapeControl } from '../base/text/escape.js';
import type { Config } from '../config/config.js';
import { suggestingQueues } from '../config/suggesting.js';
import type { Proposals } from '../letter/letter.js';
import { Excerpt } from '../line/excerpt.js';
import type { TallyRow } from '../queue/tally.js';
import { knowsBuiltIns } from '../rule/built-in-patterns.js';
import type { KindLimits } from '../rule/suggest/find-kinds.js';
import type { Measured } from '../rule/suggest/measure-effects.js';
import { type MessageSink, type MessageSource, mineRules } from '../rule/suggest/mine-rules.js';
import type { RuleSorter } from '../rule/suggest/rule-sorter.js';
import { describeEffect, writeRule } from '../rule/suggest/write-rule.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import { addRow, sorterOf } from './edition-messages.js';
import type { QueueSetAside, SetAside } from './set-aside.js';

/** So many rules are proposed for a queue. */
const MAX_PROPOSED = 3;

/** Kinds of fewer lines are worth no rule. */
const MIN_LINES = 3;

/** So many kinds of a queue are tried, the most frequent ones: the best rules are among them. */
const MAX_TRIED = 20;

/** Rows of a queue that are looked at: a second or two of work, in pieces. A letter says when there are more. */
const MAX_ROWS = 20_000;

/** Rows that are looked at in one go: each may stand for several lines. */
const PIECE = 100;

/** Longer messages (UTF-16 units) are passed over: nobody reads a rule for them, and each takes longer. */
const MAX_MESSAGE = 500;

/** Longer rules with their samples (UTF-16 units) are passed over. */
const MAX_RULE_TEXT = 2000;

/** What is held to find the kinds: it is sorted out in some 50 ms, while nothing is read. */
const LIMITS: KindLimits = { maxShapes: 300, maxKinds: 300, maxNumbers: 2 ** 17 };

export interface ProposalSources {
  readonly config: Config;
  readonly store: Editions;
  /** Rows of snoozed entries are passed over; left out: there are none. */
  readonly setAside?: SetAside;
  /** Aborts: the promise rejects. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The best rules for what a letter tells of queues with `set suggest on`; null: none. The work is done in pieces, so that
 * logs are read meanwhile, and depends on nothing but the rows.
 */
export async function letterProposals(edition: Edition, sources: ProposalSources): Promise<Proposals | null> {
  const { config } = sources;
  const queues = suggestingQueues(config);
  const rules: string[] = [];
  let isCut = false;
  for (const one of [edition, ...edition.sections]) {
    if (!queues.has(one.queue)) continue;
    const rows = new EditionRows(one, sources);
    const { measured } = await mineRules(rows, config.mask.value, {
      limits: LIMITS,
      most: MAX_TRIED,
      pause() {
        tidyHeap();
        return setImmediate();
      },
    });
    sources.signal?.throwIfAborted();
    const best = bestOf(measured, one.queue, config);
    isCut ||= rows.isCut && best.length > 0;
    rules.push(...best);
  }
  return rules.length === 0 ? null : { rules, lookedAt: isCut ? MAX_ROWS : null };
}

function bestOf(measured: readonly Measured[], queue: string, config: Config): string[] {
  const form = { queue, mask: config.mask.value, knowsNames: knowsBuiltIns(config.patterns) };
  return measured
    .filter(({ effect }) => effect.lines >= MIN_LINES)
    .map(({ proposal, effect }) => writeRule(describeEffect(effect, queue, 'counted'), proposal, form))
    .filter((text) => text.length <= MAX_RULE_TEXT)
    .slice(0, MAX_PROPOSED)
    .map((text) => text.trimEnd().split('\n').map(escapeControl).join('\n'));
}

/** To make one takes 30 ms with the rules that ship, so that of a config is kept as long as the config. */
const SORTERS = new WeakMap<Config, RuleSorter>();

function sorterFor(config: Config): RuleSorter {
  const sorter = SORTERS.get(config) ?? sorterOf(config, () => {});
  SORTERS.set(config, sorter);
  return sorter;
}

/** The rows of an edition as messages, in pieces. */
class EditionRows implements MessageSource {
  readonly #edition: Edition;
  readonly #sources: ProposalSources;
  readonly #hidesValues: boolean;
  readonly #setAside: QueueSetAside | undefined;
  #isCut = false;

  constructor(edition: Edition, sources: ProposalSources) {
    this.#edition = edition;
    this.#sources = sources;
    this.#setAside = sources.setAside?.of(edition.queue);
    this.#hidesValues = sources.config.valuesOff.some(({ queue }) => queue === edition.queue);
  }

  /** Whether there were more rows than are looked at, when they were read last. */
  get isCut(): boolean {
    return this.#isCut;
  }

  async read(sink: MessageSink): Promise<void> {
    const { config, store, signal } = this.#sources;
    const { id } = this.#edition;
    const context = { sorter: sorterFor(config), mask: config.mask.value, excerpt: new Excerpt() };
    let rows = store.slice(id, null, PIECE);
    let seen = 0;
    while (rows.length > 0 && seen < MAX_ROWS) {
      for (const row of rows)
        if (row.message.length <= MAX_MESSAGE && !this.#setAside?.holds(row))
          addRow(this.#hidesValues ? bare(row) : row, sink, context);
      seen += rows.length;
      tidyHeap();
      await setImmediate();
      signal?.throwIfAborted();
      rows = store.slice(id, rows.at(-1) ?? null, PIECE);
    }
    this.#isCut = rows.length > 0;
  }
}

/** A row without the values of its masks, which letters do not show. */
function bare({ detail: _, ...row }: TallyRow): TallyRow {
  return row;
}

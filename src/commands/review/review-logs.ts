import type { Config } from '../../config/config.js';
import type { Entry } from '../../line/entry.js';
import type { Excerpt } from '../../line/excerpt.js';
import { type FlatRule, flattenRules } from '../../rule/flat-rules.js';
import { programOf } from '../../rule/review/program-of.js';
import { MAX_RULE_PROGRAMS } from '../../rule/review/rule-hits.js';
import type { Rule } from '../../rule/rule.js';
import { createRuleIndex, NO_RULE, type RuleIndex } from '../../rule/rule-index.js';
import type { SeenProgram } from '../../store/ports/rule-histories.js';
import { findingsOf } from './findings-of.js';
import type { Finding, Review } from './reviewed-rule.js';
import { KeptLines, measureCosts } from './rule-cost.js';
import { Shadows, wouldTake } from './shadows.js';

/** Of the lines of each rule the first ones are kept, then each at twice the number of the one before: 22 in all. */
const KEPT_AT_FIRST = 8;
const MAX_LAST_KEPT = 131_072;

function isKept(count: number): boolean {
  return (count & (count - 1)) === 0 && count <= MAX_LAST_KEPT;
}

/** So often the idle rules are put together anew, without those that were found. */
const MAX_REBUILDS = 500;

/** So often an idle rule is tried alone, since another one before it may hide it. */
const MAX_TRIES = 1_000_000;

/** Entries of logs, which can be read twice. */
export interface Entries {
  read(onEntry: (entry: Excerpt, path: string) => void): Promise<void>;
}

/** So much of a line is shown (UTF-16 units). */
const MAX_SHOWN = 200;

/** Reviews the rules of a config by what they make of logs, which are read twice. `now`: ms, of a fine clock. */
export async function reviewLogs(
  config: Config,
  logs: Entries,
  now: () => number,
  onOverrun: (rule: Rule) => void,
): Promise<Review> {
  const flat = flattenRules(config.rules);
  const index = createRuleIndex(config.rules, onOverrun);
  const counting = new Counting(flat, index);
  await logs.read((entry, path) => counting.take(entry, path));
  const { find, notes } = findingsOf(flat);
  const idle = [...flat.keys()].filter(
    (number) => flat[number]?.kind === 'winner' && counting.counts[number] === 0,
  );
  const search = new ShadowSearch(config.rules, index, flat, idle);
  if (idle.length > 0 && counting.read > 0) await logs.read((entry, path) => search.take(entry, path));
  const costs = measureCosts(flat, counting.kept.lines, now);
  const rules = flat.flatMap((one, number) => {
    if (one.kind === 'group') return [];
    const lines = counting.counts[number] as number;
    const programs = counting.programs(number);
    const dead: Finding[] = lines === 0 && counting.read > 0 ? [{ kind: 'dead', since: null }] : [];
    const seen = [...search.shadows.findingOf(number, (by) => counting.linesOf(by)), ...dead];
    const findings = find(
      number,
      programs.map(({ program }) => program),
      seen,
    );
    const cost = costs.get(number) ?? null;
    return [{ flat: one, lines, since: null, last: null, cost, programs, findings }];
  });
  return { rules, read: counting.read, notes };
}

/** Counts what each rule takes. */
class Counting {
  readonly #flat: readonly FlatRule[];
  readonly #index: RuleIndex;
  readonly counts: Float64Array;
  readonly kept = new KeptLines();
  readonly #programs = new Map<number, Map<string, string>>();
  readonly #lines = new Map<number, Entry[]>();
  read = 0;

  constructor(flat: readonly FlatRule[], index: RuleIndex) {
    this.#flat = flat;
    this.#index = index;
    this.counts = new Float64Array(flat.length);
  }

  take(entry: Excerpt, path: string): void {
    entry.file = path;
    this.read += 1;
    const number = this.#index.find(entry);
    this.kept.offer(number, () => copyOf(entry));
    if (number === NO_RULE) return;
    const count = (this.counts[number] as number) + 1;
    this.counts[number] = count;
    if (count <= KEPT_AT_FIRST || isKept(count)) this.#keep(number, entry);
    this.#see(number, entry.text);
  }

  /** Some of the lines that a rule took. */
  linesOf(number: number): readonly Entry[] {
    return this.#lines.get(number) ?? [];
  }

  /** For rules of trash with a line of each. */
  programs(number: number): SeenProgram[] {
    const isTrash = this.#flat[number]?.rule.kind === 'trash';
    return [...(this.#programs.get(number) ?? [])].map(([program, line]) => ({
      ...{ program, since: 0, sample: isTrash ? line : null },
    }));
  }

  #keep(number: number, entry: Excerpt): void {
    const lines = this.#lines.get(number);
    if (lines) lines.push(copyOf(entry));
    else this.#lines.set(number, [copyOf(entry)]);
  }

  #see(number: number, text: string): void {
    const seen = this.#programs.get(number) ?? new Map<string, string>();
    if (seen.size === 0) this.#programs.set(number, seen);
    if (seen.size >= MAX_RULE_PROGRAMS) return;
    const program = programOf(text);
    if (!seen.has(program)) seen.set(program, text.slice(0, MAX_SHOWN));
  }
}

/**
 * Finds out which earlier rules take the lines of rules that took none: the idle rules are asked as if there were no
 * others. One that is no longer looked for is left out when it hides others.
 */
class ShadowSearch {
  readonly shadows: Shadows;
  readonly #rules: readonly Rule[];
  readonly #index: RuleIndex;
  readonly #flat: readonly FlatRule[];
  readonly #numbers: ReadonlyMap<Rule, number>;
  #idle: RuleIndex;
  #rebuilds = 0;
  #tries = 0;

  constructor(rules: readonly Rule[], index: RuleIndex, flat: readonly FlatRule[], idle: readonly number[]) {
    this.shadows = new Shadows(flat, idle);
    this.#rules = rules;
    this.#index = index;
    this.#flat = flat;
    this.#numbers = new Map(flat.map(({ rule }, number) => [rule, number]));
    this.#idle = this.#indexOfLeft();
  }

  take(entry: Excerpt, path: string): void {
    entry.file = path;
    const first = this.#firstOf(entry);
    if (first === NO_RULE) return;
    const by = this.#index.find(entry);
    if (by === NO_RULE || by >= first) return;
    const hidden = this.#tries < MAX_TRIES ? [...this.shadows.left].filter((number) => number > first) : [];
    this.#tries += hidden.length;
    this.shadows.note(first, by, entry.text);
    for (const number of hidden)
      if (wouldTake(this.#flat, number, entry)) this.shadows.note(number, by, entry.text);
  }

  /** The first rule that is looked for and would take an entry. */
  #firstOf(entry: Excerpt): number {
    for (; this.#rebuilds <= MAX_REBUILDS; this.#rebuilds++) {
      const rule = this.#idle.flat[this.#idle.find(entry)]?.rule;
      const number = (rule && this.#numbers.get(rule)) ?? NO_RULE;
      if (number === NO_RULE || this.shadows.left.has(number)) return number;
      this.#idle = this.#indexOfLeft();
    }
    return NO_RULE;
  }

  #indexOfLeft(): RuleIndex {
    const left = new Set([...this.shadows.left].map((number) => (this.#flat[number] as FlatRule).rule));
    return createRuleIndex(restrictedTo(this.#rules, left), () => {});
  }
}

/** The rules without those that are not in a set, and without groups that hold none then. */
function restrictedTo(rules: readonly Rule[], kept: ReadonlySet<Rule>): Rule[] {
  return rules.flatMap((rule): Rule[] => {
    if (rule.kind !== 'group') return kept.has(rule) ? [rule] : [];
    const inner = restrictedTo(rule.rules, kept);
    return inner.length > 0 ? [{ ...rule, rules: inner }] : [];
  });
}

function copyOf({ host, time, text, priority, file }: Excerpt): Entry {
  return { host, time, text, priority, file };
}

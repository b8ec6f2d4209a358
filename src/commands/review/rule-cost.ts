import type { Entry } from '../../line/entry.js';
import { ruleMatches } from '../../rule/find-rule.js';
import type { FlatRule } from '../../rule/flat-rules.js';
import { NO_RULE } from '../../rule/rule-index.js';

/** So many lines of logs are kept, from all of them evenly. */
const MAX_KEPT_LINES = 512;
/** A rule is tried on so many of them. */
const MAX_TRIED_LINES = 64;
/** It is tried again until that took so long (ms): the clock is not finer. */
const MIN_TIME = 0.5;
const MAX_ROUNDS = 200;
/** All rules together (ms): what is not measured by then has no cost. */
const MAX_TIME = 5000;

/** A line that the rules have sorted. */
interface KeptLine {
  readonly entry: Entry;
  /** The number of the rule that took it, or `NO_RULE`. */
  readonly winner: number;
}

/** Every n-th line of logs, so that some hundred are kept however many there are. */
export class KeptLines {
  #lines: KeptLine[] = [];
  #step = 1;
  #count = 0;

  /** `copy`: makes an entry that lasts. */
  offer(winner: number, copy: () => Entry): void {
    this.#count += 1;
    if (this.#count % this.#step !== 0) return;
    this.#lines.push({ winner, entry: copy() });
    if (this.#lines.length < MAX_KEPT_LINES) return;
    this.#lines = this.#lines.filter((_, at) => at % 2 === 1);
    this.#step *= 2;
  }

  get lines(): readonly KeptLine[] {
    return this.#lines;
  }
}

/**
 * What it takes to try each rule on a line (ns), of the lines that come to it: those that no earlier rule took, and that
 * the groups around it let through. Its regex is tried alone; the daemon is faster where it need not try it.
 */
export function measureCosts(
  flat: readonly FlatRule[],
  lines: readonly KeptLine[],
  now: () => number,
): Map<number, number> {
  const costs = new Map<number, number>();
  const end = now() + MAX_TIME;
  for (const [number, { kind }] of flat.entries()) {
    if (kind === 'group') continue;
    if (now() > end) break;
    const tried = lines.filter((line) => isTried(flat, number, line)).slice(0, MAX_TRIED_LINES);
    if (tried.length > 0) costs.set(number, costOf(flat[number] as FlatRule, tried, now));
  }
  return costs;
}

function isTried(flat: readonly FlatRule[], number: number, { winner, entry }: KeptLine): boolean {
  if (winner !== NO_RULE && winner < number) return false;
  for (let at = flat[number]?.parent ?? NO_RULE; at !== NO_RULE; at = flat[at]?.parent ?? NO_RULE)
    if (!ruleMatches((flat[at] as FlatRule).rule, entry, () => {})) return false;
  return true;
}

function costOf({ rule }: FlatRule, lines: readonly KeptLine[], now: () => number): number {
  const tryAll = (): void => {
    for (const { entry } of lines) ruleMatches(rule, entry, () => {});
  };
  tryAll(); // makes the matcher
  const began = now();
  let rounds = 0;
  let took = 0;
  while (took < MIN_TIME && rounds < MAX_ROUNDS) {
    tryAll();
    rounds += 1;
    took = now() - began;
  }
  return Math.round((took * 1e6) / (rounds * lines.length));
}

import type { Entry } from '../line/entry.js';
import type { Excerpt } from '../line/excerpt.js';
import { anchorOf, beginning } from '../perl/analyse.js';
import type { Node } from '../perl/ast.js';
import { PatternOverrun } from '../perl/backtrack.js';
import {
  AUTOMATON_LIMITS,
  type Automaton,
  type AutomatonLimits,
  createAutomaton,
  type Outcome,
  UNDECIDED,
} from './automaton.js';
import { type FlatRule, flattenRules, NO_PARENT } from './flat-rules.js';
import { createLiteralSearch, type LiteralSearch } from './literal-search.js';
import { requiredLiterals } from './required-literals.js';
import type { Rule } from './rule.js';

/** Finds the rule that wins an entry, as `findRule` does, without trying each. */
export interface RuleIndex {
  /** The rules and groups in order; what is found is one of them. */
  readonly flat: readonly FlatRule[];
  /** The number of the rule that wins, or `NO_RULE`. The text may hold no newline. */
  find(excerpt: Excerpt): number;
}

export const NO_RULE = -1;

/**
 * Three ways lead to a rule. `walked`: anchored regexes that begin with certain characters, all walked at once by one
 * automaton. `searched`: those that require a literal somewhere, found by one pass over the text. `always`: the rest,
 * and `group_host`; they must be asked each time.
 */
type Way = 'walked' | 'searched' | 'always';

/** A regex that may begin with more characters than so is not told apart by its beginning. */
const MOST_BEGINNINGS = 12;

/** Makes the index of a rule set. Regexes are only tried where it cannot tell; `onOverrun` as in `findRule`. */
export function createRuleIndex(
  rules: readonly Rule[],
  onOverrun: (rule: Rule) => void,
  limits: AutomatonLimits = AUTOMATON_LIMITS,
): RuleIndex {
  return new Index(flattenRules(rules), onOverrun, limits);
}

class Index implements RuleIndex {
  readonly flat: readonly FlatRule[];
  readonly #ways: readonly Way[];
  readonly #onOverrun: (rule: Rule) => void;
  readonly #automaton: Automaton | null;
  readonly #search: LiteralSearch | null;
  /** Rules (no groups) that must always be asked, in order. */
  readonly #always: readonly number[];
  /** The first rule that the automaton knows nothing of. */
  readonly #firstUnwalked: number;
  readonly #firstSearched: number;
  /** By number: the entry for which a literal was last hit, a group last asked, and what it said. */
  readonly #hit: Int32Array;
  readonly #asked: Int32Array;
  readonly #holds: Uint8Array;
  #entries = 0;

  constructor(flat: readonly FlatRule[], onOverrun: (rule: Rule) => void, limits: AutomatonLimits) {
    this.#onOverrun = onOverrun;
    this.flat = flat;
    const literals = new Map<number, readonly string[]>();
    this.#ways = this.flat.map((flat, number) => wayTo(flat, number, literals));
    const all = [...this.flat.keys()];
    const walked = all.filter((number) => this.#ways[number] === 'walked');
    this.#automaton = walked.length > 0 ? createAutomaton(this.flat, walked, limits) : null;
    this.#search =
      literals.size > 0
        ? createLiteralSearch([...literals].map(([number, texts]) => ({ number, literals: texts })))
        : null;
    const isWinner = (number: number): boolean => this.flat[number]?.kind === 'winner';
    this.#always = all.filter((number) => this.#ways[number] === 'always' && isWinner(number));
    // What stands in a group that is searched for must wait for the search, too; and the group comes first.
    this.#firstSearched = all.find((number) => this.#ways[number] === 'searched') ?? UNDECIDED;
    this.#firstUnwalked = Math.min(this.#firstSearched, this.#always[0] ?? UNDECIDED);
    this.#hit = new Int32Array(this.flat.length);
    this.#asked = new Int32Array(this.flat.length);
    this.#holds = new Uint8Array(this.flat.length);
  }

  find(excerpt: Excerpt): number {
    const outcome = this.#automaton?.read(excerpt) ?? NOTHING;
    const { decisive, winners } = outcome;
    if (winners[0] === decisive && decisive < this.#firstUnwalked) return decisive;
    if (winners.length === 0 && this.#firstUnwalked === UNDECIDED) return NO_RULE;
    this.#entries = (this.#entries + 1) | 0;
    for (const number of this.#candidates(excerpt, outcome))
      if (this.#wins(number, excerpt, outcome)) return number;
    return NO_RULE;
  }

  /** The rules that may match, in order. */
  #candidates(excerpt: Excerpt, { winners, decisive }: Outcome): readonly number[] {
    if (decisive < this.#firstUnwalked) return winners;
    const candidates = [...winners];
    for (const number of this.#always) if (number < decisive) candidates.push(number);
    if (decisive > this.#firstSearched)
      for (const number of this.#hits(excerpt)) if (number < decisive) candidates.push(number);
    return candidates.length === winners.length ? winners : candidates.sort((a, b) => a - b);
  }

  /** The rules whose literals are in the text; groups are noted for `#mayMatch`. */
  #hits(excerpt: Excerpt): readonly number[] {
    const hits = this.#search?.search(excerpt) ?? [];
    for (const number of hits) this.#hit[number] = this.#entries;
    return hits.filter((number) => this.flat[number]?.kind === 'winner');
  }

  #wins(number: number, entry: Entry, outcome: Outcome): boolean {
    const flat = this.flat[number];
    if (!flat || !this.#groupHolds(flat.parent, entry, outcome)) return false;
    return outcome.sure.has(number) || this.#asks(flat.rule, entry.text);
  }

  /** Whether a group, and those around it, hold for the entry. Each is asked once. */
  #groupHolds(number: number, entry: Entry, outcome: Outcome): boolean {
    if (number === NO_PARENT) return true;
    if (this.#asked[number] !== this.#entries) {
      this.#asked[number] = this.#entries;
      this.#holds[number] = this.#askGroup(number, entry, outcome) ? 1 : 0;
    }
    return this.#holds[number] === 1;
  }

  #askGroup(number: number, entry: Entry, outcome: Outcome): boolean {
    const flat = this.flat[number];
    if (flat?.kind !== 'group' || !this.#groupHolds(flat.parent, entry, outcome)) return false;
    if (flat.rule.on === 'host') return this.#asks(flat.rule, entry.host);
    if (this.#ways[number] === 'walked' && outcome.sure.has(number)) return true;
    return this.#mayMatch(number, outcome) && this.#asks(flat.rule, entry.text);
  }

  #mayMatch(group: number, outcome: Outcome): boolean {
    switch (this.#ways[group]) {
      case 'walked':
        return outcome.maybe.has(group);
      case 'searched':
        return this.#hit[group] === this.#entries;
      default:
        return true;
    }
  }

  #asks(rule: Rule, subject: string): boolean {
    try {
      return rule.pattern.test(subject);
    } catch (error) {
      if (!(error instanceof PatternOverrun)) throw error;
      this.#onOverrun(rule);
      return false;
    }
  }
}

const NOTHING: Outcome = { winners: [], decisive: UNDECIDED, sure: new Set(), maybe: new Set() };

/** Notes the literals of a rule that is to be searched for. */
function wayTo({ kind, rule }: FlatRule, number: number, literals: Map<number, readonly string[]>): Way {
  if (kind === 'group' && rule.on === 'host') return 'always';
  const { root } = rule.pattern.regex;
  if (isTold(root)) return 'walked';
  const required = requiredLiterals(root);
  if (!required) return 'always';
  literals.set(number, required);
  return 'searched';
}

/** Whether a regex matches at the start of a text only, and the first character tells most texts apart. */
function isTold(root: Node): boolean {
  if (anchorOf(root) !== 'text') return false;
  const { set, empty } = beginning(root);
  return !empty && set.reduce((sum, [first, last]) => sum + last - first + 1, 0) <= MOST_BEGINNINGS;
}

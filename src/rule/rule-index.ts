import type { Excerpt } from '../line/excerpt.js';
import { anchorOf, beginning } from '../perl-regex/analyse/beginning.js';
import { MatchLimitError } from '../perl-regex/match-limit.js';
import type { Node } from '../perl-regex/parse/ast.js';
import { contains } from '../perl-regex/parse/char-set.js';
import { type AhoCorasick, createAhoCorasick } from '../perl-regex/set/aho-corasick.js';
import {
  createLazyDfa,
  DFA_LIMITS,
  type DfaLimits,
  type LazyDfa,
  type Outcome,
  UNDECIDED,
} from '../perl-regex/set/lazy-dfa.js';
import { floatingLiterals, requiredLiterals } from '../perl-regex/set/required-literals.js';
import { type FlatRule, flattenRules, NO_PARENT } from './flat-rules.js';
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
 * Three ways lead to a rule. `walked`: anchored regexes, all walked at once by one automaton. `searched`: those that
 * require a literal somewhere, found by one pass over the text; when there are few, the automaton finds them on its
 * way. `always`: the rest, and `group_host`; they must be asked each time.
 */
type Way = 'walked' | 'searched' | 'always';

/** Each literal that floats in the automaton may multiply its states. */
const MOST_FLOATING = 12;

/** Makes the index of a rule set. Regexes are only tried where it cannot tell; `onOverrun` as in `findRule`. */
export function createRuleIndex(
  rules: readonly Rule[],
  onOverrun: (rule: Rule) => void,
  limits: DfaLimits = DFA_LIMITS,
): RuleIndex {
  return new Index(flattenRules(rules), onOverrun, limits);
}

class Index implements RuleIndex {
  readonly flat: readonly FlatRule[];
  readonly #ways: readonly Way[];
  readonly #onOverrun: (rule: Rule) => void;
  readonly #automaton: LazyDfa | null;
  #search: AhoCorasick | null = null;
  /** Rules (no groups) that must always be asked, in order. */
  readonly #always: readonly number[];
  readonly #firstAlways: number;
  readonly #firstSearched: number;
  readonly #literals: ReadonlyMap<number, readonly string[]>;
  /** Whether the automaton looks for literals, if it can. */
  readonly #floats: boolean;
  /** By number: the entry for which a literal was last hit, a group last asked, and what it said. */
  readonly #hit: Int32Array;
  readonly #asked: Int32Array;
  readonly #holds: Uint8Array;
  #entries = 0;
  /** By number: texts up to this length have been found to be answered by the regex alone, in any case. */
  readonly #answers: Float64Array;

  constructor(flat: readonly FlatRule[], onOverrun: (rule: Rule) => void, limits: DfaLimits) {
    this.#onOverrun = onOverrun;
    this.flat = flat;
    const literals = new Map<number, readonly string[]>();
    this.#ways = this.flat.map((rule, number) => wayTo(rule, number, literals));
    const all = [...this.flat.keys()];
    this.#literals = literals;
    this.#automaton = automatonOf(
      flat,
      all.filter((number) => this.#ways[number] === 'walked'),
      literals,
      limits,
    );
    const isWinner = (number: number): boolean => this.flat[number]?.kind === 'winner';
    this.#always = all.filter((number) => this.#ways[number] === 'always' && isWinner(number));
    // What stands in a group that is searched for must wait for the search, too; and the group comes first.
    this.#firstSearched = all.find((number) => this.#ways[number] === 'searched') ?? UNDECIDED;
    this.#firstAlways = this.#always[0] ?? UNDECIDED;
    this.#floats = literals.size > 0 && literals.size <= MOST_FLOATING;
    this.#hit = new Int32Array(this.flat.length);
    this.#asked = new Int32Array(this.flat.length);
    this.#holds = new Uint8Array(this.flat.length);
    this.#answers = new Float64Array(this.flat.length);
  }

  find(excerpt: Excerpt): number {
    const outcome = this.#automaton ? (this.#automaton.read(excerpt) ?? this.#anything()) : NOTHING;
    const { decisive, winners } = outcome;
    const firstUnwalked = this.#firstUnwalked();
    if (winners[0] === decisive && decisive < firstUnwalked && this.#isTrusted(decisive, excerpt))
      return decisive;
    if (winners.length === 0 && firstUnwalked === UNDECIDED) return NO_RULE;
    this.#entries = (this.#entries + 1) | 0;
    for (const number of this.#candidates(excerpt, outcome))
      if (this.#wins(number, excerpt, outcome)) return number;
    return decisive === UNDECIDED ? NO_RULE : this.#findBehind(decisive, excerpt);
  }

  /** What wins when a rule that the automaton was sure of has been given up: it knows nothing of those behind. */
  #findBehind(given: number, excerpt: Excerpt): number {
    const outcome = this.#anything();
    for (const number of this.#candidates(excerpt, outcome))
      if (number > given && this.#wins(number, excerpt, outcome)) return number;
    return NO_RULE;
  }

  /**
   * Whether the word of the automaton, that a rule or group matches for sure, is that of its regex. On a text on which
   * the regex alone might be given up, the regex is asked: what a rule says must not depend on the rules beside it.
   */
  #isTrusted(number: number, { from, gap, resume, to }: Excerpt): boolean {
    const length = gap - from + to - resume;
    if (length <= (this.#answers[number] as number)) return true;
    for (let at = number; at !== NO_PARENT; at = this.flat[at]?.parent ?? NO_PARENT) {
      const rule = this.flat[at]?.rule;
      if (rule && !(rule.kind === 'group' && rule.on === 'host') && !rule.pattern.answersAll(length))
        return false;
    }
    this.#answers[number] = length;
    return true;
  }

  /** The outcome that says nothing: each rule is tried. */
  #anything(): Outcome {
    const all = [...this.flat.keys()];
    const isGroup = (number: number): boolean => this.flat[number]?.kind === 'group';
    const winners = all.filter((number) => !isGroup(number));
    return { winners, decisive: UNDECIDED, sure: new Set(), maybe: new Set(all.filter(isGroup)) };
  }

  /** The first rule that the automaton knows nothing of. */
  #firstUnwalked(): number {
    return this.#isFloating() ? this.#firstAlways : Math.min(this.#firstSearched, this.#firstAlways);
  }

  #isFloating(): boolean {
    return this.#floats && this.#automaton?.floats === true;
  }

  /** The rules that may match, in order. */
  #candidates(excerpt: Excerpt, { winners, decisive }: Outcome): readonly number[] {
    if (decisive < this.#firstUnwalked()) return winners;
    const candidates = [...winners]; // with #anything, some come twice; that costs only time
    for (const number of this.#always) if (number < decisive) candidates.push(number);
    if (decisive > this.#firstSearched && !this.#isFloating())
      for (const number of this.#hits(excerpt)) if (number < decisive) candidates.push(number);
    return candidates.length === winners.length ? winners : candidates.sort((a, b) => a - b);
  }

  /** The rules whose literals are in the text; groups are noted for `#mayMatch`. */
  #hits(excerpt: Excerpt): readonly number[] {
    this.#search ??= createAhoCorasick(
      [...this.#literals].map(([number, literals]) => ({ number, literals })),
    );
    const hits = this.#search.search(excerpt);
    for (const number of hits) this.#hit[number] = this.#entries;
    return hits.filter((number) => this.flat[number]?.kind === 'winner');
  }

  #wins(number: number, excerpt: Excerpt, outcome: Outcome): boolean {
    const flat = this.flat[number];
    if (!flat || !this.#groupHolds(flat.parent, excerpt, outcome)) return false;
    return this.#isSure(number, excerpt, outcome) || this.#asks(flat.rule, excerpt.text);
  }

  #isSure(number: number, excerpt: Excerpt, { sure }: Outcome): boolean {
    return sure.has(number) && this.#isTrusted(number, excerpt);
  }

  /** Whether a group, and those around it, hold for the entry. Each is asked once. */
  #groupHolds(number: number, excerpt: Excerpt, outcome: Outcome): boolean {
    if (number === NO_PARENT) return true;
    if (this.#asked[number] !== this.#entries) {
      this.#asked[number] = this.#entries;
      this.#holds[number] = this.#askGroup(number, excerpt, outcome) ? 1 : 0;
    }
    return this.#holds[number] === 1;
  }

  #askGroup(number: number, excerpt: Excerpt, outcome: Outcome): boolean {
    const flat = this.flat[number];
    if (flat?.kind !== 'group' || !this.#groupHolds(flat.parent, excerpt, outcome)) return false;
    if (flat.rule.on === 'host') return this.#asks(flat.rule, excerpt.host);
    if (this.#ways[number] === 'walked' && this.#isSure(number, excerpt, outcome)) return true;
    return this.#mayMatch(number, outcome) && this.#asks(flat.rule, excerpt.text);
  }

  #mayMatch(group: number, outcome: Outcome): boolean {
    switch (this.#ways[group]) {
      case 'walked':
        return outcome.maybe.has(group);
      case 'searched':
        return this.#isFloating() ? outcome.maybe.has(group) : this.#hit[group] === this.#entries;
      default:
        return true;
    }
  }

  #asks(rule: Rule, subject: string): boolean {
    try {
      return rule.pattern.test(subject);
    } catch (error) {
      if (!(error instanceof MatchLimitError)) throw error;
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

function automatonOf(
  flat: readonly FlatRule[],
  walked: readonly number[],
  literals: ReadonlyMap<number, readonly string[]>,
  limits: DfaLimits,
): LazyDfa | null {
  const anchored = walked.flatMap((number) => {
    const root = flat[number]?.rule.pattern.regex.root;
    return root ? [{ number, root }] : [];
  });
  const floating =
    literals.size <= MOST_FLOATING
      ? [...literals].map(([number, texts]) => ({ number, root: floatingLiterals(texts) }))
      : [];
  if (anchored.length + floating.length === 0) return null;
  return createLazyDfa(flat, { anchored, floating }, limits);
}

/**
 * Whether a regex matches at the start of a text only, and not after just anything, as `^.*` does: what may begin
 * with a blank as with any letter would be underway in each text to its end, beside all other rules.
 */
function isTold(root: Node): boolean {
  if (anchorOf(root) !== 'text') return false;
  const { set, empty } = beginning(root);
  return !empty && (!contains(set, BLANK) || !contains(set, LETTER));
}

const BLANK = 0x20;
const LETTER = 0x61;

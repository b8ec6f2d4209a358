import { flatten } from '../../base/text/flatten.js';
import type { Entry } from '../../line/entry.js';
import { flattenRules } from '../flat-rules.js';
import type { Rule } from '../rule.js';
import { programOf } from './program-of.js';
import { ruleKey } from './rule-key.js';

/** What the rules took since the last commit. */
export interface RuleHitChanges {
  readonly hits: readonly RuleHit[];
  /** Programs of lines that rules took, each told once for each rule. */
  readonly seen: readonly SeenLine[];
  /** All rules of the config; null: they have been told. */
  readonly present: readonly string[] | null;
}

export interface RuleHit {
  /** The key of the rule. */
  readonly rule: string;
  readonly count: number;
  /** A rule of trash: what it takes is counted by days, too. */
  readonly isTrash: boolean;
}

export interface SeenLine {
  readonly rule: string;
  readonly program: string;
  /** The beginning of the line; null: the rule is none of trash. */
  readonly sample: string | null;
}

/** The rules of which is remembered what they take: the first ones of a config. A row of the state for each, some 40 bytes. */
export const MAX_KEPT_RULES = 20_000;
/** Different programs that are told of a rule: more say only that it is wide. */
export const MAX_RULE_PROGRAMS = 50;
/** So much of a line is kept as a sample (UTF-16 units). */
const MAX_SAMPLE = 200;
/** Of many lines one in so many is looked at; of the first ones each at twice the number of the one before. */
const MAX_GAP = 256;
/** No line is looked at any more. */
const NEVER = 0;

/**
 * Counts the lines that each rule took, by the number of the rule in `flattenRules`. It is asked for each line, and costs
 * an addition; now and then it looks at a line.
 */
export class RuleHits {
  readonly #flat: ReturnType<typeof flattenRules>;
  /** By number of the rule: its lines since the last commit, and at which one it looks again. */
  readonly #counts: Uint32Array;
  readonly #next: Uint32Array;
  /** Numbers of rules with hits. */
  #hit: number[] = [];
  readonly #keys = new Map<number, string>();
  /** By number of a rule: the programs that were told. */
  readonly #programs = new Map<number, Set<string>>();
  #seen: SeenLine[] = [];
  #isPresentTold = false;

  constructor(rules: readonly Rule[]) {
    this.#flat = flattenRules(rules);
    this.#counts = new Uint32Array(this.#flat.length);
    this.#next = new Uint32Array(this.#flat.length).fill(1);
  }

  /** The rule of this number has taken an entry. */
  add(number: number, entry: Entry): void {
    const count = (this.#counts[number] as number) + 1;
    this.#counts[number] = count;
    if (count === this.#next[number]) this.#look(number, count, entry);
  }

  changes(): RuleHitChanges {
    const hits = this.#hit.map((number) => ({
      rule: this.#keyOf(number),
      count: this.#counts[number] as number,
      isTrash: this.#isTrash(number),
    }));
    return { hits, seen: this.#seen, present: this.#isPresentTold ? null : this.#present() };
  }

  onCommitted(): void {
    for (const number of this.#hit) {
      this.#counts[number] = 0;
      this.#next[number] = 1;
    }
    this.#hit = [];
    this.#seen = [];
    this.#isPresentTold = true;
  }

  #look(number: number, count: number, entry: Entry): void {
    if (number >= MAX_KEPT_RULES) {
      this.#next[number] = NEVER;
      return;
    }
    if (count === 1) this.#hit.push(number);
    const programs = this.#programs.get(number) ?? new Set();
    this.#next[number] = programs.size < MAX_RULE_PROGRAMS ? count + Math.min(count, MAX_GAP) : NEVER;
    this.#programs.set(number, programs);
    const { text } = entry;
    const program = programOf(text);
    if (programs.has(program) || programs.size >= MAX_RULE_PROGRAMS) return;
    programs.add(flatten(program));
    const sample = this.#isTrash(number) ? flatten(text.slice(0, MAX_SAMPLE)) : null;
    this.#seen.push({ rule: this.#keyOf(number), program: flatten(program), sample });
  }

  #present(): string[] {
    const winners = this.#flat
      .slice(0, MAX_KEPT_RULES)
      .flatMap(({ kind }, at) => (kind === 'winner' ? [at] : []));
    return winners.map((number) => this.#keyOf(number));
  }

  #isTrash(number: number): boolean {
    return this.#flat[number]?.rule.kind === 'trash';
  }

  #keyOf(number: number): string {
    const known = this.#keys.get(number);
    if (known !== undefined) return known;
    const key = ruleKey(this.#flat, number);
    this.#keys.set(number, key);
    return key;
  }
}

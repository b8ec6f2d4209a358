import type { FlatRule } from '../../rule/flat-rules.js';
import { type Covered, coveredRules } from '../../rule/review/covered-rules.js';
import { foreignPrograms, MAX_FOREIGN_PROGRAMS } from '../../rule/review/foreign-programs.js';
import type { Finding } from './reviewed-rule.js';

/** What is odd about rules: by their regexes, by the programs whose lines they took, and by what else is known. */
export interface Findings {
  /** `seen`: by lines; what the regexes say goes before it. */
  find(number: number, programs: Iterable<string>, seen: readonly Finding[]): Finding[];
  readonly notes: readonly string[];
}

export function findingsOf(flat: readonly FlatRule[]): Findings {
  const { covered, isCut } = coveredRules(flat);
  const byNumber = new Map(covered.map((one) => [one.number, one]));
  return {
    find(number, programs, seen) {
      const sure = coverOf(flat, number, byNumber);
      const foreign = foreignPrograms(flat, number, programs);
      return [
        ...(sure ? [sure] : []),
        ...(foreign.length > MAX_FOREIGN_PROGRAMS ? [{ kind: 'wide' as const, programs: foreign }] : []),
        ...seen.filter(({ kind }) => !sure || kind !== 'shadowed'),
      ];
    },
    notes: isCut ? ['there are too many rules to compare all of them with each other'] : [],
  };
}

/** The earlier rule is one that is not covered itself. */
function coverOf(
  flat: readonly FlatRule[],
  number: number,
  covered: ReadonlyMap<number, Covered>,
): Finding | null {
  const own = covered.get(number);
  if (!own) return null;
  let { by } = own;
  for (let next = covered.get(by); next; next = covered.get(by)) by = next.by;
  const rule = flat[by] as FlatRule;
  return own.isSame && by === own.by
    ? { kind: 'duplicate', of: rule }
    : { kind: 'shadowed', by: rule, line: null };
}

import { type Pieces, patternPieces, takesAllOf } from '../../perl-regex/perl-regex.js';
import type { FlatRule } from '../flat-rules.js';
import type { Subject } from '../rule.js';

/** So many rules and groups are compared with each other, the first ones: 8 million pairs, in a second or two. */
export const MAX_COMPARED_RULES = 4000;

/** A rule that takes nothing, since an earlier one takes all that it would take. */
export interface Covered {
  /** Its number in the flat list, and that of the earlier one. */
  readonly number: number;
  readonly by: number;
  /** Whether both take the same, and in the same groups. */
  readonly isSame: boolean;
}

export interface CoveredRules {
  readonly covered: readonly Covered[];
  /** Rules behind `MAX_COMPARED_RULES` were compared with nothing. */
  readonly isCut: boolean;
}

/** What a rule asks of an entry: its regex on the text, and each group around it, the innermost first. */
interface Asked {
  readonly on: Subject;
  readonly source: string;
  readonly pieces: Pieces;
}

/**
 * The rules that can never take an entry, as far as that is plain to see from the regexes alone: an earlier rule asks for a
 * part of what they ask for.
 */
export function coveredRules(flat: readonly FlatRule[]): CoveredRules {
  const compared = flat.slice(0, MAX_COMPARED_RULES);
  const asked = allAsked(compared);
  const winners = [...compared.keys()].filter((number) => compared[number]?.kind === 'winner');
  const covered = winners.flatMap((number, at): Covered[] => {
    const own = asked[number] as Asked[];
    const by = winners.slice(0, at).find((earlier) => coversAll(asked[earlier] as Asked[], own));
    return by === undefined ? [] : [{ number, by, isSame: coversAll(own, asked[by] as Asked[]) }];
  });
  return { covered, isCut: compared.length < flat.length };
}

/** What each rule asks for; the regex of a group is taken apart once. */
function allAsked(flat: readonly FlatRule[]): Asked[][] {
  const own = flat.map(
    ({ rule }): Asked => ({
      on: rule.kind === 'group' ? rule.on : 'text',
      source: rule.pattern.source,
      pieces: patternPieces(rule.pattern),
    }),
  );
  return flat.map((_, number) => {
    const asked: Asked[] = [];
    for (let at = number; flat[at]; at = (flat[at] as FlatRule).parent) asked.push(own[at] as Asked);
    return asked;
  });
}

/** Whether all that the earlier rule asks for is asked for by the later one. */
function coversAll(earlier: readonly Asked[], later: readonly Asked[]): boolean {
  return earlier.every((one) =>
    later.some(
      (other) => one.on === other.on && (one.source === other.source || takesAllOf(one.pieces, other.pieces)),
    ),
  );
}

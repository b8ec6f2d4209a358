/** The definition of a queue in words is a list of what it defines (`fleet/series.ts`). */
const BETWEEN = '; ';

/** What of two definitions of a queue differs, each in words. `there` is never empty: what it leaves out is seen in `here`. */
export interface DefinitionDifference {
  readonly there: string;
  readonly here: string;
}

/** Leaves out what two definitions have in common. */
export function differenceOf(there: string, here: string): DefinitionDifference {
  const only = without(there, here);
  return { there: only === '' ? there : only, here: without(here, there) };
}

/** The pieces of a definition that another one has not. */
function without(definition: string, other: string): string {
  const known = new Set(other.split(BETWEEN));
  return definition
    .split(BETWEEN)
    .filter((piece) => !known.has(piece))
    .join(BETWEEN);
}

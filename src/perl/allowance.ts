/** Instructions of our own matcher, and characters of runs by the eight, for one match: about 30 ms. */
const MOST_STEPS = 300_000;

/** What V8's matcher tries in about 20 ms: it needs less than two nanoseconds for each. */
export const MOST_TRIES = 12_000_000;

/** What a match may take however much was spent on its line before: most end long before that. */
const LEAST_STEPS = 1_000;

/** What is left for the line under way; null where each match stands alone. */
let left: { steps: number; tries: number } | null = null;

/**
 * All matches made within `work` share the bounds of one, so that a hundred bad rules hold a line no longer than one
 * does. Counted in steps, not in time: what is given up does not depend on the machine.
 */
export function onOneLine<T>(work: () => T): T {
  const outer = left;
  left = { steps: MOST_STEPS, tries: MOST_TRIES };
  try {
    return work();
  } finally {
    left = outer;
  }
}

/** Within `onOneLine`: what follows is of another line, with bounds of its own. */
export function nextLine(): void {
  if (!left) return;
  left.steps = MOST_STEPS;
  left.tries = MOST_TRIES;
}

/** How many steps the match that begins now may take. */
export function stepsAllowed(): number {
  return left ? Math.max(left.steps, LEAST_STEPS) : MOST_STEPS;
}

export function spendSteps(steps: number): void {
  if (left) left.steps -= steps;
}

/** Whether V8 may be let loose on what takes so many tries at worst. It cannot be stopped, so they are spent at once. */
export function spendTries(tries: number): boolean {
  if (!left) return tries <= MOST_TRIES;
  if (tries > left.tries) return false;
  left.tries -= tries;
  return true;
}

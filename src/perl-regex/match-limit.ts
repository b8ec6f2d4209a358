/** A match that exceeds its limit of time or memory. The line then counts as not matching. */
export class MatchLimitError extends Error {
  override readonly name = 'PatternOverrun';

  constructor(
    readonly source: string,
    readonly what: 'steps' | 'stack' | 'recursion',
  ) {
    super(`the regex ${source} was given up on this line: it took too many ${WHAT[what]}`);
  }
}

const WHAT = { steps: 'steps', stack: 'choices held open', recursion: 'recursions' } as const;

/** What a match says; where it exceeds its limit, what is said instead. */
export function withinLimit<T>(match: () => T, instead: () => T): T {
  try {
    return match();
  } catch (error) {
    if (error instanceof MatchLimitError) return instead();
    throw error;
  }
}

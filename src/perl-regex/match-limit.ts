/** A match that would take too long, or too much memory. The line counts as one that the regex does not match. */
export class MatchLimitError extends Error {
  override readonly name = 'MatchLimitError';

  constructor(
    readonly source: string,
    readonly what: 'steps' | 'stack' | 'recursion',
  ) {
    super(`the regex ${source} was given up on this line: it took too many ${WHAT[what]}`);
  }
}

const WHAT = { steps: 'steps', stack: 'choices held open', recursion: 'recursions' } as const;

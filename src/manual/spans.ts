/** A stretch of text of one kind: words to be written as they stand, words to be filled in, or plain words. */
export interface Span {
  readonly kind: 'literal' | 'variable' | 'plain';
  readonly text: string;
}

/** The words of a text: what stands between backticks is literal. */
export function spansOf(text: string): Span[] {
  return text
    .split('`')
    .map((part, at): Span => ({ kind: at % 2 === 1 ? 'literal' : 'plain', text: part }))
    .filter((span) => span.text !== '');
}

/** The words of a term: in capitals to be filled in, all others, and what stands between backticks, literal. */
export function termSpansOf(term: string): Span[] {
  return spansOf(term).flatMap((span) => (span.kind === 'literal' ? [span] : wordsOf(span.text)));
}

function wordsOf(text: string): Span[] {
  return text
    .split(/([A-Z]+)/)
    .map(
      (part, at): Span => ({
        kind: at % 2 === 1 ? 'variable' : /\w/.test(part) ? 'literal' : 'plain',
        text: part,
      }),
    )
    .filter((span) => span.text !== '');
}

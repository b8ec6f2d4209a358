/**
 * Text that explains something, as data: the manual's pages are made of it. It may hold `literal words` between
 * backticks. A block is a paragraph, or something else.
 */
export type Block =
  | string
  | { readonly kind: 'subheading'; readonly text: string }
  /** Lines as they stand: a config, commands, a log, a letter. */
  | { readonly kind: 'sample'; readonly of: 'config' | 'other'; readonly lines: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly Term[] };

/** What is explained, and how. Words in capitals outside of backticks stand for something to be filled in. */
export type Term = readonly [term: string, ...blocks: readonly Block[]];

export function subheading(text: string): Block {
  return { kind: 'subheading', text };
}

/** Lines of a config, which the tests give to the real reader. */
export function config(...lines: readonly string[]): Block {
  return { kind: 'sample', of: 'config', lines };
}

export function sample(...lines: readonly string[]): Block {
  return { kind: 'sample', of: 'other', lines };
}

export function terms(...rows: readonly Term[]): Block {
  return { kind: 'terms', terms: rows };
}

/** Whether the text that follows this block begins without a paragraph of its own. */
export function isSubheading(block: Block | undefined): boolean {
  return typeof block === 'object' && block.kind === 'subheading';
}

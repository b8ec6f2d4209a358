/** When the words of the manual were last gone over: man shows a date, and a build must not depend on the clock. */
export const REVISED = '2026-11-21';

/** A page of the manual as data. Text may hold `literal words` between backticks. */
export interface Page {
  readonly name: string;
  /** Of the manual: 5 is for files, 8 for the administrator's programs. */
  readonly section: 5 | 8;
  readonly title: string;
  /** What its kind of page is called, in the middle of its head. */
  readonly volume: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** A paragraph, or something else. */
export type Block =
  | string
  | { readonly kind: 'subheading'; readonly text: string }
  /** Lines as they stand: a config, commands, a log, a letter. */
  | { readonly kind: 'sample'; readonly of: 'config' | 'other'; readonly lines: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly Term[] };

/** What is explained, and how. Words in capitals outside of backticks stand for something to be filled in. */
export type Term = readonly [term: string, ...blocks: readonly Block[]];

/** A page's name with its section, as one manual page refers to another. */
export function referenceOf({ name, section }: Page): string {
  return `${name}(${section})`;
}

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

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

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'subheading'; readonly text: string }
  /** Lines as they stand: a config, commands, a log, a letter. */
  | { readonly kind: 'sample'; readonly of: 'config' | 'other'; readonly lines: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly Term[] };

/** What is explained, and how. In `term`, words in capitals outside of backticks stand for something to be filled in. */
export interface Term {
  readonly term: string;
  readonly blocks: readonly Block[];
}

/** A page's name with its section, as one manual page refers to another. */
export function referenceOf({ name, section }: Page): string {
  return `${name}(${section})`;
}

export function text(words: string): Block {
  return { kind: 'text', text: words };
}

export function subheading(words: string): Block {
  return { kind: 'subheading', text: words };
}

/** Lines of a config, which the tests give to the real reader. */
export function config(...lines: readonly string[]): Block {
  return { kind: 'sample', of: 'config', lines };
}

export function sample(...lines: readonly string[]): Block {
  return { kind: 'sample', of: 'other', lines };
}

/** Each with its explanation: one text, or several blocks. */
export function terms(...rows: readonly (readonly [term: string, ...blocks: (string | Block)[]])[]): Block {
  return {
    kind: 'terms',
    terms: rows.map(([term, ...blocks]) => ({
      term,
      blocks: blocks.map((block) => (typeof block === 'string' ? text(block) : block)),
    })),
  };
}

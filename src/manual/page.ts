import type { Block } from '../base/text/prose.js';

/** When the words of the manual were last gone over: man shows a date, and a build must not depend on the clock. */
export const REVISED = '2026-11-30';

/** A page of the manual as data. */
export interface Page {
  readonly name: string;
  /** Of the manual: 5 is for files, 7 for what is no single command or file, 8 for the administrator's programs. */
  readonly section: 5 | 7 | 8;
  readonly title: string;
  /** What its kind of page is called, in the middle of its head. */
  readonly volume: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

/** A page's name with its section, as one manual page refers to another. */
export function referenceOf({ name, section }: Page): string {
  return `${name}(${section})`;
}

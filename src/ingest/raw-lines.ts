import type { Entry } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';

/** The lines of entries as they were read, with their prefix. They are only looked for when somebody asks. */
export class RawLines {
  #entry: Entry | null = null;
  #line = '';

  /** Remembers the line of an entry that is no excerpt, until the next one. */
  keep(entry: Entry, line: string): Entry {
    this.#entry = entry;
    this.#line = line;
    return entry;
  }

  /** An entry that was made of another one has the line of that one, until the next one. */
  standIn(entry: Entry, read: Entry): Entry {
    return entry === read ? entry : this.keep(entry, this.of(read));
  }

  /** The line of the entry that is under way; the text of one that came without a line, as those of a journal do. */
  of(entry: Entry): string {
    if (entry === this.#entry) return this.#line;
    return entry instanceof Excerpt ? lineAround(entry) : entry.text;
  }
}

function lineAround({ whole: { text }, from, to }: Excerpt): string {
  const end = text.indexOf('\n', to);
  return text.slice(text.lastIndexOf('\n', from - 1) + 1, end < 0 ? text.length : end);
}

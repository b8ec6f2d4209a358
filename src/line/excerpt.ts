import { TextBlock } from '../base/text/text-block.js';
import type { TextView } from '../perl-regex/perl-regex.js';
import type { DialectName, Entry } from './entry.js';

/**
 * An entry as a view of the text that it was read from; what was cut out (the pid) is a gap. Nothing is copied before
 * `text` is read. One excerpt is reused for many lines, so keep its strings, not the excerpt.
 */
export class Excerpt implements Entry, TextView {
  host = '';
  time: number | null = null;
  priority: string | null = null;
  file: string | null = null;
  /** The dialect of its line. */
  dialect: DialectName = '';
  /** The text that it is a view of. */
  whole = new TextBlock();
  /** `whole` from `from` to `gap` and from `resume` to `to` is the entry's text; it contains no newline. */
  from = 0;
  gap = 0;
  resume = 0;
  to = 0;
  #text: string | null = null;

  /** Sets the range, without a gap. */
  set(whole: TextBlock, from: number, to: number): this {
    return this.setWithGap(whole, from, to, to, to);
  }

  setWithGap(whole: TextBlock, from: number, gap: number, resume: number, to: number): this {
    this.whole = whole;
    this.from = from;
    this.gap = gap;
    this.resume = resume;
    this.to = to;
    this.#text = null;
    return this;
  }

  get text(): string {
    this.#text ??= this.#cut();
    return this.#text;
  }

  #cut(): string {
    const { text } = this.whole;
    const before = text.slice(this.from, this.gap);
    return this.resume === this.to ? before : before + text.slice(this.resume, this.to);
  }
}

/** Makes an excerpt of a whole entry; an excerpt with a text of its own may be reused. */
export function excerptOf({ host, time, text, priority, file }: Entry, excerpt = new Excerpt()): Excerpt {
  excerpt.set(excerpt.whole.set(text), 0, text.length);
  excerpt.host = host;
  excerpt.time = time;
  excerpt.priority = priority ?? null;
  excerpt.file = file ?? null;
  return excerpt;
}

import { TextBlock } from '../base/text/text-block.js';
import type { TextView } from '../perl-regex/perl-regex.js';
import type { DialectName, Entry } from './entry.js';

/**
 * An entry that still lies in the text it was read from, with what was cut out of it (the pid) as a gap: nothing is
 * copied before somebody asks for `text`. One excerpt serves for many lines, so whoever keeps something of it keeps
 * its strings, not the excerpt.
 */
export class Excerpt implements Entry, TextView {
  host = '';
  time: number | null = null;
  /** Of the line that it lies in. */
  dialect: DialectName = '';
  /** What it lies in. */
  whole = new TextBlock();
  /** `whole` from `from` to `gap` and from `resume` to `to` is the entry's text; there is no newline in it. */
  from = 0;
  gap = 0;
  resume = 0;
  to = 0;
  #text: string | null = null;

  /** Lays it around a stretch without a gap. */
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

/** An excerpt that is a whole entry; one that lies in nothing else may serve again. */
export function excerptOf({ host, time, text }: Entry, excerpt = new Excerpt()): Excerpt {
  excerpt.set(excerpt.whole.set(text), 0, text.length);
  excerpt.host = host;
  excerpt.time = time;
  return excerpt;
}

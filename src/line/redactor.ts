import { type Match, type Pattern, withinLimit } from '../perl-regex/perl-regex.js';
import type { Entry } from './entry.js';

/** How many matches of one regex are masked in a text; behind the last of them all of it is. Texts must not grow. */
const MAX_REDACTED = 1000;

export interface RedactorOptions {
  readonly patterns: readonly Pattern[];
  readonly mask: string;
  /** A regex exceeded its match limit: the whole text is masked. */
  onOverrun?(pattern: Pattern): void;
}

/**
 * Masks what regexes match, before anybody else sees the text: each match, or where capture groups took part in it, what
 * these matched. Nothing of a text stays on which a regex ran too long.
 */
export class Redactor {
  readonly #options: RedactorOptions;

  constructor(options: RedactorOptions) {
    this.#options = options;
  }

  /** The same text where nothing matches. */
  text(text: string): string {
    return this.#options.patterns.reduce((left, pattern) => this.#redact(left, pattern), text);
  }

  /** The same entry where nothing matches. */
  entry(entry: Entry): Entry {
    const host = this.text(entry.host);
    const text = this.text(entry.text);
    if (host === entry.host && text === entry.text) return entry;
    const { time, priority, file } = entry;
    return { host, time, text, priority, file };
  }

  #redact(text: string, pattern: Pattern): string {
    const { mask, onOverrun } = this.#options;
    return withinLimit(
      () => masked(text, pattern.execAll(text, MAX_REDACTED), mask),
      () => {
        onOverrun?.(pattern);
        return mask;
      },
    );
  }
}

function masked(text: string, matches: readonly Match[], mask: string): string {
  if (matches.length === 0) return text;
  let redacted = '';
  let from = 0;
  for (const { start, end } of spansOf(matches, text.length)) {
    if (end <= from) continue;
    redacted += start >= from ? `${text.slice(from, start)}${mask}` : '';
    from = end;
  }
  return redacted + text.slice(from);
}

/** What is to be masked, from left to right; spans may overlap. */
function spansOf(matches: readonly Match[], length: number): { start: number; end: number }[] {
  const spans = matches.flatMap((match) => {
    const groups = match.groups.filter((group) => group !== null);
    return groups.length > 0 ? groups : [{ start: match.start, end: match.end }];
  });
  const last = matches.at(-1)?.end ?? 0;
  if (matches.length >= MAX_REDACTED) spans.push({ start: last, end: length });
  return spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);
}

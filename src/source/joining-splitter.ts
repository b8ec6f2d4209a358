import type { JoinLines } from '../base/text/joiner.js';
import { createLineSplitter, type LineSplitter, type Lines, NEWLINE, NO_LINES } from './split-lines.js';

/** A splitter that can hold whole lines, too, until it is known what belongs to them. */
export interface HoldingSplitter extends LineSplitter {
  /** How many bytes of whole lines are held: they are a part of `partialLength`. */
  readonly heldLength: number;
  /** The held lines as they are, since nothing more is expected of them. A partial line stays. */
  release(): Lines;
}

/** What happens to lines and entries that are too long: `onCut` gets the bytes of a line, `onEntryCut` how many entries. */
export interface SplitterEvents {
  onCut(bytes: number): void;
  onEntryCut(entries: number): void;
}

/** Whole lines that are held, and bytes of them. Joiners end entries long before; these hold for any joiner. */
export const MAX_HELD_LINES = 1000;
export const MAX_HELD_BYTES = 1024 * 1024;

/** Splits bytes at newlines; where there is a joiner, it joins the lines to entries, which then stand for lines. */
export function createSplitter(join: JoinLines | null, events: SplitterEvents): HoldingSplitter {
  const splitter = createLineSplitter(events.onCut);
  if (join) return new JoiningSplitter(splitter, join, events);
  // The splitter of nearly all logs: its `partialLength` is a getter, which a copy would freeze.
  return Object.assign(splitter, { heldLength: 0, release: () => NO_LINES });
}

class JoiningSplitter implements HoldingSplitter {
  readonly #splitter: LineSplitter;
  readonly #join: JoinLines;
  readonly #events: SplitterEvents;
  /** Whole lines that are not in an entry yet, and how many bytes each is long, with the empty lines behind it. */
  #lines: string[] = [];
  #lengths: number[] = [];

  constructor(splitter: LineSplitter, join: JoinLines, events: SplitterEvents) {
    this.#splitter = splitter;
    this.#join = join;
    this.#events = events;
  }

  get heldLength(): number {
    return this.#lengths.reduce((sum, length) => sum + length, 0);
  }

  get partialLength(): number {
    return this.heldLength + this.#splitter.partialLength;
  }

  partial(): Buffer {
    return this.#splitter.partial();
  }

  push(chunk: Buffer): Lines {
    const lengths = lineLengths(chunk, this.#splitter.partialLength);
    const { text } = this.#splitter.push(chunk);
    if (lengths.length === 0) return NO_LINES;
    for (const [at, line] of text.split('\n').entries()) this.#add(line, lengths[at] ?? 0);
    return this.#handOn(false);
  }

  release(): Lines {
    return this.#handOn(true);
  }

  end(): Lines {
    const length = this.#splitter.partialLength;
    this.#add(this.#splitter.end().text, length);
    return this.#handOn(true);
  }

  #add(line: string, length: number): void {
    if (line !== '') {
      this.#lines.push(line);
      this.#lengths.push(length);
      return;
    }
    const last = this.#lengths.pop();
    if (last !== undefined) this.#lengths.push(last + length);
  }

  #handOn(isEnd: boolean): Lines {
    if (this.#lines.length === 0) return NO_LINES;
    const entries = this.#joined(isEnd);
    if (!isEnd && (this.#lines.length > MAX_HELD_LINES || this.heldLength > MAX_HELD_BYTES)) {
      entries.push(...this.#joined(true));
      this.#events.onEntryCut(1);
    }
    return { text: entries.join('\n') };
  }

  #joined(isEnd: boolean): string[] {
    const { entries, held, cut = 0 } = this.#join(this.#lines, isEnd);
    const left = isEnd ? 0 : Math.min(held, this.#lines.length);
    this.#lines = this.#lines.slice(this.#lines.length - left);
    this.#lengths = this.#lengths.slice(this.#lengths.length - left);
    if (cut > 0) this.#events.onEntryCut(cut);
    return entries.filter((entry) => entry !== '').map((entry) => entry.replaceAll('\n', ' '));
  }
}

/** How many bytes each line is long that a chunk completes, newlines included; `begun`: bytes of the first that came before. */
function lineLengths(chunk: Buffer, begun: number): number[] {
  const lengths: number[] = [];
  let from = -begun;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
    lengths.push(at + 1 - from);
    from = at + 1;
  }
  return lengths;
}

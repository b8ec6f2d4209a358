import type { JoinLines } from '../base/text/joiner.js';
import { EntryJoiner } from './entry-joiner.js';
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

/** Splits bytes at newlines; where there is a joiner, it joins the lines to entries, which then stand for lines. */
export function createSplitter(join: JoinLines | null, events: SplitterEvents): HoldingSplitter {
  const splitter = createLineSplitter(events.onCut);
  if (join) return new JoiningSplitter(splitter, join, events);
  // The splitter of nearly all logs: its `partialLength` is a getter, which a copy would freeze.
  return Object.assign(splitter, { heldLength: 0, release: () => NO_LINES });
}

class JoiningSplitter implements HoldingSplitter {
  readonly #splitter: LineSplitter;
  readonly #joiner: EntryJoiner;

  constructor(splitter: LineSplitter, join: JoinLines, events: SplitterEvents) {
    this.#splitter = splitter;
    this.#joiner = new EntryJoiner(join, events.onEntryCut);
  }

  get heldLength(): number {
    return this.#joiner.heldLength;
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
    for (const [at, line] of text.split('\n').entries()) this.#joiner.add(line, lengths[at] ?? 0);
    return this.#take(false);
  }

  release(): Lines {
    return this.#take(true);
  }

  end(): Lines {
    const length = this.#splitter.partialLength;
    this.#joiner.add(this.#splitter.end().text, length);
    return this.#take(true);
  }

  #take(isEnd: boolean): Lines {
    return { text: this.#joiner.take(isEnd).join('\n') };
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

import type { Lines } from './split-lines.js';

/** UTF-16 units of a message that may be held until its last line has come. */
const MAX_HELD = 1024 * 1024;

/**
 * Holds back the last line of what came and the indented ones behind it: when a stream is cut into pieces, the further
 * lines of a message of journalctl must come in one piece with the first. What is longer than MAX_HELD is not held.
 */
export class Continuations {
  #held = '';

  /** The lines that are complete, with those behind them. */
  push({ text }: Lines): Lines {
    if (text === '') return { text };
    const all = this.#held === '' ? text : `${this.#held}\n${text}`;
    const start = startOfLast(all);
    if (all.length - start > MAX_HELD) {
      this.#held = '';
      return { text: all };
    }
    this.#held = all.slice(start);
    return { text: all.slice(0, Math.max(0, start - 1)) };
  }

  end(): Lines {
    const text = this.#held;
    this.#held = '';
    return { text };
  }
}

/** Where the last line begins that is not indented. */
function startOfLast(text: string): number {
  for (let at = text.length; at > 0; ) {
    const start = text.lastIndexOf('\n', at - 1) + 1;
    if (text[start] !== ' ') return start;
    at = start - 1;
  }
  return 0;
}

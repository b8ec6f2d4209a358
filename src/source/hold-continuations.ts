import type { Lines } from './split-lines.js';

/** UTF-16 units of a message that may be held back until its last line has come. */
const MAX_HELD = 1024 * 1024;

/**
 * Holds back the last line and the indented lines after it: when a stream is cut into pieces, all lines of a message of
 * journalctl must be in one piece. Messages longer than MAX_HELD are not held back.
 */
export class Continuations {
  #held = '';

  /** Returns the lines whose messages are complete. */
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

/** The offset of the last line that is not indented. */
function startOfLast(text: string): number {
  for (let at = text.length; at > 0; ) {
    const start = text.lastIndexOf('\n', at - 1) + 1;
    if (text[start] !== ' ') return start;
    at = start - 1;
  }
  return 0;
}

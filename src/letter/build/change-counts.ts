import { hashMessage } from '../../base/hash-message.js';
import type { News } from '../history/news.js';

/** A kind of news whose messages are counted. */
type Kind = Exclude<News['kind'], 'routine'>;

/** How many different messages of each kind are counted (10 MB at most); beyond, the count is "at least" this. */
const MAX_MESSAGES = 100_000;

/** A longer message (characters) is replaced by its hash. */
const MAX_KEY = 64;
const HASH_LENGTH = 22;

/** Counts the different messages of each kind of news, including those that the letter has no room for. */
export class ChangeCounts {
  readonly #messages: Readonly<Record<Kind, Set<string>>> = {
    new: new Set(),
    louder: new Set(),
    back: new Set(),
  };
  /** There are more of some kind. */
  atLeast = false;

  add(kind: Kind, message: string): void {
    const messages = this.#messages[kind];
    const key = message.length <= MAX_KEY ? message : hashMessage(message, HASH_LENGTH);
    if (messages.has(key)) return;
    if (messages.size < MAX_MESSAGES) messages.add(key);
    else this.atLeast = true;
  }

  count(kind: Kind): number {
    return this.#messages[kind].size;
  }
}

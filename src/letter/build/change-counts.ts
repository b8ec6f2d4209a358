import { hashMessage } from '../../base/hash-message.js';
import type { News } from '../history/news.js';

/** A kind of news of which messages are counted. */
type Kind = Exclude<News['kind'], 'routine'>;

/** So many different messages of each kind are told apart (10 MB at most); of more, it is "at least" so many. */
const MAX_MESSAGES = 100_000;

/** A longer message is known by its hash (characters). */
const MAX_KEY = 64;
const HASH_LENGTH = 22;

/** Counts the different messages of each kind of news, whether the letter has room for them or not. */
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

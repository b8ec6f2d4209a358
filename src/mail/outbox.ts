/** A sealed letter on its way, with the recipients that are due for a try. */
export interface OutboxLetter {
  readonly id: number;
  readonly queue: string;
  readonly messageId: string;
  readonly from: string;
  readonly mime: Buffer;
  readonly sealed: number;
  /** What a try put in front of it ('': nothing) of which nobody knows how it ended: a crash cut it off. */
  readonly trace: string | null;
  readonly recipients: readonly {
    readonly address: string;
    readonly attempts: number;
    /** What went wrong last; null: nothing yet. */
    readonly lastError: string | null;
    /** Since when (ms) the server says that a quota is used up; null: it does not. */
    readonly limitedSince: number | null;
  }[];
}

/** What is under way, and therefore not to be begun. */
export interface UnderWay {
  /** Ids. */
  readonly letters: readonly number[];
  /** Addresses, which get their letters one after the other. */
  readonly recipients: readonly string[];
}

/** Whose letters wait. */
export type Whose = { readonly recipient: string } | { readonly sender: string };

/** How a letter came to be late: by how many ms, and why. */
export interface Lateness {
  readonly delay: number;
  readonly reason: string;
}

export interface Sent {
  readonly at: number;
  /** The id under which the server works on it, when it named one. */
  readonly queueId: string | null;
  /** null: it was not late, or not so late that it were worth telling. */
  readonly late: Lateness | null;
}

/** What the courier needs of the place where sealed letters wait. Times in ms; every method is one transaction. */
export interface Outbox {
  /** The oldest letter with recipients that are due at `now`, and these; what is under way is passed over. */
  nextDue(now: number, passOver?: UnderWay): OutboxLetter | null;
  /**
   * Keeps the header ('': none) of the coming try, so that the same bytes go when a crash hides how it ended; null:
   * it is known how all tries ended.
   */
  keepDelayHeader(letter: number, header: string | null): void;
  recordSent(letter: number, address: string, sent: Sent): void;
  /** Returns how many letters that were refused long ago had to be let go. */
  recordRejected(letter: number, address: string, reason: string, at: number): number;
  recordRetry(letter: number, address: string, reason: string, nextTry: number, at: number): void;
  /** As `recordRetry`, of a quota that is used up: since when that is so is kept. */
  recordQuotaRetry(letter: number, address: string, reason: string, nextTry: number, at: number): void;
  /** All that is due at `now` and theirs waits until `until`: something else has to come first. */
  defer(whose: Whose, reason: string, until: number, now: number): void;
  /** All that waits is due. */
  hasten(): void;
  /** Nothing can leave: what waits and has no trouble of its own has this. */
  delayAll(reason: string): void;
}

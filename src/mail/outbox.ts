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
  }[];
}

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
  /** The oldest letter after the id `after` with a recipient due at `now`. */
  nextDue(now: number, after: number): OutboxLetter | null;
  /**
   * Keeps the header ('': none) of the coming try, so that the same bytes go when a crash hides how it ended; null:
   * it is known how all tries ended.
   */
  keepTrace(letter: number, header: string | null): void;
  settleSent(letter: number, address: string, sent: Sent): void;
  /** Returns how many letters that were refused long ago had to be let go. */
  settleRefused(letter: number, address: string, reason: string, at: number): number;
  settleRetry(letter: number, address: string, reason: string, nextTry: number, at: number): void;
  /** It was not tried: something else has to come first. */
  settleWait(letter: number, address: string, reason: string, nextTry: number): void;
  /** Nothing can leave: what waits and has no trouble of its own has this. */
  delayAll(reason: string): void;
}

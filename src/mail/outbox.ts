/** A sealed letter on its way, with the recipients that are due for a try. */
export interface OutboxLetter {
  readonly id: number;
  readonly queue: string;
  readonly messageId: string;
  readonly from: string;
  readonly mime: Buffer;
  readonly sealed: number;
  /** Delay header ('' for none) of a try whose outcome is unknown after a crash; null: all outcomes are known. */
  readonly trace: string | null;
  readonly recipients: readonly {
    readonly address: string;
    readonly attempts: number;
    /** The last error; null: none yet. */
    readonly lastError: string | null;
    /** Since when (ms) the server reports an exhausted quota; null: it does not. */
    readonly limitedSince: number | null;
  }[];
}

/** Tries that are under way, so that no other begins for them. */
export interface UnderWay {
  /** Ids. */
  readonly letters: readonly number[];
  /** Addresses, which get their letters one after the other. */
  readonly recipients: readonly string[];
}

/** Whose letters wait. */
export type Whose = { readonly recipient: string } | { readonly sender: string };

/** How late a letter is (ms), and why. */
export interface Lateness {
  readonly delay: number;
  readonly reason: string;
}

export interface Sent {
  readonly at: number;
  /** The queue id of the server, if it named one. */
  readonly queueId: string | null;
  /** null: it was not late, or not late enough to be mentioned. */
  readonly late: Lateness | null;
}

/** What the courier needs of the outbox. Times in ms; every method is one transaction. */
export interface Outbox {
  /**
   * The oldest letter with recipients that are due at `now`, with these; letters and recipients in `passOver` are
   * skipped.
   */
  nextDue(now: number, passOver?: UnderWay): OutboxLetter | null;
  /**
   * Records the delay header ('': none) of the coming try, so that the same bytes are sent again if a crash hides its
   * outcome; null: all outcomes are known.
   */
  keepDelayHeader(letter: number, header: string | null): void;
  recordSent(letter: number, address: string, sent: Sent): void;
  /** Returns how many letters that were rejected long ago were deleted. */
  recordRejected(letter: number, address: string, reason: string, at: number): number;
  recordRetry(letter: number, address: string, reason: string, nextTry: number, at: number): void;
  /** As `recordRetry`, for an exhausted quota: records since when. */
  recordQuotaRetry(letter: number, address: string, reason: string, nextTry: number, at: number): void;
  /** Defers all their letters that are due at `now` until `until`. */
  defer(whose: Whose, reason: string, until: number, now: number): void;
  /** All that waits is due. */
  hasten(): void;
  /** The server is down: records `reason` for every waiting recipient without an error of its own. */
  delayAll(reason: string): void;
}

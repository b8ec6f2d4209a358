/** What a recipient that is a URL gets of a letter: the body of an HTTP request. It is sealed as the mail is. */
export interface Post {
  /** The media type. */
  readonly type: string;
  /** The subject, for services that show one beside the text; null: it is in the body. */
  readonly title: string | null;
  readonly body: string;
}

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
  /** What its one recipient, a URL, gets; null: its recipients get the mail. */
  readonly post: Post | null;
  /** Where it went by the second way; null: it did not. */
  readonly secondWay: string | null;
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

/** The outbox of recipients that are URLs: each has an outbox of its own, so that none waits for another. */
export interface WebOutbox {
  /** URLs with letters that wait. */
  waitingUrls(): string[];
  /** The letters of one URL. A delay is no part of their bytes, so it is not kept. */
  outboxOf(url: string): Outbox;
}

/** Letters that could not leave in time, and went by a second way as well (`set fallback`). */
export interface SecondWays {
  /**
   * Puts a copy of each letter that is due for it at `now` (ms) into the outbox: one that was tried and still waits, or was
   * rejected. Returns what went where.
   */
  takeSecondWays(now: number): SecondWay[];
}

export interface SecondWay {
  readonly queue: string;
  /** The recipient of the second way. */
  readonly address: string;
  /** Who did not get it, and why. */
  readonly instead: string;
  readonly reason: string;
}

/** A sealed letter on its way, with the recipients that are due for a try. */
export interface OutboxLetter {
  readonly id: number;
  readonly queue: string;
  readonly messageId: string;
  readonly from: string;
  readonly mime: Buffer;
  readonly sealed: number;
  readonly recipients: readonly { readonly address: string; readonly attempts: number }[];
}

/** What the courier needs of the place where sealed letters wait. Times in ms. */
export interface Outbox {
  /** The oldest letter after the id `after` with a recipient due at `now`. */
  nextDue(now: number, after: number): OutboxLetter | null;
  settleSent(letter: number, address: string): void;
  settleRefused(letter: number, address: string, reason: string): void;
  settleRetry(letter: number, address: string, reason: string, nextTry: number): void;
}

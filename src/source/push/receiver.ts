/**
 * A source whose lines come of themselves and cannot be read again: a FIFO, a listener, a Redis list. What it hands
 * on is counted at once by whoever made it.
 */
export interface Receiver {
  /** Looks after itself: takes up what has appeared, takes what waits. Never rejects. */
  poll(): Promise<void>;
  state(): ReceiverState;
  /** Hands on what it has taken from the system so far, then lets go. Never rejects. */
  close(): Promise<void>;
}

/** For people: which receiver, and how it is. */
export interface ReceiverState {
  readonly name: string;
  readonly status: string;
}

/** The same, with how many lines it brought since it was opened. */
export interface ReceiverReport extends ReceiverState {
  readonly lines: number;
}

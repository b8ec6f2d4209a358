/**
 * A source whose lines come of themselves: a FIFO, a listener, a Redis list, a program, a journal. What it hands on is
 * counted at once by whoever made it; but for a journal it cannot be read again.
 */
export interface Receiver {
  /** Looks after itself: takes up what has appeared, takes what waits. Never rejects. */
  poll(): Promise<void>;
  state(): ReceiverState;
  /** Hands on what it has taken from the system so far, then lets go. Never rejects. */
  close(): Promise<void>;
}

/** For people: which inlet, and how it is. */
export interface ReceiverState {
  readonly name: string;
  readonly status: string;
}

/** The same, with how many lines it brought since it was opened. */
export interface ReceiverReport extends ReceiverState {
  readonly lines: number;
}

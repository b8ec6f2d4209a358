/**
 * A source that pushes lines and cannot be read again: a FIFO, a listener, a Redis list. Its owner counts at once
 * what it hands on.
 */
export interface Receiver {
  /** Opens what has appeared, and takes what waits. Never rejects. */
  poll(): Promise<void>;
  state(): ReceiverState;
  /** Hands on what it has received so far, then closes. Never rejects. */
  close(): Promise<void>;
}

/** The name and the status of a receiver, for people. */
export interface ReceiverState {
  readonly name: string;
  readonly status: string;
}

/** The same, with how many lines it brought since it was opened. */
export interface ReceiverReport extends ReceiverState {
  readonly lines: number;
}

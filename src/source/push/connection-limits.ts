/** Connections of all listeners: more are told apart by how long they have been silent, and the most silent one ends. */
export const MAX_CONNECTIONS = 1000;

/** A connection that has spoken makes room for another only after so long a silence (ms). */
export const MIN_SILENCE = 60_000;

/** Bytes of messages that are not whole, of all connections together; see `Connections.mayHold`. */
export const MAX_UNFINISHED = 32 * 1024 * 1024;

/** What the limits know of a connection. */
export interface LimitedConnection {
  /** When it last said something, or else when it began (ms). */
  readonly lastHeard: number;
  readonly hasSpoken: boolean;
  /** Bytes that are kept of messages that are not whole. */
  readonly held: number;
  /** Closes it at once, whatever its sender has not read. */
  evict(reason: string): void;
}

/** All connections of all listeners. Senders are untrusted: a thousand that say nothing must not keep others out. */
export class Connections {
  readonly #open = new Set<LimitedConnection>();
  readonly #max: number;
  #held = 0;

  constructor(max = MAX_CONNECTIONS) {
    this.#max = Math.min(max, MAX_CONNECTIONS);
  }

  /** Makes room for one more, if need be by ending the one that was silent for longest; whether there is room. */
  makeRoom(now: number): boolean {
    if (this.#open.size < this.#max) return true;
    const silent = [...this.#open].filter(
      ({ hasSpoken, lastHeard }) => !hasSpoken || now - lastHeard >= MIN_SILENCE,
    );
    const first = silent.reduce<LimitedConnection | null>(
      (best, one) => (best && !isBefore(one, best) ? best : one),
      null,
    );
    if (first) this.#open.delete(first); // its socket closes later
    first?.evict(`it was silent, and ${this.#max} connections are open`);
    return this.#open.size < this.#max;
  }

  add(connection: LimitedConnection): void {
    this.#open.add(connection);
  }

  delete(connection: LimitedConnection): void {
    this.#open.delete(connection);
  }

  /** `change`: by how many bytes a connection keeps more of what is not whole. */
  hold(change: number): void {
    this.#held += change;
  }

  get isFull(): boolean {
    return this.#held > MAX_UNFINISHED;
  }
}

/** Those that never said anything come first, then those that have been silent for longer. */
function isBefore(a: LimitedConnection, b: LimitedConnection): boolean {
  if (a.hasSpoken !== b.hasSpoken) return !a.hasSpoken;
  return a.lastHeard < b.lastHeard;
}

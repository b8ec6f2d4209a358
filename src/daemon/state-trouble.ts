import { reasonOf } from '../base/errors.js';
import type { DaemonEvent } from './event.js';

/** Trouble with the state: emitted once for each reason, until it is over. */
export class StateTrouble {
  readonly #onEvent: (event: DaemonEvent) => void;
  #reported: string | null = null;

  constructor(onEvent: (event: DaemonEvent) => void) {
    this.#onEvent = onEvent;
  }

  report(reason: string): void {
    if (this.#reported !== reason) this.#onEvent({ kind: 'state-failed', reason });
    this.#reported = reason;
  }

  /** The state can be written again. */
  end(): void {
    this.#reported = null;
  }

  /** Runs work that writes to the state, and reports when it fails; the next turn tries again. */
  async guard(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report(reasonOf(error));
    }
  }
}

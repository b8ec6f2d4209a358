import type { HeldQueue, Meta } from './ports/meta.js';

/** The step that fails for a queue: closing its edition, making a letter, or handing in to a fleet what it has counted. */
type Step = 'closing' | 'making' | 'handing in';

/** Held queues and the reasons. Also written to the state, for `tayori status`. */
export class HeldQueues {
  readonly #store: Meta;
  readonly #reasons = new Map<string, HeldQueue>();
  /** The text in the state. */
  #written: string;

  constructor(store: Meta) {
    this.#store = store;
    this.#written = JSON.stringify(store.meta().held);
    this.#write();
  }

  /** True if this is new and should be reported. */
  hold(step: Step, queue: string, reason: string): boolean {
    const key = `${step} ${queue}`;
    const isNew = this.#reasons.get(key)?.reason !== reason;
    this.#reasons.set(key, { queue, reason });
    this.#write();
    return isNew;
  }

  release(step: Step, queue: string): void {
    if (this.#reasons.delete(`${step} ${queue}`)) this.#write();
  }

  #write(): void {
    const held = [...this.#reasons.values()];
    const text = JSON.stringify(held);
    if (text === this.#written) return;
    try {
      this.#store.setMeta('held', held);
      this.#written = text;
    } catch {
      // Whoever commits reports a state that cannot be written; the next change writes this one, too.
    }
  }
}

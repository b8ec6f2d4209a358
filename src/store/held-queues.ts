import type { HeldQueue, Meta } from './ports/meta.js';

/** What cannot be done for a queue: to close its edition, or to make a letter of a closed one. */
type Step = 'closing' | 'making';

/** Which queues are held and why, kept in the state as well, where `tayori status` finds it. */
export class HeldQueues {
  readonly #store: Meta;
  readonly #reasons = new Map<string, HeldQueue>();
  /** As the state has it. */
  #written: string;

  constructor(store: Meta) {
    this.#store = store;
    this.#written = JSON.stringify(store.meta().held);
    this.#write();
  }

  /** True when this is new, so that it should be reported. */
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

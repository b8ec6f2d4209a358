/** Messages that were taken, of which it is not sure that their senders had the answer: what they repeat counts twice. */
export interface Repeatable {
  readonly messages: number;
  /** Whose they are, in words. */
  readonly of: string;
}

/** Counts them between two looks: anybody can cause some at any time, and each telling is a line. */
export class RepeatableMessages {
  #total = 0;
  #told = 0;
  #peer: string | null = null;
  #hasOthers = false;

  /** How many there were in all. */
  get total(): number {
    return this.#total;
  }

  add(peer: string, messages: number): void {
    this.#total += messages;
    this.#hasOthers ||= this.#peer !== null && this.#peer !== peer;
    this.#peer ??= peer;
  }

  /** Those since the last call; null: there were none. */
  take(): Repeatable | null {
    const messages = this.#total - this.#told;
    if (this.#peer === null || messages === 0) return null;
    const of = this.#hasOthers ? `${this.#peer} and others` : this.#peer;
    this.#told = this.#total;
    this.#peer = null;
    this.#hasOthers = false;
    return { messages, of };
  }
}

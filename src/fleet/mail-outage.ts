import type { Clock } from '../base/time/clock.js';
import type { CourierEvent } from '../mail/courier.js';

/**
 * A letter that was given back, that nobody has delivered, and that came back to this node stays here for so long (ms) before
 * it may be given back again: where every node is cut off from its mail server, letters must not go round and round.
 */
const MIN_STAY = 900_000;

/** For how long (ms) a letter that was given back is left to other nodes: each looks for letters every 15 s. */
const MIN_CHANCE = 30_000;

/** The outage of this node's mail server, and which letters were given back for it. */
export class MailOutage {
  readonly #clock: Clock;
  /** null: there is none. `again`: when the courier tries again (ms). */
  #current: { readonly reason: string; readonly again: number } | null = null;
  /** Letters that were given back, and when (ms). There are no more than this node can hold. */
  readonly #givenBack = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why the mail server cannot be reached; null: it can. */
  get reason(): string | null {
    return this.#current?.reason ?? null;
  }

  /** Whether a letter that nobody else took may be tried to find out whether it is over. */
  get mayProbe(): boolean {
    const now = this.#clock.now();
    const last = Math.max(...this.#givenBack.values());
    return this.#current === null || (now >= this.#current.again && now - last >= MIN_CHANCE);
  }

  /** Takes the events of the courier of the mail server. */
  note(event: CourierEvent): void {
    if (event.kind === 'unreachable') this.#current = { reason: event.reason, again: event.again };
    if (event.kind !== 'reachable') return;
    this.#current = null;
    this.#givenBack.clear();
  }

  mayGiveBack(letter: number): boolean {
    const before = this.#givenBack.get(letter);
    return before === undefined || this.#clock.now() - before >= MIN_STAY;
  }

  gaveBack(letters: readonly number[], most: number): void {
    for (const letter of letters) {
      this.#givenBack.delete(letter); // so that the oldest comes first
      this.#givenBack.set(letter, this.#clock.now());
    }
    for (const oldest of this.#givenBack.keys()) {
      if (this.#givenBack.size <= most) return;
      this.#givenBack.delete(oldest);
    }
  }
}

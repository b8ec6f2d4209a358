import type { Clock } from '../../base/time/clock.js';

/** Between two reports of one kind of trouble (ms): anybody can make a thousand of them in a second. */
const MIN_BETWEEN = 60_000;

/** Trouble with senders, told at once, and then once a minute with how much more of it there was. */
export class PeerTroubles<Reason = string> {
  readonly #clock: Clock;
  readonly #tell: (reason: Reason, more: number) => void;
  readonly #kinds = new Map<string, { toldAt: number; more: number; last: Reason }>();
  #total = 0;

  /** `more`: how many others like it were not told. */
  constructor(clock: Clock, tell: (reason: Reason, more: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** How many there were in all. */
  get total(): number {
    return this.#total;
  }

  /** `kind`: a fixed word; `reason`: with the sender. */
  add(kind: string, reason: Reason): void {
    this.#total += 1;
    const known = this.#kinds.get(kind);
    if (known && this.#isSoon(known.toldAt)) {
      known.more += 1;
      known.last = reason;
      return;
    }
    this.#kinds.set(kind, { toldAt: this.#clock.now(), more: 0, last: reason });
    this.#tell(reason, known?.more ?? 0);
  }

  /** Tells what waits and may be told now; all of it `at the end`. */
  flush(when: 'due' | 'at the end'): void {
    for (const known of this.#kinds.values()) {
      if (known.more === 0 || (when === 'due' && this.#isSoon(known.toldAt))) continue;
      const { last, more } = known;
      Object.assign(known, { toldAt: this.#clock.now(), more: 0 });
      this.#tell(last, more - 1);
    }
  }

  /** A clock that was set back tells nothing. */
  #isSoon(at: number): boolean {
    const since = this.#clock.now() - at;
    return since >= 0 && since < MIN_BETWEEN;
  }
}

import type { Clock } from '../base/time/clock.js';
import type { HitVerdict } from '../queue/timed/asked-hit.js';
import type { FleetHits } from '../store/ports/fleet-hits.js';
import type { FleetEvent } from './event.js';
import type { MeetingPlace, NodeId } from './meeting-place.js';

export interface GateKeeperOptions {
  readonly store: Pick<FleetHits, 'askedHits' | 'hasAskedHits' | 'answerHits'>;
  readonly node: NodeId;
  /** The clock of this machine. */
  readonly clock: Clock;
  onEvent(event: Extract<FleetEvent, { readonly kind: 'keys-forgotten' | 'hits-alone' }>): void;
}

/** Hits that are asked about in one transaction, which holds their keys meanwhile. */
const MAX_ASKED = 500;

/**
 * How long (ms) a hit waits for a meeting place that is away. Then this machine counts it alone, and says so, since a page must
 * not wait for hours; the fleet does not learn of it.
 */
const MAX_WAIT = 60_000;

/** How many hits are counted here in one go: some 200 ms. */
const MAX_LEFT_ALONE = 10_000;

/** Asks the fleet about hits of windows and throttles that count across it. The next commit counts them by its answers. */
export class GateKeeper {
  readonly #options: GateKeeperOptions;

  constructor(options: GateKeeperOptions) {
    this.#options = options;
  }

  get isWaiting(): boolean {
    return this.#options.store.hasAskedHits();
  }

  /** Rejects with `Away`; hits are asked about again then, under the same ids, and count once. */
  async ask(place: Pick<MeetingPlace, 'gate'>): Promise<void> {
    const { store, node, onEvent } = this.#options;
    for (let hits = store.askedHits(MAX_ASKED); hits.length > 0; hits = store.askedHits(MAX_ASKED)) {
      const asked = hits.map(({ id, hit }) => ({ id, question: hit.question }));
      const { answers, forgotten } = await place.gate(node, asked);
      store.answerHits(answers);
      if (forgotten > 0) onEvent({ kind: 'keys-forgotten', keys: forgotten });
      if (hits.length < MAX_ASKED) return;
    }
  }

  /**
   * To be called while the meeting place is away: hits that have waited for too long are counted here. It is called every half
   * a minute at most, and a storm may bring hundreds of lines a second, so it takes many in one go.
   */
  leaveAlone(): void {
    const { onEvent } = this.#options;
    let hits = 0;
    for (let more = MAX_ASKED; more === MAX_ASKED && hits < MAX_LEFT_ALONE; hits += more)
      more = this.#leaveSomeAlone();
    if (hits > 0) onEvent({ kind: 'hits-alone', hits });
  }

  /** Returns how many. */
  #leaveSomeAlone(): number {
    const { store, clock } = this.#options;
    const waiting = store.hasAskedHits() ? store.askedHits(MAX_ASKED) : [];
    const now = clock.now();
    const late = waiting.filter(({ hit }) => Math.abs(now - hit.at) >= MAX_WAIT);
    const alone: HitVerdict = { kind: 'alone' };
    if (late.length > 0) store.answerHits(new Map(late.map(({ id }) => [id, alone])));
    return late.length;
  }
}

import type { Clock } from '../base/time/clock.js';
import type { HitVerdict } from '../queue/timed/asked-hit.js';
import type { FleetHits } from '../store/ports/fleet-hits.js';
import type { FleetEvent } from './event.js';
import type { MeetingPlace, NodeId } from './meeting-place.js';

export interface GateKeeperOptions {
  readonly store: Pick<FleetHits, 'askedHits' | 'hasAskedHits' | 'answerHits'>;
  readonly node: NodeId;
  /** Of this machine. */
  readonly clock: Clock;
  onEvent(event: Extract<FleetEvent, { readonly kind: 'keys-forgotten' | 'hits-alone' }>): void;
}

/** Hits that are asked about in one transaction, which holds their keys meanwhile. */
const MAX_ASKED = 500;

/**
 * So long (ms) a hit waits for a meeting place that is away; then this machine counts it by itself, and says so: a page must
 * not wait for hours. What it counts then the fleet does not know.
 */
const MAX_WAIT = 60_000;

/** Hits that are counted here at once: some 200 ms. */
const MAX_LEFT_ALONE = 10_000;

/** Asks the fleet about lines of windows and throttles that hold across it. What it says is counted with the next commit. */
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
   * The meeting place is away: what has waited for too long is counted here. It is asked for every half a minute, and a storm
   * may bring hundreds of lines a second: all of them must not wait for hours.
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

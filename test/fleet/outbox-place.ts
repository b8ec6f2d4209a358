import { Away, type MeetingPlace, type NodeId } from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';

/** What a node that delivers needs of a meeting place. */
export type OutboxPlace = Pick<MeetingPlace, 'claim' | 'hold' | 'settle' | 'giveBack' | 'overview'>;

/** A fleet's outbox, and what tests look at and do from outside. */
export interface FleetOutbox {
  readonly place: OutboxPlace;
  /** Puts a letter into it that nobody holds, or that its editor holds; its id. */
  put(letter: SealedLetter, editor?: NodeId | null, holdFor?: number): Promise<number>;
  /** A node is heard of. */
  see(node: NodeId): Promise<void>;
  ids(): Promise<number[]>;
  /** The state of the node that holds a letter. */
  holderOf(id: number): Promise<string | null>;
  /** Time passes (ms). */
  pass(time: number): Promise<void>;
}

/** A meeting place that may be away, or cut off in the middle of an answer. */
export class WatchedPlace implements OutboxPlace {
  /** Calls fail with `Away` while it is set. */
  away = false;
  /** The next call of this name does its work, and its answer is lost. */
  lost: keyof OutboxPlace | null = null;
  /** The names of calls. */
  readonly calls: string[] = [];
  readonly #inner: OutboxPlace;

  constructor(inner: OutboxPlace) {
    this.#inner = inner;
  }

  claim: OutboxPlace['claim'] = (...given) => this.#call('claim', () => this.#inner.claim(...given));
  hold: OutboxPlace['hold'] = (...given) => this.#call('hold', () => this.#inner.hold(...given));
  settle: OutboxPlace['settle'] = (...given) => this.#call('settle', () => this.#inner.settle(...given));
  giveBack: OutboxPlace['giveBack'] = (...given) =>
    this.#call('giveBack', () => this.#inner.giveBack(...given));
  overview: OutboxPlace['overview'] = () => this.#call('overview', () => this.#inner.overview());

  async #call<T>(name: keyof OutboxPlace, work: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    if (this.away) throw new Away('away', { forGood: false });
    const done = await work();
    if (this.lost !== name) return done;
    this.lost = null;
    throw new Away('cut', { forGood: false });
  }
}

import type { Clock } from '../base/time/clock.js';
import { trace } from '../base/trace.js';
import type { Lease, MeetingPlace, NodeId } from './meeting-place.js';

type Place = Pick<MeetingPlace, 'lease' | 'release'>;

export interface LeaseOptions {
  readonly place: Place;
  readonly node: NodeId;
  readonly clock: Clock;
  /** Aborts when the node ends. */
  readonly closing: AbortSignal;
}

/** A node that dies as the editor is replaced after this time (ms). */
const LEASE_SPAN = 60_000;

/** So often the lease of a letter in the making is renewed (ms): two renewals may fail. */
const RENEWAL = LEASE_SPAN / 3;

/** The lease of a series while its letter is made: however long that takes, it is renewed. */
export class HeldLease {
  readonly #place: Place;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  /** Ends the work of this node. */
  readonly #closing: AbortSignal;
  readonly #close = (): void => this.#over.abort(this.#closing.reason);
  #lease: Lease;
  #cancel: () => void = () => {};
  #renewing: Promise<void> = Promise.resolve();
  #ended = false;

  private constructor(lease: Lease, { place, clock, closing }: LeaseOptions) {
    this.#lease = lease;
    this.#place = place;
    this.#clock = clock;
    this.#closing = closing;
    closing.addEventListener('abort', this.#close);
    if (closing.aborted) this.#close();
    this.#plan();
  }

  /** null: another node is the editor of the series. Rejects with `Away`. */
  static async take(series: string, options: LeaseOptions): Promise<HeldLease | null> {
    const lease = await options.place.lease(series, options.node, LEASE_SPAN);
    return lease && new HeldLease(lease, options);
  }

  /** As it was last renewed. */
  get lease(): Lease {
    return this.#lease;
  }

  /** Aborts when another node has become the editor, or this one ends. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Renews it no more: it can be used for sealing. */
  async settle(): Promise<Lease> {
    this.#ended = true;
    this.#cancel();
    this.#closing.removeEventListener('abort', this.#close);
    await this.#renewing;
    return this.#lease;
  }

  /** Gives it back, as far as the meeting place answers. */
  async release(): Promise<void> {
    const lease = await this.settle();
    await this.#place.release(lease).catch(() => {});
  }

  #plan(): void {
    this.#cancel = this.#clock.after(RENEWAL, () => {
      this.#renewing = this.#renew();
    });
  }

  /** When the meeting place is away, the next renewal may find it again. */
  async #renew(): Promise<void> {
    const { series, node } = this.#lease;
    try {
      const lease = await this.#place.lease(series, node, LEASE_SPAN);
      if (lease) this.#lease = lease;
      else this.#over.abort(new Error('another node has become the editor'));
    } catch (error) {
      trace('publish', () => `the lease of ${series} was not renewed: ${String(error)}`);
    }
    if (!this.#ended && !this.signal.aborted) this.#plan();
  }
}

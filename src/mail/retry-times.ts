import type { Clock } from '../base/time/clock.js';
import type { OutboxLetter } from './outbox.js';
import type { Outcome } from './transport/transport.js';
import { backOff, type Wait, Waits } from './waits.js';

/**
 * A letter that was deferred more often than this is the trouble itself (its size, a filter of the server): later
 * letters go past it. The waits before that are nine minutes in all, longer than greylisting takes (RFC 6647, 5).
 */
const MAX_BLOCKING_ATTEMPTS = 6;
/** The same holds for a letter whose try alone took this long (ms). */
const MAX_BLOCKING_TRY = 60_000;

/** A try that did not deliver a letter to one recipient. */
export interface FailedTry {
  /** The sender of the letter. */
  readonly from: string;
  readonly recipient: Pick<OutboxLetter['recipients'][number], 'address' | 'attempts'>;
  readonly outcome: Extract<Outcome, { readonly kind: 'retry' | 'limited' }>;
  /** When the try began (ms). */
  readonly begun: number;
}

/** When letters are tried again, and which recipients and senders back off until then. */
export class RetryTimes {
  readonly #clock: Clock;
  readonly #recipients: Waits;
  readonly #senders: Waits;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#recipients = new Waits(clock);
    this.#senders = new Waits(clock);
  }

  /** The wait that a recipient is in at `now` (ms); null: it may be tried. */
  ofRecipient(address: string, now: number): Wait | null {
    return this.#recipients.of(address, now);
  }

  /** The same for a sender. */
  ofSender(address: string, now: number): Wait | null {
    return this.#senders.of(address, now);
  }

  /** All may be tried now. */
  hasten(): void {
    this.#recipients.hasten();
    this.#senders.hasten();
  }

  /** A letter was delivered. */
  delivered(from: string, address: string): void {
    this.#recipients.end(address);
    this.#senders.end(from);
  }

  /** A letter was rejected for this recipient: the next one may go at once. */
  rejected(address: string): void {
    this.#recipients.end(address);
  }

  /** When to try a letter again (ms). Trouble with a recipient or a sender makes all its letters wait. */
  deferred({ from, recipient, outcome, begun }: FailedTry): number {
    const { about, reason } = outcome;
    const least = outcome.kind === 'retry' ? outcome.after : undefined;
    const { address, attempts } = recipient;
    if (about === 'sender') return this.#deferSender(from, reason);
    if (about === 'recipient') return this.#recipients.fail(address, reason, least).until;
    const wait = backOff(attempts + 1, reason, this.#clock, least);
    const isQuick = this.#clock.now() - begun < MAX_BLOCKING_TRY;
    if (attempts < MAX_BLOCKING_ATTEMPTS && isQuick) this.#recipients.set(address, wait);
    else this.#recipients.end(address);
    return wait.until;
  }

  /** The recipients of one letter all report the same trouble: it counts as one failure. */
  #deferSender(from: string, reason: string): number {
    const known = this.#senders.of(from, this.#clock.now());
    return (known ?? this.#senders.fail(from, reason)).until;
  }
}

import { reasonOf } from '../base/errors.js';
import { showRecipient } from '../base/text/web-address.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import { trace } from '../base/trace.js';
import { delayHeader } from './delay-header.js';
import { latenessOf, worthMentioning } from './lateness.js';
import type { Lateness, Outbox, OutboxLetter, Sent } from './outbox.js';
import { queueIdOf } from './queue-id.js';
import { RetryTimes } from './retry-times.js';
import { ServerOutage } from './server-outage.js';
import { type Delivery, forAll, type Outcome, type Transport } from './transport/transport.js';
import type { Wait } from './waits.js';

export type CourierEvent =
  | { readonly kind: 'sent'; readonly queue: string; readonly address: string }
  | { readonly kind: 'deferred'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'rejected'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly again: number }
  | { readonly kind: 'reachable' }
  /** Letters are sent unencrypted, though the server offers TLS: emitted when it begins. */
  | { readonly kind: 'unencrypted'; readonly reason: string }
  /** Letters that were rejected long ago were deleted to make room for newer ones. */
  | { readonly kind: 'evicted'; readonly letters: number };

export interface CourierOptions {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly clock: Clock;
  onEvent(event: CourierEvent): void;
}

/** The delivery agent: takes sealed letters to their recipients. */
export interface Courier {
  /**
   * Tries everything that is due, oldest first. Resolves when nothing is due or under way any more; a second call joins
   * the round that runs. `force`: also tries deferred letters, and a server that is left alone.
   */
  round(how?: 'force'): Promise<void>;
  /** Cancels the tries under way, which are deferred. Resolves when nothing will touch the outbox any more. */
  close(): Promise<void>;
}

/**
 * A server may take minutes for one letter (session-clock.ts): it scans the letter, or looks the recipient up
 * elsewhere. After this time (ms) the next letter goes over a connection of its own.
 */
const MAX_ALONE = 5000;
/** So many connections at once at most: Exchange Online accepts three of one user. */
const MAX_UNDER_WAY = 3;

/** When a server reports an exhausted quota for this long (ms), the letter is rejected: quotas are of a day. */
const MAX_LIMITED = DAY;

/**
 * Delivers from the outbox. A server that cannot be reached ends the round, and is left alone for a while. A
 * recipient or a sender that is deferred, or whose letter is, makes its later letters wait in their order; others go.
 * A letter that is rejected, or deferred too often, holds up no other. A slow letter holds up only those of its
 * recipients.
 */
export function createCourier(options: CourierOptions): Courier {
  return new OutboxCourier(options);
}

type Due = OutboxLetter['recipients'][number];

/** One try of a letter: which one it is of this courier's, and when it began (ms). */
interface Try {
  readonly number: number;
  readonly begun: number;
}

/** A try that is under way. */
interface UnderWay extends Try {
  readonly to: readonly string[];
  readonly over: Promise<void>;
}

class OutboxCourier implements Courier {
  readonly #outbox: Outbox;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #onEvent: (event: CourierEvent) => void;
  readonly #retries: RetryTimes;
  readonly #outage: ServerOutage;
  /** By the letters' ids. */
  readonly #underWay = new Map<number, UnderWay>();
  /** How many tries have begun. */
  #tries = 0;
  #unencrypted = false;
  #running: Promise<void> | null = null;
  /** Wakes the round that waits. */
  #wake: () => void = () => {};
  /** The outbox failed while a letter was under way: the round ends with this error. */
  #trouble: { readonly error: unknown } | null = null;
  /** The first round tries everything: waits from before a restart are not known any more. */
  #isFirst = true;
  #closed = false;

  constructor({ outbox, transport, clock, onEvent }: CourierOptions) {
    this.#outbox = outbox;
    this.#transport = transport;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#retries = new RetryTimes(clock);
    this.#outage = new ServerOutage(clock);
  }

  async round(how?: 'force'): Promise<void> {
    if (this.#closed) return;
    if (this.#isFirst || how === 'force') this.#hasten();
    this.#wake();
    this.#running ??= this.#runRound().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#transport.close();
    this.#wake();
    await Promise.all([...this.#underWay.values()].map(({ over }) => over));
    await this.#running?.catch(() => {}); // the caller of that round gets the error
    const { reason } = this.#outage;
    if (reason !== null) this.#keepReason(reason);
  }

  /** All that waits is due. */
  #hasten(): void {
    this.#outbox.hasten();
    this.#isFirst = false;
    this.#retries.hasten();
    this.#outage.hasten();
  }

  async #runRound(): Promise<void> {
    for (;;) {
      this.#throwTrouble();
      this.#beginDue();
      if (this.#underWay.size === 0) return;
      await this.#wait();
    }
  }

  #throwTrouble(): void {
    const trouble = this.#trouble;
    this.#trouble = null;
    if (trouble) throw trouble.error;
  }

  /** Waits until a try is over, a round is asked for, or the next letter has waited long enough. */
  async #wait(): Promise<void> {
    let callOff = (): void => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      callOff = this.#clock.after(MAX_ALONE, resolve);
    });
    callOff();
    this.#wake = () => {};
  }

  /** Begins with the oldest letter that is due, and continues while others need not wait for it. */
  #beginDue(): void {
    while (this.#mayBegin()) {
      const now = this.#clock.now();
      const letter = this.#outbox.nextDue(now, {
        letters: [...this.#underWay.keys()],
        recipients: [...this.#underWay.values()].flatMap(({ to }) => to),
      });
      if (!letter) return;
      const recipients = this.#ready(letter, now);
      if (recipients.length > 0) this.#begin(letter, recipients);
    }
  }

  #mayBegin(): boolean {
    const now = this.#clock.now();
    if (this.#closed || this.#outage.isBackingOff(now)) return false;
    const begun = [...this.#underWay.values()].map(({ begun }) => begun);
    if (begun.length === 0) return true;
    const alone = now - Math.max(...begun);
    return begun.length < MAX_UNDER_WAY && (alone >= MAX_ALONE || alone < 0);
  }

  /** The recipients to try now. All letters of a sender or recipient that backs off are deferred. */
  #ready({ from, recipients }: OutboxLetter, now: number): readonly Due[] {
    const wait = this.#retries.ofSender(from, now);
    if (wait) {
      this.#outbox.defer({ sender: from }, behind(wait), wait.until, now);
      return [];
    }
    return recipients.filter(({ address }) => {
      const wait = this.#retries.ofRecipient(address, now);
      if (wait) this.#outbox.defer({ recipient: address }, behind(wait), wait.until, now);
      return !wait;
    });
  }

  #begin(letter: OutboxLetter, recipients: readonly Due[]): void {
    this.#tries += 1;
    const one: Try = { number: this.#tries, begun: this.#clock.now() };
    const over = this.#deliver(letter, recipients, one)
      .catch((error: unknown) => {
        this.#trouble = { error };
      })
      .finally(() => {
        this.#underWay.delete(letter.id);
        this.#wake();
      });
    this.#underWay.set(letter.id, { ...one, to: recipients.map(({ address }) => address), over });
  }

  async #deliver(letter: OutboxLetter, recipients: readonly Due[], one: Try): Promise<void> {
    const late = latenessOf(letter, recipients, this.#outage.reason, one.begun);
    const to = recipients.map(({ address }) => address);
    const delivery = await this.#try(letter, this.#delayHeaderOf(letter, late), to);
    if (delivery.kind === 'unreachable') return this.#failAll(letter, recipients, delivery.reason, one);
    this.#endOutage(one);
    this.#reportPrivacy(delivery);
    const queueId = delivery.answer === undefined ? null : queueIdOf(delivery.answer);
    const sent = { at: this.#clock.now(), queueId, late: worthMentioning(late) };
    for (const due of recipients) {
      const outcome = delivery.outcomes.get(due.address) ?? NO_ANSWER;
      this.#record(letter, due, outcome, { sent, begun: one.begun });
    }
    // Must come last: after a crash before this line, the recipients not yet recorded get the same bytes again.
    if (!this.#closed) this.#outbox.keepDelayHeader(letter.id, null);
  }

  /** With the bytes of this try: a header in front that says why the letter is late, then the sealed bytes. */
  async #try(letter: OutboxLetter, delayHeader: string, to: readonly string[]): Promise<Delivery> {
    const mime =
      delayHeader === '' ? letter.mime : Buffer.concat([Buffer.from(delayHeader, 'latin1'), letter.mime]);
    try {
      return await this.#transport.deliver({ ...letter, mime, delayHeader, to });
    } catch (error) {
      return forAll(to, { kind: 'retry', about: 'letter', reason: reasonOf(error) });
    }
  }

  #record(letter: OutboxLetter, due: Due, outcome: Outcome, facts: TryFacts): void {
    const { id, queue, from } = letter;
    const { address } = due;
    const now = this.#clock.now();
    trace('mail', () => `letter ${id} [${queue}] to ${showRecipient(address)}: ${outcome.kind}`);
    switch (outcome.kind) {
      case 'sent':
        this.#retries.delivered(from, address);
        this.#outbox.recordSent(id, address, facts.sent);
        return this.#onEvent({ kind: 'sent', queue, address });
      case 'rejected':
        return this.#reject(letter, address, outcome.reason);
      case 'retry':
        this.#outbox.recordRetry(
          id,
          address,
          outcome.reason,
          this.#nextTry(letter, due, outcome, facts),
          now,
        );
        return this.#onEvent({ kind: 'deferred', queue, address, reason: outcome.reason });
      case 'limited': {
        const { reason } = outcome;
        if (due.limitedSince !== null && now - due.limitedSince >= MAX_LIMITED)
          return this.#reject(letter, address, `${reason}; this has lasted for a day`);
        const nextTry = this.#nextTry(letter, due, outcome, facts);
        this.#outbox.recordQuotaRetry(id, address, reason, nextTry, now);
        return this.#onEvent({ kind: 'deferred', queue, address, reason });
      }
    }
  }

  #reject({ id, queue }: OutboxLetter, address: string, reason: string): void {
    this.#retries.rejected(address);
    const evicted = this.#outbox.recordRejected(id, address, reason, this.#clock.now());
    this.#onEvent({ kind: 'rejected', queue, address, reason });
    if (evicted > 0) this.#onEvent({ kind: 'evicted', letters: evicted });
  }

  #nextTry(
    { from }: OutboxLetter,
    recipient: Due,
    outcome: Extract<Outcome, { kind: 'retry' | 'limited' }>,
    { begun }: TryFacts,
  ): number {
    return this.#retries.deferred({ from, recipient, outcome, begun });
  }

  /** The server cannot be reached. */
  #failAll({ id, trace }: OutboxLetter, recipients: readonly Due[], reason: string, one: Try): void {
    const now = this.#clock.now();
    for (const { address } of recipients) this.#outbox.recordRetry(id, address, reason, 0, now);
    this.#outbox.keepDelayHeader(id, trace); // this try changed nothing about how an earlier one may have ended
    this.#outbox.delayAll(reason);
    const wait = this.#outage.fail(one.number, this.#tries, reason);
    if (wait) this.#onEvent({ kind: 'unreachable', reason, again: wait.until });
  }

  /** The server has answered. */
  #endOutage(one: Try): void {
    const { reason } = this.#outage;
    if (reason === null || !this.#outage.isOverAfter(one.number)) return;
    this.#outbox.delayAll(reason); // also for letters that were sealed since the last try
    this.#onEvent({ kind: 'reachable' });
    this.#outage.end();
  }

  #reportPrivacy({ unencrypted: reason }: Extract<Delivery, { kind: 'answered' }>): void {
    if (reason !== undefined && !this.#unencrypted) this.#onEvent({ kind: 'unencrypted', reason });
    this.#unencrypted = reason !== undefined;
  }

  /** What says why the letter is late; the same as at a try whose outcome is unknown. */
  #delayHeaderOf(letter: OutboxLetter, late: Lateness | null): string {
    const header = letter.trace ?? (late ? delayHeader(late.delay, late.reason) : '');
    if (letter.trace === null) this.#outbox.keepDelayHeader(letter.id, header);
    return header;
  }

  /** For letters sealed since the last try; if the state cannot be written, only the reason is lost. */
  #keepReason(reason: string): void {
    try {
      this.#outbox.delayAll(reason);
    } catch {
      // reported already by the daemon
    }
  }
}

/** What is known of a try when its outcome is recorded. */
interface TryFacts {
  readonly sent: Sent;
  /** ms */
  readonly begun: number;
}

function behind({ reason }: Wait): string {
  return `waits for an older letter: ${reason}`;
}

const NO_ANSWER: Outcome = {
  kind: 'retry',
  about: 'letter',
  reason: 'the mail server gave no answer for this recipient',
};

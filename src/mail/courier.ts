import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import { DAY } from '../base/time/duration.js';
import { delayHeader } from './delay-header.js';
import { latenessOf, worthTelling } from './lateness.js';
import type { Lateness, Outbox, OutboxLetter, Sent } from './outbox.js';
import { queueIdOf } from './queue-id.js';
import { type Delivery, forAll, type Outcome, type Transport } from './transport/transport.js';
import { backOff, isWaiting, type Wait, Waits } from './waits.js';

export type CourierEvent =
  | { readonly kind: 'sent'; readonly queue: string; readonly address: string }
  | { readonly kind: 'put-off'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly again: number }
  | { readonly kind: 'reachable' }
  /** Letters travel in the clear, though the server offers TLS: told when it begins. */
  | { readonly kind: 'unencrypted'; readonly reason: string }
  /** Letters that were refused long ago had to make room for others. */
  | { readonly kind: 'dropped'; readonly letters: number };

export interface CourierOptions {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly clock: Clock;
  onEvent(event: CourierEvent): void;
}

/** Takes sealed letters to their recipients. */
export interface Courier {
  /**
   * Tries everything that is due, oldest first, and resolves when nothing is due or under way any more; while a round
   * goes on, a second call joins it. `insist`: also what was put off, and while the server is avoided.
   */
  round(how?: 'insist'): Promise<void>;
  /** Breaks off what is under way, which is put off; resolves when nothing will touch the outbox any more. */
  close(): Promise<void>;
}

/**
 * A server has minutes to take a letter (session-clock.ts): one that is scanned for long, or whose recipient is looked
 * up elsewhere, keeps others waiting for so long at most (ms). Then the next one goes over a connection of its own.
 */
const MAX_ALONE = 5000;
/** So many connections at once at most: Exchange Online takes three of a user. */
const MAX_UNDER_WAY = 3;

/**
 * A letter that is put off more often is itself the trouble (its size, a filter of the server's): others go past it.
 * The waits before last nine minutes together, longer than greylisting does (RFC 6647, 5).
 */
const MOST_WAITED_FOR = 6;
/** So is one whose try alone took so long (ms). */
const LONGEST_WAITED_FOR = 60_000;

/** How long a server may say that a quota is used up before it is believed to be for good (ms): quotas are of a day. */
const LONGEST_LIMIT = DAY;

/**
 * Delivers from the outbox. A server that cannot be reached ends the round, and is left alone for a while. A recipient
 * or a sender that is put off, itself or by what became of its letter, has its letters wait, in their order; others go.
 * A letter that is refused, or put off too often, holds up no other; one that takes long, only those of its recipients.
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

/** A try that goes on. */
interface UnderWay extends Try {
  readonly to: readonly string[];
  readonly over: Promise<void>;
}

class OutboxCourier implements Courier {
  readonly #outbox: Outbox;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #onEvent: (event: CourierEvent) => void;
  readonly #recipients: Waits;
  readonly #senders: Waits;
  /** By the letters' ids. */
  readonly #underWay = new Map<number, UnderWay>();
  #tries = 0;
  /** The server cannot be reached. `tries`: how many had been begun when that was found. */
  #away: (Wait & { readonly tries: number }) | null = null;
  #unencrypted = false;
  #running: Promise<void> | null = null;
  /** Wakes the round that waits for something to happen. */
  #wake: () => void = () => {};
  /** The outbox failed while a letter was under way: the round ends with it. */
  #trouble: { readonly error: unknown } | null = null;
  /** Before the first round, which tries everything: what was put off before a restart is not known any more. */
  #first = true;
  #closed = false;

  constructor({ outbox, transport, clock, onEvent }: CourierOptions) {
    this.#outbox = outbox;
    this.#transport = transport;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#recipients = new Waits(clock);
    this.#senders = new Waits(clock);
  }

  async round(how?: 'insist'): Promise<void> {
    if (this.#closed) return;
    if (this.#first || how === 'insist') this.#hasten();
    this.#wake();
    this.#running ??= this.#goRound().finally(() => {
      this.#running = null;
    });
    await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#transport.close();
    this.#wake();
    await Promise.all([...this.#underWay.values()].map(({ over }) => over));
    await this.#running?.catch(() => {}); // whoever began the round hears of it
    if (this.#away) this.#keepReason(this.#away.reason);
  }

  /** All that waits is due. */
  #hasten(): void {
    this.#outbox.hasten();
    this.#first = false;
    this.#recipients.hasten();
    this.#senders.hasten();
    if (this.#away) this.#away = { ...this.#away, until: this.#clock.now() };
  }

  async #goRound(): Promise<void> {
    for (;;) {
      this.#throwTrouble();
      this.#beginDue();
      if (this.#underWay.size === 0) return;
      await this.#somethingHappens();
    }
  }

  #throwTrouble(): void {
    const trouble = this.#trouble;
    this.#trouble = null;
    if (trouble) throw trouble.error;
  }

  /** A letter is through, a round was asked for, or the next letter has waited long enough. */
  async #somethingHappens(): Promise<void> {
    let callOff = (): void => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      callOff = this.#clock.after(MAX_ALONE, resolve);
    });
    callOff();
    this.#wake = () => {};
  }

  /** Begins with the oldest letter that is due, and goes on while others need not wait for it. */
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
    if (this.#closed || isWaiting(this.#away, now)) return false;
    const begun = [...this.#underWay.values()].map(({ begun }) => begun);
    if (begun.length === 0) return true;
    const alone = now - Math.max(...begun);
    return begun.length < MAX_UNDER_WAY && (alone >= MAX_ALONE || alone < 0);
  }

  /** The recipients to try now; those of others that wait are put off with all their letters. */
  #ready({ from, recipients }: OutboxLetter, now: number): readonly Due[] {
    const wait = this.#senders.of(from, now);
    if (wait) {
      this.#outbox.defer({ sender: from }, behind(wait), wait.until, now);
      return [];
    }
    return recipients.filter(({ address }) => {
      const wait = this.#recipients.of(address, now);
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
    const late = latenessOf(letter.sealed, recipients, this.#away?.reason ?? null, one.begun);
    const to = recipients.map(({ address }) => address);
    const delivery = await this.#try(letter, this.#bytesOf(letter, late), to);
    if (delivery.kind === 'unreachable') return this.#unreachable(letter, recipients, delivery.reason, one);
    this.#reachable(one);
    this.#tellPrivacy(delivery);
    const queueId = delivery.answer === undefined ? null : queueIdOf(delivery.answer);
    const sent = { at: this.#clock.now(), queueId, late: worthTelling(late) };
    for (const due of recipients) {
      const outcome = delivery.outcomes.get(due.address) ?? NO_ANSWER;
      this.#settle(letter, due, outcome, { sent, begun: one.begun });
    }
    // Last: after a kill before this line, those not noted yet get the same bytes again.
    if (!this.#closed) this.#outbox.keepDelayHeader(letter.id, null);
  }

  async #try(letter: OutboxLetter, mime: Buffer, to: readonly string[]): Promise<Delivery> {
    try {
      return await this.#transport.deliver({ ...letter, mime, to });
    } catch (error) {
      return forAll(to, { kind: 'retry', about: 'letter', reason: reasonOf(error) });
    }
  }

  #settle(letter: OutboxLetter, due: Due, outcome: Outcome, facts: TryFacts): void {
    const { id, queue, from } = letter;
    const { address } = due;
    const now = this.#clock.now();
    switch (outcome.kind) {
      case 'sent':
        this.#recipients.end(address);
        this.#senders.end(from);
        this.#outbox.recordSent(id, address, facts.sent);
        return this.#onEvent({ kind: 'sent', queue, address });
      case 'refused':
        return this.#refuse(letter, address, outcome.reason);
      case 'retry':
        this.#outbox.recordRetry(id, address, outcome.reason, this.#until(letter, due, outcome, facts), now);
        return this.#onEvent({ kind: 'put-off', queue, address, reason: outcome.reason });
      case 'limited': {
        const { reason } = outcome;
        if (due.limitedSince !== null && now - due.limitedSince >= LONGEST_LIMIT)
          return this.#refuse(letter, address, `${reason}; this has lasted for a day`);
        this.#outbox.recordQuotaRetry(id, address, reason, this.#until(letter, due, outcome, facts), now);
        return this.#onEvent({ kind: 'put-off', queue, address, reason });
      }
    }
  }

  #refuse({ id, queue }: OutboxLetter, address: string, reason: string): void {
    this.#recipients.end(address);
    const dropped = this.#outbox.recordRejected(id, address, reason, this.#clock.now());
    this.#onEvent({ kind: 'refused', queue, address, reason });
    if (dropped > 0) this.#onEvent({ kind: 'dropped', letters: dropped });
  }

  /** When to try again (ms). */
  #until(
    { from }: OutboxLetter,
    { address, attempts }: Due,
    { about, reason }: Extract<Outcome, { kind: 'retry' | 'limited' }>,
    { begun }: TryFacts,
  ): number {
    if (about === 'sender') return this.#sendersWait(from, reason);
    if (about === 'recipient') return this.#recipients.fail(address, reason).until;
    const wait = backOff(attempts + 1, reason, this.#clock);
    const isQuick = this.#clock.now() - begun < LONGEST_WAITED_FOR;
    if (attempts < MOST_WAITED_FOR && isQuick) this.#recipients.set(address, wait);
    else this.#recipients.end(address);
    return wait.until;
  }

  /** Its letters may have several recipients, which all tell the same. */
  #sendersWait(from: string, reason: string): number {
    const known = this.#senders.of(from, this.#clock.now());
    return (known ?? this.#senders.fail(from, reason)).until;
  }

  #unreachable({ id, trace }: OutboxLetter, recipients: readonly Due[], reason: string, one: Try): void {
    const now = this.#clock.now();
    for (const { address } of recipients) this.#outbox.recordRetry(id, address, reason, 0, now);
    this.#outbox.keepDelayHeader(id, trace); // this try changed nothing about how an earlier one may have ended
    this.#outbox.delayAll(reason);
    if (this.#away && one.number <= this.#away.tries) return; // it began before another one told the same
    const wait = backOff((this.#away?.failures ?? 0) + 1, reason, this.#clock);
    this.#away = { ...wait, tries: this.#tries };
    this.#onEvent({ kind: 'unreachable', reason, again: wait.until });
  }

  /** An answer on a connection that is older than the trouble does not end it. */
  #reachable(one: Try): void {
    if (!this.#away || one.number <= this.#away.tries) return;
    this.#outbox.delayAll(this.#away.reason); // also of what was sealed since the last try
    this.#onEvent({ kind: 'reachable' });
    this.#away = null;
  }

  #tellPrivacy({ unencrypted: reason }: Extract<Delivery, { kind: 'answered' }>): void {
    if (reason !== undefined && !this.#unencrypted) this.#onEvent({ kind: 'unencrypted', reason });
    this.#unencrypted = reason !== undefined;
  }

  /** The bytes of this try: those that were sealed, and in front of them why they come late. */
  #bytesOf(letter: OutboxLetter, late: Lateness | null): Buffer {
    const header = letter.trace ?? (late ? delayHeader(late.delay, late.reason) : '');
    if (letter.trace === null) this.#outbox.keepDelayHeader(letter.id, header);
    return header === '' ? letter.mime : Buffer.concat([Buffer.from(header, 'latin1'), letter.mime]);
  }

  /** For letters that have waited since; a state that cannot be written costs them only the reason. */
  #keepReason(reason: string): void {
    try {
      this.#outbox.delayAll(reason);
    } catch {
      // whoever works with the state has told of it
    }
  }
}

/** What is known of a try when its outcome is noted. */
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

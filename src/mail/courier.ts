import type { Clock } from '../clock.js';
import type { Outbox, OutboxLetter } from './outbox.js';
import { type Delivery, forAll, type Outcome, type Transport } from './transport.js';

export type CourierEvent =
  | { readonly kind: 'sent'; readonly queue: string; readonly address: string }
  | { readonly kind: 'put-off'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly queue: string; readonly address: string; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string; readonly again: number }
  | { readonly kind: 'reachable' };

export interface CourierOptions {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly clock: Clock;
  onEvent(event: CourierEvent): void;
}

/** Takes sealed letters to their recipients. */
export interface Courier {
  /** Tries everything that is due, oldest first; one round at a time. `insist`: also while the server is avoided. */
  round(how?: 'insist'): Promise<void>;
  /** Breaks off what is under way, which is put off; resolves when nothing will touch the outbox any more. */
  close(): Promise<void>;
}

/** Seconds to wait after the first, second ... failure in a row; the last holds from then on. */
const BACK_OFF = [5, 15, 30, 60, 120, 300, 600, 900] as const;
const LONGEST_BACK_OFF = 900_000;

/** A wait for something: until when, why, and after how many failures in a row. */
interface Wait {
  readonly until: number;
  readonly reason: string;
  readonly failures: number;
}

/**
 * Delivers from the outbox. A server that cannot be reached ends the round, and is left alone for a while. A recipient
 * that is put off gets its letters later, in their order; a letter that is put off or refused holds up no other.
 */
export function createCourier({ outbox, transport, clock, onEvent }: CourierOptions): Courier {
  let running: Promise<void> | null = null;
  let closed = false;
  let away: Wait | null = null;
  /** Recipients that are not to be tried for now; forgotten at a restart, which costs one try each. */
  const putOff = new Map<string, Wait>();

  function wait(failures: number, reason: string): Wait {
    const seconds = BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? LONGEST_BACK_OFF / 1000;
    return { until: clock.now() + seconds * 1000, reason, failures };
  }

  /** A wait that seems longer than any is of a clock that has been set back. */
  function holds(wait: Wait | null | undefined): wait is Wait {
    const left = wait ? wait.until - clock.now() : 0;
    return left > 0 && left <= LONGEST_BACK_OFF;
  }

  function settle({ id, queue }: OutboxLetter, { address, attempts }: Due, outcome: Outcome): void {
    if (outcome.kind !== 'retry' || outcome.about === 'letter') putOff.delete(address);
    switch (outcome.kind) {
      case 'sent':
        outbox.settleSent(id, address);
        return onEvent({ kind: 'sent', queue, address });
      case 'refused':
        outbox.settleRefused(id, address, outcome.reason);
        return onEvent({ kind: 'refused', queue, address, reason: outcome.reason });
      case 'retry': {
        const { reason, about } = outcome;
        const failures = about === 'recipient' ? (putOff.get(address)?.failures ?? 0) : attempts;
        const until = wait(failures + 1, reason);
        if (about === 'recipient') putOff.set(address, until);
        outbox.settleRetry(id, address, reason, until.until);
        return onEvent({ kind: 'put-off', queue, address, reason });
      }
    }
  }

  function unreachable({ id }: OutboxLetter, recipients: readonly Due[], reason: string): void {
    away = wait((away?.failures ?? 0) + 1, reason);
    for (const { address } of recipients) outbox.settleRetry(id, address, reason, 0);
    onEvent({ kind: 'unreachable', reason, again: away.until });
  }

  function reachable(): void {
    if (away) onEvent({ kind: 'reachable' });
    away = null;
  }

  /** The recipients to try now; the others are told to wait behind their older letters. */
  function ready(letter: OutboxLetter): Due[] {
    return letter.recipients.filter(({ address }) => {
      const wait = putOff.get(address);
      if (!holds(wait)) return true;
      outbox.settleRetry(letter.id, address, `waits behind an older letter: ${wait.reason}`, wait.until);
      return false;
    });
  }

  async function tryDelivery(letter: OutboxLetter, to: readonly string[]): Promise<Delivery> {
    try {
      return await transport.deliver({ ...letter, to });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return forAll(to, { kind: 'retry', about: 'letter', reason });
    }
  }

  /** False when the server cannot be reached. */
  async function deliver(letter: OutboxLetter): Promise<boolean> {
    const recipients = ready(letter);
    if (recipients.length === 0) return true;
    const delivery = await tryDelivery(
      letter,
      recipients.map(({ address }) => address),
    );
    if (delivery.kind === 'unreachable') {
      unreachable(letter, recipients, delivery.reason);
      return false;
    }
    reachable();
    for (const due of recipients) settle(letter, due, delivery.outcomes.get(due.address) ?? NO_ANSWER);
    return true;
  }

  async function goRound(): Promise<void> {
    let letter = outbox.nextDue(clock.now(), 0);
    while (letter && !closed) {
      if (!(await deliver(letter))) return;
      letter = closed ? null : outbox.nextDue(clock.now(), letter.id);
    }
  }

  return {
    round(how) {
      if (closed || (how !== 'insist' && holds(away))) return Promise.resolve();
      running ??= goRound().finally(() => {
        running = null;
      });
      return running;
    },
    async close() {
      closed = true;
      transport.close();
      await running?.catch(() => {}); // whoever began the round hears of it
    },
  };
}

type Due = OutboxLetter['recipients'][number];

const NO_ANSWER: Outcome = {
  kind: 'retry',
  about: 'letter',
  reason: 'the mail server said nothing of this recipient',
};

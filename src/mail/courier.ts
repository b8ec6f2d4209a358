import type { Clock } from '../clock.js';
import type { Outbox, OutboxLetter } from './outbox.js';
import type { Delivery, Outcome, Transport } from './transport.js';

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
  close(): void;
}

/** Seconds to wait after the first, second ... failure in a row; the last holds from then on. */
const BACK_OFF = [5, 15, 30, 60, 120, 300, 600, 900];

/**
 * Delivers from the outbox. A server that cannot be reached ends the round, and is left alone for a while; a letter
 * that is put off or refused does not hold up the others.
 */
export function createCourier({ outbox, transport, clock, onEvent }: CourierOptions): Courier {
  let running: Promise<void> | null = null;
  let failures = 0;
  let avoidUntil = 0;

  function settle(letter: OutboxLetter, address: string, attempts: number, outcome: Outcome): void {
    const { id, queue } = letter;
    switch (outcome.kind) {
      case 'sent':
        outbox.settleSent(id, address);
        return onEvent({ kind: 'sent', queue, address });
      case 'refused':
        outbox.settleRefused(id, address, outcome.reason);
        return onEvent({ kind: 'refused', queue, address, reason: outcome.reason });
      case 'retry':
        outbox.settleRetry(id, address, outcome.reason, clock.now() + backOff(attempts + 1));
        return onEvent({ kind: 'put-off', queue, address, reason: outcome.reason });
    }
  }

  function unreachable(letter: OutboxLetter, reason: string): void {
    failures += 1;
    avoidUntil = clock.now() + backOff(failures);
    for (const { address } of letter.recipients) outbox.settleRetry(letter.id, address, reason, 0);
    onEvent({ kind: 'unreachable', reason, again: avoidUntil });
  }

  function reachable(): void {
    if (failures > 0) onEvent({ kind: 'reachable' });
    failures = 0;
    avoidUntil = 0;
  }

  async function deliver(letter: OutboxLetter): Promise<Delivery['kind']> {
    const to = letter.recipients.map(({ address }) => address);
    const delivery = await transport.deliver({ ...letter, to });
    if (delivery.kind === 'unreachable') {
      unreachable(letter, delivery.reason);
      return delivery.kind;
    }
    reachable();
    for (const { address, attempts } of letter.recipients)
      settle(letter, address, attempts, delivery.outcomes.get(address) ?? NO_ANSWER);
    return delivery.kind;
  }

  async function goRound(): Promise<void> {
    let letter = outbox.nextDue(clock.now(), 0);
    while (letter) {
      if ((await deliver(letter)) === 'unreachable') return;
      letter = outbox.nextDue(clock.now(), letter.id);
    }
  }

  return {
    round(how) {
      if (how !== 'insist' && clock.now() < avoidUntil) return Promise.resolve();
      running ??= goRound().finally(() => {
        running = null;
      });
      return running;
    },
    close: () => transport.close(),
  };
}

const NO_ANSWER: Outcome = { kind: 'retry', reason: 'the mail server said nothing of this recipient' };

function backOff(failures: number): number {
  return (BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? 900) * 1000;
}

import type { Clock } from '../clock.js';
import { reasonOf } from '../reason-of.js';
import type { Lateness, Outbox, OutboxLetter, Sent } from './outbox.js';
import { queueIdOf } from './queue-id.js';
import { traceHeader } from './trace-header.js';
import { type Delivery, forAll, type Outcome, type Transport } from './transport.js';

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
   * Tries everything that is due, oldest first; one round at a time. `insist`: also what was put off, and while the
   * server is avoided.
   */
  round(how?: 'insist'): Promise<void>;
  /** Breaks off what is under way, which is put off; resolves when nothing will touch the outbox any more. */
  close(): Promise<void>;
}

/** Seconds to wait after the first, second ... failure in a row; the last holds from then on. */
const BACK_OFF = [5, 15, 30, 60, 120, 300, 600, 900] as const;
const LONGEST_BACK_OFF = 900_000;

/**
 * A letter that is put off more often is itself the trouble (its size, a filter of the server's): others go past it.
 * The waits before last nine minutes together, longer than greylisting does (RFC 6647, 5).
 */
const MOST_WAITED_FOR = 6;

/** For the outbox: every try is due. */
const ALL = Number.MAX_SAFE_INTEGER;

/** A letter that waited less is no news for the next letter (ms); its header tells it all the same. */
const WORTH_TELLING = 60_000;
/** A letter that is tried for the first time so long after it was sealed is late, whatever kept it (ms). */
const LATE_UNTRIED = 600_000;
/** What a server being away holds up for less is not late (ms). */
const SHORTEST_DELAY = 1000;

/** A wait for something: until when, why, and after how many failures in a row. */
interface Wait {
  readonly until: number;
  readonly reason: string;
  readonly failures: number;
}

/**
 * Delivers from the outbox. A server that cannot be reached ends the round, and is left alone for a while. A recipient
 * that is put off, itself or by what became of its letter, gets its letters later, in their order; others get theirs. A
 * letter that is refused, or put off too often, holds up no other.
 */
export function createCourier({ outbox, transport, clock, onEvent }: CourierOptions): Courier {
  let running: Promise<void> | null = null;
  let closed = false;
  let away: Wait | null = null;
  let unencrypted = false;
  /** Recipients that are not to be tried for now; forgotten at a restart, whose first round tries everything. */
  const putOff = new Map<string, Wait>();
  /** No round has come to its end yet. */
  let first = true;

  function wait(failures: number, reason: string): Wait {
    const seconds = BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? LONGEST_BACK_OFF / 1000;
    return { until: clock.now() + seconds * 1000, reason, failures };
  }

  /** A wait that seems longer than any is of a clock that has been set back. */
  function holds(wait: Wait | null | undefined, now: number): wait is Wait {
    const left = wait ? wait.until - now : 0;
    return left > 0 && left <= LONGEST_BACK_OFF;
  }

  function settle({ id, queue }: OutboxLetter, due: Due, outcome: Outcome, sent: Sent): void {
    const { address } = due;
    if (outcome.kind !== 'retry') putOff.delete(address);
    switch (outcome.kind) {
      case 'sent':
        outbox.settleSent(id, address, sent);
        return onEvent({ kind: 'sent', queue, address });
      case 'refused': {
        const dropped = outbox.settleRefused(id, address, outcome.reason, clock.now());
        onEvent({ kind: 'refused', queue, address, reason: outcome.reason });
        if (dropped > 0) onEvent({ kind: 'dropped', letters: dropped });
        return;
      }
      case 'retry': {
        const until = waitFor(due, outcome);
        outbox.settleRetry(id, address, outcome.reason, until, clock.now());
        return onEvent({ kind: 'put-off', queue, address, reason: outcome.reason });
      }
    }
  }

  /** When to try again. */
  function waitFor(
    { address, attempts }: Due,
    { about, reason }: Extract<Outcome, { kind: 'retry' }>,
  ): number {
    const failures = about === 'recipient' ? (putOff.get(address)?.failures ?? 0) : attempts;
    const until = wait(failures + 1, reason);
    if (about === 'recipient' || failures < MOST_WAITED_FOR) putOff.set(address, until);
    else putOff.delete(address);
    return until.until;
  }

  function unreachable({ id, trace }: OutboxLetter, recipients: readonly Due[], reason: string): void {
    away = wait((away?.failures ?? 0) + 1, reason);
    for (const { address } of recipients) outbox.settleRetry(id, address, reason, 0, clock.now());
    outbox.keepTrace(id, trace); // this try changed nothing about how an earlier one may have ended
    outbox.delayAll(reason);
    onEvent({ kind: 'unreachable', reason, again: away.until });
  }

  function reachable(): void {
    if (away) {
      outbox.delayAll(away.reason); // also of what was sealed since the last try
      onEvent({ kind: 'reachable' });
    }
    away = null;
  }

  function tellPrivacy({ unencrypted: reason }: Extract<Delivery, { kind: 'answered' }>): void {
    if (reason !== undefined && !unencrypted) onEvent({ kind: 'unencrypted', reason });
    unencrypted = reason !== undefined;
  }

  /** How late a letter is, and why; null when it goes in time. */
  function lateness({ sealed }: OutboxLetter, recipients: readonly Due[]): Lateness | null {
    const delay = Math.max(clock.now() - sealed, 0);
    const own = recipients.find(({ lastError }) => lastError !== null)?.lastError;
    const reason = own ?? (away && delay >= SHORTEST_DELAY ? away.reason : null);
    if (reason !== null) return { delay, reason };
    return delay >= LATE_UNTRIED ? { delay, reason: 'tayori did not run, or had no time' } : null;
  }

  /** The bytes of this try: those that were sealed, and in front of them why they come late. */
  function bytesOf(letter: OutboxLetter, late: Lateness | null): Buffer {
    const header = letter.trace ?? (late ? traceHeader(late.delay, late.reason) : '');
    if (letter.trace === null) outbox.keepTrace(letter.id, header);
    return header === '' ? letter.mime : Buffer.concat([Buffer.from(header, 'latin1'), letter.mime]);
  }

  /** The recipients to try now; the others are told to wait behind their older letters. */
  function ready(letter: OutboxLetter, now: number): Due[] {
    return letter.recipients.filter(({ address }) => {
      const wait = putOff.get(address);
      if (!holds(wait, now)) return true;
      outbox.settleWait(letter.id, address, `waits behind an older letter: ${wait.reason}`, wait.until);
      return false;
    });
  }

  async function tryDelivery(letter: OutboxLetter, mime: Buffer, to: readonly string[]): Promise<Delivery> {
    try {
      return await transport.deliver({ ...letter, mime, to });
    } catch (error) {
      const reason = reasonOf(error);
      return forAll(to, { kind: 'retry', about: 'letter', reason });
    }
  }

  /** False when the server cannot be reached. */
  async function deliver(letter: OutboxLetter, now: number): Promise<boolean> {
    const recipients = ready(letter, now);
    if (recipients.length === 0) return true;
    const late = lateness(letter, recipients);
    const to = recipients.map(({ address }) => address);
    const delivery = await tryDelivery(letter, bytesOf(letter, late), to);
    if (delivery.kind === 'unreachable') {
      unreachable(letter, recipients, delivery.reason);
      return false;
    }
    reachable();
    tellPrivacy(delivery);
    const queueId = delivery.answer === undefined ? null : queueIdOf(delivery.answer);
    const sent = { at: clock.now(), queueId, late: late && late.delay >= WORTH_TELLING ? late : null };
    for (const due of recipients) settle(letter, due, delivery.outcomes.get(due.address) ?? NO_ANSWER, sent);
    if (!closed) outbox.keepTrace(letter.id, null); // last: a kill before leaves it to those not noted yet
    return true;
  }

  /** What is due when a round begins is: a letter whose wait ends on the way must not find a later one gone ahead. */
  async function goRound(all: boolean): Promise<void> {
    const now = clock.now();
    if (all) for (const [address, wait] of putOff) putOff.set(address, { ...wait, until: now });
    const due = all ? ALL : now;
    let letter = outbox.nextDue(due, 0);
    while (letter && !closed) {
      if (!(await deliver(letter, now))) return;
      letter = closed ? null : outbox.nextDue(due, letter.id);
    }
    first = false;
  }

  /** For letters that have waited since; a state that cannot be written costs them only the reason. */
  function keepReason(reason: string): void {
    try {
      outbox.delayAll(reason);
    } catch {
      // whoever works with the state has told of it
    }
  }

  return {
    round(how) {
      if (closed || (how !== 'insist' && holds(away, clock.now()))) return Promise.resolve();
      running ??= goRound(first || how === 'insist').finally(() => {
        running = null;
      });
      return running;
    },
    async close() {
      closed = true;
      transport.close();
      await running?.catch(() => {}); // whoever began the round hears of it
      if (away) keepReason(away.reason);
    },
  };
}

type Due = OutboxLetter['recipients'][number];

const NO_ANSWER: Outcome = {
  kind: 'retry',
  about: 'letter',
  reason: 'the mail server said nothing of this recipient',
};

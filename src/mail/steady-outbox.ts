import type { Outbox } from './outbox.js';

/**
 * An outbox that delivers nothing while it cannot record the outcome of the letter before: a server that has accepted a
 * letter must not get it again at every poll only because the disk is full. Outcomes that could not be recorded are
 * recorded first when there is room again.
 */
export function steadyOutbox(outbox: Outbox): Outbox {
  const unnoted: (() => unknown)[] = [];

  function note<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      unnoted.push(write);
      throw error;
    }
  }

  /** Throws while it cannot be done. */
  function catchUp(): void {
    while (unnoted.length > 0) {
      unnoted[0]?.();
      unnoted.shift();
    }
  }

  return {
    // Called before a try, or instead of one: if these fail, the server has not accepted a letter.
    keepDelayHeader: (...args) => outbox.keepDelayHeader(...args),
    defer: (...args) => outbox.defer(...args),
    hasten: () => outbox.hasten(),
    delayAll: (...args) => outbox.delayAll(...args),
    nextDue(...args) {
      catchUp();
      return outbox.nextDue(...args);
    },
    recordSent: (...args) => note(() => outbox.recordSent(...args)),
    recordRejected: (...args) => note(() => outbox.recordRejected(...args)),
    recordRetry: (...args) => note(() => outbox.recordRetry(...args)),
    recordQuotaRetry: (...args) => note(() => outbox.recordQuotaRetry(...args)),
  };
}

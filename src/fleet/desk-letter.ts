import type { LedgerEntry } from '../letter/history/ledger.js';
import type { SealedLetter } from '../letter/letter.js';
import type { Snooze } from '../queue/snooze.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { Merging } from '../store/ports/merging.js';
import type { Meta } from '../store/ports/meta.js';
import type { QueueDefinitions } from '../store/ports/queue-definitions.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import type { SnoozeOutcome } from '../store/ports/snoozes.js';

/** All that a letter of the fleet is made of. */
export interface DeskLetter {
  readonly edition: Edition;
  /** Its rows, and the history of its queues. */
  readonly store: Editions &
    Merging &
    Ledger &
    DeliveryNotices &
    QueueDefinitions &
    RuleHistories &
    Pick<Checkpoints, 'positions'> &
    Pick<Meta, 'meta'>;
  /** Those of the fleet. */
  readonly snoozes: readonly Snooze[];
  /** Notes about its nodes. */
  readonly notes: readonly string[];
  /** The nodes that watched, for a letter that comes even when nothing did. */
  readonly watched: readonly string[];
  /** How many messages of a queue it enters into the ledger. */
  readonly most: number;
  /** Aborts when the letter is not wanted any more. */
  readonly signal: AbortSignal;
}

/** How a letter came out. */
export interface MadeOnDesk {
  /** null: there is nothing to send. */
  readonly sealed: SealedLetter | null;
  readonly entries: readonly LedgerEntry[];
  readonly snoozed: SnoozeOutcome | null;
  /** To be called when the meeting place has it: tells that a letter was made. */
  tell(): void;
}

/**
 * Makes a letter as the publisher of a node does, and keeps nothing of it; the daemon gives it to the editor. null: it cannot
 * be made now, which is told, or it was aborted.
 */
export type MakeLetter = (letter: DeskLetter) => Promise<MadeOnDesk | null>;

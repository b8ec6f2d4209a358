import type { Outbox, SecondWays, WebOutbox } from '../mail/outbox.js';
import type { Archive } from './ports/archive.js';
import type { Checkpoints } from './ports/checkpoints.js';
import type { DeliveryNotices } from './ports/delivery-notices.js';
import type { Editions } from './ports/editions.js';
import type { Entries } from './ports/entries.js';
import type { FleetHits } from './ports/fleet-hits.js';
import type { FleetLetters } from './ports/fleet-letters.js';
import type { HandIns } from './ports/hand-ins.js';
import type { Ledger } from './ports/ledger.js';
import type { LedgerHistory } from './ports/ledger-history.js';
import type { Merging } from './ports/merging.js';
import type { Meta } from './ports/meta.js';
import type { OutboxList } from './ports/outbox-list.js';
import type { QueueDefinitions } from './ports/queue-definitions.js';
import type { QueueMarks } from './ports/queue-marks.js';
import type { Queues } from './ports/queues.js';
import type { RuleHistories } from './ports/rule-histories.js';
import type { Runs } from './ports/runs.js';
import type { Snoozes } from './ports/snoozes.js';

/**
 * All ports of one state, for the code that opens it; all other code takes the ports that it needs. Every method that writes
 * is one transaction. Methods may be detached from the object.
 */
export type Store = Checkpoints &
  QueueMarks &
  QueueDefinitions &
  Queues &
  Editions &
  Merging &
  HandIns &
  Runs &
  RuleHistories &
  Ledger &
  LedgerHistory &
  Outbox &
  WebOutbox &
  SecondWays &
  OutboxList &
  DeliveryNotices &
  Archive &
  FleetHits &
  FleetLetters &
  Entries &
  Snoozes &
  Meta &
  Closable;

interface Closable {
  /** Closes the file. */
  end(): void;
}

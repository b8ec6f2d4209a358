import type { Outbox } from '../mail/outbox.js';
import type { Archive } from './ports/archive.js';
import type { Checkpoints } from './ports/checkpoints.js';
import type { DeliveryNotices } from './ports/delivery-notices.js';
import type { Editions } from './ports/editions.js';
import type { Ledger } from './ports/ledger.js';
import type { Meta } from './ports/meta.js';
import type { OutboxList } from './ports/outbox-list.js';
import type { QueueDefinitions } from './ports/queue-definitions.js';
import type { QueueMarks } from './ports/queue-marks.js';
import type { Queues } from './ports/queues.js';

/**
 * All ports of one state, for whoever opens it; everybody else takes the ports that he needs. Every method that writes is
 * one transaction. Methods may be taken off the object.
 */
export type Store = Checkpoints &
  QueueMarks &
  QueueDefinitions &
  Queues &
  Editions &
  Ledger &
  Outbox &
  OutboxList &
  DeliveryNotices &
  Archive &
  Meta &
  Closable;

interface Closable {
  /** Closes the file. */
  end(): void;
}

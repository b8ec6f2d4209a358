import type { CheckpointerOptions } from '../ingest/checkpointer.js';
import type { Outbox, SecondWays, WebOutbox } from '../mail/outbox.js';
import type { PublisherOptions } from '../publish/publisher.js';
import type { Meta } from '../store/ports/meta.js';
import type { OutboxList } from '../store/ports/outbox-list.js';
import type { QueueMarks } from '../store/ports/queue-marks.js';
import type { Queues } from '../store/ports/queues.js';
import type { Runs } from '../store/ports/runs.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import type { FleetMemberStore } from './fleet-member.js';

/**
 * The ports of the four verbs (ingest, schedule, publish, the courier), and what the daemon itself records and shows.
 */
export type DaemonStore = CheckpointerOptions['store'] &
  PublisherOptions['store'] &
  FleetMemberStore &
  QueueMarks &
  Queues &
  Runs &
  Snoozes &
  Outbox &
  WebOutbox &
  SecondWays &
  OutboxList &
  Meta;

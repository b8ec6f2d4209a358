import type { Runner } from '../act/runner.js';
import type { Clock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { AttachableReceivers } from '../ingest/receivers.js';
import type { Transport } from '../mail/transport/transport.js';
import type { Start } from '../source/file/segment.js';
import type { DaemonStore } from './daemon-store.js';
import type { DaemonEvent } from './event.js';
import type { JoinFleet } from './fleet-member.js';

export interface DaemonOptions {
  readonly config: Config;
  readonly store: DaemonStore;
  /** Restores the store's file if it was deleted; whether it was. Throws when it cannot be restored. */
  heal(): boolean;
  /** When a daemon last began a turn on this state (ms), before that of now; null: that is not known. */
  readonly lastTurn?: () => number | null;
  readonly transport: Transport;
  readonly clock: Clock;
  /** This host, for headers and Message-IDs. */
  readonly origin: string;
  readonly version: string;
  /** Where to begin in files that were never seen before. */
  readonly start: Start;
  /** FIFOs, listeners, Redis lists, journals and programs. They outlive a reload, and are read from the first poll to the stop. */
  readonly receivers?: AttachableReceivers | undefined;
  /** Runs the programs of `set exec`; it outlives a reload. Left out: none runs, and hits wait. */
  readonly runner?: Runner | undefined;
  /** Makes it a node of the fleet of its config; left out: it is in none, whatever the config says. */
  readonly joinFleet?: JoinFleet | undefined;
  /** A poll has ended and the next one begins in `rest` ms, or (0) what a poll has read so far is committed. */
  onProgress?(rest: number): void;
  onEvent(event: DaemonEvent): void;
}

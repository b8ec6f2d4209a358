import type { ProcessId } from '../../base/process/process-id.js';
import type { ReceiverReport } from '../../source/push/receiver.js';

/** Metadata of the state and of the daemon that uses it, for `tayori status`. */
export interface Meta {
  meta(): MetaValues;
  setMeta<Name extends keyof MetaValues>(name: Name, value: NonNullable<MetaValues[Name]>): void;
}

export interface MetaValues {
  /** Since when lines are counted (ms); null: no daemon has started yet. */
  readonly began: number | null;
  /** The daemon that uses this state, or the last one that did. */
  readonly daemon: DaemonNote | null;
  readonly held: readonly HeldQueue[];
  readonly sources: SourcesNote;
  /** The reload that the daemon was last asked for. */
  readonly reload: ReloadNote;
  /** The last daemon that ended in good order: what it said was counted. null: none has. */
  readonly ended: ProcessId | null;
  /** The last heartbeat of each. */
  readonly heartbeats: readonly HeartbeatNote[];
}

/** A heartbeat that was sent. */
export interface HeartbeatNote {
  /** A URL, or a queue. */
  readonly to: string;
  /** Up to when its times have been served (ms). */
  readonly at: number;
  /** When it was last sent (ms); null: it was not. */
  readonly sent: number | null;
  /** Why the URL did not take it; null: it did, or it was not asked yet. */
  readonly trouble: string | null;
}

/** Written by a daemon when it starts. */
export interface DaemonNote {
  readonly pid: number;
  readonly version: string;
  /** The config that it was started with. */
  readonly config: string;
  /** ms */
  readonly started: number;
}

/** A queue whose letter cannot be made now. */
export interface HeldQueue {
  readonly queue: string;
  readonly reason: string;
}

/** The state of the sources beside their positions, as the daemon last wrote it. */
export interface SourcesNote {
  /** How many logs are open at once, if there are more; null: all are open. */
  readonly turns: number | null;
  readonly inlets: readonly ReceiverReport[];
  /** Logs that are there and cannot be read, and why; the first of them where there are many. */
  readonly unreadable: readonly UnreadableLog[];
}

export interface UnreadableLog {
  readonly path: string;
  readonly reason: string;
}

/** What became of a reload. */
export interface ReloadNote {
  /** When it was refused (ms), so that the config before is in force; null: it was not. */
  readonly refused: number | null;
  /** Why: the first fault with its place. null: it was not, or a version before this one noted none. */
  readonly reason: string | null;
  /** When the config in force was read (ms); null: a version before this one noted none. */
  readonly inForce: number | null;
}

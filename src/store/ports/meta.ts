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
  /** Names this state among those of a fleet, whatever the machine is called; null: it was in none yet. */
  readonly stateId: string | null;
  /** How this node and its fleet are; null: it was in none yet. */
  readonly fleet: FleetNote | null;
  /** What the nodes of the fleet sign letters with; never to be shown. null: this node has met none yet. */
  readonly fleetSecret: string | null;
  /** Snoozes as the fleet had them when they were last compared with those of this state. */
  readonly mirrored: readonly MirroredSnooze[];
}

/** Times in ms. */
export interface FleetNote {
  /** Where the nodes meet, without a password. */
  readonly address: string;
  /** The name of this node. */
  readonly node: string;
  /** `met`: the meeting place answers. `away`: it cannot be used. `name-taken`: another node has this name. */
  readonly state: 'met' | 'away' | 'name-taken';
  /** Since when that is so. */
  readonly since: number;
  /** Why it is away; null: it is not. */
  readonly reason: string | null;
  /** When it last answered, as far as that was written; null: it never did. */
  readonly lastMet: number | null;
  /** How far the clock of this machine is ahead of the meeting place's. */
  readonly ahead: number;
  /** Queues that other nodes define differently, and these nodes. */
  readonly differing: readonly { readonly queue: string; readonly nodes: readonly string[] }[];
}

/** `digest`: a hash of all of it. */
export interface MirroredSnooze {
  readonly id: string;
  readonly host: string;
  readonly digest: string;
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

import type { ReceiverReport } from '../../source/push/receiver.js';

/** What is known of the state and of the daemon that works with it, for `tayori status`. */
export interface Meta {
  meta(): MetaValues;
  setMeta<Name extends keyof MetaValues>(name: Name, value: NonNullable<MetaValues[Name]>): void;
}

export interface MetaValues {
  /** Since when is counted (ms); null: no daemon has begun yet. */
  readonly began: number | null;
  /** The daemon that works with this state, or was the last. */
  readonly daemon: DaemonNote | null;
  readonly held: readonly HeldQueue[];
  readonly sources: SourcesNote;
}

/** What a daemon notes in the state when it starts. */
export interface DaemonNote {
  readonly pid: number;
  readonly version: string;
  /** The config it was started with. */
  readonly config: string;
  /** ms */
  readonly started: number;
}

/** A queue whose letter cannot be made at present. */
export interface HeldQueue {
  readonly queue: string;
  readonly reason: string;
}

/** What the daemon last knew of its sources beside their positions. */
export interface SourcesNote {
  /** How many logs are open at once, where there are more; null: all are. */
  readonly turns: number | null;
  readonly inlets: readonly ReceiverReport[];
}

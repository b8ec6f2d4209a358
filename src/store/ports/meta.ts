import type { ReceiverReport } from '../../source/push/receiver.js';

/** What is known of the state and of the daemon that works with it, for `tayori status`. */
export interface Meta {
  meta(): Facts;
  setMeta<Name extends keyof Facts>(name: Name, value: NonNullable<Facts[Name]>): void;
}

export interface Facts {
  /** Since when is counted (ms); null: no daemon has begun yet. */
  readonly began: number | null;
  /** The daemon that works with this state, or was the last. */
  readonly daemon: DaemonNote | null;
  readonly held: readonly HeldQueue[];
  readonly sources: SourcesNote;
  /** The reload that the daemon was last asked for. */
  readonly reload: ReloadNote;
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
}

import type { Clock } from '../base/time/clock.js';
import type { DaemonEvent } from '../daemon/event.js';
import type { ClaimedBatch } from '../store/ports/checkpoints.js';

/** What came of sources that cannot be read again, to be counted in one step. */
export interface Received {
  readonly lines: readonly string[];
  /** Set when a server holds these lines until they are counted. */
  readonly taken: ClaimedBatch | null;
  /** Lines and datagrams that are lost; they are counted, too. */
  readonly counters: ReadonlyMap<'overflowed' | 'dropped', number>;
}

/** Who counts. */
export interface ReceiveSink {
  /** Counts and commits, all of it or nothing; false: the state cannot be written now. */
  receive(received: Received): boolean;
  wasProcessed(id: string): boolean;
}

/** Between the inlets, which cannot wait, and a reader, which is not always there. */
export interface ReceiveBuffer {
  /** Lines to be counted before this turn of the event loop ends or, in a flood, a few ms later. */
  push(lines: readonly string[]): void;
  drop(datagrams: number): void;
  /** Counts what a server put aside: `counted` now or before, else `later`. */
  take(lines: readonly string[], batch: ClaimedBatch): 'counted' | 'later';
  attach(sink: ReceiveSink): void;
  /** Counts what is there, and lets go of the sink. What comes from now on is held. */
  detach(): void;
  /** Counts what is held. */
  deliver(): void;
  /** Counts what is held, and tells what cannot be. */
  close(): void;
  /** How many lines have come in all. */
  readonly total: number;
}

/**
 * In a flood, commits are this far apart (ms): each costs as much as counting some dozens of lines. What came since the
 * last one is all that a kill -9 can take.
 */
const GATHER = 5;

/** So many characters are held while nobody can count them: a full disk must not fill the memory, too. */
const MOST_HELD = 32 * 1024 * 1024;

/** Collects what inlets hand on, and hands it to the reader in few, whole steps. */
export function createReceiveBuffer(clock: Clock, onEvent: (event: DaemonEvent) => void): ReceiveBuffer {
  let sink: ReceiveSink | null = null;
  let held: string[] = [];
  let heldCharacters = 0;
  let counters = new Map<'overflowed' | 'dropped', number>();
  let total = 0;
  let lastDelivery = Number.NEGATIVE_INFINITY;
  let scheduled = false;

  function add(counter: 'overflowed' | 'dropped', amount: number): void {
    counters.set(counter, (counters.get(counter) ?? 0) + amount);
  }

  function overflow(lines: number): void {
    if (!counters.has('overflowed')) onEvent({ kind: 'overflowing' });
    add('overflowed', lines);
  }

  function schedule(): void {
    if (scheduled || !sink) return;
    scheduled = true;
    const since = clock.now() - lastDelivery;
    const run = (): void => {
      scheduled = false;
      deliver();
    };
    if (since >= 0 && since < GATHER) clock.after(GATHER - since, run);
    else setImmediate(run);
  }

  function deliver(): void {
    if (!sink || (held.length === 0 && counters.size === 0)) return;
    lastDelivery = clock.now();
    if (!sink.receive({ lines: held, taken: null, counters })) return;
    const overflowed = counters.get('overflowed') ?? 0;
    held = [];
    heldCharacters = 0;
    counters = new Map();
    if (overflowed > 0) onEvent({ kind: 'overflowed', lines: overflowed });
  }

  return {
    push(lines) {
      total += lines.length;
      const characters = lines.reduce((sum, line) => sum + line.length, 0);
      if (heldCharacters + characters > MOST_HELD) return overflow(lines.length);
      heldCharacters += characters;
      for (const line of lines) held.push(line);
      schedule();
    },
    drop: (datagrams) => add('dropped', datagrams),
    take(lines, batch) {
      if (!sink) return 'later';
      if (sink.wasProcessed(batch.id)) return 'counted';
      total += lines.length;
      return sink.receive({ lines, taken: batch, counters: new Map() }) ? 'counted' : 'later';
    },
    attach(to) {
      sink = to;
      deliver();
    },
    detach() {
      deliver();
      sink = null;
    },
    deliver,
    close() {
      deliver();
      const lost = held.length + (counters.get('overflowed') ?? 0);
      if (lost > 0) onEvent({ kind: 'overflowed', lines: lost });
      held = [];
    },
    get total() {
      return total;
    },
  };
}

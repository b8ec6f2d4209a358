import { reasonOf } from '../base/errors.js';
import { tidyHeap } from '../base/process/tidy-heap.js';
import type { Clock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import type { DaemonEvent } from '../daemon/event.js';
import type { SelfMail } from '../mail/self-mail.js';
import { createRuleState } from '../rule/rule-state.js';
import { type Follower, followFiles } from '../source/file/follow-files.js';
import type { FilePosition } from '../source/file/line-batch.js';
import type { Start } from '../source/file/segment.js';
import { LossNames } from '../source/loss-names.js';
import type { Checkpoints, ClaimedBatch, Durability } from '../store/ports/checkpoints.js';
import { mostOpenLogs } from './descriptors.js';
import { createLineProcessor, type LineProcessor } from './line-processor.js';
import type { Received } from './receive-buffer.js';
import type { Receivers } from './receivers.js';

export interface CheckpointerOptions {
  readonly config: Config;
  readonly store: Checkpoints;
  readonly clock: Clock;
  readonly start: Start;
  /** Sources that cannot be read again; owned by whoever opened them. */
  readonly inlets?: Receivers | undefined;
  readonly own: SelfMail;
  /** (0) What was read has been committed. */
  onProgress?(rest: number): void;
  onEvent(event: DaemonEvent): void;
}

/** Reads the sources, sorts their lines, and commits positions and counts together. */
export interface Checkpointer {
  /** Reads what stands in the files now, and takes what waits elsewhere. */
  poll(): Promise<void>;
  /** Resolves, once a look has begun, when it is known of each file from where on it is read. */
  seen(): Promise<void>;
  /** Commits what was read; false when the state cannot be written (told as an event). */
  commit(): boolean;
  /** Forgets the escalations that a letter has ended. */
  mailed(queue: string, hosts: readonly string[]): void;
  files(): ReturnType<Follower['state']>;
  /** So many logs are open at once, where there are more; null: all are. */
  turns(): number | null;
  close(): void;
}

/** How many lines may be read before what came of them is committed. */
const MOST_LINES = 200_000;

/**
 * What was held while nobody could count, up to 32 million characters, is not made into one text; nor are a hundred
 * datagrams of 60 kB that came at once. A line may be longer.
 */
const LINES_AT_ONCE = 1000;
const CHARACTERS_AT_ONCE = 500_000;

interface Run {
  readonly follower: Follower;
  readonly sorter: LineProcessor;
  readonly memory: ReturnType<typeof createRuleState>;
}

/** What a commit holds beside what was read from files, and how lasting it must be. */
interface CommitOptions {
  readonly taken?: ClaimedBatch | null;
  readonly durability?: Durability;
}

/**
 * When a commit fails, all that was read since the last one is let go, and reading stops: when the state can be
 * written again everything is read anew from the last commit. So nothing is lost or counted twice, and memory stays.
 * What inlets hand on is counted and committed in one step, so that it can be theirs again when that fails.
 */
export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  const { config, store, clock, inlets, own, onEvent } = options;
  let positions = new Map<string, FilePosition>();
  /** What the state has of files that are followed: what has not changed need not be written again. */
  let committed = new Map<string, FilePosition>();
  let forgotten: FilePosition[] = [];
  let lines = 0;
  /** Told once, until a commit of what was read has succeeded. */
  let failing = false;
  let run: Run | null = begin();

  function begin(): Run {
    const memory = createRuleState(store.memory());
    const sorter = createLineProcessor(
      config,
      memory,
      () => clock.now(),
      ({ place, pattern }) => onEvent({ kind: 'overrun', place, source: pattern.source }),
      own,
    );
    const losses = new LossNames(store.counters().keys());
    /** A read under way when a commit failed may still come to its end: it is made again from the last commit. */
    const isOver = (): boolean => run?.follower !== follower;
    const follower = followFiles({
      patterns: config.logfiles.map(({ value }) => value),
      positions: store.positions(),
      start: options.start,
      waitForMissing: config.tailMissing.value,
      clock,
      mostOpen: mostOpenLogs(),
      onLines(batch) {
        if (isOver()) return;
        lines += sorter.take(batch.lines);
        positions.set(keyOf(batch.position), batch.position);
        if (lines >= MOST_LINES || sorter.full) commit();
      },
      onForget(position) {
        if (isOver()) return;
        positions.delete(keyOf(position));
        forgotten.push(position);
      },
      onDone(position) {
        if (!isOver()) positions.set(keyOf(position), position);
      },
      onLoss(loss) {
        if (!isOver()) sorter.add(losses.nameOf(loss), 1);
      },
      onEvent: (event) => onEvent({ kind: 'source', event }),
    });
    return { follower, sorter, memory };
  }

  function commit(): boolean {
    takePositions();
    return commitRead();
  }

  /** Where one file stands may depend on another: of all that have moved on, or of none. */
  function takePositions(): void {
    for (const position of run?.follower.positions() ?? []) {
      const key = keyOf(position);
      if (committed.get(key) !== position) positions.set(key, position);
    }
  }

  /** Commits what has been handed on; where files stand can wait when nothing was read of them. */
  function commitRead({ taken = null, durability = 'synced' }: CommitOptions = {}): boolean {
    if (!run) return false;
    if (positions.size > 0 || forgotten.length > 0) takePositions();
    try {
      store.commit(
        {
          at: clock.now(),
          positions: [...positions.values()],
          forgotten,
          ...run.sorter.changes(),
          selfMail: own.changes(),
          ...(taken ? { taken } : {}),
        },
        durability,
      );
    } catch (error) {
      fail(error);
      return false;
    }
    if (lines > 0) options.onProgress?.(0);
    run.sorter.onCommitted();
    own.onCommitted();
    for (const position of forgotten) committed.delete(keyOf(position));
    for (const [key, position] of positions) committed.set(key, position);
    settle();
    if (failing) onEvent({ kind: 'state-back' });
    failing = false;
    tidyHeap();
    return true;
  }

  function settle(): void {
    positions = new Map();
    forgotten = [];
    lines = 0;
  }

  function fail(error: unknown): void {
    run?.follower.close();
    run = null;
    committed = new Map();
    own.revert();
    settle();
    onEvent({ kind: 'state-failed', reason: reasonOf(error) });
    failing = true;
  }

  /** Tries the state with a commit of nothing, and reads on when that works. */
  function recover(): void {
    try {
      store.commit({
        at: clock.now(),
        positions: [],
        forgotten: [],
        tally: [],
        memory: { last: new Map(), hits: [] },
        counters: new Map([['lines', 0]]),
      });
      run = begin();
    } catch (error) {
      fail(error);
    }
  }

  /** A server that holds a batch lets go of it afterwards, so that must survive everything. */
  function receive({ lines: received, taken, counters }: Received): boolean {
    if (!run) return false;
    for (const text of inPieces(received)) run.sorter.take({ text });
    for (const [counter, amount] of counters) run.sorter.add(counter, amount);
    return commitRead({ taken, durability: taken ? 'synced' : 'written' });
  }

  return {
    async poll() {
      if (!run) recover();
      inlets?.attach({ receive, wasProcessed: (id) => store.wasProcessed(id) });
      await Promise.all([run?.follower.poll(), inlets?.poll()]);
    },
    async seen() {
      await run?.follower.seen();
    },
    commit,
    mailed: (queue, hosts) => run?.memory.clear(queue, hosts),
    files: () => run?.follower.state() ?? [],
    turns: () => run?.follower.turns() ?? null,
    close() {
      inlets?.detach();
      run?.follower.close();
      run = null;
    },
  };
}

/** Lines as texts of some of them each. */
function* inPieces(lines: readonly string[]): Generator<string> {
  let from = 0;
  let characters = 0;
  for (const [at, { length }] of lines.entries()) {
    if (at > from && (at - from >= LINES_AT_ONCE || characters + length > CHARACTERS_AT_ONCE)) {
      yield lines.slice(from, at).join('\n');
      from = at;
      characters = 0;
    }
    characters += length;
  }
  if (from < lines.length) yield lines.slice(from).join('\n');
}

/** As the state tells positions apart. */
function keyOf({ path, device, inode }: FilePosition): string {
  return `${path}\n${device}:${inode}`;
}

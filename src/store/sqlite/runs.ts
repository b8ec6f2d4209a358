import { groupBy } from '../../base/group-by.js';
import {
  type EndedRun,
  MAX_HELD_RUNS,
  MAX_HELD_TEXT,
  RUN_OUTCOMES,
  type RunCounts,
  type RunEnd,
  type RunHit,
  type RunOutcome,
  type WaitingRun,
} from '../../queue/exec/run.js';
import type { RunChanges, Runs } from '../ports/runs.js';
import { json, list, object, oneOf, pair, rowDecoder, text, time, whole } from './decode.js';
import type { Sqlite } from './open-sqlite.js';

/** Ends of each queue that are kept after they were told, for `tayori status`. */
const MAX_KEPT = 20;

/** SQL: all that is not told yet. */
const HELD = "stage IN ('waiting', 'started', 'ended')";

/** Hits for which programs are to run, and what became of them. */
export class SqliteRuns implements Runs {
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;
  readonly #settle: (changes: RunChanges) => void;
  readonly #drop: (queues: readonly string[], end: Omit<RunEnd, 'hits'>, at: number) => void;

  constructor(db: Sqlite) {
    this.#sql = statements(db);
    this.#decode = decoders(db);
    this.#settle = db.transaction((changes: RunChanges) => this.#write(changes));
    this.#drop = db.transaction((queues: readonly string[], end: Omit<RunEnd, 'hits'>, at: number) => {
      for (const { queue, hits } of this.#sql.waitingOf.all().map(this.#decode.waitingOf))
        if (!queues.includes(queue)) {
          this.#sql.removeWaiting.run(queue);
          writeEnd(this.#sql, { queue, end: { ...end, hits }, at });
        }
    });
  }

  waitingRuns(queue: string, limit: number): WaitingRun[] {
    return this.#sql.waiting.all(queue, limit).map(this.#decode.hit).map(asWaiting);
  }

  startedRuns(): WaitingRun[] {
    return this.#sql.started.all().map(this.#decode.hit).map(asWaiting);
  }

  settleRuns(changes: RunChanges): void {
    this.#settle(changes);
  }

  dropRuns(queues: readonly string[], end: Omit<RunEnd, 'hits'>, at: number): void {
    this.#drop(queues, end, at);
  }

  endedRuns(limit: number): EndedRun[] {
    return this.#sql.ended.all(limit).map(this.#decode.end).map(asEnded);
  }

  runCounts(): RunCounts[] {
    const counts = new Map<string, HeldCounts>();
    const of = (queue: string): HeldCounts => {
      const found = counts.get(queue) ?? { waiting: 0, running: 0, ended: new Map() };
      counts.set(queue, found);
      return found;
    };
    for (const { queue, stage, hits } of this.#sql.stages.all().map(this.#decode.stage))
      of(queue)[stage === 'waiting' ? 'waiting' : 'running'] = hits;
    for (const { queue, outcome, times } of this.#sql.counts.all().map(this.#decode.count))
      of(queue).ended.set(outcome, times);
    return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([queue, rest]) => ({ queue, ...rest }));
  }

  recentRuns(): EndedRun[] {
    return this.#sql.recent.all().map(this.#decode.end).map(asEnded);
  }

  #write({ at, started, again, ended }: RunChanges): void {
    for (const id of started) this.#sql.start.run(at, id);
    for (const id of again) this.#sql.wait.run(id);
    for (const { id, end } of ended) {
      const queue = this.#sql.queueOf.get(id);
      if (queue === undefined) continue;
      this.#sql.end.run(at, JSON.stringify(end), id);
      this.#sql.add.run(text(queue), end.outcome, end.hits);
    }
  }
}

/** Makes the function that writes hits, and what lines have told; for use within a transaction. */
export function runWriter(
  db: Sqlite,
): (at: number, runs: readonly RunHit[], told: readonly number[]) => void {
  const sql = statements(db);
  const decodeHeld = rowDecoder(db.name, 'run', { runs: whole, size: whole });
  const write = (queue: string, hits: readonly RunHit[], at: number): void => {
    let { runs, size } = decodeHeld(sql.held.get(queue));
    let left = 0;
    for (const hit of hits) {
      const stored = JSON.stringify(storedOf(hit));
      if (runs >= MAX_HELD_RUNS || size + stored.length > MAX_HELD_TEXT) left += 1;
      else {
        sql.insert.run(queue, stored, stored.length, at);
        runs += 1;
        size += stored.length;
      }
    }
    const end = { outcome: 'left-out', hits: left, command: '', why: 'too many wait', output: '' } as const;
    if (left > 0) writeEnd(sql, { queue, end, at });
  };
  return (at, runs, told) => {
    for (const id of told) sql.tell.run(id);
    if (told.length > 0) sql.forget.run(MAX_KEPT);
    for (const [queue, hits] of groupBy(runs, (one) => one.queue)) write(queue, hits, at);
  };
}

interface HeldCounts {
  waiting: number;
  running: number;
  ended: Map<RunOutcome, number>;
}

interface NewEnd {
  readonly queue: string;
  readonly end: RunEnd;
  readonly at: number;
}

/** An end that has no row of a hit. */
function writeEnd(sql: ReturnType<typeof statements>, { queue, end, at }: NewEnd): void {
  sql.insertEnd.run(queue, at, JSON.stringify(end));
  sql.add.run(queue, end.outcome, end.hits);
}

/** The form in the state (JSON): host, message, count, groups, line. */
const storedHit = json(object({ h: text, m: text, c: whole, g: list(pair(text, text)), l: text }));

const storedEnd = json(
  object({ outcome: oneOf(...RUN_OUTCOMES), hits: whole, command: text, why: text, output: text }),
);

function storedOf({ host, message, count, groups, line }: RunHit): object {
  return { h: host, m: message, c: count, g: [...groups], l: line };
}

function asWaiting({
  id,
  queue,
  hit,
}: {
  readonly id: number;
  readonly queue: string;
  readonly hit: ReturnType<typeof storedHit>;
}): WaitingRun {
  return { id, queue, host: hit.h, message: hit.m, count: hit.c, groups: new Map(hit.g), line: hit.l };
}

function asEnded({ result, ...rest }: Omit<EndedRun, keyof RunEnd> & { readonly result: RunEnd }): EndedRun {
  return { ...rest, ...result };
}

function statements(db: Sqlite) {
  return {
    waiting: db.prepare<[string, number]>(
      "SELECT id, queue, hit FROM run WHERE stage = 'waiting' AND queue = ? ORDER BY id LIMIT ?",
    ),
    waitingOf: db.prepare<[]>(
      "SELECT queue, count(*) AS hits FROM run WHERE stage = 'waiting' GROUP BY queue ORDER BY queue",
    ),
    started: db.prepare<[]>("SELECT id, queue, hit FROM run WHERE stage = 'started' ORDER BY id"),
    ended: db.prepare<[number]>(
      "SELECT id, queue, at, result FROM run WHERE stage = 'ended' ORDER BY id LIMIT ?",
    ),
    recent: db.prepare<[]>(
      "SELECT id, queue, at, result FROM run WHERE stage IN ('ended', 'told') ORDER BY at DESC, id DESC",
    ),
    stages: db.prepare<[]>(
      `SELECT queue, stage, count(*) AS hits FROM run WHERE stage IN ('waiting', 'started') GROUP BY queue, stage`,
    ),
    counts: db.prepare<[]>('SELECT queue, outcome, times FROM run_count'),
    held: db.prepare<[string]>(
      `SELECT count(*) AS runs, coalesce(sum(size), 0) AS size FROM run WHERE ${HELD} AND queue = ?`,
    ),
    queueOf: db.prepare<[number], unknown>('SELECT queue FROM run WHERE id = ?').pluck(),
    insert: db.prepare("INSERT INTO run (queue, stage, hit, size, at) VALUES (?, 'waiting', ?, ?, ?)"),
    insertEnd: db.prepare(
      "INSERT INTO run (queue, stage, hit, size, at, result) VALUES (?, 'ended', '', 0, ?, ?)",
    ),
    start: db.prepare("UPDATE run SET stage = 'started', at = ? WHERE id = ?"),
    wait: db.prepare("UPDATE run SET stage = 'waiting' WHERE id = ?"),
    end: db.prepare("UPDATE run SET stage = 'ended', hit = '', size = 0, at = ?, result = ? WHERE id = ?"),
    tell: db.prepare("UPDATE run SET stage = 'told' WHERE id = ?"),
    removeWaiting: db.prepare("DELETE FROM run WHERE stage = 'waiting' AND queue = ?"),
    forget: db.prepare(
      `DELETE FROM run WHERE stage = 'told' AND id IN (
         SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY queue ORDER BY id DESC) AS rank
         FROM run WHERE stage = 'told') WHERE rank > ?)`,
    ),
    add: db.prepare(
      `INSERT INTO run_count (queue, outcome, times) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET times = times + excluded.times`,
    ),
  };
}

function decoders({ name }: Sqlite) {
  return {
    hit: rowDecoder(name, 'run', { id: whole, queue: text, hit: storedHit }),
    end: rowDecoder(name, 'run', { id: whole, queue: text, at: time, result: storedEnd }),
    stage: rowDecoder(name, 'run', { queue: text, stage: oneOf('waiting', 'started'), hits: whole }),
    waitingOf: rowDecoder(name, 'run', { queue: text, hits: whole }),
    count: rowDecoder(name, 'run_count', { queue: text, outcome: oneOf(...RUN_OUTCOMES), times: whole }),
  };
}

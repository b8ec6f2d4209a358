import type { SelfMailId } from '../../mail/self-mail.js';
import type { TimedKey } from '../../queue/timed/timed-keys.js';
import type { EscalationCounts } from '../../rule/escalations.js';
import type { LastMatch } from '../../rule/rule-state.js';
import type { FilePosition } from '../../source/file/line-batch.js';
import type { Batch, Checkpoints, Durability, Silence } from '../ports/checkpoints.js';
import { batchWriter } from './batch-writer.js';
import {
  count,
  json,
  list,
  object,
  oneOf,
  orNull,
  plain,
  rowDecoder,
  text,
  time,
  truth,
  whole,
} from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { selfMailReader } from './self-mail.js';
import type { TallyWriter } from './tally-writer.js';
import { timedKeyReader } from './timed-keys.js';

/** Reads where the sources stand and what was counted, and commits both together. */
export class SqliteCheckpoints implements Checkpoints {
  readonly #db: Sqlite;
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: ReturnType<typeof decoders>;
  readonly #commit: (batch: Batch) => void;
  readonly #commitSynced: (batch: Batch) => void;
  /** Something was committed that is perhaps not on the disk yet. */
  #isUnsynced = false;
  readonly selfMail: () => SelfMailId[];
  readonly timedKeys: () => TimedKey[];

  constructor(db: Sqlite, tally: TallyWriter) {
    const commit = db.transaction(batchWriter(db, tally));
    this.#db = db;
    this.#sql = statements(db);
    this.#decode = decoders(db);
    this.#commit = commit;
    this.#commitSynced = db.transaction((batch: Batch) => {
      commit(batch);
      // SQLite syncs only when it writes: without other changes, this row makes earlier unsynced commits durable.
      if (this.#isUnsynced) this.#sql.writeSynced.run(String(batch.at));
    });
    this.selfMail = selfMailReader(db);
    this.timedKeys = timedKeyReader(db);
  }

  positions(): FilePosition[] {
    return this.#sql.positions
      .all()
      .map(this.#decode.position)
      .map(({ tail, ...rest }) => (tail === null ? rest : { ...rest, tail }));
  }

  ruleState(): { last: [string, LastMatch][]; hits: EscalationCounts[] } {
    const last = this.#sql.matches.all().map(this.#decode.match);
    return {
      last: last.map(({ host, groups, ...said }) => [
        host,
        groups === null ? said : { ...said, groups: new Map(groups) },
      ]),
      hits: this.#sql.hits.all().map(this.#decode.hit),
    };
  }

  counters(): Map<string, number> {
    const found = this.#sql.counters.all().map(this.#decode.counter);
    return new Map(found.map(({ name, value }) => [name, value]));
  }

  silences(): Silence[] {
    const found = this.#sql.silences.get();
    return found === undefined ? [] : this.#decode.silences(found).value;
  }

  commit(batch: Batch, durability: Durability = 'synced'): void {
    if (durability === 'written') {
      this.#commitUnsynced(batch);
      this.#isUnsynced = true;
    } else {
      this.#commitSynced(batch);
      this.#isUnsynced = false;
    }
  }

  /** In WAL a commit without a sync is safe from whatever befalls this process (sqlite.org, PRAGMA synchronous). */
  #commitUnsynced(batch: Batch): void {
    this.#db.exec('PRAGMA synchronous = NORMAL');
    try {
      this.#commit(batch);
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL');
    }
  }

  wasProcessed(id: string): boolean {
    return this.#sql.findTaken.get(id) !== undefined;
  }

  lastTaken(source: string): string | null {
    const row = this.#sql.lastTaken.get(source);
    return row === undefined ? null : this.#decode.taken(row).batch;
  }
}

function statements(db: Sqlite) {
  return {
    positions: db.prepare<[]>(
      `SELECT path, device, inode, head, head_length AS headLength, offset, stage, since, tail FROM position
       ORDER BY path, since`,
    ),
    matches: db.prepare<[]>('SELECT host, message, queues, groups FROM last_match'),
    hits: db.prepare<[]>('SELECT rule, host, leftmost, count FROM hits'),
    counters: db.prepare<[]>('SELECT name, value FROM counter'),
    silences: db.prepare<[]>("SELECT value FROM fact WHERE name = 'silences'"),
    findTaken: db.prepare<[string]>('SELECT 1 FROM taken WHERE batch = ?'),
    lastTaken: db.prepare<[string]>('SELECT batch FROM taken WHERE source = ?'),
    writeSynced: db.prepare<[string]>("REPLACE INTO fact (name, value) VALUES ('synced', ?)"),
  };
}

function decoders({ name }: Sqlite) {
  return {
    position: rowDecoder(name, 'position', {
      path: plain,
      device: plain,
      inode: plain,
      head: plain,
      headLength: whole,
      offset: whole,
      stage: oneOf('live', 'rotated', 'copied', 'done'),
      since: time,
      tail: orNull(plain),
    }),
    match: rowDecoder(name, 'last_match', {
      host: text,
      message: text,
      queues: json(list(text)),
      groups: orNull(json(list(pair))),
    }),
    hit: rowDecoder(name, 'hits', { rule: text, host: text, leftmost: text, count }),
    taken: rowDecoder(name, 'taken', { batch: plain }),
    silences: rowDecoder(name, 'the fact "silences"', {
      value: json(list(object({ key: text, quiet: count, silent: truth }))),
    }),
    counter: rowDecoder(name, 'counter', { name: text, value: count }),
  };
}

/** The name and the text of a group. */
function pair(value: unknown): readonly [string, string] {
  const [name, said] = list(text)(value);
  return [text(name), text(said)];
}

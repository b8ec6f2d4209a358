import type { Sqlite } from './open-sqlite.js';

/** Marks a SQLite file as tayori's state: "tayo" in ASCII. */
export const APPLICATION_ID = 0x7461796f;

/**
 * One step a version, applied in order to a state file that is older. Released steps never change.
 * Times are ms since 1970. An edition is one letter's worth of a queue: open while it is counted into, closed when
 * the letter is due, gone when that letter is sealed into the outbox. `queue.counters` is what the counters were when
 * its last edition was closed, `edition.counters` how much they grew up to its own closing (both JSON).
 */
export const MIGRATIONS = [
  `CREATE TABLE position (
     path TEXT NOT NULL, device TEXT NOT NULL, inode TEXT NOT NULL,
     head TEXT NOT NULL, head_length INTEGER NOT NULL, offset INTEGER NOT NULL, retired INTEGER NOT NULL,
     PRIMARY KEY (path, device, inode)
   ) WITHOUT ROWID;
   CREATE TABLE queue (
     name TEXT PRIMARY KEY, schedule TEXT NOT NULL, due_after INTEGER NOT NULL, mailed INTEGER NOT NULL,
     counters TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE edition (
     id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, opened INTEGER NOT NULL,
     closed INTEGER, status TEXT, counters TEXT
   );
   CREATE UNIQUE INDEX open_edition ON edition (queue) WHERE closed IS NULL;
   CREATE TABLE tally (
     edition INTEGER NOT NULL, host TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL,
     first INTEGER, last INTEGER,
     PRIMARY KEY (edition, host, message)
   ) WITHOUT ROWID;
   CREATE TABLE letter (
     id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, subject TEXT NOT NULL,
     sender TEXT NOT NULL, mime BLOB NOT NULL, sealed INTEGER NOT NULL
   );
   CREATE TABLE recipient (
     letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE, address TEXT NOT NULL,
     state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
     attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER NOT NULL, last_error TEXT,
     PRIMARY KEY (letter, address)
   ) WITHOUT ROWID;
   CREATE TABLE last_match (host TEXT PRIMARY KEY, message TEXT NOT NULL, queues TEXT NOT NULL) WITHOUT ROWID;
   CREATE TABLE hits (
     rule TEXT NOT NULL, host TEXT NOT NULL, leftmost TEXT NOT NULL, count INTEGER NOT NULL,
     PRIMARY KEY (rule, host)
   ) WITHOUT ROWID;
   CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;`,
  // What `status` tells: since when is counted, and which daemon works with this state.
  'CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  // How each queue was last defined (JSON), for what it still holds when the config drops it.
  'ALTER TABLE queue ADD COLUMN definition TEXT',
  // The last batch that was counted of each list that lines are taken from.
  'CREATE TABLE taken (source TEXT PRIMARY KEY, batch TEXT NOT NULL) WITHOUT ROWID;',
  // Mail trouble. A mishap is open to more of its kind until a letter is made that tells it (frozen); it is gone when
  // that letter (told_in) has reached somebody. own_mail: Message-IDs of letters sent (kind 'message') and the ids that
  // mail servers gave to them (kind 'queue'), with the host that logs them, when that is known.
  `ALTER TABLE letter ADD COLUMN trace TEXT;
   ALTER TABLE recipient ADD COLUMN last_try INTEGER;
   CREATE TABLE mishap (
     id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL CHECK (kind IN ('late', 'refused', 'dropped')),
     queue TEXT NOT NULL, address TEXT NOT NULL, letters INTEGER NOT NULL, letter INTEGER NOT NULL,
     sealed INTEGER NOT NULL, delay INTEGER NOT NULL, reason TEXT NOT NULL,
     frozen INTEGER NOT NULL DEFAULT 0, told_in INTEGER
   );
   CREATE UNIQUE INDEX open_mishap ON mishap (kind, queue, address) WHERE frozen = 0;
   CREATE TABLE own_mail (
     id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('message', 'queue')), host TEXT, seen INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX own_mail_seen ON own_mail (seen);`,
  // A log may have several files, each at its stage; one that is done is remembered, so that it is not read again.
  `CREATE TABLE file_position (
     path TEXT NOT NULL, device TEXT NOT NULL, inode TEXT NOT NULL,
     head TEXT NOT NULL, head_length INTEGER NOT NULL, offset INTEGER NOT NULL,
     stage TEXT NOT NULL CHECK (stage IN ('live', 'rotated', 'copied', 'done')), since REAL NOT NULL,
     PRIMARY KEY (path, device, inode)
   ) WITHOUT ROWID;
   INSERT INTO file_position SELECT path, device, inode, head, head_length, offset,
     iif(retired, 'rotated', 'live'), strftime('%s', 'now') * 1000.0 FROM position;
   DROP TABLE position;
   ALTER TABLE file_position RENAME TO position;`,
  // What was in earlier letters: `letters` is [[letter, count], ...] (JSON), `latest` the last of them.
  `ALTER TABLE queue ADD COLUMN letters INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE ledger (
     queue TEXT NOT NULL, hash TEXT NOT NULL, host TEXT NOT NULL, text TEXT NOT NULL,
     first INTEGER NOT NULL, last INTEGER NOT NULL, latest INTEGER NOT NULL, letters TEXT NOT NULL,
     PRIMARY KEY (queue, hash, host)
   ) WITHOUT ROWID;
   CREATE INDEX ledger_latest ON ledger (queue, latest);
   CREATE INDEX ledger_last ON ledger (last);`,
  // Storms of queues that fold, and what each page tells of its storm (JSON both).
  `CREATE TABLE storm (queue TEXT PRIMARY KEY, storm TEXT NOT NULL) WITHOUT ROWID;
   ALTER TABLE edition ADD COLUMN storm TEXT;`,
  // Letters that were made, to be looked up: `packed` is the mail under gzip, null where it was too large to be kept.
  `CREATE TABLE past_letter (
     id INTEGER PRIMARY KEY, queue TEXT NOT NULL, subject TEXT NOT NULL, recipients TEXT NOT NULL,
     sealed INTEGER NOT NULL, size INTEGER NOT NULL, packed BLOB
   )`,
  // What is known of a message beside its count (JSON); null when the row says all. valued: of how many the values.
  `ALTER TABLE tally ADD COLUMN detail TEXT;
   ALTER TABLE edition ADD COLUMN valued INTEGER NOT NULL DEFAULT 0;`,
  // Since when a server says that a quota is used up. Which mail server's programs a queue id belongs to, when known.
  // Who sent a letter of the past.
  `ALTER TABLE recipient ADD COLUMN limited_since INTEGER;
   ALTER TABLE own_mail ADD COLUMN family TEXT;
   ALTER TABLE past_letter ADD COLUMN sender TEXT;`,
  // The most frequent lines that no rule took (JSON), as each queue's next letter is to tell them: its own row, with
  // that of '', which holds what came since an edition was closed last.
  `CREATE TABLE untaken (queue TEXT PRIMARY KEY, lines TEXT NOT NULL) WITHOUT ROWID;
   ALTER TABLE edition ADD COLUMN untaken TEXT;`,
  // A hash of the last bytes that were read of a file: its first ones may be the same at each start of a program.
  'ALTER TABLE position ADD COLUMN tail TEXT',
  // Text that holds a NUL is kept as the bytes of its UTF-8: some engines cut text there. Counts go on where they were.
  [
    withNulAsBytes('position', ['path']),
    withNulAsBytes('tally', ['host', 'message']),
    withNulAsBytes('last_match', ['host', 'message']),
    withNulAsBytes('hits', ['rule', 'host']),
    withNulAsBytes('ledger', ['host', 'text']),
    withNulAsBytes('letter', ['subject', 'trace']),
    withNulAsBytes('recipient', ['address', 'last_error']),
    withNulAsBytes('mishap', ['address', 'reason']),
    withNulAsBytes('own_mail', ['id', 'host']),
    withNulAsBytes('past_letter', ['subject']),
  ].join(''),
  // What directives that count in time remember of each key: `hits` are times and hosts (JSON), `place` rises with the
  // last hit. edition.due: from when on what it holds makes a page; null: at once. last_match.groups: the text of named
  // groups (JSON).
  `CREATE TABLE timed_key (
     space TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL, hits TEXT NOT NULL, PRIMARY KEY (space, key)
   ) WITHOUT ROWID;
   ALTER TABLE edition ADD COLUMN due INTEGER;
   ALTER TABLE last_match ADD COLUMN groups TEXT;`,
  // Rows of open or closed editions that wait to be merged into their tally: `content` is JSON, `hosts` a list (JSON) of
  // those it names, `count` how many rows it has.
  `CREATE TABLE sorted_run (
     id INTEGER PRIMARY KEY, edition INTEGER NOT NULL, range INTEGER NOT NULL, count INTEGER NOT NULL,
     hosts TEXT NOT NULL, content TEXT NOT NULL
   );
   CREATE INDEX sorted_run_range ON sorted_run (edition, range);`,
  // Recipients that are URLs get `post` (JSON), which is sealed with the letter; the archive keeps these by URL (JSON).
  // standby: what goes by the second way when a letter could not leave until `due`; letter.second_way: where it went.
  `ALTER TABLE recipient ADD COLUMN post TEXT;
   ALTER TABLE past_letter ADD COLUMN posts TEXT;
   ALTER TABLE letter ADD COLUMN second_way TEXT;
   CREATE TABLE standby (
     letter INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE, address TEXT NOT NULL, due INTEGER NOT NULL,
     message_id TEXT NOT NULL, subject TEXT NOT NULL, mime BLOB NOT NULL, post TEXT, PRIMARY KEY (letter, address)
   ) WITHOUT ROWID;`,
  // Programs that run for hits. `hit` is what the program is given, `result` how it ended (JSON both), `size` the length of
  // `hit`, `at` when it came to its stage. A row that is told is kept for a while. run_count: how many came to each end.
  `CREATE TABLE run (
     id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL,
     stage TEXT NOT NULL CHECK (stage IN ('waiting', 'started', 'ended', 'told')),
     hit TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, result TEXT
   );
   CREATE INDEX run_stage ON run (stage, queue, id);
   CREATE TABLE run_count (
     queue TEXT NOT NULL, outcome TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (queue, outcome)
   ) WITHOUT ROWID;`,
  // The closed edition in whose letter this one is a section.
  'ALTER TABLE edition ADD COLUMN part_of INTEGER',
  // Since when the page of an edition waits for the hours of its queue; null: it does not.
  'ALTER TABLE edition ADD COLUMN held INTEGER',
  // Entries that are put aside for a while: `id` is that of queue and message, `host` '' for every host.
  `CREATE TABLE snooze (
     id TEXT NOT NULL, host TEXT NOT NULL, queue TEXT NOT NULL, message TEXT NOT NULL, reason TEXT NOT NULL,
     began INTEGER NOT NULL, until INTEGER NOT NULL, usual INTEGER NOT NULL, held INTEGER NOT NULL,
     day INTEGER NOT NULL, before INTEGER NOT NULL, ended INTEGER, why TEXT, PRIMARY KEY (id, host)
   ) WITHOUT ROWID`,
  // What rules took, by the key of the rule. rule_hit.present: when a config had the rule last; rule_day: lines of rules of
  // trash, by day of UTC.
  `CREATE TABLE rule_hit (
     rule TEXT PRIMARY KEY, count INTEGER NOT NULL, since INTEGER NOT NULL, last INTEGER, present INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE rule_day (
     day INTEGER NOT NULL, rule TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, rule)
   ) WITHOUT ROWID;
   CREATE TABLE rule_program (
     rule TEXT NOT NULL, program TEXT NOT NULL, since INTEGER NOT NULL, sample TEXT, PRIMARY KEY (rule, program)
   ) WITHOUT ROWID;`,
  // From this version on `sorted_run.content` is bytes (`run-block.ts`); what waits as JSON stays until it is merged.
  '',
  // Letters of a fleet that this node delivers, by the ids of the fleet's outbox. `until`: how long this node may try it,
  // or, of one that is gone, how long outcomes of tries that were under way are kept. fleet_copy: letters of the outbox that
  // are copies of it, or of its second way. fleet_recipient: what the fleet has yet to hear, by letters of the outbox.
  `CREATE TABLE fleet_letter (
     id INTEGER PRIMARY KEY, queue TEXT NOT NULL, until INTEGER NOT NULL,
     stage TEXT NOT NULL CHECK (stage IN ('held', 'alone', 'leaving', 'gone'))
   );
   CREATE TABLE fleet_copy (
     letter INTEGER PRIMARY KEY REFERENCES letter (id) ON DELETE CASCADE,
     fleet INTEGER NOT NULL REFERENCES fleet_letter (id) ON DELETE CASCADE
   );
   CREATE INDEX fleet_copy_fleet ON fleet_copy (fleet);
   CREATE TABLE fleet_recipient (
     letter INTEGER NOT NULL, address TEXT NOT NULL,
     fleet INTEGER NOT NULL REFERENCES fleet_letter (id) ON DELETE CASCADE,
     way TEXT NOT NULL CHECK (way IN ('first', 'second')),
     state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
     PRIMARY KEY (letter, address)
   ) WITHOUT ROWID;
   CREATE INDEX fleet_recipient_fleet ON fleet_recipient (fleet);`,
  // Lines that wait for what the fleet says of them (JSON), and what it has said (JSON): null while it has not. `at`: when the
  // line was read.
  `CREATE TABLE fleet_hit (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, size INTEGER NOT NULL, hit TEXT NOT NULL, verdict TEXT
   );
   CREATE INDEX fleet_hit_verdict ON fleet_hit (verdict IS NULL, id);`,
];

/** For a released step: it never changes. */
function withNulAsBytes(table: string, columns: readonly string[]): string {
  const hasNul = (column: string): string => `instr(CAST(${column} AS BLOB), x'00')`;
  const changed = columns.map((one) => `${one} = iif(${hasNul(one)}, CAST(${one} AS BLOB), ${one})`);
  return `UPDATE ${table} SET ${changed.join(', ')} WHERE ${columns.map(hasNul).join(' OR ')};\n`;
}

const SCHEMA_VERSION = MIGRATIONS.length;

/** Why an open file cannot be used as state, or null if it can. Only reads. */
export function refuseState(db: Sqlite): string | null {
  const version = versionOf(db);
  const owner = pragma(db, 'application_id');
  if (owner !== APPLICATION_ID && !isEmpty(db)) return 'it is a SQLite file of another program';
  if (version > SCHEMA_VERSION)
    return `it was written by a newer tayori (state version ${version}, this one knows ${SCHEMA_VERSION})`;
  return null;
}

/** Why a file of ours is damaged, or null if it is not. Reads all of it: about a second for millions of rows. */
export function refuseDamaged(db: Sqlite): string | null {
  const found = String(db.single('SELECT quick_check AS value FROM pragma_quick_check LIMIT 1')).replace(
    /\s+/g,
    ' ',
  );
  return found === 'ok' ? null : `it is damaged (${found})`;
}

/** Why a file cannot be read without migration; null if it can. */
export function refuseReading(db: Sqlite): string | null {
  if (versionOf(db) < SCHEMA_VERSION) return 'it was written by an older tayori; start this one once';
  return refuseState(db);
}

/** Whether a file of ours, or a new one, is of this version. */
export function isCurrent(db: Sqlite): boolean {
  return versionOf(db) === SCHEMA_VERSION;
}

/**
 * Migrates a usable state file to this version. `audit` checks a file that was older; if it throws, nothing is changed.
 */
export function migrate(db: Sqlite, audit: () => void): void {
  db.transaction(() => {
    const before = versionOf(db);
    for (const step of MIGRATIONS.slice(before)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    if (before > 0 && before < SCHEMA_VERSION) audit();
  })();
}

function versionOf(db: Sqlite): number {
  return pragma(db, 'user_version');
}

function pragma(db: Sqlite, name: 'application_id' | 'user_version'): number {
  return Number(db.single(`SELECT ${name} AS value FROM pragma_${name}`));
}

function isEmpty(db: Sqlite): boolean {
  return db.single('SELECT 1 AS value FROM sqlite_schema LIMIT 1') === undefined;
}

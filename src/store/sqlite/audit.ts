import { MAX_ASKED_HITS } from '../ports/fleet-hits.js';
import type { Store } from '../store.js';
import { counters } from './counters.js';
import { json, oneOf, orNull, plain, rowDecoder, text, time, whole } from './decode.js';
import { auditLedger } from './ledger.js';
import type { Sqlite } from './open-sqlite.js';
import { queueDefinition } from './queue-definitions.js';
import { storedValues } from './stored-detail.js';
import { storedPost, storedPosts } from './stored-post.js';
import { storm } from './stored-storm.js';
import { auditTally } from './tally-rows.js';

/**
 * Reads all of a state as it will be read later, so that damage is found at the start and not in the middle of the work.
 * Throws `DamagedState`. Half a second for a million rows.
 */
export function auditState(db: Sqlite, store: Store): void {
  auditRows(db, 'queue', {
    name: text,
    schedule: text,
    due_after: time,
    mailed: time,
    counters: json(counters),
    letters: whole,
    definition: orNull(json(queueDefinition)),
  });
  auditRows(db, 'storm', { queue: text, storm: json(storm) });
  auditRows(db, 'untaken', { queue: text, lines: storedValues });
  auditRows(db, 'taken', { source: plain, batch: plain });
  auditRows(db, 'edition', { due: orNull(time), part_of: orNull(whole), held: orNull(time) });
  auditRows(db, 'recipient', { limited_since: orNull(time), post: orNull(storedPost) });
  auditRows(db, 'past_letter', { posts: orNull(storedPosts) });
  auditRows(db, 'fleet_copy', { letter: whole, fleet: whole });
  auditRows(db, 'fleet_recipient', { address: text });
  auditLetters(db);
  auditStandby(db);
  store.positions();
  store.ruleState();
  store.timedKeys();
  store.counters();
  store.meta();
  store.closedEditions();
  store.openEditions(0);
  store.unconfirmed();
  store.outbox();
  store.selfMail();
  store.silences();
  store.ruleHistories();
  store.startedRuns();
  store.runCounts();
  store.recentRuns();
  for (const { queue, waiting } of store.runCounts()) store.waitingRuns(queue, waiting);
  store.snoozes();
  store.archivedLetters();
  store.fleetLetters();
  store.askedHits(MAX_ASKED_HITS);
  store.answeredHits(MAX_ASKED_HITS);
  store.fleetOutcomes();
  store.openDeliveryNotices(db.prepare<[], string>('SELECT DISTINCT queue FROM mishap').pluck().all());
  auditLedger(db);
  auditTally(db);
}

function auditRows(db: Sqlite, table: string, shape: Parameters<typeof rowDecoder>[2]): void {
  const rows = db.prepare<[], unknown>(`SELECT ${Object.keys(shape).join(', ')} FROM ${table}`);
  const decode = rowDecoder(db.name, table, shape);
  for (const row of rows.all()) decode(row);
}

/** Mail may be large, so only its type is checked. */
function auditLetters(db: Sqlite): void {
  const rows = db.prepare<[], unknown>(
    'SELECT id, queue, message_id, subject, sender, typeof(mime) AS mime, sealed, trace, second_way FROM letter',
  );
  const decode = rowDecoder(db.name, 'letter', {
    id: whole,
    queue: text,
    message_id: text,
    subject: text,
    sender: text,
    mime: oneOf('blob'),
    sealed: time,
    trace: orNull(text),
    second_way: orNull(text),
  });
  for (const row of rows.all()) decode(row);
}

function auditStandby(db: Sqlite): void {
  const rows = db.prepare<[], unknown>(
    'SELECT address, due, message_id, subject, typeof(mime) AS mime, post FROM standby',
  );
  const decode = rowDecoder(db.name, 'standby', {
    address: text,
    due: time,
    message_id: text,
    subject: text,
    mime: oneOf('blob'),
    post: orNull(storedPost),
  });
  for (const row of rows.all()) decode(row);
}

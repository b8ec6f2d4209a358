import type { LastMatch, RuleStateChanges } from '../../rule/rule-state.js';
import type { FilePosition } from '../../source/file/line-batch.js';
import type { Batch } from '../ports/checkpoints.js';
import { fleetHitWriter } from './fleet-hits.js';
import type { Sqlite } from './open-sqlite.js';
import { ruleHitWriter } from './rule-histories.js';
import { runWriter } from './runs.js';
import { selfMailWriter } from './self-mail.js';
import { sqlSum } from './sql-counts.js';
import type { TallyWriter } from './tally-writer.js';
import { timedKeyWriter } from './timed-keys.js';
import { untaken } from './untaken.js';

/** Makes the function that writes a batch; for use within a transaction. */
export function batchWriter(db: Sqlite, tally: TallyWriter): (batch: Batch) => void {
  const writePositions = positionWriter(db);
  const writeRuleState = ruleStateWriter(db);
  const addCounter = db.prepare(
    `INSERT INTO counter (name, value) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET value = ${sqlSum('value', 'excluded.value')}`,
  );
  const { add: addUntaken } = untaken(db);
  const writeTaken = db.prepare('REPLACE INTO taken (source, batch) VALUES (@source, @id)');
  const writeSilences = db.prepare("REPLACE INTO fact (name, value) VALUES ('silences', ?)");
  const keepOwn = selfMailWriter(db);
  const writeTimedKeys = timedKeyWriter(db);
  const writeRuleHits = ruleHitWriter(db);
  const writeRuns = runWriter(db);
  const writeFleetHits = fleetHitWriter(db);
  const writePage = db.prepare(
    'UPDATE edition SET due = min(coalesce(due, @due), @due) WHERE queue = @queue AND closed IS NULL',
  );

  return (batch) => {
    tally.write(batch.at, batch.tally);
    writePositions(batch.forgotten, batch.positions);
    writeRuleState(batch.ruleState);
    if (batch.ruleHits) writeRuleHits(batch.at, batch.ruleHits);
    if (batch.timedKeys) writeTimedKeys(batch.timedKeys);
    if (batch.asked || batch.answered) writeFleetHits(batch.asked ?? [], batch.answered ?? []);
    for (const [queue, due] of batch.pages ?? []) writePage.run({ queue, due });
    for (const [name, amount] of batch.counters) addCounter.run(name, amount);
    if (batch.untaken) addUntaken(batch.untaken);
    if (batch.taken) writeTaken.run(batch.taken);
    if (batch.silences) writeSilences.run(JSON.stringify(batch.silences));
    if (batch.selfMail) keepOwn(batch.selfMail);
    writeRuns(batch.at, batch.runs ?? [], batch.toldRuns ?? []);
  };
}

type Positions = readonly FilePosition[];

function positionWriter(db: Sqlite): (forgotten: Positions, positions: Positions) => void {
  const forget = db.prepare('DELETE FROM position WHERE path = ? AND device = ? AND inode = ?');
  const write = db.prepare(
    `REPLACE INTO position (path, device, inode, head, head_length, offset, stage, since, tail)
     VALUES (@path, @device, @inode, @head, @headLength, @offset, @stage, @since, @tail)`,
  );
  return (forgotten, positions) => {
    for (const { path, device, inode } of forgotten) forget.run(path, device, inode);
    for (const position of positions) write.run({ ...position, tail: position.tail ?? null });
  };
}

function ruleStateWriter(db: Sqlite): (changes: RuleStateChanges) => void {
  const remember = db.prepare('REPLACE INTO last_match (host, message, queues, groups) VALUES (?, ?, ?, ?)');
  const forget = db.prepare('DELETE FROM last_match WHERE host = ?');
  const writeHits = db.prepare('REPLACE INTO hits (rule, host, leftmost, count) VALUES (?, ?, ?, ?)');
  const clearHits = db.prepare('DELETE FROM hits WHERE rule = ? AND host = ?');
  return ({ last, hits }) => {
    for (const [host, match] of last)
      if (match) remember.run(host, match.message, JSON.stringify(match.queues), groupsAsJson(match));
      else forget.run(host);
    for (const { rule, host, leftmost, count } of hits)
      if (count > 0) writeHits.run(rule, host, leftmost, count);
      else clearHits.run(rule, host);
  };
}

function groupsAsJson({ groups }: LastMatch): string | null {
  return groups ? JSON.stringify([...groups].filter(([, value]) => value !== null)) : null;
}

import type { Store } from '../store.js';
import { archive } from './archive.js';
import { SqliteCheckpoints } from './checkpoints.js';
import { deliveryNotices } from './delivery-notices.js';
import { SqliteEditions } from './editions.js';
import { entries } from './entries.js';
import { fleetHits } from './fleet-hits.js';
import { fleetLetters } from './fleet-letters.js';
import { handIns } from './hand-ins.js';
import { ledger } from './ledger.js';
import { ledgerHistory } from './ledger-history.js';
import { meta } from './meta.js';
import type { Sqlite } from './open-sqlite.js';
import { SqliteOutbox, webOutbox } from './outbox.js';
import { outboxList } from './outbox-list.js';
import { queueDefinitions } from './queue-definitions.js';
import { queueMarks } from './queue-marks.js';
import { SqliteQueues } from './queues.js';
import { ruleHistories } from './rule-histories.js';
import { RunMerging } from './run-merging.js';
import { SqliteRuns } from './runs.js';
import { secondWays } from './second-ways.js';
import { snoozes } from './snoozes.js';
import { TallyWriter } from './tally-writer.js';

/** All ports of an open connection. `tally`: what writes counts. `ledgerRows`: of so many messages the ledger is full. */
export function portsOf(db: Sqlite, tally: TallyWriter = new TallyWriter(db), ledgerRows?: number): Store {
  const merging = new RunMerging(db, tally);
  return together(
    new SqliteCheckpoints(db, tally),
    queueMarks(db),
    queueDefinitions(db),
    new SqliteQueues(db, merging),
    new SqliteEditions(db, merging),
    { mergeRange: merging.mergeRange },
    handIns(db, merging),
    new SqliteRuns(db),
    ruleHistories(db),
    ledger(db, ledgerRows),
    ledgerHistory(db),
    new SqliteOutbox(db),
    webOutbox(db),
    secondWays(db),
    outboxList(db),
    deliveryNotices(db),
    archive(db),
    fleetHits(db),
    fleetLetters(db),
    entries(db, merging),
    snoozes(db, merging),
    meta(db),
    { end: () => void db.close() },
  );
}

/** One object with the methods of all parts, each bound to its part. */
function together<Parts extends readonly object[]>(...parts: Parts): AllOf<Parts[number]> {
  return Object.assign({}, ...parts.map(methodsOf));
}

/** From a union to the intersection. */
type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

function methodsOf(part: object): Record<string, unknown> {
  const methods: Record<string, unknown> = {};
  for (const holder of [part, Object.getPrototypeOf(part)])
    if (holder !== Object.prototype)
      for (const name of Object.getOwnPropertyNames(holder)) {
        const member: unknown = Reflect.get(part, name);
        if (typeof member === 'function' && name !== 'constructor') methods[name] = member.bind(part);
      }
  return methods;
}

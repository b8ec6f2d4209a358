import type { TallyChange } from '../../queue/tally.js';
import { mergeRowStatsByTime } from '../../values/row-stats.js';
import type { Checkpoints } from '../ports/checkpoints.js';
import type { DeskFilling } from '../ports/desk.js';
import type { HistoryRow } from '../ports/ledger-history.js';
import type { Store } from '../store.js';
import type { Sqlite } from './open-sqlite.js';
import { portsOf } from './ports-of.js';
import { decodeBlock } from './run-block.js';
import { connectState } from './sqlite-store.js';
import { TallyWriter } from './tally-writer.js';

export type DeskStore = Store & DeskFilling;

/**
 * Opens a private temporary store that is filled with what several nodes have counted. Whoever comes first, what a mask hid
 * in the first line of a message is that of the earliest one. `ledgerRows`: of so many messages the ledger of the fleet is
 * full. Throws when there is no room for it.
 */
export function openDeskStore(ledgerRows: number): DeskStore {
  const db = connectState('');
  const ports = portsOf(db, new TallyWriter(db, mergeRowStatsByTime), ledgerRows);
  return { ...ports, ...deskFilling(db, ports) };
}

function deskFilling(db: Sqlite, { commit }: Pick<Checkpoints, 'commit'>): DeskFilling {
  const noteQueue = db.prepare<[string, number]>(
    `INSERT INTO queue (name, schedule, due_after, mailed, counters, letters) VALUES (?, '', 0, 0, '{}', ?)`,
  );
  const write = db.prepare(
    `INSERT INTO ledger (queue, host, hash, text, first, last, latest, letters)
     VALUES (@queue, @host, @hash, @text, @first, @last, @latest, @letters)`,
  );
  return {
    addBlock: (queue, block) => commit({ ...NOTHING, at: 0, tally: changesOf(queue, block) }),
    setLetters: (queue, letters) => void noteQueue.run(queue, letters),
    addHistory: db.transaction((queue: string, rows: readonly HistoryRow[]) => {
      for (const { letters, ...row } of rows) write.run({ ...row, queue, letters: JSON.stringify(letters) });
    }),
  };
}

const NOTHING = {
  forgotten: [],
  positions: [],
  ruleState: { last: new Map(), hits: [] },
  counters: new Map(),
};

function* changesOf(queue: string, block: Buffer): Generator<TallyChange> {
  for (const row of decodeBlock(block)) yield { ...row, queue, how: 'add' };
}

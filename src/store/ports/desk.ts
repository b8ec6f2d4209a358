import type { HistoryRow } from './ledger-history.js';

/** Fills a private store with what others have counted and remember, so that a letter of it all can be made there. */
export interface DeskFilling {
  /** Counts the rows of a block (`store/sqlite/run-block.ts`) into the open edition of a queue; throws what a damaged one says. */
  addBlock(queue: string, block: Buffer): void;
  /** How many letters a queue has had that can be compared. */
  setLetters(queue: string, letters: number): void;
  /** Adds history to the ledger of a queue. */
  addHistory(queue: string, rows: readonly HistoryRow[]): void;
}

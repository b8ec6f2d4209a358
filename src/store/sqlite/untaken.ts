import { mergeTexts } from '../../values/frequent-texts.js';
import { ValueCounts } from '../../values/space-saving.js';
import type { FrequentLines } from '../ports/editions.js';
import { columnDecoder, orNull } from './decode.js';
import type { Sqlite } from './open-sqlite.js';
import { storedValues } from './stored-detail.js';

/** In place of a queue: the row of lines since an edition was last closed, for all queues. */
export const NO_QUEUE = '';

/** Lines that match no rule, in the table `untaken`; for use within a transaction. */
export interface Untaken {
  /** Adds the lines of a commit: to one row, however many queues there are. */
  add(lines: ValueCounts): void;
  /** Takes the lines for an edition of this queue that is closed now, as `edition.untaken` stores them. */
  take(queue: string): string | null;
  /** The same without taking them. */
  peek(queue: string): FrequentLines;
}

export function untaken(db: Sqlite): Untaken {
  const find = db.prepare<[string], unknown>('SELECT lines FROM untaken WHERE queue = ?').pluck();
  const write = db.prepare('REPLACE INTO untaken (queue, lines) VALUES (?, ?)');
  const remove = db.prepare('DELETE FROM untaken WHERE queue = ?');
  const queues = db.prepare<[], string>('SELECT name FROM queue').pluck();
  const decode = columnDecoder(db.name, 'untaken.lines', orNull(storedValues));

  function read(queue: string): ValueCounts | null {
    const stored = decode(find.get(queue) ?? null);
    return stored && ValueCounts.read(stored);
  }

  function grow(queue: string, lines: ValueCounts | null): void {
    const all = mergeTexts(read(queue), lines);
    if (all) write.run(queue, JSON.stringify(all.stored()));
  }

  return {
    add: (lines) => grow(NO_QUEUE, lines),
    take(queue) {
      if (find.get(NO_QUEUE) !== undefined)
        for (const name of new Set([...queues.all(), queue])) grow(name, read(NO_QUEUE));
      remove.run(NO_QUEUE);
      const own = read(queue);
      remove.run(queue);
      return own && JSON.stringify(own.stored());
    },
    peek: (queue) => frequentLines(mergeTexts(read(queue), queue === NO_QUEUE ? null : read(NO_QUEUE))),
  };
}

/** Makes the function that reads the column `edition.untaken`. */
export function untakenDecoder({ name }: Sqlite): (stored: unknown) => FrequentLines {
  const decode = columnDecoder(name, 'edition.untaken', orNull(storedValues));
  return (stored) => {
    const lines = decode(stored);
    return frequentLines(lines && ValueCounts.read(lines));
  };
}

function frequentLines(lines: ValueCounts | null): FrequentLines {
  if (!lines) return { lines: [], about: false };
  const { top, about } = lines.summary();
  return { lines: top, about };
}

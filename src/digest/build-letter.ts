import type { TallyRow } from '../queue/tally.js';
import { arrange } from './arrange.js';
import { createGathering } from './gathering.js';
import type { GoneItem, Letter, Parts } from './letter.js';
import type { NewsRow } from './news.js';
import { fillSubject } from './subject.js';
import { wordsOf } from './words/words-of.js';

/** `subject`: with its placeholders. */
export interface LetterFrame extends Omit<Letter, 'hosts' | 'parts'> {
  readonly sortOrder: 'ascending' | 'descending';
  /** What is known of the letters before; null: a letter of host blocks alone. */
  readonly before: Pick<Parts, 'isFirst' | 'period'> | null;
}

/** Makes a letter of rows that come one by one, from wherever they are kept. */
export interface LetterBuilder {
  /** Rows may come in any order and in any number: only what a letter can show is held. */
  add(row: TallyRow | NewsRow): void;
  /** The letter; null when there is nothing to tell. */
  finish(gone: readonly GoneItem[]): Letter | null;
}

/**
 * Begins a letter. Hosts are in the order of their code units; messages by count, then by text. What a limit leaves out
 * is counted exactly: in the host's `more`, or for what has no place in any host's block, in a note.
 */
export function createLetterBuilder({ sortOrder, before, ...frame }: LetterFrame): LetterBuilder {
  const gathering = createGathering(sortOrder, frame.limit || Number.POSITIVE_INFINITY);
  return {
    add: (row) => gathering.add(row),
    finish(gone) {
      const gathered = gathering.finish();
      if (gathered.total.messages === 0) return null;
      const words = wordsOf(frame.language);
      const { hosts, notes, ...parts } = arrange(gathered, before !== null, words);
      const { total, shared, news } = parts;
      const changes = before && { isFirst: before.isFirst, news, gone };
      const onlyHost = total.hosts === 1 ? (gathered.shown[0]?.host ?? null) : null;
      const facts = { queue: frame.queue, total, onlyHost, hosts, shared, changes };
      return {
        ...frame,
        subject: fillSubject(frame.subject, facts, words),
        parts: before && { ...before, period: before.period ?? gathered.seen, ...parts, gone },
        hosts,
        notes: [...frame.notes, ...notes],
      };
    },
  };
}

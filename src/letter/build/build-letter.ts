import type { TallyRow } from '../../queue/tally.js';
import type { NewsRow } from '../history/news.js';
import type { GoneItem, Letter, Parts } from '../letter.js';
import { wordsOf } from '../words/words-of.js';
import { addIds } from './add-ids.js';
import { Arrangement } from './arrange.js';
import { createGathering, type GatheredRows, type Gathering, ROUTINE } from './gathering.js';
import { fillSubject } from './subject.js';

/** `subject`: with its placeholders. */
export interface LetterFrame extends Omit<Letter, 'hosts' | 'parts'> {
  readonly sortOrder: 'ascending' | 'descending';
  /** The comparison with earlier letters; null: a letter of host blocks only. */
  readonly before: Pick<Parts, 'isFirst' | 'period'> | null;
}

/**
 * Makes a letter from rows that come one by one; it keeps only those that it can show. Hosts are in the order of their
 * code units, messages in the order of count, then text. What a limit leaves out is counted exactly: in `more` of the
 * host, or in a note if the host has no block.
 */
export class LetterBuilder {
  readonly #frame: LetterFrame;
  readonly #gathering: Gathering;
  #arranged: { readonly gathered: GatheredRows; readonly arrangement: Arrangement } | null = null;

  constructor(frame: LetterFrame) {
    this.#frame = frame;
    this.#gathering = createGathering(frame.sortOrder, frame.limit || Number.POSITIVE_INFINITY);
  }

  /** Rows may come in any order and number, each once. */
  add(row: TallyRow | NewsRow): void {
    this.#gathering.add(row);
  }

  /**
   * After all rows: the messages for which the letter shows totals, but has no room for all of their rows. Pass their rows
   * to `recount`, so that the numbers of hosts and lines are exact.
   */
  incomplete(): ReadonlySet<string> {
    return this.#arrange().arrangement.recount.wanted;
  }

  /** Takes a row that was added before once more; ignores rows that are not incomplete. */
  recount(row: TallyRow | NewsRow): void {
    this.#arrange().arrangement.recount.add('news' in row ? row : { ...row, news: ROUTINE });
  }

  /** The letter; null if it would be empty. */
  finish(gone: readonly GoneItem[]): Letter | null {
    const { sortOrder: _, before, ...frame } = this.#frame;
    const { gathered, arrangement } = this.#arrange();
    if (gathered.total.messages === 0) return null;
    const words = wordsOf(frame.language);
    const { hosts, notes, ...parts } = arrangement.arrange(gone.length, words);
    const { total, shared, changes, news } = parts;
    const onlyHost = total.hosts === 1 ? (gathered.shown[0]?.host ?? null) : null;
    const compared = before && { isFirst: before.isFirst, changes, news };
    const { queue, kind, mask } = frame;
    const facts = { queue, kind, mask, total, onlyHost, hosts, shared, compared, over: null };
    return addIds({
      ...frame,
      subject: fillSubject(frame.subject, facts, words),
      parts: before && { ...before, period: before.period ?? gathered.seen, ...parts, gone },
      hosts,
      notes: [...frame.notes, ...notes],
    });
  }

  #arrange(): { readonly gathered: GatheredRows; readonly arrangement: Arrangement } {
    if (this.#arranged) return this.#arranged;
    const gathered = this.#gathering.finish();
    this.#arranged = { gathered, arrangement: new Arrangement(gathered, this.#frame.before !== null) };
    return this.#arranged;
  }
}

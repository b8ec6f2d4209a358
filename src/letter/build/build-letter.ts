import type { TallyRow } from '../../queue/tally.js';
import type { NewsRow } from '../history/news.js';
import type { GoneItem, Letter, Parts } from '../letter.js';
import { wordsOf } from '../words/words-of.js';
import { Arrangement } from './arrange.js';
import { createGathering, type GatheredRows, type Gathering, ROUTINE } from './gathering.js';
import { fillSubject } from './subject.js';

/** `subject`: with its placeholders. */
export interface LetterFrame extends Omit<Letter, 'hosts' | 'parts'> {
  readonly sortOrder: 'ascending' | 'descending';
  /** What is known of the letters before; null: a letter of host blocks alone. */
  readonly before: Pick<Parts, 'isFirst' | 'period'> | null;
}

/**
 * Makes a letter of rows that come one by one, from wherever they are kept: only what it can show is held. Hosts are in
 * the order of their code units; messages by count, then by text. What a limit leaves out is counted exactly: in the
 * host's `more`, or for what has no place in any host's block, in a note.
 */
export class LetterBuilder {
  readonly #frame: LetterFrame;
  readonly #gathering: Gathering;
  #settled: { readonly gathered: GatheredRows; readonly arrangement: Arrangement } | null = null;

  constructor(frame: LetterFrame) {
    this.#frame = frame;
    this.#gathering = createGathering(frame.sortOrder, frame.limit || Number.POSITIVE_INFINITY);
  }

  /** Rows may come in any order and in any number, each once. */
  add(row: TallyRow | NewsRow): void {
    this.#gathering.add(row);
  }

  /**
   * When all rows are there: the messages that the letter tells as a whole, though not all of their rows have a place in
   * it. Their rows are to be handed to `recount`, so that it tells the true number of hosts and lines.
   */
  incomplete(): ReadonlySet<string> {
    return this.#settle().arrangement.recount.wanted;
  }

  /** A row that was added before, once more; those that are not wanted are passed over. */
  recount(row: TallyRow | NewsRow): void {
    this.#settle().arrangement.recount.add('news' in row ? row : { ...row, news: ROUTINE });
  }

  /** The letter; null when there is nothing to tell. */
  finish(gone: readonly GoneItem[]): Letter | null {
    const { sortOrder: _, before, ...frame } = this.#frame;
    const { gathered, arrangement } = this.#settle();
    if (gathered.total.messages === 0) return null;
    const words = wordsOf(frame.language);
    const { hosts, notes, ...parts } = arrangement.arrange(gone.length, words);
    const { total, shared, changes, news } = parts;
    const onlyHost = total.hosts === 1 ? (gathered.shown[0]?.host ?? null) : null;
    const told = before && { isFirst: before.isFirst, changes, news };
    const { queue, kind, mask } = frame;
    const facts = { queue, kind, mask, total, onlyHost, hosts, shared, told, over: null };
    return {
      ...frame,
      subject: fillSubject(frame.subject, facts, words),
      parts: before && { ...before, period: before.period ?? gathered.seen, ...parts, gone },
      hosts,
      notes: [...frame.notes, ...notes],
    };
  }

  #settle(): { readonly gathered: GatheredRows; readonly arrangement: Arrangement } {
    if (this.#settled) return this.#settled;
    const gathered = this.#gathering.finish();
    this.#settled = { gathered, arrangement: new Arrangement(gathered, this.#frame.before !== null) };
    return this.#settled;
  }
}

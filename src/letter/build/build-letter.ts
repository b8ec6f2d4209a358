import type { TallyRow } from '../../queue/tally.js';
import type { NewsRow } from '../history/news.js';
import type { GoneItem, Letter, Parts } from '../letter.js';
import { wordsOf } from '../words/words-of.js';
import { addIds } from './add-ids.js';
import { Arrangement } from './arrange.js';
import { createGathering, type GatheredRows, type Gathering, ROUTINE } from './gathering.js';
import { fillSubject, type SubjectFacts } from './subject.js';

/** `subject`: with its placeholders. */
export interface LetterFrame extends Omit<Letter, 'hosts' | 'parts' | 'sections' | 'proposals'> {
  readonly sortOrder: 'ascending' | 'descending';
  /** The comparison with earlier letters; null: a letter of host blocks only. */
  readonly before: Pick<Parts, 'isFirst' | 'period' | 'partial'> | null;
}

/** What a letter tells of the rows of one queue. */
export interface QueueContent extends Pick<Letter, 'parts' | 'hosts' | 'notes'> {
  /** All that was counted, shown or not. */
  readonly total: Parts['total'];
  /** The name of the host, if there is only one. */
  readonly onlyHost: string | null;
  /** What its subject tells of it beside that. */
  readonly shared: Parts['shared'];
  readonly compared: SubjectFacts['compared'];
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

  /** `queues`: how many queues of one letter share its room. */
  constructor(frame: LetterFrame, queues = 1) {
    this.#frame = frame;
    this.#gathering = createGathering(frame.sortOrder, frame.limit || Number.POSITIVE_INFINITY, queues);
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
    const content = this.content(gone);
    return content.total.messages === 0 ? null : letterOf(this.#frame, content);
  }

  /** After all rows, and what was recounted. */
  content(gone: readonly GoneItem[]): QueueContent {
    const { queue, before, language } = this.#frame;
    const { gathered, arrangement } = this.#arrange();
    const { hosts, notes, ...parts } = arrangement.arrange(gone.length, wordsOf(language));
    const { total, shared, changes, news } = parts;
    return addIds(queue, {
      hosts,
      notes,
      total,
      shared,
      onlyHost: total.hosts === 1 ? (gathered.shown[0]?.host ?? null) : null,
      compared: before && { isFirst: before.isFirst, changes, news },
      parts: before && { ...before, period: before.period ?? gathered.seen, ...parts, gone },
    });
  }

  #arrange(): { readonly gathered: GatheredRows; readonly arrangement: Arrangement } {
    if (this.#arranged) return this.#arranged;
    const gathered = this.#gathering.finish();
    this.#arranged = { gathered, arrangement: new Arrangement(gathered, this.#frame.before !== null) };
    return this.#arranged;
  }
}

/** A letter of one queue. */
export function letterOf({ sortOrder: _, before: __, ...frame }: LetterFrame, content: QueueContent): Letter {
  const { parts, hosts, notes, ...facts } = content;
  const { queue, kind, mask } = frame;
  return {
    ...frame,
    subject: fillSubject(
      frame.subject,
      { ...facts, queue, kind, mask, hosts, over: null },
      wordsOf(frame.language),
    ),
    parts,
    sections: [],
    hosts,
    notes: [...frame.notes, ...notes],
    proposals: null,
  };
}

import { compare } from '../base/compare.js';
import { addCounts } from '../base/count.js';
import type { Config } from '../config/config.js';
import { ledgerHash, shownId, wholeId } from '../letter/entry-id.js';
import type { EnteredRow, LastRow, LedgerEntry, LedgerRow } from '../letter/history/ledger.js';
import { missed, type Standing } from '../letter/history/news.js';
import { MAX_LOOKED_UP, mayBeSilent, silentHosts } from '../letter/history/silent-hosts.js';
import type { GoneItem } from '../letter/letter.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { LetterQueue } from './queue-definition.js';

/** How many messages of a letter are entered, the most frequent ones: a storm must not push out all others. */
const MAX_ENTERED = 10_000;

/** How much of a message the ledger keeps (UTF-16 units), to show it when it is missing. The hash identifies it. */
const MAX_TEXT = 1000;

/** Compares a letter in the making with earlier letters of its queue. */
export class Comparison {
  readonly standing: Standing;
  readonly #edition: Edition;
  readonly #queue: string;
  readonly #store: Ledger;
  /** Messages of the last letter that are in this one, too. */
  readonly #again = new Set<string>();
  #entered: EnteredRow[] = [];
  readonly #last: readonly LastRow[];
  /** Hosts of the last letter of which this one has nothing so far. */
  readonly #unheard: Set<string>;
  /** Messages so far, including those that are not entered. */
  #messages = 0;

  /** `together`: all queues of its letter: where one of them is known, a message of the others can be new. */
  constructor(
    edition: Edition,
    queue: LetterQueue,
    together: readonly string[],
    { config, store }: { readonly config: Config; readonly store: Ledger },
  ) {
    const first = !together.some((name) => store.isKnown(name));
    this.standing = { first, ...standingOf(edition, queue, config, store) };
    this.#edition = edition;
    this.#queue = queue.name;
    this.#store = store;
    this.#last = store.inLastLetter(queue.name);
    this.#unheard = new Set(this.#last.map(({ host }) => host).filter(mayBeSilent));
  }

  /** These rows are of this letter, also those that it does not show. */
  hear(rows: readonly Pick<TallyRow, 'host'>[]): void {
    for (const { host } of rows) this.#unheard.delete(host);
  }

  /** After all rows: hosts that were regularly in the letters before. */
  silent(): string[] {
    const hosts = [...this.#unheard].slice(0, MAX_LOOKED_UP);
    return hosts.length === 0
      ? []
      : silentHosts(this.#store.lettersOfHosts(this.#queue, hosts), this.standing);
  }

  /** Adds to each row what the ledger knows of it. */
  *withHistory(rows: Iterable<TallyRow>): Generator<LedgerRow> {
    for (const row of rows) {
      const hash = ledgerHash(row.message);
      const { known, anywhere } = this.#store.known(this.#queue, row.host, hash);
      if (known?.letters.at(-1)?.[0] === this.standing.letters) this.#again.add(keyOf(row.host, hash));
      this.#enter(row, hash);
      yield { ...row, known, anywhere };
    }
  }

  /** The same for a row that was counted already. */
  historyOf(row: TallyRow): LedgerRow {
    const hash = ledgerHash(row.message);
    return { ...row, ...this.#store.known(this.#queue, row.host, hash) };
  }

  /** After all rows: usual messages that are missing, once for all hosts, those with the highest counts first. */
  gone(): GoneItem[] {
    const items = new Map<string, { hosts: string[]; usual: number; last: number; id: string }>();
    for (const row of this.#last) {
      const usual = this.#again.has(keyOf(row.host, row.hash)) ? null : missed(row, this.standing);
      if (usual === null) continue;
      const item = items.get(row.message) ?? { hosts: [], usual: 0, last: 0, id: '' };
      item.hosts.push(row.host);
      items.set(row.message, {
        ...item,
        usual: addCounts(item.usual, usual),
        last: Math.max(item.last, row.last),
        id: shownId(wholeId(this.#queue, row.hash)),
      });
    }
    return [...items]
      .map(([message, item]) => ({ message, ...item }))
      .sort((a, b) => b.usual - a.usual || compare(a.message, b.message));
  }

  /** How many messages are not entered into the ledger. */
  notRemembered(): number {
    return Math.max(0, this.#messages - MAX_ENTERED);
  }

  /** What to enter into the ledger. */
  entry(): Omit<LedgerEntry, 'forgetBefore'> {
    return {
      queue: this.#queue,
      made: this.#edition.closed,
      regular: this.standing.regular,
      rows: mostFrequent(this.#entered),
    };
  }

  #enter({ host, message, count, first, last }: TallyRow, hash: string): void {
    this.#messages += 1;
    this.#entered.push({ host, hash, text: message.slice(0, MAX_TEXT), count, first, last });
    if (this.#entered.length >= 2 * MAX_ENTERED) this.#entered = mostFrequent(this.#entered);
  }
}

/** A letter that a signal made early is not regular: it is not compared with others. */
function standingOf(
  { closed, status }: Edition,
  { name, schedule }: LetterQueue,
  config: Config,
  store: Ledger,
): Omit<Standing, 'first'> {
  return {
    letters: store.lettersOf(name),
    made: closed,
    louder: config.louder.value,
    regular: status === null && schedule.kind !== 'now',
  };
}

function keyOf(host: string, hash: string): string {
  return `${hash}${host}`;
}

function mostFrequent(rows: readonly EnteredRow[]): EnteredRow[] {
  return rows.toSorted((a, b) => b.count - a.count).slice(0, MAX_ENTERED);
}

import { compare } from '../base/compare.js';
import { addCounts } from '../base/count.js';
import type { Config } from '../config/config.js';
import { ledgerHash, shownId, wholeId } from '../letter/entry-id.js';
import { type EnteredRow, type LedgerEntry, type LedgerRow, MAX_ENTERED } from '../letter/history/ledger.js';
import { missed, type Standing } from '../letter/history/news.js';
import { MAX_LOOKED_UP, mayBeSilent, silentHosts } from '../letter/history/silent-hosts.js';
import type { GoneItem } from '../letter/letter.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { LetterQueue } from './queue-definition.js';

/** Rows beyond those that are entered that are held until the rarest are dropped. */
const MAX_MORE = 10_000;

/** How much of a message the ledger keeps (UTF-16 units), to show it when it is missing. The hash identifies it. */
const MAX_TEXT = 1000;

/** Compares a letter in the making with earlier letters of its queue. */
export class Comparison {
  readonly standing: Standing;
  readonly #edition: Edition;
  readonly #queue: string;
  readonly #store: Ledger;
  readonly #most: number;
  /** Messages of the last letter that are in this one, too, by host: their hashes. */
  readonly #again = new Map<string, Set<string>>();
  #entered: EnteredRow[] = [];
  /** The host of the last row. */
  #host = '';
  /** A row with this count, or a lower one, has no place any more. */
  #tooRare = Number.NEGATIVE_INFINITY;
  /** Hosts of the last letter of which this one has nothing so far. */
  readonly #unheard: Set<string>;
  /** Messages so far, including those that are not entered. */
  #messages = 0;

  /**
   * `together`: all queues of its letter: where one of them is known, a message of the others can be new. `most`: how many
   * messages of the queue are entered.
   */
  constructor(
    edition: Edition,
    queue: LetterQueue,
    together: readonly string[],
    {
      config,
      store,
      most = MAX_ENTERED,
    }: { readonly config: Config; readonly store: Ledger; readonly most?: number | undefined },
  ) {
    const first = !together.some((name) => store.isKnown(name));
    this.standing = { first, ...standingOf(edition, queue, config, store) };
    this.#edition = edition;
    this.#queue = queue.name;
    this.#store = store;
    this.#most = most;
    this.#unheard = new Set();
    for (const { host } of store.inLastLetter(queue.name)) if (mayBeSilent(host)) this.#unheard.add(host);
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
      if (known?.letters.at(-1)?.[0] === this.standing.letters) this.#noteAgain(row.host, hash);
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
    for (const row of this.#store.inLastLetter(this.#queue)) {
      const usual = this.#again.get(row.host)?.has(row.hash) ? null : missed(row, this.standing);
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
      .map(([message, item]) => ({ message, ...item, hosts: item.hosts.sort(compare) }))
      .sort((a, b) => b.usual - a.usual || compare(a.message, b.message));
  }

  /** How many messages are not entered into the ledger. */
  notRemembered(): number {
    return Math.max(0, this.#messages - this.#most);
  }

  /** What to enter into the ledger. */
  entry(): Omit<LedgerEntry, 'forgetBefore'> {
    return {
      queue: this.#queue,
      made: this.#edition.closed,
      regular: this.standing.regular,
      rows: this.#mostFrequent(),
    };
  }

  #noteAgain(host: string, hash: string): void {
    const ofHost = this.#again.get(host);
    if (ofHost) ofHost.add(hash);
    else this.#again.set(host, new Set([hash]));
  }

  #enter({ host, message, count, first, last }: TallyRow, hash: string): void {
    this.#messages += 1;
    if (count <= this.#tooRare) return;
    // Rows come host by host, each with a string of its own.
    if (host !== this.#host) this.#host = host;
    this.#entered.push({ host: this.#host, hash, text: message.slice(0, MAX_TEXT), count, first, last });
    if (this.#entered.length < this.#most + MAX_MORE) return;
    this.#entered = this.#mostFrequent();
    this.#tooRare = this.#entered.at(-1)?.count ?? this.#tooRare;
  }

  /** Of equal counts those that came first. */
  #mostFrequent(): EnteredRow[] {
    return this.#entered.toSorted((a, b) => b.count - a.count).slice(0, this.#most);
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

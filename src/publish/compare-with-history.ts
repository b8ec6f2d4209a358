import { compare } from '../base/compare.js';
import { addCounts } from '../base/count.js';
import { hashMessage } from '../base/hash-message.js';
import type { Config } from '../config/config.js';
import type { EnteredRow, LedgerEntry, LedgerRow } from '../letter/history/ledger.js';
import { missed, type Standing } from '../letter/history/news.js';
import type { GoneItem } from '../letter/letter.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { LetterQueue } from './queue-definition.js';

/** A letter that is being made, laid beside those of its queue before it. */
export interface Comparison {
  readonly standing: Standing;
  /** Its rows with what the ledger knows of each. */
  know(rows: Iterable<TallyRow>): Generator<LedgerRow>;
  /** The same of a row that is known already. */
  find(row: TallyRow): LedgerRow;
  /** When all rows are known: what was usual and is missing, once for all hosts; what counted most comes first. */
  gone(): GoneItem[];
  /** How many of its messages the ledger is not to learn. */
  notRemembered(): number;
  /** What the ledger is to learn of it. */
  entry(): Omit<LedgerEntry, 'forgetBefore'>;
}

/** How many messages of one letter are entered, the most frequent first: a storm must not push out all others. */
const MOST_ENTERED = 10_000;

/** So much of a message is kept, to name it when it is missing; what tells it from others is its hash. */
const LONGEST_TEXT = 1000;

/** Characters: two messages of the same 132 bits are not to be feared. */
const HASH_LENGTH = 22;

export function createComparison(
  edition: Edition,
  queue: LetterQueue,
  { config, store }: { readonly config: Config; readonly store: Ledger },
): Comparison {
  const standing = standingOf(edition, queue, config, store);
  /** Of what was in the last letter, what is in this one, too. */
  const again = new Set<string>();
  let entered: EnteredRow[] = [];
  let all = 0;

  function enter({ host, message, count, first, last }: TallyRow, hash: string): void {
    all += 1;
    entered.push({ host, hash, text: message.slice(0, LONGEST_TEXT), count, first, last });
    if (entered.length >= 2 * MOST_ENTERED) entered = mostFrequent(entered);
  }

  return {
    standing,
    *know(rows) {
      for (const row of rows) {
        const hash = hashMessage(row.message, HASH_LENGTH);
        const { known, anywhere } = store.known(queue.name, row.host, hash);
        if (known?.letters.at(-1)?.[0] === standing.letters) again.add(keyOf(row.host, hash));
        enter(row, hash);
        yield { ...row, known, anywhere };
      }
    },
    find: (row) => ({
      ...row,
      ...store.known(queue.name, row.host, hashMessage(row.message, HASH_LENGTH)),
    }),
    gone() {
      const items = new Map<string, { hosts: string[]; usual: number; last: number }>();
      for (const row of store.inLastLetter(queue.name)) {
        const usual = again.has(keyOf(row.host, row.hash)) ? null : missed(row, standing);
        if (usual === null) continue;
        const item = items.get(row.message) ?? { hosts: [], usual: 0, last: 0 };
        item.hosts.push(row.host);
        items.set(row.message, {
          ...item,
          usual: addCounts(item.usual, usual),
          last: Math.max(item.last, row.last),
        });
      }
      return [...items]
        .map(([message, item]) => ({ message, ...item }))
        .sort((a, b) => b.usual - a.usual || compare(a.message, b.message));
    },
    notRemembered: () => Math.max(0, all - MOST_ENTERED),
    entry: () => ({
      queue: queue.name,
      made: edition.closed,
      regular: standing.regular,
      rows: mostFrequent(entered),
    }),
  };
}

/** Letters that a signal cut short are not laid beside others. */
function standingOf(
  { closed, status }: Edition,
  { name, schedule }: LetterQueue,
  config: Config,
  store: Ledger,
): Standing {
  return {
    first: !store.isKnown(name),
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
  return rows.toSorted((a, b) => b.count - a.count).slice(0, MOST_ENTERED);
}

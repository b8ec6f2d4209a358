import { groupBy } from '../../base/group-by.js';
import type { Config } from '../../config/config.js';
import { mailedQueues } from '../../config/sections.js';
import type { LedgerLine, MeetingPlace } from '../../fleet/meeting-place.js';
import { ledgerHash, readId, wholeId } from '../../letter/entry-id.js';
import type { Archive } from '../../store/ports/archive.js';
import type { Entries, FoundEntry } from '../../store/ports/entries.js';
import { type FoundById, findEntry } from '../bench/find-entry.js';
import type { Located } from '../read-state.js';
import { askFleet } from './ask-fleet.js';

/** What an id stands for. `away`: why the fleet could not be asked; null: it was, or there is none. */
export interface FoundInFleet {
  readonly found: FoundById;
  readonly away: string | null;
}

/**
 * As `findEntry`, and with `set fleet` in the history of the fleet, too: letters that are written together are remembered
 * there alone. A second or two for 100,000 messages.
 */
export async function findFleetEntry(
  typed: string,
  store: Entries & Archive,
  config: Config,
  located: Pick<Located, 'folder'>,
  env: NodeJS.ProcessEnv,
): Promise<FoundInFleet> {
  const found = findEntry(typed, store, config);
  const id = readId(typed);
  if (id === null || found.kind === 'several') return { found, away: null };
  const own = found.kind === 'found' ? found.entry : null;
  const asked = await askFleet(config, located, env, (place) => entriesOf(id, own, config, place), []);
  if (!asked.ok) return { found, away: asked.reason };
  const [entry, ...others] = asked.value;
  if (!entry) return { found, away: null };
  if (others.length > 0) return { found: { kind: 'several', entries: asked.value }, away: null };
  return { found: { kind: 'found', entry: own ? { ...own, ...historyOf(entry) } : entry }, away: null };
}

/** What this machine remembers of letters is older: from before it joined. */
function historyOf({ known, letters }: FoundEntry): Pick<FoundEntry, 'known' | 'letters'> {
  return { known, letters };
}

async function entriesOf(
  id: string,
  own: FoundEntry | null,
  config: Config,
  place: Pick<MeetingPlace, 'ledger'>,
): Promise<FoundEntry[]> {
  if (own && !own.isCut) return await entriesIn(own.queue, id, place, [ledgerHash(own.message)]);
  const queues = own ? [own.queue] : mailedQueues(config);
  const found: FoundEntry[] = [];
  for (const queue of queues) found.push(...(await entriesIn(queue, id, place)));
  return found;
}

async function entriesIn(
  queue: string,
  id: string,
  place: Pick<MeetingPlace, 'ledger'>,
  hashes?: readonly string[],
): Promise<FoundEntry[]> {
  const lines: LedgerLine[] = [];
  let letters = 0;
  for await (const piece of place.ledger(queue, hashes))
    for (const line of piece) {
      letters = Math.max(letters, line.latest);
      if (wholeId(queue, line.hash).startsWith(id)) lines.push(line);
    }
  return [...groupBy(lines, ({ hash }) => hash)].map(([hash, known]) => {
    const message = known[0]?.text ?? '';
    return {
      ...{ id: wholeId(queue, hash), queue, message, isCut: ledgerHash(message) !== hash },
      ...{ waiting: [], known, letters },
    };
  });
}

import type { Config, QueueConfig } from '../config/config.js';
import { createLetterBuilder } from '../digest/build-letter.js';
import type { HostNames } from '../digest/host-names.js';
import type { Amount, GoneItem, Letter } from '../digest/letter.js';
import { missed, type NewsRow, newsOf, type Standing } from '../digest/news.js';
import { aboveThreshold } from '../digest/threshold.js';
import { wordsOf } from '../digest/words/words-of.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition, Store } from '../store/store.js';
import { letterFrame } from './letter-frame.js';

export interface LetterSources {
  readonly config: Config;
  readonly store: Store;
  readonly origin: string;
  readonly names: HostNames;
}

/** Rows are read so many at a time, so that reading logs goes on in between. */
const PAGE = 5000;

/** The letter of a closed edition as data; null when there is nothing to tell. */
export async function makeLetter(
  edition: Edition,
  queue: QueueConfig,
  sources: LetterSources,
): Promise<Letter | null> {
  const { config, store, origin, names } = sources;
  const standing = standingOf(edition, queue, sources);
  const full = !queue.pager && config.letter.value === 'full';
  const builder = createLetterBuilder(
    letterFrame(config, queue, {
      status: queue.pager ? null : edition.status,
      made: edition.closed,
      since: queue.schedule.kind === 'now' ? null : edition.since,
      origin,
      notes: queue.pager ? [] : unprefixed(edition.counters.get('unprefixed') ?? 0, config),
      before: full ? { isFirst: standing.first, period: periodOf(edition) } : null,
    }),
  );
  const left = { messages: 0, lines: 0 };
  const thresholds = thresholdsOf(config, queue.name);
  await eachPage(edition, store, full ? standing : null, (rows) => {
    for (const row of aboveThreshold(rows, thresholds, left)) builder.add(row);
  });
  const letter = builder.finish(full ? goneOf(store, edition, standing) : []);
  if (!letter || queue.pager) return letter;
  const told = left.messages > 0 ? tellBelow(letter, left) : letter;
  return config.resolve.value ? await named(told, names) : told;
}

/** From the last letter to this one; null where there is no such time, as with `digest`. */
function periodOf({ since, closed }: Edition): { from: number; to: number } | null {
  return since < closed ? { from: since, to: closed } : null;
}

/** Where the letter stands among those of its queue. Those that a signal cut short are not laid beside others. */
export function standingOf(
  { closed, status, queue: name }: Edition,
  { schedule }: QueueConfig,
  { config, store }: Pick<LetterSources, 'config' | 'store'>,
): Standing {
  return {
    first: !store.isKnown(name),
    letters: store.lettersOf(name),
    made: closed,
    louder: config.louder.value,
    regular: status === null && schedule.kind !== 'now',
  };
}

export function thresholdsOf({ thresholds }: Config, queue: string): Config['thresholds'] {
  return thresholds.filter((threshold) => threshold.queue === queue);
}

/** Reads an edition page by page. `standing`: where its rows are laid beside the ledger; null: they are not. */
async function eachPage(
  { id, queue }: Edition,
  store: Store,
  standing: Standing | null,
  use: (rows: readonly (TallyRow | NewsRow)[]) => void,
): Promise<void> {
  for (let after: TallyRow | null = null; ; ) {
    const rows: (TallyRow | NewsRow)[] = standing
      ? store.knownPage(id, queue, after, PAGE).map((row) => ({ ...row, news: newsOf(row, standing) }))
      : store.page(id, after, PAGE);
    use(rows);
    after = rows.at(-1) ?? null;
    if (rows.length < PAGE) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What was usual and is missing, once for all the hosts that miss it; what counted most comes first. */
function goneOf(store: Store, edition: Edition, standing: Standing): GoneItem[] {
  const items = new Map<string, { hosts: string[]; usual: number; last: number }>();
  for (const row of store.missingRows(edition.id, edition.queue)) {
    const usual = missed(row, standing);
    if (usual === null) continue;
    const item = items.get(row.message) ?? { hosts: [], usual: 0, last: 0 };
    item.hosts.push(row.host);
    items.set(row.message, { ...item, usual: item.usual + usual, last: Math.max(item.last, row.last) });
  }
  return [...items]
    .map(([message, item]) => ({ message, ...item }))
    .sort((a, b) => b.usual - a.usual || (a.message < b.message ? -1 : 1));
}

/** What a reader must know to trust the letter. */
function unprefixed(lines: number, { language }: Config): string[] {
  return lines === 0 ? [] : [wordsOf(language.value).notes.unprefixed(lines)];
}

function tellBelow(letter: Letter, left: Amount): Letter {
  return { ...letter, notes: [...letter.notes, wordsOf(letter.language).notes.belowThreshold(left)] };
}

async function named(letter: Letter, names: HostNames): Promise<Letter> {
  const found = await names.namesOf(letter.hosts.map(({ host }) => host));
  return {
    ...letter,
    hosts: letter.hosts.map((section) => ({ ...section, name: found.get(section.host) ?? null })),
  };
}

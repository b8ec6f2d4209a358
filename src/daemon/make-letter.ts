import type { Config, QueueConfig } from '../config/config.js';
import { createLetterBuilder } from '../digest/build-letter.js';
import type { HostNames } from '../digest/host-names.js';
import type { Letter } from '../digest/letter.js';
import { aboveThreshold } from '../digest/threshold.js';
import type { TallyRow } from '../queue/tally.js';
import type { Edition } from '../store/store.js';
import { letterFrame } from './letter-frame.js';

export interface LetterSources {
  readonly config: Config;
  readonly origin: string;
  readonly names: HostNames;
  /** What else the reader must know, such as trouble with mail. */
  readonly notes?: readonly string[];
}

/** The rows of an edition, piece by piece. */
export type Pieces = Iterable<Iterable<TallyRow>> | AsyncIterable<Iterable<TallyRow>>;

/** The letter of a closed edition as data; null when there is nothing to tell. */
export async function makeLetter(
  edition: Pick<Edition, 'closed' | 'status' | 'since' | 'counters'>,
  queue: Omit<QueueConfig, 'place'>,
  pieces: Pieces,
  { config, origin, names, notes = [] }: LetterSources,
): Promise<Letter | null> {
  const frame = letterFrame(config, queue, {
    status: queue.pager ? null : edition.status,
    made: edition.closed,
    since: queue.schedule.kind === 'now' ? null : edition.since,
    origin,
    notes: queue.pager ? [] : [...unprefixed(edition.counters), ...lost(edition.counters), ...notes],
  });
  const left = { messages: 0, lines: 0 };
  const thresholds = thresholdsOf(config, queue.name);
  const builder = createLetterBuilder(frame);
  for await (const rows of pieces) builder.add(aboveThreshold(rows, thresholds, left));
  const letter = builder.finish();
  if (!letter || queue.pager) return letter;
  const told = left.messages > 0 ? tellBelow(letter, left) : letter;
  return config.resolve.value ? await named(told, names) : told;
}

export function thresholdsOf({ thresholds }: Config, queue: string): Config['thresholds'] {
  return thresholds.filter((threshold) => threshold.queue === queue);
}

/** What a reader must know to trust the letter. */
function unprefixed(counters: Edition['counters']): string[] {
  const count = counters.get('unprefixed') ?? 0;
  if (count === 0) return [];
  const lines = count === 1 ? '1 line had' : `${count} lines had`;
  return [`${lines} no known prefix and went to no queue; a queue named noprefix would show them`];
}

/** Of sources that cannot be read again. */
function lost(counters: Edition['counters']): string[] {
  const datagrams = counters.get('dropped') ?? 0;
  const lines = counters.get('overflowed') ?? 0;
  return [
    ...(datagrams > 0
      ? [`lost because they came faster than they could be taken: ${datagrams} datagrams`]
      : []),
    ...(lines > 0 ? [`lost because the state could not be written: ${lines} lines`] : []),
  ];
}

function tellBelow(letter: Letter, { messages, lines }: { messages: number; lines: number }): Letter {
  const what = messages === 1 ? '1 message' : `${messages} messages`;
  const note = `${what} (${lines} ${lines === 1 ? 'line' : 'lines'}) below threshold`;
  return { ...letter, notes: [...letter.notes, note] };
}

async function named(letter: Letter, names: HostNames): Promise<Letter> {
  const found = await names.namesOf(letter.hosts.map(({ host }) => host));
  return {
    ...letter,
    hosts: letter.hosts.map((section) => ({ ...section, name: found.get(section.host) ?? null })),
  };
}

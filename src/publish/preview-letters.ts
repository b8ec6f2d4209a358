import { reasonOf } from '../base/errors.js';
import type { Config } from '../config/config.js';
import { emptyLetters, parentOf, sectionsOf } from '../config/sections.js';
import { zoneOf } from '../config/zones.js';
import type { HostNames } from '../letter/build/host-names.js';
import type { Letter } from '../letter/letter.js';
import { type MailBody, readMail } from '../letter/mime/read-mail.js';
import { sealLetter } from '../letter/mime/seal-letter.js';
import type { Checkpoints } from '../store/ports/checkpoints.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { Meta } from '../store/ports/meta.js';
import type { QueueDefinitions } from '../store/ports/queue-definitions.js';
import type { Queues } from '../store/ports/queues.js';
import type { RuleHistories } from '../store/ports/rule-histories.js';
import type { Snoozes } from '../store/ports/snoozes.js';
import { chooseNotices } from './choose-notices.js';
import { describeNotice } from './describe-notice.js';
import { followed } from './describe-watch.js';
import { budgetOf, makeLetter } from './make-letter.js';
import { definitions, type LetterDefinition, letterQueue } from './queue-definition.js';
import { SetAside } from './set-aside.js';
import { trashNotes } from './trash-notes.js';

export interface PreviewSources {
  readonly config: Config;
  /** Only read. */
  readonly store: Editions &
    Ledger &
    DeliveryNotices &
    QueueDefinitions &
    Queues &
    RuleHistories &
    Pick<Checkpoints, 'positions'> &
    Pick<Meta, 'meta'> &
    Pick<Snoozes, 'snoozes'>;
  /** When the letters would be sent (ms). */
  readonly now: number;
  readonly origin: string;
  readonly version: string;
  readonly names: HostNames;
}

/** What would be sent for a queue. */
export type Preview = { readonly queue: string } & (
  | {
      readonly kind: 'letter';
      readonly letter: Letter;
      readonly body: MailBody;
      readonly filter: string | null;
    }
  /** The queue is empty. */
  | { readonly kind: 'empty' }
  /** All messages are below the thresholds of the queue. */
  | { readonly kind: 'below-threshold' }
  /** Passed to a program instead of mailed. */
  | { readonly kind: 'csv'; readonly command: string }
  /** The letter cannot be made; those of other queues may be. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Counted under an earlier config, and no definition of the queue is known. */
  | { readonly kind: 'undefined' }
);

/** The queues that have letters by the config or that the state has counts of, in the order of the config. */
export function queuesToPreview({ config, store }: Pick<PreviewSources, 'config' | 'store'>): string[] {
  const known = [...definitions(config).keys(), ...store.pending().map(({ queue }) => queue)];
  return [...new Set(known)].filter((queue) => parentOf(queue, config) === null);
}

/**
 * The letters of these queues as they would be sent now, cut to size as mail: for each queue the closed editions that are
 * not sealed yet, then the open one. Changes nothing, and runs no filter.
 */
export async function* previewLetters(
  queues: readonly string[],
  sources: PreviewSources,
): AsyncGenerator<Preview> {
  const { config, store, now } = sources;
  const known = definitions(config);
  const editions = [...store.closedEditions(), ...openLetters(config, store, now)];
  const mentioned = new Set<number>();
  for (const queue of queues) {
    const definition = known.get(queue) ?? store.definition(queue);
    const waiting = editions.filter((edition) => edition.queue === queue);
    if (waiting.length === 0) yield { kind: 'empty', queue };
    else if (!definition) yield { kind: 'undefined', queue };
    else if (definition.kind === 'csv') yield { kind: 'csv', queue, command: definition.command };
    else for (const edition of waiting) yield await tryPreview(edition, definition, mentioned, sources);
  }
}

/** Open editions as if they were closed now: those of sections in that of their letter. */
function openLetters(config: Config, store: Editions, now: number): Edition[] {
  const even = emptyLetters(config);
  const parents = config.queues
    .map(({ name }) => name)
    .filter((name) => even.has(name) || sectionsOf(name, config).length > 0);
  const open = store.openEditions(now, parents);
  return open
    .filter(({ queue }) => parentOf(queue, config) === null)
    .map((edition) => ({
      ...edition,
      sections: open.filter(({ queue }) => parentOf(queue, config) === edition.queue),
    }))
    .filter(({ id, queue, sections }) => id !== 0 || sections.length > 0 || even.has(queue));
}

async function tryPreview(...of: Parameters<typeof previewOf>): Promise<Preview> {
  try {
    return await previewOf(...of);
  } catch (error) {
    return { kind: 'failed', queue: of[0].queue, reason: reasonOf(error) };
  }
}

async function previewOf(
  edition: Edition,
  definition: LetterDefinition,
  mentioned: Set<number>,
  sources: PreviewSources,
): Promise<Preview> {
  const { config, store, version } = sources;
  const { queue } = edition;
  const chosen = definition.pager ? [] : chooseNotices(queue, config, mentioned, store.openDeliveryNotices);
  const told = chosen.map((notice) => describeNotice(notice, zoneOf(queue, config), edition.closed));
  const notes = [...told, ...trashNotes(edition, config, store)];
  const made = await makeLetter(edition, letterQueue(queue, definition, config), {
    ...sources,
    notes,
    followed: (config) => followed(store, config),
    setAside: new SetAside(store.snoozes(), edition),
  });
  if (!made) return { kind: 'below-threshold', queue };
  const { mime } = await sealLetter(made.letter, { id: 'preview', version, budget: budgetOf(config) });
  return { kind: 'letter', queue, letter: made.letter, body: readMail(mime), filter: definition.filter };
}

import { reasonOf } from '../base/errors.js';
import type { Config } from '../config/config.js';
import type { HostNames } from '../letter/build/host-names.js';
import type { Letter } from '../letter/letter.js';
import { type MailBody, readMail } from '../letter/mime/read-mail.js';
import { sealLetter } from '../letter/mime/seal-letter.js';
import type { DeliveryNotices } from '../store/ports/delivery-notices.js';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { Ledger } from '../store/ports/ledger.js';
import type { QueueDefinitions } from '../store/ports/queue-definitions.js';
import type { Queues } from '../store/ports/queues.js';
import { chooseNotices } from './choose-notices.js';
import { describeNotice } from './describe-notice.js';
import { budgetOf, makeLetter } from './make-letter.js';
import { definitions, type LetterDefinition, letterQueue } from './queue-definition.js';

export interface PreviewSources {
  readonly config: Config;
  /** Only read. */
  readonly store: Editions & Ledger & DeliveryNotices & QueueDefinitions & Queues;
  /** When the letters would go (ms). */
  readonly now: number;
  readonly origin: string;
  readonly version: string;
  readonly names: HostNames;
}

/** What would go of a queue. */
export type Preview = { readonly queue: string } & (
  | {
      readonly kind: 'letter';
      readonly letter: Letter;
      readonly body: MailBody;
      readonly filter: string | null;
    }
  /** Nothing waits. */
  | { readonly kind: 'empty' }
  /** All that waits is below its thresholds. */
  | { readonly kind: 'below-threshold' }
  /** Not mailed, but given to a program. */
  | { readonly kind: 'csv'; readonly command: string }
  /** It cannot be made; that of another queue may. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Counted by a config of before, and nobody knows what to do with it. */
  | { readonly kind: 'undefined' }
);

/** The queues that the config defines or the state holds something of, in the order of the config. */
export function queuesToPreview({ config, store }: Pick<PreviewSources, 'config' | 'store'>): string[] {
  return [...new Set([...definitions(config).keys(), ...store.pending().map(({ queue }) => queue)])];
}

/**
 * What would go of these queues now, cut to size as the mail would be: of each what was closed and not sealed yet, then
 * what is still counted. Changes nothing; no filter is run.
 */
export async function* previewLetters(
  queues: readonly string[],
  sources: PreviewSources,
): AsyncGenerator<Preview> {
  const { config, store, now } = sources;
  const known = definitions(config);
  const editions = [...store.closedEditions(), ...store.openEditions(now)];
  const telling = new Set<number>();
  for (const queue of queues) {
    const definition = known.get(queue) ?? store.definition(queue);
    const waiting = editions.filter((edition) => edition.queue === queue);
    if (waiting.length === 0) yield { kind: 'empty', queue };
    else if (!definition) yield { kind: 'undefined', queue };
    else if (definition.kind === 'csv') yield { kind: 'csv', queue, command: definition.command };
    else for (const edition of waiting) yield await tryPreview(edition, definition, telling, sources);
  }
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
  telling: Set<number>,
  sources: PreviewSources,
): Promise<Preview> {
  const { config, store, version } = sources;
  const { queue } = edition;
  const told = definition.pager ? [] : chooseNotices(queue, config, telling, store.openDeliveryNotices);
  const notes = told.map((notice) => describeNotice(notice, config.timezone.value, edition.closed));
  const made = await makeLetter(edition, letterQueue(queue, definition, config), { ...sources, notes });
  if (!made) return { kind: 'below-threshold', queue };
  const { mime } = await sealLetter(made.letter, { id: 'preview', version, budget: budgetOf(config) });
  return { kind: 'letter', queue, letter: made.letter, body: readMail(mime), filter: definition.filter };
}

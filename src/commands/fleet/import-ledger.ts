import { amount, columns, escapeLines } from '../../base/text/layout.js';
import type { Config } from '../../config/config.js';
import type { MeetingPlace } from '../../fleet/meeting-place.js';
import type { Ledger } from '../../store/ports/ledger.js';
import type { LedgerHistory } from '../../store/ports/ledger-history.js';

/**
 * Adds what the ledger of this node remembers of the queues of the config to that of the fleet, and tells it queue by
 * queue. What the fleet knows already stays as it is.
 */
export async function importLedger(
  place: Pick<MeetingPlace, 'importLedger'>,
  store: Pick<Ledger, 'lettersOf'> & LedgerHistory,
  { queues, sections }: Pick<Config, 'queues' | 'sections'>,
): Promise<string> {
  const rows: string[][] = [];
  for (const queue of new Set([...queues.map(({ name }) => name), ...sections.map((one) => one.queue)])) {
    let [messages, added] = [0, 0];
    for (const piece of store.historyOf(queue)) {
      messages += piece.length;
      added += await place.importLedger(queue, store.lettersOf(queue), piece);
    }
    if (messages > 0) rows.push([`[${queue}]`, describe(messages, added)]);
  }
  return escapeLines(
    rows.length > 0
      ? ['The history of letters is taken along to the fleet:', ...columns(rows)]
      : ['no letter of this machine is remembered, so there is nothing to take along'],
  );
}

function describe(messages: number, added: number): string {
  return `${amount(messages, 'message')}${describeKnown(messages - added, messages)}`;
}

function describeKnown(known: number, messages: number): string {
  if (known === 0) return '';
  return known === messages ? ', which the fleet knew already' : `, ${known} of which the fleet knew already`;
}

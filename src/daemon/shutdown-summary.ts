import { join } from 'node:path';
import type { Route } from '../mail/route/route.js';
import { describeRoute } from '../mail/transport/open-transport.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';

export interface ShutdownFacts {
  /** Letters that were not delivered, recipient by recipient. */
  readonly outbox: readonly Pick<OutboxSummary, 'id' | 'state'>[];
  /** Whether a letter has been delivered since the start. */
  readonly sent: boolean;
  readonly route: Route;
}

/** The last message: what became of the letters. */
export function shutdownSummary({ outbox, sent, route }: ShutdownFacts): string {
  const waiting = letters(outbox, 'waiting');
  const refused = letters(outbox, 'refused');
  const lines = [];
  if (waiting === 1) lines.push('1 letter waits for the mail server; the next start sends it.');
  if (waiting > 1) lines.push(`${waiting} letters wait for the mail server; the next start sends them.`);
  if (refused === 1) lines.push('1 letter was rejected, and is kept.');
  if (refused > 1) lines.push(`${refused} letters were rejected, and are kept.`);
  if (!sent && waiting === 0) lines.push('No letter was sent.');
  if (sent && route.kind === 'maildir')
    lines.push(`Your letters are in ${join(route.path, 'new')} (mutt -f ${route.path})`);
  else if (sent && waiting === 0)
    lines.push(`${refused > 0 ? 'The other' : 'All'} letters were handed to ${describeRoute(route)}.`);
  return `${lines.join('\n')}\n`;
}

/** A letter for several recipients is one. */
function letters(outbox: ShutdownFacts['outbox'], state: OutboxSummary['state']): number {
  return new Set(outbox.filter((one) => one.state === state).map(({ id }) => id)).size;
}

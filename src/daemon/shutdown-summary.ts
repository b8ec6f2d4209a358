import { join } from 'node:path';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import type { Route } from '../mail/route/route.js';
import { describeRoute } from '../mail/transport/open-transport.js';
import type { OutboxSummary } from '../store/ports/outbox-list.js';

export interface ShutdownFacts {
  /** Letters that were not delivered, recipient by recipient. */
  readonly outbox: readonly Pick<OutboxSummary, 'id' | 'state' | 'lastError'>[];
  /** Whether a letter has been delivered since the start. */
  readonly sent: boolean;
  readonly route: Route;
  /** The state outlives the daemon, so that the next start sends what waits; left out: it does. */
  readonly keeps?: boolean;
}

/** The last message: what became of the letters. */
export function shutdownSummary({ outbox, sent, route, keeps = true }: ShutdownFacts): string {
  const waiting = letters(outbox, 'waiting');
  const refused = letters(outbox, 'refused');
  const lines: string[] = [];
  lines.push(...(keeps ? describeKept(waiting, refused) : describeLost(outbox)));
  if (!sent && waiting === 0) lines.push('No letter was sent.');
  if (sent && route.kind === 'maildir')
    lines.push(`Your letters are in ${join(route.path, 'new')} (mutt -f ${route.path})`);
  else if (sent && waiting === 0)
    lines.push(`${refused > 0 ? 'The other' : 'All'} letters were handed to ${describeRoute(route)}.`);
  return `${lines.map(escapeControl).join('\n')}\n`;
}

function describeKept(waiting: number, refused: number): string[] {
  const lines = [];
  if (waiting === 1) lines.push('1 letter waits for the mail server; the next start sends it.');
  if (waiting > 1) lines.push(`${waiting} letters wait for the mail server; the next start sends them.`);
  if (refused === 1) lines.push('1 letter was rejected, and is kept.');
  if (refused > 1) lines.push(`${refused} letters were rejected, and are kept.`);
  return lines;
}

/** With the reason, since there is no state that could be asked for it. */
function describeLost(outbox: ShutdownFacts['outbox']): string[] {
  const lost = new Set(outbox.map(({ id }) => id)).size;
  if (lost === 0) return [];
  const reasons = [...new Set(outbox.map(({ lastError }) => lastError ?? 'it was not tried to the end'))];
  return [
    `${amount(lost, 'letter')} did not reach everybody, and will not: no state is kept. ${reasons.join('; ')}`,
  ];
}

/** A letter for several recipients is one. */
function letters(outbox: ShutdownFacts['outbox'], state: OutboxSummary['state']): number {
  return new Set(outbox.filter((one) => one.state === state).map(({ id }) => id)).size;
}

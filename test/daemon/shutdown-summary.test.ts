import { expect, it } from 'vitest';
import { type ShutdownFacts, shutdownSummary } from '../../src/daemon/shutdown-summary.js';
import type { Route } from '../../src/mail/route/route.js';

const SERVER: Route = { kind: 'smtp', host: 'mail', port: 25, tls: 'opportunistic', ca: null, login: null };
const MAILDIR: Route = { kind: 'maildir', path: '/state/Maildir' };

type State = ShutdownFacts['outbox'][number]['state'];

/** What waits, or was refused: the number of the letter and what became of it, for each recipient. */
const outbox = (...rows: readonly (readonly [number, State])[]): ShutdownFacts['outbox'] =>
  rows.map(([id, state]) => ({ id, state, lastError: `why ${id}` }));

const WAIT_1 = '1 letter waits for the mail server; the next start sends it.\n';
const WAIT_2 = '2 letters wait for the mail server; the next start sends them.\n';
const IN_MAILDIR = 'Your letters are in /state/Maildir/new (mutt -f /state/Maildir)\n';

it.each<[string, ShutdownFacts, string]>([
  ['nothing happened', { outbox: [], sent: false, route: SERVER }, 'No letter was sent.\n'],
  ['nothing happened, with a Maildir', { outbox: [], sent: false, route: MAILDIR }, 'No letter was sent.\n'],
  [
    'all were sent',
    { outbox: [], sent: true, route: SERVER },
    'All letters were handed to smtp://mail:25.\n',
  ],
  ['all are in the Maildir', { outbox: [], sent: true, route: MAILDIR }, IN_MAILDIR],
  ['one waits', { outbox: outbox([1, 'waiting']), sent: false, route: SERVER }, WAIT_1],
  [
    'one waits for two recipients',
    { outbox: outbox([1, 'waiting'], [1, 'waiting']), sent: true, route: SERVER },
    WAIT_1,
  ],
  ['two wait', { outbox: outbox([1, 'waiting'], [2, 'waiting']), sent: false, route: SERVER }, WAIT_2],
  [
    'one waits for room on the disk, another is there',
    { outbox: outbox([1, 'waiting']), sent: true, route: MAILDIR },
    `${WAIT_1}${IN_MAILDIR}`,
  ],
  [
    'one waits, and a trial keeps no state',
    {
      outbox: outbox([1, 'waiting'], [1, 'waiting'], [2, 'refused']),
      sent: false,
      route: SERVER,
      keeps: false,
    },
    '2 letters did not reach everybody, and will not: no state is kept. why 1; why 2\n',
  ],
  ['all were sent in a trial', { outbox: [], sent: true, route: MAILDIR, keeps: false }, IN_MAILDIR],
  [
    'one was refused, and no other sent',
    { outbox: outbox([1, 'refused']), sent: false, route: SERVER },
    '1 letter was rejected, and is kept.\nNo letter was sent.\n',
  ],
  [
    'two were refused, others sent',
    { outbox: outbox([1, 'refused'], [2, 'refused']), sent: true, route: SERVER },
    '2 letters were rejected, and are kept.\nThe other letters were handed to smtp://mail:25.\n',
  ],
])('%s', (_name, facts, words) => {
  expect(shutdownSummary(facts)).toBe(words);
});

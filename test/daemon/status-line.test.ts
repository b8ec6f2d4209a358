import { expect, it } from 'vitest';
import { statusLine } from '../../src/daemon/status-line.js';
import { configOf, NOON } from '../ingest/open-receivers.js';

const JOURNAL = { name: 'journal', status: 'open' };

function file(waiting: string | null) {
  return { path: '/x.log', position: null, size: null, waiting };
}

it.each([
  ['logs alone', [file(null), file('missing')], [], 'follows 1 of 2 logs'],
  [
    'a journal in place of logs',
    [file('missing'), file('missing')],
    [JOURNAL],
    'reads journal; of 2 logs none is there',
  ],
  ['a journal, and no log in the config', [], [JOURNAL], 'reads journal'],
  [
    'logs and what else comes',
    [file(null)],
    [
      { name: 'listen tls:[::]:6514', status: 'open, 30 connections' },
      { name: 'command /c', status: 'runs again; it ended' },
    ],
    'follows 1 of 1 log, reads listen tls:[::]:6514, command /c',
  ],
  [
    'a journal that rests, as a log can be read',
    [file(null), file('missing')],
    [{ name: 'journal', status: 'not read, as a log can be' }],
    'follows 1 of 2 logs',
  ],
  [
    'a journal that cannot be read',
    [file('missing')],
    [{ name: 'journal', status: 'this user may not read it' }],
    'follows 0 of 1 log',
  ],
] as const)('says what is read: %s', (_, files, receivers, said) => {
  const daemon = {
    files: () => [...files],
    receivers: () => [...receivers],
    next: () => null,
    outbox: () => [],
  };
  expect(statusLine({ daemon, config: configOf(''), now: NOON, refused: null })).toBe(said);
});

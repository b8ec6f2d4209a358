import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Daemon } from '../../src/daemon/loop.js';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { configOf, NOON } from '../ingest/open-receivers.js';

/** A daemon that has not begun, on a state in which an earlier one has left a note of a held queue. */
function wire() {
  const at = place();
  const { folder, store } = at;
  store.setMeta('held', [{ queue: 'a', reason: 'an earlier one' }]);
  const log = join(folder, 'x.log');
  writeFileSync(log, '');
  const { daemon } = daemonOn(at, configOf(`set logfile ${log}\n`, folder));
  const written = () => ({
    mark: store.queueMark('a'),
    definition: store.definition('a')?.kind ?? null,
    held: store.meta().held.length,
  });
  return { daemon, written };
}

const NOTHING = { mark: null, definition: null, held: 1 };
const ALL = { mark: { schedule: '30 12 * * * UTC', dueAfter: NOON }, definition: 'letter', held: 0 };

it('a daemon writes nothing to the state before it begins', () => {
  const { daemon, written } = wire();
  expect(written()).toEqual(NOTHING);
  daemon.begin();
  expect(written()).toEqual(ALL);
});

it.each([
  ['run', (daemon: Daemon) => daemon.run()],
  ['poll', (daemon: Daemon) => daemon.poll()],
  ['flush', (daemon: Daemon) => daemon.flush('flushing')],
])('a daemon begins with its first %s', async (_name, step) => {
  const { daemon, written } = wire();
  await step(daemon);
  expect(written()).toEqual(ALL);
});

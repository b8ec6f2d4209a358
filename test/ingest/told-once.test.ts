import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ReceiveSink } from '../../src/ingest/receive-buffer.js';
import type { AttachableReceivers } from '../../src/ingest/receivers.js';
import type { Batch, Durability } from '../../src/store/ports/checkpoints.js';
import { daemonOn, place } from './daemon-on.js';
import { configOf, NOON } from './open-receivers.js';

const LINES = Array.from({ length: 40 }, (_, at) => `Nov 20 10:00:00 web1 x ${at} of the log\n`).join('');

/** A receiver whose sink is at hand. */
function receiver(): AttachableReceivers & { sink: ReceiveSink | null } {
  return {
    sink: null,
    attach(sink) {
      this.sink = sink;
    },
    detach() {},
    poll: async () => {},
    states: () => [],
    reports: () => [],
  };
}

it('a log that was replaced is told once, although a datagram is committed in the midst of the poll that finds it, and a kill -9 follows', async () => {
  const at = place();
  const log = join(at.folder, 'x.log');
  const config = configOf(`set logfile ${log}\n`, at.folder, 'a ^tayori: \\S+ was replaced\n');
  writeFileSync(log, LINES);
  const datagrams = receiver();
  const first = daemonOn(at, config, datagrams);
  await first.daemon.poll();
  rmSync(log);
  writeFileSync(log, 'Nov 20 11:00:00 web1 x of another file\n');
  const { commit } = at.store;
  let wasTold = false;
  Object.assign(at.store, {
    commit(batch: Batch, durability?: Durability) {
      const tally = [...batch.tally];
      if (wasTold) throw new Error('killed');
      wasTold = tally.some(({ message }) => message.startsWith('tayori: '));
      commit.call(at.store, { ...batch, tally }, durability);
    },
  });
  let isPolling = true;
  const polled = first.daemon.poll().then(() => {
    isPolling = false;
  });
  for (; isPolling && !wasTold; await new Promise(setImmediate)) {
    const lines = ['Nov 20 10:00:00 web2 x of a datagram'];
    datagrams.sink?.receive({ lines, taken: null, durability: 'written', counters: new Map() });
  }
  expect(isPolling).toBe(true);
  await polled;
  await first.stop();
  Object.assign(at.store, { commit });
  const second = daemonOn(at, config);
  for (let poll = 0; poll < 3; poll++) await second.daemon.poll();
  const rows = at.store.openEditions(NOON).flatMap(({ id }) => at.store.slice(id, null, 1000));
  const told = rows.filter(({ message }) => message.startsWith('tayori: '));
  expect(told.map(({ count, message }) => [count, message.replace(log, 'LOG')])).toEqual([
    [1, `tayori: LOG was replaced: ${LINES.length} bytes of it had been read`],
  ]);
});

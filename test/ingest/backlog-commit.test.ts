import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.js';
import { Checkpointer } from '../../src/ingest/checkpointer.js';
import { OwnLog } from '../../src/ingest/own-log.js';
import { createSelfMail } from '../../src/mail/self-mail.js';
import { NOON } from '../daemon/start-daemon.js';
import { memoryStore } from '../store/memory-store.js';
import { heldClock } from '../support/held-clock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

it('the last lines of a backlog are committed as soon as they are read, and not with the next turn', async () => {
  const folder = temporaryFolder();
  const [log, conf] = [join(folder, 'x.log'), join(folder, 'tenshi.conf')];
  const lines = Array.from({ length: 40_000 }, (_, at) => `Nov 20 10:00:00 web1 x ${at}\n`);
  writeFileSync(log, lines.join(''));
  writeFileSync(conf, `set logfile ${log}\nset queue a f@x.org t@x.org [30 12 * * *] A\na ^x\n`);
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const store = memoryStore();
  const clock = heldClock(NOON);
  const checkpointer = new Checkpointer({
    config: read.config,
    store,
    clock,
    start: { kind: 'beginning' },
    selfMail: createSelfMail([], () => clock.now()),
    origin: 'loghost',
    ownLog: new OwnLog([]),
    onEvent: () => {},
  });
  await checkpointer.poll();
  checkpointer.close();
  expect(store.counters().get('lines')).toBe(lines.length);
  expect(store.pending()).toEqual([{ queue: 'a', messages: lines.length, lines: lines.length }]);
});

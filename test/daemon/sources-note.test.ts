import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderStatus } from '../../src/commands/render-status.js';
import { reportStatus } from '../../src/daemon/status.js';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { configOf, NOON, open } from '../ingest/open-receivers.js';
import { freeUdpPort } from '../support/free-port.js';
import { send } from '../support/send.js';

it('status lists FIFOs, listeners and Redis lists with what they brought, and with their trouble', async () => {
  const at = place();
  const { folder, store } = at;
  const [fifo, log] = [join(folder, 'fifo'), join(folder, 'x.log')];
  execFileSync('mkfifo', [fifo]);
  writeFileSync(log, '');
  const port = await freeUdpPort();
  const conf = `set logfile ${log}\nset fifo ${fifo}\nset fifo ${folder}/none\nset listen 127.0.0.1:${port}\nset redisqueue one\nset redisqueue two\nset redisserver 127.0.0.1:1\n`;
  const config = configOf(conf, folder);
  const { receivers } = await open(config);
  const { daemon } = daemonOn(at, config, receivers);
  const listed = (running: boolean) => reportStatus(store, config, running, NOON).inlets;
  expect(listed(true).map(({ status, lines }) => [status, lines])).toEqual(
    Array(4).fill(['not open yet', null]),
  );
  appendFileSync(fifo, 'Nov 2 10:00:00 web1 one\nNov 2 10:00:00 web1 two\n');
  await send(port, ['<13>Nov  2 10:00:00 web1 three']);
  await daemon.poll();
  expect(listed(true)).toEqual([
    { name: `fifo ${fifo}`, status: 'open', lines: 2 },
    { name: `fifo ${folder}/none`, status: 'not there yet', lines: 0 },
    { name: `listen 127.0.0.1:${port}`, status: 'open', lines: 1 },
    { name: 'redis 127.0.0.1:1 one two', status: expect.stringContaining('ECONNREFUSED'), lines: 0 },
  ]);
  const text = renderStatus(reportStatus(store, config, true, NOON), {
    state: folder,
    timezone: 'UTC',
    now: NOON,
  });
  const [, watched = ''] = /\nWatched\n(.*?)\n\n/s.exec(text) ?? [];
  expect(watched.split('\n').map((line) => line.trim().split(/ {2,}/)[1])).toEqual([
    'read to its end',
    'open, 2 lines received',
    'not there yet, 0 lines received',
    'open, 1 line received',
    expect.stringMatching(/ECONNREFUSED.*, 0 lines received$/),
  ]);
  expect(listed(false).map(({ status }) => status)).toEqual(Array(4).fill('closed: tayori does not run'));
});

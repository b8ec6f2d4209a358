import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffsets } from '../../src/migrate/logcheck/read-offsets.js';
import { MigrationDraft } from '../../src/migrate/migration.js';
import { NOON, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const LOGTAIL = '/opt/logcheck/usr/sbin/logtail2';

/** Reads a log to its end as logtail does, and keeps the inode and the byte. */
type Logtail = (log: string, offset: string) => void;

const byHand: Logtail = (log, offset) => {
  const { ino, size } = statSync(log);
  writeFileSync(offset, `${ino}\n${size}\n`);
};

const byLogtail: Logtail = (log, offset) => {
  const { status } = spawnSync(LOGTAIL, ['-f', log, '-o', offset]);
  expect(status).toBe(0);
};

const line = (text: string): string => `Nov 20 11:00:00 web1 app: ${text}\n`;

interface Case {
  readonly log: string;
  /** A daemon with the lines that the import writes now; returns the messages of its first letter. */
  start(): Promise<string[]>;
}

function read(logtail: Logtail, text: string): Case {
  const folder = temporaryFolder();
  const log = join(folder, 'app.log');
  const state = join(folder, 'logcheck');
  mkdirSync(state);
  writeFileSync(log, text);
  logtail(log, join(state, `offset${log.replaceAll('/', '.')}`));
  return {
    log,
    async start() {
      const server = await startMailServer();
      const starts = readOffsets(state, [log], new MigrationDraft());
      const conf = [
        `set logfile ${log}`,
        `set mailserver 127.0.0.1:${server.port}`,
        'set queue n f@x.org t@x.org [now]',
        ...starts,
        'n (?:)',
        '',
      ].join('\n');
      const running = await startDaemon(conf, { clock: heldClock(NOON), folder });
      await running.daemon.poll();
      await running.daemon.flush('test');
      const told = server.letters.flatMap(({ text: letter }) =>
        [...(letter ?? '').matchAll(/^ +\d+: (.*)/gm)].map(([, message]) => message ?? ''),
      );
      await running.stop();
      return told;
    },
  };
}

describe.each([
  ['an offset as logtail writes it', byHand, false],
  ['the real logtail', byLogtail, !existsSync(LOGTAIL) && !process.env.CI],
] as const)('set start_at, by %s', (_, logtail, skip) => {
  it.skipIf(skip)('goes on where it stopped', async () => {
    const { log, start } = read(logtail, line('old'));
    appendFileSync(log, line('new'));
    expect(await start()).toEqual(['app: new']);
  });

  it.skipIf(skip)('reads a line whole that was half written then', async () => {
    const { log, start } = read(logtail, line('old') + line('half').slice(0, -4));
    appendFileSync(log, line('half').slice(-4) + line('new'));
    expect((await start()).sort()).toEqual(['app: half', 'app: new']);
  });

  it.skipIf(skip)('reads the rest of a log that was rotated meanwhile, and then the new one', async () => {
    const { log, start } = read(logtail, line('old'));
    appendFileSync(log, line('last'));
    renameSync(log, `${log}.1`);
    writeFileSync(log, line('first'));
    expect((await start()).sort()).toEqual(['app: first', 'app: last']);
  });

  it.skipIf(skip)(
    'reads the log from its beginning where the other file is gone, and says what is lost',
    async () => {
      const { log, start } = read(logtail, line('old'));
      writeFileSync(`${log}.x`, line('first'));
      rmSync(log);
      renameSync(`${log}.x`, log);
      expect((await start()).filter((message) => message.startsWith('app'))).toEqual(['app: first']);
    },
  );
});

it('without set start_at a log is read from its end on', async () => {
  const { log, start } = read(() => {}, line('old'));
  appendFileSync(log, line('new'));
  expect(await start()).toEqual([]);
});

it('set start_at says nothing of a log that was read before', async () => {
  const { log, start } = read(byHand, line('old'));
  appendFileSync(log, line('new'));
  expect(await start()).toEqual(['app: new']);
  expect(await start()).toEqual([]);
});

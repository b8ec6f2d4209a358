import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Daemon } from '../../src/daemon/loop.js';
import { reportStatus } from '../../src/daemon/status.js';
import type { Receivers } from '../../src/ingest/receivers.js';
import { openTransport } from '../../src/mail/transport/open-transport.js';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import type { Store } from '../../src/store/store.js';
import { heldClock } from '../support/held-clock.js';
import { entries, entry, hasJournals, JournalFolder } from '../support/journal.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { configOf, NOON, open } from './open-receivers.js';

function emptyStore(): Store {
  const opened = openSqliteStore('');
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.store.end());
  return opened.store;
}

function daemonOn(conf: string, folder: string, receivers: Receivers, store = emptyStore()) {
  const daemon = new Daemon({
    config: configOf(conf, folder),
    store,
    heal: () => false,
    transport: openTransport(
      { kind: 'maildir', path: join(folder, 'Maildir') },
      { helo: null, timeout: 2, onTalk: null },
    ),
    clock: heldClock(NOON),
    origin: 'loghost',
    version: '0',
    start: { kind: 'beginning' },
    receivers,
    onEvent: () => {},
  });
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= daemon.stop());
  onTestFinished(stop);
  return { daemon, store, stop };
}

async function letterIn(folder: string): Promise<string> {
  const [first = ''] = maildir(folder);
  return (await PostalMime.parse(first)).text ?? '';
}

describe.skipIf(!hasJournals)('from a journal to the mail', () => {
  it('its entries are sorted like lines of syslog: host, program, pid, time; lines of a message are one', async () => {
    const folder = temporaryFolder();
    const journals = new JournalFolder(temporaryFolder());
    journals.write([
      entry(0, 'Accepted publickey for ann'),
      entry(1000, 'Traceback:\n  File "x"\n  ValueError', {
        _HOSTNAME: 'web2',
        SYSLOG_IDENTIFIER: null,
        _COMM: 'app',
      }),
      entry(2000, Buffer.from([0x62, 0xff, 0x0a, 0x63]), {
        _HOSTNAME: null,
        _PID: null,
        SYSLOG_IDENTIFIER: 'kernel',
      }),
    ]);
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers } = await open(configOf(conf, folder));
    const { daemon } = daemonOn(conf, folder, receivers);
    await daemon.poll();
    await daemon.flush('now');
    const letter = await letterIn(folder);
    expect(letter).toContain('sshd[812]: Accepted publickey for ann');
    expect(letter).toContain('app[812]: Traceback: File "x" ValueError');
    expect(letter).toContain('kernel: b\\xff c');
    for (const host of ['web1', 'web2', hostname()]) expect(letter).toContain(`${host}:`);
  });

  it('hidepid takes the pids out of them', async () => {
    const folder = temporaryFolder();
    const journals = new JournalFolder(temporaryFolder());
    journals.write([entry(0, 'hello')]);
    const conf = `set journal ${journals.folder}\nset start beginning\nset hidepid on\n`;
    const { receivers } = await open(configOf(conf, folder));
    const { daemon } = daemonOn(conf, folder, receivers);
    await daemon.poll();
    await daemon.flush('now');
    expect(await letterIn(folder)).toContain('sshd: hello');
  });

  it('what was vacuumed unread is told in the letter and by status', async () => {
    const folder = temporaryFolder();
    const journals = new JournalFolder(temporaryFolder());
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers, events } = await open(configOf(conf, folder));
    journals.write(entries(3));
    const { daemon, store } = daemonOn(conf, folder, receivers);
    await daemon.poll();
    journals.write(entries(4, 3));
    journals.rotate();
    journals.write(entries(3, 7));
    journals.vacuum();
    await daemon.poll();
    await daemon.flush('now');
    const name = `journal ${journals.folder}`;
    expect(await letterIn(folder)).toContain(
      `${name}: entries were thrown away (vacuumed) before they were read`,
    );
    expect(events).toContainEqual({
      kind: 'source',
      event: expect.objectContaining({ kind: 'journal-gap', name }),
    });
    const status = reportStatus(store, configOf(conf, folder), true, NOON);
    expect(status.losses).toEqual([{ kind: 'vacuumed', path: name, times: 1 }]);
    expect(status.inlets).toEqual([{ name, status: 'open', lines: 6 }]);
    expect(status.counters.get('lines')).toBe(6);
  });

  it('a journal outlives a reload: what comes meanwhile is counted once', async () => {
    const folder = temporaryFolder();
    const journals = new JournalFolder(temporaryFolder());
    journals.write(entries(3));
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers } = await open(configOf(conf, folder));
    const first = daemonOn(conf, folder, receivers);
    await first.daemon.poll();
    await first.stop();
    journals.write(entries(2, 3));
    await receivers.poll();
    expect(await receivers.change(configOf(conf, folder))).toEqual([]);
    const second = daemonOn(conf, folder, receivers, first.store);
    await second.daemon.poll();
    expect(second.daemon.pending()[0]?.lines).toBe(5);
  });

  it('lines of our own letters are none of its news', async () => {
    const folder = temporaryFolder();
    const journals = new JournalFolder(temporaryFolder());
    journals.write([entry(0, 'hello')]);
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers } = await open(configOf(conf, folder));
    const { daemon, store } = daemonOn(conf, folder, receivers);
    await daemon.poll();
    await daemon.flush('now');
    const id = /^Message-ID: (<.*>)/im.exec(maildir(folder)[0] ?? '')?.[1];
    journals.write([
      entry(10, `4F2A91: message-id=${id}`, { SYSLOG_IDENTIFIER: 'postfix/cleanup' }),
      entry(11, '4F2A91: removed', { SYSLOG_IDENTIFIER: 'postfix/qmgr' }),
      entry(12, 'other news'),
    ]);
    await daemon.poll();
    expect(store.counters().get('own')).toBe(2);
    expect(daemon.pending()[0]?.lines).toBe(1);
  });
});

it('lines of a program are counted at once: with their prefix, or as said now by this machine', async () => {
  const folder = temporaryFolder();
  const conf = `set command /usr/bin/tail -n +1 -f ${join(folder, 'said')}\n`;
  appendFileSync(join(folder, 'said'), 'Nov  2 11:00:00 web1 app: with a prefix\nGET /index.html 500\n');
  const { receivers } = await open(configOf(conf, folder));
  const { daemon, store } = daemonOn(conf, folder, receivers);
  await daemon.poll();
  await until(() => (store.counters().get('lines') ?? 0) >= 2);
  await daemon.flush('now');
  const letter = await letterIn(folder);
  expect(letter).toContain('app: with a prefix');
  expect(letter).toContain('GET /index.html 500');
  for (const host of ['web1', hostname()]) expect(letter).toContain(`${host}:`);
});

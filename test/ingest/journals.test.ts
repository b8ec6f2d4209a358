import { appendFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportStatus } from '../../src/daemon/status.js';
import { entries, entry, hasJournals, JournalFolder } from '../support/journal.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { unfolded } from '../support/unfolded.js';
import { until } from '../support/until.js';
import { daemonOn, letterIn, place } from './daemon-on.js';
import { configOf, NOON, open } from './open-receivers.js';

describe.skipIf(!hasJournals)('from a journal to the mail', () => {
  it('its entries are sorted like lines of syslog: host, program, pid, time; lines of a message are one', async () => {
    const at = place();
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
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    await daemon.flush('now');
    const letter = await letterIn(at);
    expect(letter).toContain('sshd[812]: Accepted publickey for ann');
    expect(letter).toContain('app[812]: Traceback: File "x" ValueError');
    expect(letter).toContain('kernel: b\\xff c');
    for (const host of ['web1', 'web2', hostname()]) expect(letter).toContain(`${host}:`);
  });

  it('hidepid takes the pids out of them', async () => {
    const at = place();
    const journals = new JournalFolder(temporaryFolder());
    journals.write([entry(0, 'hello')]);
    const conf = `set journal ${journals.folder}\nset start beginning\nset hidepid on\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    await daemon.flush('now');
    expect(await letterIn(at)).toContain('sshd: hello');
  });

  it('what was vacuumed unread is told in the letter and by status', async () => {
    const at = place();
    const journals = new JournalFolder(temporaryFolder());
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers, events } = await open(configOf(conf, at.folder));
    journals.write(entries(3));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    journals.write(entries(4, 3));
    journals.rotate();
    journals.write(entries(3, 7));
    journals.vacuum();
    await daemon.poll();
    await daemon.flush('now');
    const name = `journal ${journals.folder}`;
    expect(unfolded(await letterIn(at))).toContain(
      `${name}: entries were thrown away (vacuumed) before they were read`,
    );
    expect(events).toContainEqual({
      kind: 'source',
      event: expect.objectContaining({ kind: 'journal-gap', name }),
    });
    const status = reportStatus(at.store, configOf(conf, at.folder), true, NOON);
    expect(status.losses).toEqual([{ kind: 'vacuumed', path: name, times: 1 }]);
    expect(status.inlets).toEqual([{ name, status: 'open', lines: 6 }]);
    expect(status.counters.get('lines')).toBe(6);
  });

  it('a journal outlives a reload: what comes meanwhile is counted once', async () => {
    const at = place();
    const journals = new JournalFolder(temporaryFolder());
    journals.write(entries(3));
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const first = daemonOn(at, configOf(conf, at.folder), receivers);
    await first.daemon.poll();
    await first.stop();
    journals.write(entries(2, 3));
    await receivers.poll();
    expect(await receivers.change(configOf(conf, at.folder))).toEqual([]);
    const second = daemonOn(at, configOf(conf, at.folder), receivers);
    await second.daemon.poll();
    expect(second.daemon.pending()[0]?.lines).toBe(5);
  });

  it('lines of our own letters are none of its news', async () => {
    const at = place();
    const journals = new JournalFolder(temporaryFolder());
    journals.write([entry(0, 'hello')]);
    const conf = `set journal ${journals.folder}\nset start beginning\n`;
    const { receivers } = await open(configOf(conf, at.folder));
    const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
    await daemon.poll();
    await daemon.flush('now');
    const id = /^Message-ID: (<.*>)/im.exec(maildir(at.folder)[0] ?? '')?.[1];
    journals.write([
      entry(10, `4F2A91: message-id=${id}`, { SYSLOG_IDENTIFIER: 'postfix/cleanup' }),
      entry(11, '4F2A91: removed', { SYSLOG_IDENTIFIER: 'postfix/qmgr' }),
      entry(12, 'other news'),
    ]);
    await daemon.poll();
    expect(at.store.counters().get('own')).toBe(2);
    expect(daemon.pending()[0]?.lines).toBe(1);
  });
});

it('lines of a program are counted at once: with their prefix, or as said now by this machine', async () => {
  const at = place();
  const conf = `set command /usr/bin/tail -n +1 -f ${join(at.folder, 'said')}\n`;
  appendFileSync(join(at.folder, 'said'), 'Nov  2 11:00:00 web1 app: with a prefix\nGET /index.html 500\n');
  const { receivers } = await open(configOf(conf, at.folder));
  const { daemon } = daemonOn(at, configOf(conf, at.folder), receivers);
  await daemon.poll();
  await until(() => (at.store.counters().get('lines') ?? 0) >= 2);
  await daemon.flush('now');
  const letter = await letterIn(at);
  expect(letter).toContain('app: with a prefix');
  expect(letter).toContain('GET /index.html 500');
  for (const host of ['web1', hostname()]) expect(letter).toContain(`${host}:`);
});

import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ProcessId, thisProcess } from '../../src/base/process/process-id.js';
import { startDaemon } from '../daemon/start-daemon.js';
import { entry, hasJournals, JournalFolder, type WrittenEntry } from '../support/journal.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { daemonOn, place } from './daemon-on.js';
import { configOf, open } from './open-receivers.js';

const { pid, boot } = thisProcess();

/** An entry as journald writes what a service of systemd prints. */
function printed(at: number, message: string, fields: Record<string, string | null> = {}): WrittenEntry {
  return {
    ...entry(at, message, {
      _HOSTNAME: 'loghost',
      SYSLOG_IDENTIFIER: 'tayori',
      SYSLOG_FACILITY: '3',
      _SYSTEMD_UNIT: 'tayori.service',
      _COMM: 'node',
      _PID: String(pid),
      ...fields,
    }),
    ...(boot === null ? {} : { boot }),
  };
}

const START_UP = ['tayori 0.1.0 reads /etc/tayori/tenshi.conf', 'Watched', '  journal  open'].map(
  (text, at) => printed(at, text),
);

/** The texts that were counted of a journal with these entries. `ended`: the daemon before this one. */
async function counted(
  written: readonly WrittenEntry[],
  { conf = '', ended = null }: { readonly conf?: string; readonly ended?: ProcessId | null } = {},
): Promise<{ readonly lines: number; readonly own: number | undefined }> {
  const at = place();
  if (ended) at.store.setMeta('ended', ended);
  const journals = new JournalFolder(temporaryFolder());
  journals.write(written);
  const config = configOf(
    `misc .*\nset journal ${journals.folder}\nset start beginning\n${conf}`,
    at.folder,
    MISC,
  );
  const { receivers } = await open(config);
  const { daemon } = daemonOn(at, config, receivers);
  await daemon.poll();
  const lines = daemon.pending().reduce((sum, queue) => sum + queue.lines, 0);
  return { lines, own: at.store.counters().get('own_log') };
}

const MISC = 'set queue misc f@x.org t@x.org [30 12 * * *]\n';
const QUEUES = `${MISC}set queue critical f@x.org t@x.org [30 12 * * *]\n`;

describe.skipIf(!hasJournals)(
  'what tayori has written to the journal is not counted again where that is read',
  () => {
    it.each<[string, readonly WrittenEntry[], string]>([
      ['as a service prints it', START_UP, ''],
      ['with pids hidden', START_UP, 'set hidepid on\n'],
      [
        'under another name (SyslogIdentifier=)',
        [printed(0, 'Watched', { SYSLOG_IDENTIFIER: 'letters' })],
        '',
      ],
      [
        'without a command (ProtectProc=, hidepid)',
        [printed(0, 'Watched', { _COMM: null, _SYSTEMD_UNIT: null })],
        '',
      ],
      [
        'by logger(1), as a daemon without systemd',
        [
          printed(0, 'letter [a] to t@x.org is rejected', {
            _PID: '99999999',
            _COMM: 'logger',
            SYSLOG_PID: String(pid),
          }),
        ],
        '',
      ],
      ['on a machine whose name has a domain', [printed(0, 'Watched', { _HOSTNAME: 'loghost.x.org' })], ''],
    ])('%s', async (_, written, conf) => {
      expect(await counted(written, { conf })).toEqual({ lines: 0, own: written.length });
    });

    it.each<[string, WrittenEntry]>([
      ['another machine', printed(0, 'Watched', { _HOSTNAME: 'web1' })],
      [
        'a process that checks the config at a reload',
        printed(0, 'tenshi.conf:3:5: no', { _PID: '99999999' }),
      ],
      ['a process of this number in another boot', { ...printed(0, 'Watched'), boot: 'f'.repeat(32) }],
      [
        'sudo in a process that says it is this one',
        printed(0, 'x', { SYSLOG_IDENTIFIER: 'sudo', _PID: '9', SYSLOG_PID: String(pid) }),
      ],
    ])('%s is heard', async (_, written) => {
      expect(await counted([written])).toEqual({ lines: 1, own: undefined });
    });

    it('the last words of the daemon before this one neither, if it ended in good order', async () => {
      const before = { pid: 99_999_998, boot };
      const words = [printed(0, 'tayori: TERM: the counts stay in the state', { _PID: String(before.pid) })];
      expect(await counted(words)).toEqual({ lines: 1, own: undefined });
      expect(await counted(words, { ended: before })).toEqual({ lines: 0, own: 1 });
    });

    it('and what it tells reaches the rules once, as a line of tayori', async () => {
      const journals = new JournalFolder(temporaryFolder());
      const sources = `set journal ${journals.folder}\nset start beginning\n`;
      const { receivers, clock } = await open(configOf(sources));
      const rules = `${QUEUES}critical ^tayori: \\S+ was emptied\nmisc .*\n${sources}`;
      const running = await startDaemon(rules, { clock, receivers });
      journals.write(START_UP);
      running.write(...Array.from({ length: 30 }, (_, at) => `x ${at} of a log that is long enough`));
      await running.daemon.poll();
      truncateSync(running.log);
      journals.write([printed(10, `tayori: ${running.log}: truncated or replaced; no copy found`)]);
      for (let turn = 0; turn < 3; turn++) {
        clock.advance(60_000);
        await running.daemon.poll();
      }
      expect(running.daemon.pending()).toEqual([
        { queue: 'critical', messages: 1, lines: 1 },
        { queue: 'misc', messages: 30, lines: 30 },
      ]);
    });
  },
);

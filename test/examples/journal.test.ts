import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/base/process/process-id.js';
import { daemonOn, place } from '../ingest/daemon-on.js';
import { open } from '../ingest/open-receivers.js';
import { heldClock } from '../support/held-clock.js';
import { entry, hasJournals, JournalFolder, START, type WrittenEntry } from '../support/journal.js';
import { startMailServer } from '../support/mail-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { unfolded } from '../support/unfolded.js';
import { adaptedExample } from './example.js';

const MINUTE = 60_000;
const { pid, boot } = thisProcess();

/** An entry of the machine debian, so many minutes behind START (10:00). */
function said(
  minute: number,
  program: string,
  message: string,
  fields: Record<string, string> = {},
): WrittenEntry {
  const written = entry(minute * MINUTE, message, {
    _HOSTNAME: 'debian',
    SYSLOG_IDENTIFIER: program,
    ...fields,
  });
  return boot === null ? written : { ...written, boot };
}

const tayori = (minute: number, message: string): WrittenEntry =>
  said(minute, 'tayori', message, { _PID: String(pid), _COMM: 'node', _SYSTEMD_UNIT: 'tayori.service' });

/** What the machine says until 11:00. */
const FIRST_HOUR = [
  tayori(0, 'tayori 0.1.0 reads /etc/tayori/tenshi.conf'),
  tayori(0, 'Watched'),
  said(1, 'systemd', 'Started tayori.service - tayori: letters from the logs.'),
  said(2, 'sSMTP', 'Sent mail for root@debian.local.example.ac.jp (221 Bye)'),
  said(27, 'PAM_unix', 'authentication failure; (uid=0) -> root for ssh service'),
  said(27, 'sshd', 'Failed password for root from 192.168.24.10 port 48687 ssh2'),
  said(28, 'sshd-session', 'Failed password for invalid user admin from 192.168.24.10 port 48688 ssh2'),
  said(
    28,
    'sshd-session',
    'error: maximum authentication attempts exceeded for root from 192.168.24.10 port 48687 ssh2 [preauth]',
  ),
  said(29, 'CRON', '(root) CMD (test -x /usr/sbin/anacron)'),
  said(30, 'systemd', 'apt-daily.service: Deactivated successfully.'),
  said(31, 'systemd', 'backup.service: Main process exited, code=exited, status=1/FAILURE'),
  said(32, 'app', 'Traceback:\n  File "x"\n  ValueError'),
];

describe.skipIf(!hasJournals)('journal.conf: a machine with a journal alone', () => {
  it("gets logcheck's three letters each hour, and none when nothing is the matter", async () => {
    const at = place();
    const mail = await startMailServer();
    const journals = new JournalFolder(temporaryFolder());
    const config = await adaptedExample('journal.conf', at.folder, (text) =>
      text
        .replace('set uid tayori', 'set uid root\nset timezone UTC\nset start beginning')
        .replace(/^set journal$/m, `set journal ${journals.folder}`)
        .replace('smtp://mailhub.example.org', `smtp://127.0.0.1:${mail.port}?tls=off`),
    );
    const clock = heldClock(START);
    const { receivers } = await open(config, { clock });
    const { daemon } = daemonOn(at, config, receivers, clock, 'debian');
    await daemon.poll();
    const until = async (minute: number): Promise<string[]> => {
      const before = mail.letters.length;
      clock.advance(START + minute * MINUTE - clock.now());
      for (let turn = 0; turn < 2; turn++) await daemon.poll();
      return mail.letters
        .slice(before)
        .map(({ subject = '', text = '' }) => `${subject}\n${unfolded(text)}`)
        .sort();
    };

    expect(await until(5)).toEqual([]);
    journals.write(FIRST_HOUR);
    expect(await until(61)).toEqual([]);
    expect((await until(62)).map(rowsOf)).toEqual([
      [
        '[Active System Attack Alerts: 1x sshd-session: error: maximum authentication attempts exce...] [attack]',
        'sshd-session: error: maximum authentication attempts exceeded for root from 192.168.24.10 port 48687 ssh2 [preauth]',
      ],
      [
        '[Possible Security Violations: 1x PAM_unix: authentication failure; (uid=0) -> root for ssh...] [violations]',
        'PAM_unix: authentication failure; (uid=0) -> root for ssh service',
        'sshd-session: Failed password for invalid user admin from 192.168.24.10 port 48688 ssh2',
        'sshd: Failed password for root from 192.168.24.10 port 48687 ssh2',
      ],
      [
        '[Unusual System Events: first letter] [events]',
        'app: Traceback: File "x" ValueError',
        'systemd: backup.service: Main process exited, code=exited, status=1/FAILURE',
      ],
    ]);

    journals.write([
      said(70, 'CRON', '(root) CMD (true)'),
      tayori(71, 'tayori: the mail server answers again'),
    ]);
    expect(await until(122)).toEqual([]);
    expect(at.store.counters().get('own_log')).toBe(3);
    journals.write([
      said(130, 'app', 'of which nobody has thought'),
      said(131, 'su', 'FAILED SU (to root) ann on pts/0'),
    ]);
    expect((await until(182)).map(rowsOf)).toEqual([
      [
        '[Possible Security Violations: 1x su: FAILED SU (to root) ann on pts/0] [violations]',
        'su: FAILED SU (to root) ann on pts/0',
      ],
      ['[Unusual System Events: 1 new] [events]', 'app: of which nobody has thought'],
    ]);
  });
});

/** The subject, and the messages. */
function rowsOf(letter: string): string[] {
  const [subject = '', ...lines] = letter.split('\n');
  const rows = lines.flatMap((line) => /^ +(?:\d+: |\[\d+x\] |\+ )(.*)/.exec(line)?.[1] ?? []);
  return [subject, ...rows];
}

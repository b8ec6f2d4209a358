import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { entries, hasJournals, JournalFolder } from '../support/journal.js';
import { createRandom } from '../support/random.js';
import { isRunning, type Launched, launch, pidIn } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';

const BASE =
  'set state state\nset sleep 1\nset flush_on_signal off\nset queue a f@x.org t@x.org [30 12 29 2 *]\na .*\n';
const IS_ROOT = process.getuid?.() === 0;
const AS_ROOT = IS_ROOT ? 'set uid root\n' : '';

interface Machine {
  readonly folder: string;
  readonly conf: string;
  /** In front of all other programs: a `journalctl` that is put here is the one that is run. */
  readonly env: { readonly PATH: string; readonly XDG_STATE_HOME: string };
}

function machine(lines: string): Machine {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'bin'));
  const conf = join(folder, 'tenshi.conf');
  writeFileSync(conf, `${AS_ROOT}${BASE}${lines}`);
  return {
    folder,
    conf,
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, XDG_STATE_HOME: join(folder, 'xdg') },
  };
}

function pretend({ folder }: Machine, script: string): void {
  writeFileSync(join(folder, 'bin', 'journalctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** What the state holds: how many messages, how many lines of them, and the most of one. */
function counted({ folder }: Machine): { messages: number; lines: number; most: number } {
  const nothing = { messages: 0, lines: 0, most: 0 };
  const file = join(folder, 'state', 'tayori.db');
  if (!existsSync(file)) return nothing;
  const db = openSqlite(file, { readonly: true });
  try {
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tally'").get();
    if (!made) return nothing;
    const row = db
      .prepare(
        'SELECT count(*) AS messages, coalesce(sum(count), 0) AS lines, coalesce(max(count), 0) AS most FROM tally',
      )
      .get() as { messages: number; lines: number; most: number };
    return { ...row };
  } finally {
    db.close();
  }
}

const start = (at: Machine, through: readonly string[] = []): Launched =>
  launch(['-f', '-c', at.conf], { env: at.env, through });

const ONE = `printf '__CURSOR=s=${'a'.repeat(32)};i=1;b=0\\n_HOSTNAME=web1\\nSYSLOG_IDENTIFIER=sshd\\nMESSAGE=hello journal\\n\\n'`;

describe.skipIf(!hasJournals)('a daemon that reads a journal', () => {
  it('counts each entry once, killed whenever, over rotations', async () => {
    const random = createRandom(16);
    const journals = new JournalFolder(temporaryFolder());
    const at = machine(`set journal ${journals.folder}\nset start beginning\n`);
    let written = 0;
    for (let round = 0; round < 5; round++) {
      const more = 5000 + random.below(9000);
      journals.write(entries(more, written));
      written += more;
      if (random.chance(0.5)) journals.rotate();
      const before = counted(at).lines;
      const daemon = start(at);
      const goal = before + random.below(written - before);
      await until(() => counted(at).lines > goal, daemon.ended);
      expect(await daemon.end('SIGKILL')).toBe('SIGKILL');
    }
    const daemon = start(at);
    await until(() => counted(at).lines >= written, daemon.ended);
    journals.write(entries(1, written));
    await until(() => counted(at).lines > written, daemon.ended);
    await daemon.end('SIGTERM');
    expect(counted(at)).toEqual({ messages: written + 1, lines: written + 1, most: 1 });
  });

  it.skipIf(!IS_ROOT)(
    'that its user may not read says once what to do, and status says it, too',
    async () => {
      const journals = new JournalFolder(temporaryFolder());
      journals.write(entries(1));
      chmodSync(journals.folder, 0o755);
      chmodSync(join(journals.folder, 'system.journal'), 0o600);
      const at = machine(`set journal ${journals.folder}\nset uid nobody\n`);
      const daemon = start(at);
      await daemon.says('Mail goes to');
      expect(daemon.err().match(/usermod -aG systemd-journal USER/g)).toHaveLength(1);
      const status = launch(['status', '-c', at.conf]);
      expect(await status.ended).toBe(0);
      expect(status.out()).toMatch(
        /journal \/\S+ +this user may not read it; add it to the group systemd-journal or adm/,
      );
      expect(await daemon.end('SIGTERM')).toBe(0);
    },
  );
});

describe("this machine's journal", () => {
  it('is named by the first screen and by status, with how many lines it brought', async () => {
    const at = machine('set journal _COMM=sshd\nset start beginning\n');
    pretend(at, ONE);
    const daemon = start(at);
    await daemon.says('Mail goes to');
    expect(daemon.out()).toMatch(/^ {2}journal _COMM=sshd +open$/m);
    const status = launch(['status', '-c', at.conf]);
    await status.ended;
    expect(status.out()).toMatch(/^ {2}journal _COMM=sshd +open, 1 line received$/m);
    expect(await daemon.end('SIGTERM')).toBe(0);
  });

  it('is shown by try where no log can be read', async () => {
    const at = machine('set logfile /nowhere/log\n');
    pretend(at, ONE);
    const tried = launch(['try', '-c', at.conf], { env: at.env });
    await tried.says('tayori keeps reading');
    expect(tried.out()).toContain("so this machine's journal is read.");
    expect(tried.out()).toContain('sshd: hello journal');
    await tried.end('SIGINT');
  });

  it('is not shown by try where a log can be read', async () => {
    const at = machine('set logfile x.log\n');
    writeFileSync(join(at.folder, 'x.log'), 'Nov 20 10:00:00 web1 sshd: hello file\n');
    pretend(at, ONE);
    const tried = launch(['try', '-c', at.conf], { env: at.env });
    await tried.says('tayori keeps reading');
    expect(tried.out()).not.toContain('hello journal');
    await tried.end('SIGINT');
  });

  it.each([
    ['cannot be read', 'exit 1'],
    ['has no entry', 'exit 0'],
  ])('that %s leaves try nothing to read without a log', async (_, script) => {
    const at = machine('set logfile /nowhere/log\n');
    pretend(at, script);
    const tried = launch(['try', '-c', at.conf], { env: at.env });
    expect(await tried.ended).toBe(1);
    expect(tried.err()).toContain('there is nothing to try');
  });

  it.each([
    [
      '',
      'notice: no log of the config is here, but this machine has a journal; write set journal to read it',
    ],
    [
      'set journal_fallback on\n',
      "notice: no log of the config is here; this machine's journal is read instead",
    ],
    ['set journal\n', null],
  ])('is named by check where no log is there: %j', async (lines, notice) => {
    const at = machine(`set logfile /nowhere/log\n${lines}`);
    pretend(at, ONE);
    const checked = launch(['check', at.conf], { env: at.env });
    expect(await checked.ended).toBe(0);
    if (notice) expect(checked.err()).toContain(notice);
    else expect(checked.err()).not.toContain('has a journal');
    if (lines === 'set journal\n') expect(checked.out()).toContain('1 log, 1 journal, 1 queue');
  });
});

describe('a program whose lines are read', () => {
  it('is started as the user of the daemon, and ends with it', async () => {
    const at = machine('');
    const path = join(at.folder, 'bin', 'ticker');
    writeFileSync(path, `#!/bin/sh\nid -un; echo $$ > ${at.folder}/out/pid; exec sleep 1000\n`, {
      mode: 0o755,
    });
    mkdirSync(join(at.folder, 'out'));
    chmodSync(join(at.folder, 'out'), 0o777);
    chmodSync(join(at.folder, 'bin'), 0o755);
    writeFileSync(at.conf, `${BASE}set command ${path}\n${IS_ROOT ? 'set uid nobody\n' : ''}`);
    const daemon = start(at);
    const pid = await until(() => pidIn(join(at.folder, 'out', 'pid')), daemon.ended);
    await until(() => counted(at).lines === 1, daemon.ended);
    await daemon.says('Mail goes to');
    expect(daemon.out()).toMatch(/^ {2}command \/\S+ticker +runs$/m);
    expect(await daemon.end('SIGTERM')).toBe(0);
    await until(() => !isRunning(pid));
    if (IS_ROOT) {
      const preview = launch(['preview', '-c', at.conf]);
      await preview.ended;
      expect(preview.out()).toContain('nobody');
    }
  });
});

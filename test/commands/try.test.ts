import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EMBEDDED_CONFIG } from '../../src/base/package.js';
import { hasLog } from '../../src/commands/check-logs.js';
import { makeSample } from '../../src/commands/sample.js';
import { readConfig } from '../../src/config/read-config.js';
import type { Letter } from '../../src/letter/letter.js';
import type { Envelope } from '../../src/mail/transport/transport.js';
import { forAll } from '../../src/mail/transport/transport.js';
import { AS_NOBODY, canBeNobody } from '../support/as-nobody.js';
import { freePort } from '../support/free-port.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { linePrefix } from '../support/stamp.js';
import { launch, preparePlace } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const QUEUE = 'set queue a f@x.org t@x.org [now] S\na ^user (\\w+)\n';

/** A config with programs that leave traces, and a log with a line. */
function place(mailserver: string): ReturnType<typeof preparePlace> & { traces(): boolean[] } {
  const at = preparePlace(QUEUE);
  const traces = ['filtered', 'csv'].map((name) => join(at.folder, name));
  at.configure(
    `set mailserver ${mailserver}\n${QUEUE.replace('a ^', 'set csv [now] /bin/cat > CSV\na,csv ^').replace('CSV', traces[1] ?? '')}` +
      `set filter a /usr/bin/tee ${traces[0]}\n`,
  );
  appendFileSync(at.log, `${linePrefix()}user ann\n`);
  return { ...at, traces: () => traces.map((path) => existsSync(path)) };
}

describe('try', () => {
  it('shows the letters and puts them into the Maildir, mails nobody and runs no program, also after a reload', async () => {
    const server = await startMailServer();
    const at = place(`127.0.0.1:${server.port}`);
    const tried = launch(['try', '-c', at.conf]);
    await tried.says('tayori keeps reading');
    expect(tried.out()).toContain('The programs of set filter and set csv do not run; with --mail they do.');
    expect(tried.out()).toContain('Subject: S [a]');
    expect(tried.out()).toContain('1: user ann');
    expect(tried.out()).toContain('Nothing is mailed; with --mail it is.');
    expect(at.letters()).toHaveLength(1);
    tried.child.kill('SIGHUP');
    await tried.says('the new config is in force');
    appendFileSync(at.log, `${linePrefix()}user eve\n`);
    expect(await tried.end('SIGINT')).toBe(0);
    expect(at.letters()).toHaveLength(2);
    expect(server.letters).toEqual([]);
    expect(at.traces()).toEqual([false, false]);
  });

  it('--mail sends, and runs the programs', async () => {
    const server = await startMailServer();
    const at = place(`127.0.0.1:${server.port}`);
    const arrives = server.next('S [a]');
    const tried = launch(['try', '--mail', '-c', at.conf]);
    await arrives;
    await tried.says('tayori keeps reading');
    expect(await tried.end('SIGINT')).toBe(0);
    expect(at.traces()).toEqual([true, true]);
    expect(at.letters()).toEqual([]);
  });

  it('--mail to a server that is away promises nothing, for no state is kept', async () => {
    const at = place(`127.0.0.1:${await freePort()}`);
    const tried = launch(['try', '--mail', '-c', at.conf]);
    await tried.says('tayori keeps reading');
    expect(await tried.end('SIGINT')).toBe(0);
    expect(tried.out()).toMatch(
      /1 letter did not reach everybody, and will not: no state is kept\. .*ECONNREFUSED/,
    );
    expect(tried.out()).not.toContain('next start');
  });

  it.each([[['try']], [['try', '--mail']]])(
    '%s of a config of which no log can be read says why, and shows no sample',
    async (argv) => {
      const server = await startMailServer();
      const at = preparePlace('');
      at.configure(
        `set mailserver 127.0.0.1:${server.port}\nset logfile ${at.folder}/*.nix\nset logfile none\n${QUEUE}`,
      );
      mkdirSync(join(at.folder, 'x'));
      writeFileSync(at.conf, `set logfile x\nset logfile *.nix\nset logfile none\nset state state\n${QUEUE}`);
      const { ended, out, err } = launch([...argv, '-c', at.conf]);
      expect(await ended).toBe(1);
      expect(out()).toBe('');
      const lines = err().replaceAll(`${at.folder}/`, '').split('\n');
      expect(lines.slice(-6)).toEqual([
        'tayori: no log of tenshi.conf can be read here, so there is nothing to try:',
        '  x      it is a folder',
        '  *.nix  matches nothing',
        '  none   not there',
        expect.stringContaining('Run it as a user who may read them'),
        '',
      ]);
      expect(server.letters).toEqual([]);
      expect(at.letters()).toEqual([]);
    },
  );
});

describe('the sample', () => {
  async function sample(
    changes = {},
  ): Promise<{ before: readonly Letter[]; after: readonly Letter[]; sent: Envelope[] }> {
    const read = readConfig(EMBEDDED_CONFIG);
    if (!read.ok) throw new Error('the sample config has a fault');
    const sent: Envelope[] = [];
    const deliver = async (letter: Envelope) => {
      sent.push(letter);
      return forAll(letter.to, { kind: 'sent' as const });
    };
    return { ...(await makeSample({ ...read.config, ...changes }, { deliver, close() {} })), sent };
  }

  it('has two days, and on the second what is new, louder and gone', async () => {
    const { before, after } = await sample();
    const report = (letters: readonly Letter[]) => letters.find(({ queue }) => queue === 'report')?.parts;
    expect(report(before)?.changes).toMatchObject({ new: 0, louder: 0, gone: 0 });
    const changes = report(after)?.changes;
    for (const kind of ['new', 'louder', 'gone'] as const) expect(changes?.[kind], kind).toBeGreaterThan(0);
    expect(after.map(({ queue }) => queue)).toEqual(['report', 'misc', 'trash2', 'critical', 'pager']);
    const [day] = after;
    expect(day?.parts?.period?.to).toBe(new Date().setHours(0, 0, 0, 0));
    expect((before[0]?.made ?? 0) < (day?.made ?? 0)).toBe(true);
  });

  it('says SAMPLE in each subject, on the screen as in the mailbox, and hands over the letters of two days alone', async () => {
    const { before, after, sent } = await sample();
    for (const { subject } of [...before, ...after]) expect(subject).toMatch(/^SAMPLE /);
    expect(sent).toHaveLength(before.length + after.length);
    for (const { mime } of sent) expect(mime.toString('latin1')).toMatch(/^Subject: SAMPLE /m);
  });

  it('runs no program', async () => {
    const folder = temporaryFolder();
    const filters = [{ queue: 'report', command: `/usr/bin/tee ${folder}/filtered`, place: null }];
    const csv = { command: `/bin/cat > ${folder}/csv`, schedule: { kind: 'now' }, place: null };
    const { sent } = await sample({ filters, csv });
    expect(sent.length).toBeGreaterThan(0);
    expect([existsSync(join(folder, 'filtered')), existsSync(join(folder, 'csv'))]).toEqual([false, false]);
  });

  it('is shown by try where no log can be read and no config is named; the last words say SAMPLE, why, and where it is', async ({
    skip,
  }) => {
    const read = readConfig(EMBEDDED_CONFIG);
    if (!canBeNobody() || (read.ok && hasLog(read.config, 'with lines')))
      skip('there are logs, or no root is here');
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const home = join(folder, 'home');
    mkdirSync(home);
    chownSync(home, 65534, 65534);
    const env = { XDG_STATE_HOME: home, HOME: home };
    const { ended, out, err } = launch(['try'], { env, through: AS_NOBODY });
    expect(await ended, err()).toBe(0);
    const lines = out().trimEnd().split('\n');
    expect(lines[0]).toBe('No log can be read here, so this is a SAMPLE: two days of an invented office.');
    expect(
      out()
        .match(/^Subject: .*$/gm)
        ?.filter((line) => !line.startsWith('Subject: SAMPLE ')),
    ).toEqual([]);
    const end = lines.slice(-9);
    expect(end[0]).toBe('SAMPLE: all of this is invented, since none of these logs can be read here:');
    expect(end[1]).toMatch(/^ {2}\/var\/log\/syslog +\S/);
    expect(end.at(-2)).toBe(
      `The letters are in ${home}/tayori/Maildir/new (mutt -f ${home}/tayori/Maildir). Nothing has left this machine.`,
    );
    expect(maildir(join(home, 'tayori')).length).toBeGreaterThan(5);
    const mailed = launch(['try', '--mail'], { env, through: AS_NOBODY });
    expect(await mailed.ended).toBe(1);
    expect(mailed.err()).toContain('can be read here, so there is nothing to try');
  });
});

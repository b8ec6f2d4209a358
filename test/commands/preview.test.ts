import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/time/clock.js';
import { readConfig } from '../../src/config/read-config.js';
import { createHostNames } from '../../src/letter/build/host-names.js';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { previewLetters } from '../../src/publish/preview-letters.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { readSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { type Ran, runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const CONF = `set state state
set letter full
set threshold noon 5 ^rare
set queue quiet f@x.org t@x.org [30 12 * * *] S
set queue page f@x.org pager:t@x.org [30 12 * * *] alert
set filter page /bin/cat
page ^page
quiet ^quiet
csv ^csv
noon .
`;
const NOON_QUEUE = 'set queue noon f@x.org t@x.org [30 12 * * *] {{count}} lines of {{host}}\n';

/** All bytes of the state. */
function bytes(folder: string): string[] {
  const state = join(folder, 'state');
  return readdirSync(state)
    .filter((name) => !name.endsWith('-shm')) // who reads is noted there
    .map((name) => `${name} ${readFileSync(join(state, name)).toString('base64')}`);
}

let clock: HeldClock;
let running: Running;
let conf: string;
const preview = (...argv: string[]): Promise<Ran> => runCli(['preview', '-c', conf, ...argv]);

beforeEach(async () => {
  clock = heldClock(NOON);
  running = await startDaemon(`${NOON_QUEUE}set csv [30 12 * * *] /bin/false\n${CONF}`, { clock });
  conf = join(running.folder, 'tenshi.conf');
});

/** What the daemon has read when it looks. */
async function said(...texts: string[]): Promise<void> {
  running.write(...texts);
  await running.daemon.poll();
}

describe('preview', () => {
  it('shows what waits while the daemon runs, and changes nothing', async () => {
    await said('disk fails', 'disk fails', 'page me');
    const before = bytes(running.folder);
    const { code, out, err } = await preview();
    expect(bytes(running.folder)).toEqual(before);
    expect(maildir(running.folder)).toEqual([]);
    expect(out).toMatch(
      /^From: f@x\.org\nTo: t@x\.org\nSubject: 2 lines of web1 \[noon]\n\nThe first letter/,
    );
    expect(out).toContain('\n\nweb1: \n    2: disk fails\n');
    expect(out).toContain('Subject: alert [page]\n\nweb1,1,page me\n');
    expect(err).toContain('quiet: it is empty, so no letter would be sent\n');
    expect(err).toContain('page: its filter is not run; this is the letter that the filter would get\n');
    expect(code).toBe(0);
  });

  it('shows one queue alone, also when the daemon has stopped', async () => {
    await said('disk fails', 'quiet now');
    writeFileSync(conf, `${readFileSync(conf, 'utf8')}set flush_on_signal off\n`);
    await running.stop();
    const { out, err } = await preview('quiet');
    expect(out.match(/^Subject: .*/gm)).toEqual(['Subject: S [quiet]']);
    expect(err).toBe('');
  });

  it('is the letter that goes', async () => {
    for (const day of [0, 1, 2]) {
      await said('cron x', 'cron x', ...(day === 2 ? ['disk fails'] : []));
      if (day === 2) break;
      clock.advance(86_400_000);
      await running.daemon.poll();
    }
    const seen = await textsAt(clock.now() + 1_800_000);
    clock.advance(1_800_000);
    await running.daemon.poll();
    const mails = maildir(running.folder).map((mail) => readMail(Buffer.from(mail.replaceAll('\n', '\r\n'))));
    expect(seen[0]).toContain('NEW\n  [1x] disk fails');
    expect(mails.map(({ text }) => text.trimEnd())).toContain(seen[0]?.trimEnd());
  });

  async function textsAt(now: number): Promise<string[]> {
    const read = readConfig(conf);
    const opened = readSqliteStore(join(running.folder, 'state', 'tayori.db'));
    if (!opened.ok || !read.ok) throw new Error('no state or no config');
    const names = createHostNames(systemClock, () => {});
    const sources = { config: read.config, store: opened.store, now, origin: 'loghost', version: '0', names };
    const texts: string[] = [];
    for await (const one of previewLetters(['noon'], sources))
      if (one.kind === 'letter') texts.push(one.body.text);
    opened.store.end();
    return texts;
  }

  it('goes by one look at the state, though the letter goes meanwhile', async () => {
    await said('disk fails');
    const opened = readSqliteStore(join(running.folder, 'state', 'tayori.db'));
    if (!opened.ok) throw new Error(opened.reason);
    const [edition] = opened.store.openEditions(clock.now());
    await running.daemon.flush('flushing');
    while (running.store.sweep(9));
    expect(running.store.slice(edition?.id ?? 0, null, 9)).toEqual([]);
    expect(opened.store.slice(edition?.id ?? 0, null, 9)).toMatchObject([{ message: 'disk fails' }]);
    opened.store.end();
  });

  it('tells the mail trouble that the letter would, and leaves it to that one', async () => {
    await said('disk fails');
    await running.daemon.flush('flushing');
    const db = openSqlite(join(running.folder, 'state', 'tayori.db'));
    db.exec(`INSERT INTO mishap (kind, queue, address, letters, letter, sealed, delay, reason)
      VALUES ('refused', 'noon', 'gone@x.org', 1, 1, ${NOON}, 0, '550 no such user')`);
    await said('disk fails', 'quiet now');
    const { out } = await preview();
    expect(out.match(/550 no such user/g)).toHaveLength(1);
    expect(db.prepare('SELECT frozen, told_in FROM mishap').all()).toEqual([{ frozen: 0, told_in: null }]);
    db.close();
  });

  it('shows a letter that is held, and the one behind it from where that ended', async () => {
    const held = await startDaemon(`${NOON_QUEUE}set filter noon /bin/false\nset state state\nnoon .\n`, {
      clock,
    });
    held.write('held x');
    clock.advance(1_800_000);
    await held.daemon.poll();
    held.write('next x');
    await held.daemon.poll();
    const { out } = await runCli(['preview', '-c', join(held.folder, 'tenshi.conf'), 'noon']);
    expect(out.match(/^ {4}1: .*/gm)).toEqual(['    1: held x', '    1: next x']);
    expect(held.store.openEditions(clock.now() + 60_000)).toMatchObject([
      { queue: 'noon', since: clock.now(), closed: clock.now() + 60_000, status: null },
    ]);
    expect(maildir(held.folder)).toEqual([]);
  });

  it('writes the page to a file that is for its owner alone', async () => {
    await said('disk <fails>');
    const file = join(running.folder, 'p.html');
    const { code, out } = await preview('noon', '--html', file);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toContain('disk &lt;fails&gt;');
    expect((await preview('noon', '--html', '-')).out).toBe(readFileSync(file, 'utf8'));
  });

  it.each<[string, string[], string[], number, RegExp]>([
    ['a queue that nothing waits in', [], ['noon'], 0, /^noon: it is empty/],
    ['what is below a threshold', ['rare'], ['noon'], 0, /^noon: all its counts are below their thresholds/],
    ['csv', ['csv x'], ['csv'], 0, /^csv: its lines would be piped to \/bin\/false, not mailed/],
    ['a queue that there is not', [], ['nono'], 1, /no queue "nono".*; there are noon, quiet, page, csv\n$/],
    ['HTML of a pager', ['page'], ['page', '--html', '/nowhere/x'], 0, /plain text.*\n.*not written/],
    [
      'a file that cannot be',
      ['x'],
      ['noon', '--html', '/nowhere/x'],
      1,
      /\/nowhere\/x cannot be written: ENOENT/,
    ],
  ])('tells of %s', async (_name, lines, argv, status, words) => {
    await said(...lines);
    const { code, out, err } = await preview(...argv);
    expect({ code, out }).toEqual({ code: status, out: '' });
    expect(err).toMatch(words);
  });

  it('shows a queue that the config has dropped as it was defined', async () => {
    await said('disk fails');
    writeFileSync(
      conf,
      readFileSync(conf, 'utf8')
        .replace(NOON_QUEUE, '')
        .replace(/^noon .*|.*threshold.*/gm, ''),
    );
    expect((await preview('noon')).out).toContain('Subject: 1 lines of web1 [noon]\n');
  });
});

describe('letters', () => {
  const letters = (...argv: string[]): Promise<Ran> => runCli(['letters', '-c', conf, ...argv]);

  it('lists them, the latest first, and shows each as it went', async () => {
    await said('disk fails');
    await running.daemon.flush('flushing');
    await said('page me');
    await running.daemon.flush('flushing');
    const { code, out } = await letters();
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        /^ {2}2 {2}Fri,? 20 Nov(?: 2026)?,? 12:00 {2}page {2}t@x\.org {2}1 kB {2}delivered {2}alert \[page]$/,
      ),
      '      web1,1,page me',
      expect.stringMatching(
        /^ {2}1 {2}Fri,? 20 Nov(?: 2026)?,? 12:00 {2}noon {2}t@x\.org {2}\d kB {2}delivered {2}1 lines of web1 \[noon]$/,
      ),
      '      The first letter of its kind: there is nothing to compare it with yet.',
      '',
    ]);
    const [mail = ''] = maildir(running.folder).filter((mail) => mail.includes('[noon]'));
    const { text, html } = readMail(Buffer.from(mail.replaceAll('\n', '\r\n')));
    expect((await letters('1')).out).toContain(`Subject: 1 lines of web1 [noon]\n\n${text.trim()}\n`);
    expect((await letters('1', '--format', 'html')).out).toBe(html);
    expect(mail).toContain((await letters('1', '--format', 'raw')).out.replaceAll('\r\n', '\n').trimEnd());
  });

  it.each<[string, string[], number, RegExp]>([
    ['no letter', [], 0, /^there are no letters\n$/],
    ['a number that there is not', ['9'], 1, /there is no letter "9"; tayori letters lists/],
    ['what is no number', ['noon'], 1, /there is no letter "noon"/],
    ['HTML of no letter in particular', ['--format', 'html'], 2, /html of which letter\?/],
  ])('tells of %s', async (_name, argv, status, words) => {
    const { code, out, err } = await letters(...argv);
    expect({ code, out }).toEqual({ code: status, out: '' });
    expect(err).toMatch(words);
  });

  it('a pager letter has no HTML', async () => {
    await said('page me');
    await running.daemon.flush('flushing');
    const { code, err } = await letters('1', '--format', 'html');
    expect({ code, err }).toEqual({ code: 1, err: 'tayori: letter 1 is plain text; it has no HTML\n' });
  });
});

it.each(['preview', 'letters'])('%s says where it looked when there is no state', async (command) => {
  const folder = temporaryFolder();
  const file = join(folder, 'tenshi.conf');
  writeFileSync(file, `set logfile x\nset state none\n${NOON_QUEUE}noon .\n`);
  const { code, err } = await runCli([command, '-c', file]);
  expect(code).toBe(1);
  expect(err).toContain(`no state in ${join(folder, 'none')}`);
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

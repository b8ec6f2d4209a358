import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';

const HOUR = 3_600_000;

const QUEUES = `set state state
set queue check f@x.org t@x.org [2 * * * *] System check
set section attacks check Active System Attack Alerts
set section violations check Possible Security Violations
set section unusual check Unusual System Events
attacks ^attack
violations ^violation
check ^check
unusual .
`;

/** The letters, oldest first. */
function letters({ folder }: Running): string[] {
  return maildir(folder).sort((a, b) => dateOf(a) - dateOf(b));
}

function dateOf(mail: string): number {
  return Date.parse(/^Date: (.*)$/m.exec(mail)?.[1] ?? '');
}

/** The text of a letter. */
function letterText(mail: string): string {
  return readMail(Buffer.from(mail.replaceAll('\n', '\r\n'))).text;
}

function subjectsOf(running: Running): string[] {
  return letters(running).map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1] ?? '');
}

interface Steps {
  readonly running: Running;
  /** An hour passes in which this is written. */
  hour(...texts: string[]): Promise<void>;
}

async function start(more = '', queues = QUEUES): Promise<Steps> {
  const clock = heldClock(NOON);
  const running = await startDaemon(more + queues, { clock });
  return {
    running,
    async hour(...texts) {
      running.write(...texts);
      clock.advance(HOUR);
      await running.daemon.poll();
    },
  };
}

describe('a letter of several queues', () => {
  it('comes when one of them has something: one subject, one letter, sections in their order', async () => {
    const { running, hour } = await start();
    await hour('strange', 'violation 1', 'attack', 'violation 1');
    expect(subjectsOf(running)).toEqual(['System check [check]']);
    expect(letterText(letters(running)[0] ?? '')).toBe(
      [
        '',
        'Active System Attack Alerts',
        '---------------------------',
        '',
        'web1: ',
        '    1: attack',
        '',
        'Possible Security Violations',
        '----------------------------',
        '',
        'web1: ',
        '    2: violation 1',
        '',
        'Unusual System Events',
        '---------------------',
        '',
        'web1: ',
        '    1: strange',
        '',
      ].join('\n'),
    );
    await hour();
    expect(letters(running)).toHaveLength(1);
    await hour('violation 2');
    expect(letterText(letters(running)[1] ?? '')).toBe(
      '\nPossible Security Violations\n----------------------------\n\nweb1: \n    1: violation 2\n',
    );
    expect(running.daemon.pending()).toEqual([]);
  });

  it('with nothing but messages of its own queue is a letter as any other', async () => {
    const { running, hour } = await start();
    await hour('check this');
    expect(letterText(letters(running)[0] ?? '')).toBe('\nweb1: \n    1: check this\n');
    await hour('check this', 'attack');
    const text = letterText(letters(running)[1] ?? '');
    expect(text.indexOf('\ncheck\n-----\n')).toBeGreaterThanOrEqual(0);
    expect(text.indexOf('attack')).toBeGreaterThan(text.indexOf('check this'));
  });

  it('begins with trouble, whatever stands first in the config', async () => {
    const { running, hour } = await start('set kind unusual trouble\nset letter full\n');
    await hour('violation', 'disk on fire', 'disk on fire');
    const text = letterText(letters(running)[0] ?? '');
    expect(text).toMatch(/^2x disk on fire, web1, /);
    expect(text.indexOf('Unusual System Events\n')).toBeLessThan(text.indexOf('Possible Security'));
  });

  it('says of each section by itself what is new, and of the letter how much is', async () => {
    const { running, hour } = await start('set letter full\n');
    await hour('violation', 'usual thing');
    await hour('violation', 'attack', 'usual thing');
    const [first = '', second = ''] = letters(running).map(letterText);
    expect(first).toMatch(/^The first letter of its kind/);
    expect(first).not.toContain('NEW');
    expect(second).toMatch(/^1 new; else as usual\.\n.*, 3 lines in 3 messages of 1 host\n/);
    expect(second).toMatch(
      /\nActive System Attack Alerts\n-+\n1 line in 1 message of 1 host\n\nNEW\n {2}\[1x] attack/,
    );
    expect(second.match(/NEW/g)).toHaveLength(1);
    expect(second).toMatch(
      /\nPossible Security Violations\n-+\n1 line in 1 message of 1 host\n\nweb1: \n {4}1: v/,
    );
  });

  it('a message that is known in one section is new in another', async () => {
    const { running, hour } = await start(
      'set letter full\n',
      QUEUES.replace('attacks ^attack', 'attacks,unusual ^both'),
    );
    await hour('violation', 'usual thing');
    await hour('both');
    await hour('both');
    const [, second = '', third = ''] = letters(running).map(letterText);
    expect(second.match(/NEW\n {2}\[1x] both/g)).toHaveLength(2);
    expect(third).not.toContain('NEW');
  });

  it('has its notes once, behind all sections', async () => {
    const rules = QUEUES.replace('unusual .', 'unusual ^unusual');
    const steps = await start(
      'set letter full\n',
      `${rules}set threshold attacks 5 .\nset threshold unusual 5 .\n`,
    );
    await steps.hour('attack', 'unusual', 'unusual', 'violation', 'nobody knows this');
    const text = letterText(letters(steps.running)[0] ?? '');
    expect(text).not.toContain('Active System Attack Alerts');
    expect(text.match(/\*\*\* 2 messages \(3 lines\) below threshold \*\*\*/g)).toHaveLength(1);
    expect(text.match(/1 line matched no rule/g)).toHaveLength(1);
    expect(text.match(/5 lines read since/g)).toHaveLength(1);
  });
});

describe('its forms', () => {
  it('HTML has each section under its title', async () => {
    const { running, hour } = await start('set letter full\n');
    await hour('attack <b>', 'strange');
    const { html } = readMail(Buffer.from(letters(running)[0]?.replaceAll('\n', '\r\n') ?? ''));
    expect(html).toMatch(/<h2 [^>]*>Active System Attack Alerts<\/h2>/);
    expect(html?.indexOf('attack &lt;b&gt;')).toBeLessThan(html?.indexOf('Unusual System Events') ?? -1);
    expect(html?.match(/<h2/g)).toHaveLength(4);
  });

  it('a template for one queue has the titles in front of hosts and parts', async () => {
    const steps = await start('set letter full\n', `${QUEUES}set template check mine.hbs\n`);
    writeFileSync(
      join(steps.running.folder, 'mine.hbs'),
      '{{#each hosts}}<{{title}}>{{#each messages}}{{message}}{{/each}}{{/each}}',
    );
    await steps.hour('attack', 'strange');
    const { html } = readMail(Buffer.from(letters(steps.running)[0]?.replaceAll('\n', '\r\n') ?? ''));
    expect(html).toBe('<Active System Attack Alerts: web1>attack<Unusual System Events: web1>strange');
  });

  it('a pager letter has lines and nothing else, in the order of the sections', async () => {
    const { running, hour } = await start('', QUEUES.replace(' t@x.org', ' pager:t@x.org'));
    await hour('strange', 'attack', 'violation');
    expect(letterText(letters(running)[0] ?? '')).toBe('web1,1,attack\nweb1,1,violation\nweb1,1,strange\n');
  });

  it('of a page: all that any section holds goes at the next poll', async () => {
    const { running, hour } = await start('', QUEUES.replace('[2 * * * *]', '[now]'));
    await hour('strange', 'attack');
    expect(subjectsOf(running)).toEqual(['System check [check]']);
    await hour();
    expect(letters(running)).toHaveLength(1);
  });

  it('of a page whose sections wait: none of them goes alone', async () => {
    const { running, hour } = await start(
      '',
      `${QUEUES.replace('[2 * * * *]', '[now]')}set gather attacks 90m\nset gather violations 150m\n`,
    );
    await hour('attack', 'violation');
    await hour();
    expect(letters(running)).toHaveLength(0);
    await hour();
    expect(letterText(letters(running)[0] ?? '')).toContain('violation');
    expect(running.daemon.pending()).toEqual([]);
  });

  it('JSON has each section with its queue', async () => {
    const { running } = await start('set letter full\n');
    running.write('attack', 'violation', 'violation');
    const conf = join(running.folder, 'tenshi.conf');
    const { out, err, code } = await runCli(['digest', '-c', conf, '--format', 'json', running.log]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      {
        queue: 'check',
        subject: 'System check [check]',
        total: { messages: 2, lines: 3, hosts: 1 },
        sections: [
          {
            queue: 'attacks',
            title: 'Active System Attack Alerts',
            kind: 'report',
            total: { lines: 1 },
            hosts: [{ host: 'web1', messages: [{ count: 1, message: 'attack' }] }],
          },
          { queue: 'violations', hosts: [{ messages: [{ count: 2 }] }] },
        ],
      },
    ]);
    expect(err).toMatch(/attacks: 1 lines in 1 messages\n/);
  });

  it('a letter that is too large keeps the worst section first, and has all of it attached', async () => {
    const { running, hour } = await start('set letter full\nset letter_size 10\n');
    const many = Array.from({ length: 300 }, (_, at) => `strange ${'x'.repeat(60)} ${at.toString(36)}`);
    await hour('attack', ...many);
    const [mail = ''] = letters(running);
    expect(mail).toContain('filename=report.txt.gz');
    const text = letterText(mail);
    expect(text).toContain('    1: attack');
    expect(text).toMatch(
      /only in the attached report, because of the size of the letter: 2\d\d\s+more messages/,
    );
  });

  it('hosts are counted once, and addresses of all sections stand together', async () => {
    const { running, hour } = await start(
      'set letter full\n',
      QUEUES.replace('attacks ^attack', 'attacks ^attack from (\\S+)').replace(
        'violations ^violation',
        'violations ^violation of (\\S+)',
      ),
    );
    await hour(
      'attack from 192.0.2.1',
      'attack from 192.0.2.2',
      'violation of 192.0.2.1',
      'violation of 192.0.2.3',
    );
    const text = letterText(letters(running)[0] ?? '');
    expect(text).toMatch(/4 lines in 2 messages of 1 host\n/);
    expect(text).toMatch(/\nBY ADDRESS\n {2}- 192\.0\.2\.1: 1x attack, 1x violation; web1\n/);
  });
});

describe('between the lines', () => {
  it('preview shows it whole, by the name of its queue or of a section', async () => {
    const { running } = await start();
    running.write('attack', 'strange');
    await running.daemon.poll();
    const conf = join(running.folder, 'tenshi.conf');
    const whole = await runCli(['preview', '-c', conf]);
    expect(whole.out).toMatch(/Active System.*attack.*Unusual System.*strange/s);
    expect(whole.out.match(/Subject: /g)).toHaveLength(1);
    expect(whole.err).toBe('');
    expect((await runCli(['preview', '-c', conf, 'unusual'])).out).toBe(whole.out);
    expect((await runCli(['preview', '-c', conf, 'check'])).out).toBe(whole.out);
    expect(letters(running)).toEqual([]);
  });

  it('status names each section, and what it holds', async () => {
    const { running } = await start();
    running.write('attack', 'strange', 'strange');
    await running.daemon.poll();
    const conf = join(running.folder, 'tenshi.conf');
    const { out } = await runCli(['status', '-c', conf]);
    expect(out).toMatch(
      /\n {2}check +next .* empty\n {2}attacks +in the letter of check +1 line in 1 message\n/,
    );
    const json = JSON.parse((await runCli(['status', '-c', conf, '--json'])).out);
    expect(json.queues).toContainEqual(
      expect.objectContaining({ name: 'unusual', lines: 2, sectionOf: 'check' }),
    );
  });

  it('a letter that waits for its filter is one, and what comes meanwhile belongs to the next', async () => {
    const { running, hour } = await start('', `${QUEUES}set filter check /bin/sh -c "test -e go && cat"\n`);
    await hour('attack', 'strange');
    expect(letters(running)).toEqual([]);
    running.write('attack', 'attack');
    await running.daemon.poll();
    const db = openSqlite(join(running.folder, 'state', 'tayori.db'), { readonly: true });
    const rows = db.prepare<[], unknown>(
      'SELECT queue, closed IS NULL AS open, part_of AS part FROM edition ORDER BY id',
    );
    const editions = rows.all() as { queue: string; open: number; part: number | null }[];
    db.close();
    expect(editions.filter(({ open }) => open).map(({ queue }) => queue)).toEqual(['attacks']);
    expect(
      editions
        .filter(({ part }) => part !== null)
        .map(({ queue }) => queue)
        .sort(),
    ).toEqual(['attacks', 'unusual']);
  });

  it('a signal mails it as one letter; a section that the next config drops is mailed by the address of its letter', async () => {
    const { running } = await start();
    running.write('attack', 'violation');
    await running.daemon.flush('flushing');
    expect(subjectsOf(running)).toEqual(['System check [check]']);
    expect(letterText(letters(running)[0] ?? '')).toContain('*** Status: flushing ***');
    running.write('attack again');
    await running.daemon.poll();
    await running.stop();
    const without = QUEUES.replace(/^.*attacks.*\n/gm, '');
    const next = await startDaemon(without, { folder: running.folder, clock: heldClock(NOON + HOUR / 2) });
    await next.daemon.poll();
    const mail = letters(next).find((one) => one.includes('[attacks]')) ?? '';
    expect(mail).toContain('To: t@x.org');
    expect(letterText(mail)).toContain('removed from the config');
    expect(letterText(mail)).toContain('1: attack again');
  });

  it('noprefix can be a section', async () => {
    const { running, hour } = await start('', `${QUEUES}set section noprefix check Without a prefix\n`);
    writeFileSync(running.log, 'no prefix at all\n', { flag: 'a' });
    await hour('attack');
    expect(letterText(letters(running)[0] ?? '')).toMatch(
      /Without a prefix\n-+\n\n\[unprefixed logs].*\n.*no prefix/,
    );
  });

  it('a window before a section counts as before any queue', async () => {
    const { running, hour } = await start('', `${QUEUES}set window attacks 3 1h\n`);
    await hour('attack', 'attack');
    expect(letters(running)).toEqual([]);
    await hour('attack');
    expect(letterText(letters(running)[0] ?? '')).toMatch(/Alerts\n-+\n\nweb1: \n {4}3: attack \(3 within/);
  });
});

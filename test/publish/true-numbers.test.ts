import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { unfolded } from '../support/unfolded.js';

const DAY = 86_400_000;
const SUBJECT = '{{new}} new, {{count}} lines, {{messages}} messages, {{hosts}} hosts';
const QUEUE = `set letter full\nset state state\nset queue q f@x.org t@x.org [0 12 * * *] ${SUBJECT}\n`;

interface Letters extends Running {
  readonly clock: HeldClock;
  /** A line of a host, written now. */
  say(host: string, ...texts: string[]): void;
  /** The letter of the next noon. */
  next(): Promise<Email>;
}

/** A queue with a letter a day. */
async function letters(conf: string): Promise<Letters> {
  const clock = heldClock(NOON);
  const running = await startDaemon(`${QUEUE}${conf}`, { clock });
  const known = new Set<string>();
  return {
    ...running,
    clock,
    say(host, ...texts) {
      const stamp = new Date(clock.now()).toISOString();
      appendFileSync(running.log, texts.map((text) => `${stamp} ${host} ${text}\n`).join(''));
    },
    async next() {
      await running.daemon.poll();
      clock.advance(DAY);
      await running.daemon.poll();
      const [mail = ''] = maildir(running.folder).filter((one) => !known.has(one));
      known.add(mail);
      return await PostalMime.parse(mail);
    },
  };
}

const NEW = Array.from({ length: 300 }, (_, at) => `new message ${at} of a disk that fails`);

describe('a letter that is cut tells the counts of the whole edition', () => {
  it.each([
    ['en', '300 new; else as usual.', '301 lines in 301 messages of 1 host'],
    ['ja', '新規300件。ほかはいつもどおりです。', 'ホスト1台、メッセージ301種類、301行'],
  ])('in its first lines, its subject, its page and its preview: %s', async (language, first, second) => {
    const { say, next, daemon, folder } = await letters(
      `set language ${language}\nset letter_size 10\nq .\n`,
    );
    say('web1', 'usual');
    await next();
    say('web1', 'usual', ...NEW);
    const mail = await next();
    expect(mail.subject).toBe('300 new, 301 lines, 301 messages, 1 hosts [q]');
    expect(mail.text?.split('\n')[0]).toBe(first);
    expect(mail.text?.split('\n')[1]).toContain(second);
    for (const told of [first, second]) expect(mail.html).toContain(told);
    const shown = mail.text?.match(/^ {2}\[1.\] new message/gm)?.length ?? 0;
    expect(shown).toBeLessThan(100);
    const left = /(?:letter: (\d+) more messages|あと(\d+)種類)/.exec(unfolded(mail.text ?? ''));
    expect(Number(left?.[1] ?? left?.[2]) + shown).toBe(301);
    say('web1', 'usual', ...NEW.map((text) => `${text} again`));
    await daemon.poll();
    const { out } = await runCli(['preview', '-c', join(folder, 'tenshi.conf')]);
    expect(out).toContain('Subject: 300 new, 301 lines, 301 messages, 1 hosts [q]');
    expect(out).toContain(`\n\n${first}\n`);
  });

  it('what a threshold leaves out is no part of it, and is told at the end', async () => {
    const { say, next } = await letters('set letter_size 10\nset threshold q 2 again$\nq .\n');
    say('web1', 'usual');
    await next();
    say('web1', 'usual', ...NEW, 'once again', 'twice again', 'twice again');
    const mail = await next();
    expect(mail.subject).toBe('301 new, 303 lines, 302 messages, 1 hosts [q]');
    expect(mail.text?.split('\n')[0]).toBe('301 new; else as usual.');
    expect(mail.text).toContain('*** 1 message (1 line) below threshold ***');
  });

  it('so does the subject of a pager letter', async () => {
    const { say, next } = await letters(
      `set pager_limit 2\nset queue q f@x.org pager:t@x.org [0 12 * * *] ${SUBJECT}\nq .\n`,
    );
    say('web1', ...NEW);
    const mail = await next();
    expect(mail.subject).toBe('? new, 300 lines, 300 messages, 1 hosts [q]');
    expect(mail.text?.trim().split('\n')).toHaveLength(2);
  });
});

describe('what is told for many hosts is true of all of them', () => {
  it('also of those whose blocks a limit cuts: they have said it, and nothing more is left out there', async () => {
    const { say, next } = await letters('set limit 1\nq .\n');
    for (const host of ['a', 'b', 'c']) say(host, 'shared', 'shared', `only ${host}`);
    say('d', 'shared', ...Array(5).fill('loud'));
    const { text } = await next();
    expect(text).toContain('\nON MANY HOSTS\n  [7x] shared\n       4 hosts (a 2, b 2, c 2, d 1); ');
    expect(text).toContain('\nd: \n    5: loud\n');
    expect(text).toContain(
      '\na: \n\n  *** Too many alerts  ***\n  *** 1 more message (1 line) left out ***\n',
    );
    expect(text?.match(/left out/g)).toHaveLength(3);
  });

  it('also of more than a letter has room for', async () => {
    const { say, next } = await letters('q .\n');
    const all = (text: (host: number) => string): void => {
      for (let host = 0; host < 25_000; host++) say(`h${host}`, text(host));
    };
    all(() => 'shared');
    say('h24999', ...Array(6).fill('shared'));
    const first = await next();
    expect(first.text).toContain(
      '\n  [25006x] shared\n       25,000 hosts (h24999 7, h0 1, h1 1, h10 1, h100 1, 24,995 more);',
    );
    expect(first.text).not.toContain('the letter is full');
    all((host) => (host < 20_000 ? 'never before' : 'nor this'));
    const { text, subject } = await next();
    expect(text?.split('\n')[0]).toBe('2 new; else as usual.');
    expect(text).toMatch(/\n {2}\[20000x\] never before\n {7}20,000 hosts \(/);
    expect(unfolded(text ?? '')).toContain('5000 more messages (5000 lines) with news left out');
    expect(subject).toBe('2 new, 25000 lines, 25000 messages, 25000 hosts [q]');
  });

  it('and what stood under its masks is "at least" what the rows with a place say', async () => {
    const { say, next } = await letters('set limit 1\nq ^user (\\w+)\nq .\n');
    say('a', ...Array(20).fill('user ann'));
    say('b', ...Array(5).fill('user bob'), ...Array(9).fill('loud'));
    const { text } = await next();
    expect(text).toContain('\n  - user ___\n       at least 1 value (ann)\n');
  });
});

it('years stand where they are not this one', async () => {
  const folder = temporaryFolder();
  const [conf, log] = [join(folder, 'tenshi.conf'), join(folder, 'x.log')];
  writeFileSync(conf, `${QUEUE}set timezone UTC\nq .\n`);
  writeFileSync(log, '0000-01-01T00:00:00Z web1 a\n9999-12-31T23:59:59Z web1 b\n');
  const { out } = await runCli(['digest', '-c', conf, log]);
  expect(out).toContain('\nJan 01 0000 00:00 to Dec 31 9999 23:59, 2 lines in 2 messages of 1 host\n');
});

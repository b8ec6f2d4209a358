import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';
import { runCli } from '../support/run-cli.js';
import { unfolded } from '../support/unfolded.js';

const DAY = 86_400_000;
const MINUTE = 60_000;

const CONF = `set state state
set queue alarm f@x.org t@x.org [0 12 * * *] {{verdict}}
set empty alarm on
set queue other f@x.org t@x.org [0 12 * * *] Other
set logfile missing.log
alarm ^alarm
other ^other
trash .
`;

interface Days {
  readonly running: Running;
  /** A day passes in which this is written; the letters of its end. */
  day(...texts: string[]): Promise<string[]>;
}

async function start(
  more = '',
  conf = CONF,
  lastTurn?: (clock: { now(): number }) => () => number | null,
): Promise<Days> {
  const clock = heldClock(NOON);
  const running = await startDaemon(more + conf, {
    clock,
    ...(lastTurn ? { lastTurn: lastTurn(clock) } : {}),
  });
  const told = new Set<string>();
  return {
    running,
    async day(...texts) {
      running.write(...texts);
      await running.daemon.poll();
      clock.advance(DAY);
      await running.daemon.poll();
      const fresh = maildir(running.folder).filter((mail) => !told.has(mail));
      for (const mail of fresh) told.add(mail);
      return fresh;
    },
  };
}

function textOf(mail = ''): string {
  return unfolded(readMail(Buffer.from(mail.replaceAll('\n', '\r\n'))).text);
}

describe('set empty', () => {
  it('a letter comes when nothing did, and says since when, and what was followed', async () => {
    const { running, day } = await start('set letter full\n');
    const [mail, ...more] = await day('noise', 'noise');
    expect(more).toEqual([]);
    expect(mail).toContain('Subject: nothing to report [alarm]');
    const text = textOf(mail).replaceAll(running.folder, '');
    expect(text).toMatch(/^Nothing to report since Nov 20 12:00\.\n\n/);
    expect(text).toContain(
      '*** tayori watched all the time, and read 2 lines; none of them is told here ***',
    );
    expect(text).toContain('*** followed: /x.log ***');
    expect(text).toContain('*** could not be read: /missing.log ***');
    expect(readMail(Buffer.from(mail?.replaceAll('\n', '\r\n') ?? '')).html).toContain(
      '<b>Nothing to report since Nov 20 12:00.</b>',
    );
    const [second] = await day();
    expect(textOf(second)).toMatch(/^Nothing to report since Nov 21 12:00\./);
    expect(textOf(second)).toContain('read 0 lines');
  });

  it('with something it is a letter as any other; the other queue has none where it has nothing', async () => {
    const { day } = await start();
    const [mail, ...more] = await day('alarm');
    expect(more).toEqual([]);
    expect(textOf(mail)).toBe('\nweb1: \n    1: alarm\n');
  });

  it('as Tenshi writes letters, and for a pager', async () => {
    const plain = await start();
    const [mail] = await plain.day();
    expect(textOf(mail)).toMatch(
      /^\n {2}\*\*\* Nothing to report since Nov 20 12:00\. \*\*\*\n {2}\*\*\* tayori watched/,
    );
    const pager = await start('', CONF.replace('alarm f@x.org t@', 'alarm f@x.org pager:t@'));
    const [page] = await pager.day();
    expect(textOf(page)).toMatch(
      /^\*,0,Nothing to report since Nov 20 12:00\. tayori watched all the time, .*\n$/,
    );
  });

  it('a message that is usual and missing is told in it', async () => {
    const { day } = await start('set letter full\n');
    for (let at = 0; at < 5; at++) await day('alarm test');
    const [mail] = await day();
    expect(textOf(mail)).toMatch(/^Nothing to report since .*\n1 gone; else as usual\.\n/);
    expect(textOf(mail)).toMatch(/\nGONE\n {2}\[usually 1x] alarm test\n/);
    const [next] = await day();
    expect(textOf(next)).not.toContain('GONE');
  });

  it('what a threshold leaves out is told, and the letter comes', async () => {
    const { day } = await start('', `${CONF}set threshold alarm 5 .\n`);
    const [mail] = await day('alarm');
    expect(textOf(mail)).toContain('*** Nothing to report since');
    expect(textOf(mail)).toContain('*** 1 message (1 line) below threshold ***');
  });

  it('signals make none', async () => {
    const { running } = await start();
    await running.daemon.flush('flushing');
    await running.daemon.flush('terminating');
    expect(maildir(running.folder)).toEqual([]);
  });

  it('with sections it says so once for all', async () => {
    const { day } = await start(
      '',
      `${CONF}set section noise alarm Noise\n`.replace('trash .', 'trash ^noise'),
    );
    const letters = await day('noise');
    expect(letters).toHaveLength(1);
    expect(textOf(letters[0])).toContain('Nothing to report since');
    expect(textOf(letters[0])).not.toContain('Noise');
  });

  it('time in which nobody watched is told, that of a pause between two polls is none', async () => {
    let last: number | null = null;
    const { running, day } = await start('', CONF, () => () => last);
    const now = (): number => NOON + DAY;
    last = now() - 4 * MINUTE;
    await running.daemon.poll();
    last = NOON - 192 * MINUTE;
    await running.daemon.poll();
    last = null;
    const [mail] = await day();
    expect(textOf(mail)).toContain('tayori did not watch for 3 h 12 min of this time, and else read 0 lines');
    const [next] = await day();
    expect(textOf(next)).toContain('tayori watched all the time');
    const status = await runCli(['status', '-c', join(running.folder, 'tenshi.conf')]);
    expect(status.out).toMatch(/11520 {2}seconds in which tayori did not watch/);
  });

  it('preview shows it', async () => {
    const { running } = await start();
    const { out, err } = await runCli(['preview', '-c', join(running.folder, 'tenshi.conf')]);
    expect(out).toContain('Nothing to report since Nov 20');
    expect(out).toContain('To: t@x.org');
    expect(err).toContain('other: it is empty');
    expect(err).not.toContain('alarm:');
  });

  it('in Japanese', async () => {
    const { day } = await start('set letter full\nset language ja\n');
    const [mail] = await day();
    expect(textOf(mail)).toMatch(/^11月20日 12:00から、お知らせすることはありません。/);
    expect(textOf(mail)).toContain('tayoriはその間ずっと監視し、0行を読みました');
  });
});

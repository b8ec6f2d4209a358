import { appendFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { maildir } from '../support/maildir.js';

const MINUTE = 60_000;
const conf = (to = 't@x.org', more = 'set fold n 2m,10m,30m\n'): string =>
  `set queue n f@x.org ${to} [now] S\n${more}n ^x (\\d+)\nn .\n`;

/** `12:02: body` of each page, oldest first. */
function pages({ folder }: Running): string[] {
  return maildir(folder)
    .map((mail) => ({
      date: new Date(/^Date: (.*)$/m.exec(mail)?.[1] ?? ''),
      body: letterText(mail).trim(),
    }))
    .sort((a, b) => a.date.getTime() - b.date.getTime())
    .map(({ date, body }) => `${date.toISOString().slice(11, 16)}: ${body.replace(/\s+/g, ' ')}`);
}

/** Lines that are written now, or at another time. */
function write({ log }: Running, time: HeldClock | number, ...texts: string[]): void {
  const at = new Date(typeof time === 'number' ? time : time.now()).toISOString();
  appendFileSync(log, texts.map((text) => `${at} web1 ${text}\n`).join(''));
}

/** Looks every half minute, with so many hits at each look until the storm is over. */
async function storm(running: Running, clock: HeldClock, hits: number, looks: number): Promise<void> {
  for (let look = 0; look <= 200; look++) {
    if (look < looks) write(running, clock, ...Array.from({ length: hits }, (_, at) => `x ${at}`));
    await running.daemon.poll();
    clock.advance(MINUTE / 2);
  }
}

describe('set fold', () => {
  it('ten thousand hits in ten minutes are four pages, and every hit is told', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    await storm(running, clock, 500, 20);
    expect(pages(running)).toEqual([
      '12:00: web1: 500: x ___',
      '12:02: web1: 2000: x ___ *** it goes on: 2,500 times on web1, 12:00 to 12:02; held since the last page: 2,000, nothing new ***',
      '12:12: web1: 7500: x ___ *** it goes on: 10,000 times on web1, 12:00 to 12:09; held since the last page: 7,500, nothing new ***',
      '12:42: *** it is over: x ___, 10,000 times on web1, 12:00 to 12:09 ***',
    ]);
    expect(running.daemon.pending()).toEqual([]);
  });

  it('tells when its lines were written, not when they were read', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    write(running, NOON - 26 * 60 * MINUTE, 'x 1');
    await running.daemon.poll();
    write(running, NOON - 4 * MINUTE, 'x 2');
    write(running, NOON - 9 * MINUTE, 'x 3');
    await storm(running, clock, 0, 0);
    expect(pages(running).slice(1)).toEqual([
      expect.stringContaining(' it goes on: 3 times on web1, Nov 19 10:00 to Nov 20 11:56; held'),
      '12:12: *** it is over: x ___, 3 times on web1, Nov 19 10:00 to Nov 20 11:56 ***',
    ]);
  });

  it('what cannot be told apart any more is "at least" so much', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    const hosts = (from: number, to: number, text: (at: number) => string): void => {
      const at = new Date(clock.now()).toISOString();
      for (let host = from; host < to; host++) appendFileSync(running.log, `${at} h${host} ${text(host)}\n`);
    };
    hosts(0, 1, () => 'x 1');
    await running.daemon.poll();
    clock.advance(MINUTE);
    hosts(0, 1100, (host) => `y ${host}`);
    await running.daemon.poll();
    hosts(0, 1, () => 'z');
    await storm(running, clock, 0, 0);
    expect(pages(running).slice(1)).toEqual([
      expect.stringMatching(
        /1,101 times on at least 1,000 hosts, 12:00 to 12:01; held .*: 1,100; new in this storm: (y \d+; ){5}at least 995 more \*/,
      ),
      expect.stringMatching(
        /1,102 times on at least .* 1; too many different messages to tell which are new/,
      ),
      expect.stringContaining('it is over: x ___ and 999 more messages, 1,102 times on at least 1,000 hosts'),
    ]);
  });

  it('pager letters keep their one line', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf('pager:t@x.org'), { clock });
    await storm(running, clock, 1, 5);
    expect(pages(running)).toEqual([
      '12:00: web1,1,x ___',
      '12:02: web1,4,x ___',
      '12:12: *,5,it is over: x ___, 5 times on web1, 12:00 to 12:02',
    ]);
  });

  it('the placeholders of their subjects are filled, also where a storm ends', async () => {
    const clock = heldClock(NOON);
    const subject = '{{count}} lines, {{messages}} messages, {{host}}, {{new}} new';
    const running = await startDaemon(conf().replace('[now] S', `[now] ${subject}`), { clock });
    await storm(running, clock, 1, 5);
    const subjects = maildir(running.folder).map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]);
    expect(subjects.sort()).toEqual([
      '1 lines, 1 messages, web1, ? new [n]',
      '4 lines, 1 messages, web1, ? new [n]',
      'over: 5 lines, ? messages, web1, ? new [n]',
    ]);
  });

  it('a subject that tells the verdict says what happens, and that it is over', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf().replace('[now] S', '[now] {{host}}: {{verdict}}'), { clock });
    await storm(running, clock, 1, 5);
    const subjects = maildir(running.folder).map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]);
    expect(subjects.sort()).toEqual(['web1: 1x x ___ [n]', 'web1: 4x x ___ [n]', 'web1: over: 5x x ___ [n]']);
  });

  it('in a full letter the sum of a storm stands among the first lines', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf('t@x.org', 'set fold n 2m\nset letter full\n'), { clock });
    await storm(running, clock, 1, 5);
    const told = maildir(running.folder).map(letterText);
    expect(told.find((text) => text.includes('t goes on'))).toMatch(
      /^4x x 0, web1, since 12:00, going on\nNothing new: .*\nIt goes on: 5 times on web1, 12:00 to 12:02; held since the last page: 4,\nnothing new\n.* 4 lines /,
    );
  });

  it('one hit is one page', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    await storm(running, clock, 1, 1);
    expect(pages(running)).toEqual(['12:00: web1: 1: x ___']);
  });

  it('what was not seen in the storm breaks through, with all that is held', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    write(running, clock, 'x 1');
    await running.daemon.poll();
    clock.advance(MINUTE);
    write(running, clock, 'x 2', 'y');
    await running.daemon.poll();
    expect(pages(running)).toEqual([
      '12:00: web1: 1: x ___',
      '12:01: web1: 1: x ___ 1: y *** it goes on: 3 times on web1, 12:00 to 12:01; held since the last page: 2; new in this storm: y ***',
    ]);
  });

  it('no more than so many pages an hour, the rest is told later', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf('t@x.org', 'set fold n 2m\nset fold_pages 3\n'), { clock });
    await storm(running, clock, 1, 30);
    const told = pages(running);
    expect(told.map((page) => page.slice(0, 5))).toEqual(['12:00', '12:02', '12:04', '13:00', '13:02']);
    expect(told[3]).toContain('21: x ___');
    expect(told[4]).toContain('it is over: x ___, 30 times');
  });

  it('a restart in the midst of a storm changes nothing', async () => {
    const clock = heldClock(NOON);
    const first = await startDaemon(conf(), { clock });
    write(first, clock, 'x 1');
    await first.daemon.poll();
    clock.advance(MINUTE);
    write(first, clock, 'x 2');
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(conf(), { clock, folder: first.folder });
    expect(pages(second)).toEqual(['12:00: web1: 1: x ___']);
    clock.advance(MINUTE);
    await second.daemon.poll();
    expect(pages(second)[1]).toContain('12:02: web1: 1: x ___');
  });

  it('a flush mails what is held, and the storm goes on', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    write(running, clock, 'x 1');
    await running.daemon.poll();
    write(running, clock, 'x 2');
    await running.daemon.flush('flushing');
    expect(pages(running)).toHaveLength(2);
    write(running, clock, 'x 3');
    await running.daemon.poll();
    expect(running.daemon.pending()).toEqual([{ queue: 'n', messages: 1, lines: 1 }]);
    await storm(running, clock, 0, 0);
    expect(pages(running).at(-1)).toBe('12:12: *** it is over: x ___, 3 times on web1, 12:00 ***');
  });

  it('what only a flush told is in the end note, too', async () => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf(), { clock });
    write(running, clock, 'x 1');
    await running.daemon.poll();
    clock.advance(MINUTE);
    write(running, clock, 'x 2');
    await running.daemon.flush('flushing');
    await storm(running, clock, 0, 0);
    expect(pages(running).at(-1)).toBe('12:02: *** it is over: x ___, 2 times on web1, 12:00 to 12:01 ***');
  });

  it('a kill while the page is made sends it once, and the storm goes on', async () => {
    const clock = heldClock(NOON);
    const first = await startDaemon(conf('t@x.org', 'set fold n 2m\nset filter n /bin/false\n'), { clock });
    const { folder } = first;
    write(first, clock, 'x 1');
    await first.daemon.poll();
    cpSync(join(folder, 'state'), join(folder, 'killed'), { recursive: true });
    await first.stop();
    const second = await startDaemon(conf(), { clock, folder, state: join(folder, 'killed') });
    write(second, clock, 'x 2', 'x 3');
    await second.daemon.poll();
    expect(pages(second)).toEqual(['12:00: web1: 1: x ___']);
    await storm(second, clock, 0, 0);
    expect(pages(second).slice(1)).toEqual([
      expect.stringContaining('12:02: web1: 2: x ___ *** it goes on: 3 times on web1'),
      expect.stringContaining('it is over: x ___, 3 times on web1'),
    ]);
  });

  it('a storm is forgotten where it was off in between: no late end note', async () => {
    const clock = heldClock(NOON);
    const first = await startDaemon(conf(), { clock });
    write(first, clock, 'x 1');
    await first.daemon.poll();
    clock.advance(2 * MINUTE);
    write(first, clock, 'x 1');
    await first.daemon.poll();
    await first.stop();
    const off = await startDaemon(conf('t@x.org', ''), { clock, folder: first.folder });
    await off.stop();
    const second = await startDaemon(conf(), { clock, folder: first.folder });
    await storm(second, clock, 0, 0);
    expect(pages(second)).toHaveLength(2);
  });

  it.each([
    ['set letter full', 'It is over: x ___, 2 times on web1, 12:00\n'],
    ['set language ja', '収まりました: x ___、web1で2回'],
  ])('%s: the end note goes, too', async (line, expected) => {
    const clock = heldClock(NOON);
    const running = await startDaemon(conf('t@x.org', `set fold n 2m\n${line}\n`), { clock });
    await storm(running, clock, 1, 2);
    const told = maildir(running.folder).filter((mail) => letterText(mail).includes(expected));
    expect(told).toHaveLength(1);
  });

  it('off, each look is a page, as with Tenshi; and what was held goes at once', async () => {
    const clock = heldClock(NOON);
    const first = await startDaemon(conf(), { clock });
    write(first, clock, 'x 1');
    await first.daemon.poll();
    write(first, clock, 'x 2');
    await first.daemon.poll();
    await first.stop();
    const second = await startDaemon(conf('t@x.org', 'set fold n off\n'), { clock, folder: first.folder });
    write(second, clock, 'x 3');
    await second.daemon.poll();
    expect(pages(second)).toHaveLength(3);
  });
});

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/time/clock.js';
import { startScriptedServer } from '../mail/servers.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { maildir } from '../support/maildir.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { NOON, startDaemon as start } from './start-daemon.js';

describe('letters over SMTP', () => {
  it('a now letter follows its line without a call, as text and as HTML', async () => {
    const server = await startMailServer();
    const { daemon, write } = await start(
      `set sleep 0\nset letter full\nset mailserver 127.0.0.1:${server.port}\nset queue n f@x.org t@x.org [now] S\nn ^disk (\\d+)\n`,
      { clock: systemClock },
    );
    daemon.run();
    const first = server.next('S [n]');
    write('disk 11 fails');
    await first;
    const arrives = server.next('S [n]');
    write('disk 12 fails');
    const letter = await arrives;
    expect(letter.text).toContain('\nweb1: \n    1: disk 12 fails\n');
    expect(letter.html).toContain('disk 12 fails');
  });

  it('the noon letter goes when the clock says 12:30, once, and not before', async () => {
    const server = await startMailServer();
    const clock = heldClock(NOON);
    const { daemon, write } = await start(
      `set mailserver 127.0.0.1:${server.port}\nset queue report f@x.org a@x.org,b@x.org [30 12 * * *] Noon\nreport ^user (\\w+)\n`,
      { clock },
    );
    write('user ann', 'user bob');
    clock.advance(29 * 60_000 + 59_000);
    await daemon.poll();
    expect(server.letters).toHaveLength(0);
    clock.advance(1000);
    await daemon.poll();
    write('user eve');
    clock.advance(5000);
    await daemon.poll();
    expect(server.letters).toHaveLength(1);
    const [letter] = server.letters;
    expect(letter?.text).toBe('\nweb1: \n    2: user ___\n');
    expect(letter?.subject).toBe('Noon [report]');
    expect(letter?.to?.map(({ address }) => address)).toEqual(['a@x.org', 'b@x.org']);
    expect(letter?.date).toBe('2026-11-20T12:30:00.000Z');
    const headers = new Map(letter?.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('x-tenshi-hostname')).toBe('loghost');
    expect(headers.has('x-tenshi-report-start')).toBe(true);
  });

  it('waits in the outbox while there is no server, with the same bytes, and goes when there is', async () => {
    const clock = heldClock(NOON);
    const conf = (port: number) =>
      `set mailserver 127.0.0.1:${port}\nset queue n f@x.org t@x.org [now] S\nn ^x\n`;
    const first = await start(conf(1), { clock });
    first.write('x 1');
    await first.daemon.poll();
    first.write('x 2');
    clock.advance(60_000);
    await first.daemon.poll();
    expect(
      first.events
        .filter(({ kind }) => kind === 'mail')
        .map((event) => event.kind === 'mail' && event.event.kind),
    ).toContain('unreachable');
    expect(new Set(first.daemon.outbox().map(({ id }) => id)).size).toBe(2);
    await first.stop();
    const server = await startMailServer();
    const again = await start(conf(server.port), { clock, folder: first.folder });
    clock.advance(3_600_000);
    await again.daemon.poll();
    expect(server.letters.map(({ text }) => text?.trim())).toEqual([
      'web1: \n    1: x 1',
      'web1: \n    1: x 2',
    ]);
    expect(again.daemon.outbox()).toEqual([]);
  });
});

describe('set sleep', () => {
  it.each([
    ['set sleep 1\n', 1000],
    ['set sleep 7\n', 7000],
    ['set sleep 60\n', 60_000],
    ['', 5000],
    ['set sleep 0\n', 200],
  ])('%j: the next look is so many ms after the one before: %i', async (line, sleep) => {
    const clock = heldClock(NOON);
    const running = await start(`${line}set queue n f@x.org t@x.org [now] S\nn ^x\n`, { clock });
    const { daemon, folder, looks, write } = running;
    await daemon.run();
    for (const turn of [1, 2]) {
      const before = looks.length;
      const began = clock.now();
      write(`x ${turn}`);
      clock.advance(sleep - 1);
      expect(looks).toHaveLength(before);
      clock.advance(1);
      expect(looks.slice(before)).toEqual([began + sleep]);
      await until(() => maildir(folder).length === turn && clock.waiting === 1);
    }
  });
});

describe('X-tenshi-report-start', () => {
  it('is the start in the first letter, and in the next when the one before was made', async () => {
    const server = await startMailServer();
    const clock = heldClock(NOON);
    const { daemon, write } = await start(
      `set mailserver 127.0.0.1:${server.port}\nset queue a f@x.org t@x.org [30 12 * * *] S\na ^x\n`,
      { clock },
    );
    for (const minutes of [30, 24 * 60, 24 * 60]) {
      write('x');
      await daemon.poll();
      clock.advance(minutes * 60_000);
      await daemon.poll();
    }
    const told = server.letters.map(({ headers }) =>
      Date.parse(headers.find(({ key }) => key === 'x-tenshi-report-start')?.value ?? ''),
    );
    expect(told).toEqual([NOON, NOON + 30 * 60_000, NOON + (24 * 60 + 30) * 60_000]);
  });
});

describe('set tail_missing', () => {
  it.each([
    ['off', 'skips a file that is not there at the start, and says so', 1],
    ['on', 'takes it up when it comes', 3],
  ])('%s %s', async (value, _does, lines) => {
    const missing = join(temporaryFolder(), 'y.log');
    const running = await start(
      `set tail_missing ${value}\nset logfile ${missing}\nset queue n f@x.org t@x.org [now] S\nn ^x\n`,
    );
    expect(running.events).toContainEqual({
      kind: 'source',
      event: expect.objectContaining({ kind: 'missing', path: missing, skipped: value === 'off' }),
    });
    writeFileSync(missing, 'Nov 20 10:00:00 web1 x\nNov 20 10:00:00 web1 x\n');
    running.write('x');
    await running.daemon.poll();
    await running.daemon.poll();
    const counts = maildir(running.folder).map((mail) => Number(/^ {4}(\d+): x$/m.exec(mail)?.[1]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(lines);
  });
});

describe('who writes to whom', () => {
  it('aliases and set mailfrom hold for the header and for the mail server', async () => {
    const server = await startMailServer();
    const { daemon, write } = await start(
      `set mailserver 127.0.0.1:${server.port}\nset queue n f@x.org root,b@x.org [now] S\nn ^x\nset alias root you@x.org,b@x.org\nset mailfrom logs@x.org\n`,
    );
    write('x');
    await daemon.poll();
    const [letter] = server.letters;
    expect(letter?.to?.map(({ address }) => address)).toEqual(['you@x.org', 'b@x.org']);
    expect(letter?.from?.address).toBe('logs@x.org');
    expect(server.envelopes).toEqual([{ from: 'logs@x.org', to: ['b@x.org', 'you@x.org'] }]);
  });
});

describe('what always holds', () => {
  it('a restart neither loses nor repeats a line, and goes on counting the same letter', async () => {
    const conf = 'set queue a f@x.org t@x.org [30 12 * * *]\na ^x\n';
    const first = await start(conf);
    first.write('x', 'x');
    await first.daemon.poll();
    await first.stop();
    first.write('x');
    const second = await start(conf, { folder: first.folder });
    await second.daemon.poll();
    expect(second.daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 3 }]);
  });

  it('watching goes on while a mail server hangs', async () => {
    const server = await startScriptedServer({ greeting: 'silence' });
    const { daemon, write } = await start(
      `set mailserver 127.0.0.1:${server.route.port}\nset queue n f@x.org t@x.org [now]\nset queue a f@x.org t@x.org [30 12 * * *]\nn ^x\na ^y\n`,
    );
    write('x');
    const hanging = daemon.poll();
    await server.connected;
    write('y', 'y');
    const second = daemon.poll();
    while (daemon.pending().length === 0) await new Promise(setImmediate);
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 2 }]);
    await Promise.all([hanging, second]);
    expect(daemon.outbox()).toMatchObject([{ queue: 'n', state: 'waiting' }]);
  });

  it('a letter that was due while nothing ran is made up for once', async () => {
    const conf = 'set queue a f@x.org t@x.org [30 12 * * *]\na ^x\n';
    const first = await start(conf);
    first.write('x');
    await first.daemon.poll();
    await first.stop();
    const clock = heldClock(NOON + 5 * 24 * 3_600_000);
    const second = await start(conf, { folder: first.folder, clock });
    await second.daemon.poll();
    expect(maildir(first.folder)).toHaveLength(1);
    second.write('x');
    clock.advance(60_000);
    await second.daemon.poll();
    expect(maildir(first.folder)).toHaveLength(1);
  });

  it('what was due, several times, while the process was suspended, is mailed once; then the schedule goes on', async () => {
    const clock = heldClock(NOON);
    const { daemon, write, folder } = await start('set queue a f@x.org t@x.org [30 12 * * *]\na ^x\n', {
      clock,
    });
    write('x before');
    await daemon.poll();
    clock.jump(3 * 24 * 3_600_000);
    write('x meanwhile');
    await daemon.poll();
    await daemon.poll();
    expect(maildir(folder)).toHaveLength(1);
    expect(maildir(folder)[0]).toContain('x before');
    expect(maildir(folder)[0]).toContain('x meanwhile');
    write('x after');
    clock.jump(31 * 60_000);
    await daemon.poll();
    await daemon.poll();
    expect(maildir(folder)).toHaveLength(2);
  });

  it('lines without a known prefix are told in the letter', async () => {
    const { daemon, log, write, folder } = await start('set queue n f@x.org t@x.org [now]\nn ^x\n');
    appendFileSync(log, 'no prefix here\n');
    write('x');
    await daemon.poll();
    expect(maildir(folder)[0]).toContain('1 line had no known prefix');
  });

  it('a queue named noprefix shows them whole', async () => {
    const { daemon, log, folder } = await start('set queue noprefix f@x.org t@x.org [now]\nnoprefix ^x\n');
    appendFileSync(log, 'no prefix here\n');
    await daemon.poll();
    expect(maildir(folder)[0]).toContain('[unprefixed logs]: \n    1: no prefix here');
  });

  it('a state that cannot be written stops the reading, and nothing is lost when it can be again', async () => {
    const { daemon, store, write, events } = await start('set queue a f@x.org t@x.org [30 12 * * *]\na ^x\n');
    const { commit } = store;
    Object.assign(store, {
      commit() {
        throw new Error('disk is full');
      },
    });
    write('x', 'x');
    await daemon.poll();
    expect(events.map(({ kind }) => kind)).toContain('state-failed');
    write('x');
    await daemon.poll();
    Object.assign(store, { commit });
    await daemon.poll();
    await daemon.poll();
    expect(events.map(({ kind }) => kind)).toContain('state-back');
    expect(daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 3 }]);
  });

  it('pager letters are short lines and nothing else', async () => {
    const { daemon, write, folder } = await start(
      'set pager_limit 1\nset queue p f@x.org pager:t@x.org [now]\np ^(?:x|y)\n',
    );
    write('x 1', 'x 1', 'y 2');
    await daemon.flush('flushing');
    expect(maildir(folder)[0]?.split('\n\n')[1]).toBe('web1,2,x 1\n');
  });
});

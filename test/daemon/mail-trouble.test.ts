import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compare } from '../../src/base/compare.js';
import { DAY } from '../../src/base/time/duration.js';
import { type Script, startPickyServer, startScriptedServer } from '../mail/servers.js';
import { startTokenServer } from '../mail/token-server.js';
import { freePort } from '../support/free-port.js';
import { heldClock } from '../support/held-clock.js';
import { startMailServer } from '../support/mail-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { until } from '../support/until.js';
import { NOON, startDaemon } from './start-daemon.js';

/** Longer than any back-off. */
const PATIENCE = 900_000;

const queues = (port: number, more = '') =>
  `set mailserver 127.0.0.1:${port}\nset queue n f@x.org t@x.org [now] S\nset queue a f@x.org t@x.org [30 12 * * *] A\n${more}n ^x\na ^y\n`;

/** Which messages a letter tells, and the header it came with. */
function outline(mime: string): string {
  const delayed =
    /^X-tayori-delayed: (.*(?:\r\n .*)*)\r\n/.exec(mime)?.[1]?.replaceAll('\r\n', '') ?? 'in time';
  const told = [...mime.matchAll(/^ {4}\d+: (\w \d+)/gm)].map(([, message]) => message);
  return `${told.join(',')}: ${delayed}`;
}

/** The text of a letter, lines put together again. */
function unfolded(mime: string | undefined): string {
  return (mime ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
}

describe('a server that is down for a week', () => {
  it('loses nothing: reading and counting go on, and the backlog leaves oldest first', async () => {
    const clock = heldClock(NOON);
    const port = await freePort();
    const { daemon, events, write } = await startDaemon(queues(port), { clock });
    let tries = 0;
    for (let day = 1; day <= 7; day++) {
      write(`x ${day}`, `y ${day}`, `y ${day}`);
      await daemon.poll();
      expect(daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 2 }]);
      for (let hour = 0; hour < 24; hour++) {
        clock.advance(3_600_000);
        await daemon.poll();
      }
      expect(daemon.pending()).toEqual([]);
    }
    tries = events.filter((event) => event.kind === 'mail' && event.event.kind === 'unreachable').length;
    expect(tries).toBeGreaterThan(100);
    expect(tries).toBeLessThan(200);
    expect(new Set(daemon.outbox().map(({ id }) => id)).size).toBe(14);

    const server = await startMailServer('taken', port);
    clock.advance(PATIENCE);
    await daemon.poll();
    const arrived = server.letters.map(({ text, headers }) => [
      /\d+: (\w \d)/.exec(text ?? '')?.[1],
      headers.find(({ key }) => key === 'x-tayori-delayed')?.value,
    ]);
    expect(arrived.map(([message]) => message)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].flatMap((day) => [`x ${day}`, `y ${day}`]),
    );
    expect(arrived[0]?.[1]).toMatch(/^7 d; connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
    expect(arrived[13]?.[1]).toMatch(/^23 h 15 min; connect ECONNREFUSED/);
    expect(daemon.outbox()).toEqual([]);

    write('x 8', 'y 8');
    await daemon.poll();
    expect(server.letters.at(-1)?.text).toMatch(
      /\*\*\* 7 letters \[n\] came late, the one of 20 Nov 12:00 by 7 d: connect ECONNREFUSED 127\.0\.0\.1:\d+ \*\*\*/,
    );
    clock.advance(DAY);
    write('x 9');
    await daemon.poll();
    const [n, a] = server.letters
      .slice(-2)
      .sort((one, other) => compare(other.subject ?? '', one.subject ?? ''));
    expect(n?.text).toBe('\nweb1: \n    1: x 9\n');
    expect(a?.text).toMatch(/7 letters \[a\] came late, the one of 20 Nov 1\d:00 by 6 d 23 h:/);
  });
});

const STARTTLS = { EHLO: '250-here\r\n250 STARTTLS' };
const required = (port: number) =>
  queues(port)
    .replace('127', 'smtp://127')
    .replace(/:(\d+)\n/, ':$1?tls=required\n');

describe('trouble at every stage: the letter waits, all else goes on, and it leaves when the server is well again', () => {
  it.each<[string, Script, RegExp, ((port: number) => string)?]>([
    ['421 at connect', { greeting: '421 busy' }, /421 busy/],
    ['554 at connect', { greeting: '554 away' }, /554 away/],
    ['4xx at MAIL', { MAIL: '451 no' }, /451 no/],
    ['4xx at RCPT', { RCPT: '450 no' }, /450 no/],
    ['4xx at DATA', { DATA: '451 no' }, /451 no/],
    ['4xx after the final dot', { dot: '452 full' }, /452 full/],
    ['421 after the final dot', { dot: '421 closing' }, /421 closing/],
    ['hanging instead of the banner', { greeting: 'silence' }, /Greeting never received|Timeout/],
    ['hanging at EHLO', { EHLO: 'silence' }, /Timeout/],
    ['hanging at MAIL', { MAIL: 'silence' }, /Timeout/],
    ['hanging at RCPT', { RCPT: 'silence' }, /Timeout/],
    ['hanging at DATA', { DATA: 'silence' }, /Timeout/],
    ['hanging in mid-DATA', { mid: { bytes: 100, act: 'silence' } }, /Timeout/],
    ['hanging after the final dot', { dot: 'silence' }, /Timeout/],
    ['cut at connect', { greeting: 'cut' }, /closed/],
    ['cut in mid-DATA', { mid: { bytes: 100, act: 'cut' } }, /closed|ECONNRESET/],
    ['cut after the final dot', { dot: 'cut' }, /closed|ECONNRESET/],
    ['a name that is not taken', { RCPT: '504 5.5.2 <h>: Helo command rejected: x' }, /504 .* set mailhelo/],
    ['a sender that is not taken', { MAIL: '553 5.1.8 Sender address rejected' }, /553 .* set mailfrom/],
    ['TLS that is wanted', { MAIL: '530 5.7.0 Must issue a STARTTLS command first' }, /530 .* wants TLS/],
    ['a login that is wanted', { MAIL: '530 5.7.0 Authentication required' }, /530 .* set mailuser/],
    ['a quota that is used up', { MAIL: '550 5.4.5 Daily user sending quota exceeded' }, /550 5\.4\.5/],
    ['STARTTLS required and not there', {}, /TLS is required here/, required],
    [
      'STARTTLS offered and refused',
      { ...STARTTLS, STARTTLS: '454 no' },
      /454 no; TLS is required/,
      required,
    ],
    ['STARTTLS offered and none', { ...STARTTLS, STARTTLS: '220 go' }, /TLS is required/, required],
  ])('%s', async (name, script, reason, conf = queues) => {
    const clock = heldClock(NOON);
    const timeout = /hanging|offered and none/.test(name) ? 0.2 : 10;
    const server = await startScriptedServer(script);
    const first = await startDaemon(conf(server.route.port), { clock, timeout });
    first.write('x 1');
    await first.daemon.poll();
    expect(first.daemon.outbox()).toMatchObject([
      { queue: 'n', state: 'waiting', lastError: expect.stringMatching(reason) },
    ]);
    clock.advance(1000);
    first.write('x 2', 'y 1', 'y 1');
    await first.daemon.poll();
    expect(first.daemon.pending()).toEqual([{ queue: 'a', messages: 1, lines: 2 }]);
    expect(first.daemon.outbox()).toHaveLength(2);
    expect(server.taken).toBe(0);

    await first.stop();
    server.behave({});
    clock.advance(PATIENCE);
    const mended = await startDaemon(queues(server.route.port), { clock, folder: first.folder });
    expect(mended.daemon.outbox()).toEqual([]);
    expect(server.letters.map(outline)).toEqual([
      expect.stringMatching(new RegExp(`^x 1: 15 min 1 s; .*(?:${reason.source})`)),
      expect.stringMatching(new RegExp(`^x 2: 15 min; .*(?:${reason.source})`)),
    ]);
  });
});

describe('a server that answers fifteen seconds after the final dot, as with a virus scanner', () => {
  it('gets one copy, and the letters of others go meanwhile', async () => {
    const clock = heldClock(NOON);
    const server = await startScriptedServer({ dot: 'held' });
    const two = `set mailserver 127.0.0.1:${server.route.port}\nset queue n f@x.org t@x.org [now] S\nset queue m f@x.org u@x.org [now] M\nn ^x\nm ^y\n`;
    const { daemon, events, write } = await startDaemon(two, { clock, timeout: 'patient' });
    write('x 1');
    let looked = daemon.poll();
    await until(() => server.taken === 1);
    server.behave({});
    clock.advance(5000);
    write('x 2', 'y 1');
    looked = daemon.poll();
    await until(() => server.taken === 2);
    clock.advance(10_000);
    server.release();
    await looked;
    expect(server.letters.map(outline)).toEqual(['x 1: in time', 'y 1: in time', 'x 2: in time']);
    expect(daemon.outbox()).toEqual([]);
    expect(
      events.filter(({ kind }) => kind === 'mail').map((event) => 'event' in event && event.event.kind),
    ).toEqual(['sent', 'sent', 'sent']);
  });

  it('nine minutes after it, too, while all else goes on', async () => {
    const clock = heldClock(NOON);
    const server = await startScriptedServer({ dot: 'held' });
    const { daemon, write } = await startDaemon(queues(server.route.port), { clock, timeout: 'patient' });
    write('x 1');
    void daemon.poll();
    await until(() => server.taken === 1);
    for (let look = 0; look < 108; look++) {
      write(`y ${look}`);
      clock.advance(5000);
      void daemon.poll();
      await until(() => daemon.pending()[0]?.lines === look + 1);
    }
    server.release();
    await until(() => daemon.outbox().length === 0);
    expect([server.connections, server.taken]).toEqual([1, 1]);
  });

  it('USR1, USR2 and the end do not wait for as long as it may take', async () => {
    const clock = heldClock(NOON);
    const server = await startScriptedServer({ dot: 'held' });
    const { daemon, write, stop } = await startDaemon(queues(server.route.port), {
      clock,
      timeout: 'patient',
    });
    write('x 1');
    const looked = daemon.poll();
    await until(() => server.taken === 1);
    clock.advance(30_000);
    await looked;
    const flushed = daemon.flush('flushing');
    while (!(await isOver(flushed))) clock.advance(1000);
    const last = daemon.flush('terminating');
    while (!(await isOver(last))) clock.advance(1000);
    expect(clock.now() - NOON).toBeLessThan(600_000);
    expect(daemon.outbox()).toMatchObject([{ queue: 'n', state: 'waiting' }]);
    await stop();
    await server.over;
  });
});

/** Whether a promise is settled, some turns from now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false;
  void promise.then(() => {
    over = true;
  });
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  return over;
}

describe("refused for good: kept, told in the next letter, in nobody's way", () => {
  it.each<[string, Script]>([
    ['at MAIL', { MAIL: '550 no' }],
    ['at RCPT', { RCPT: '550 no' }],
    ['at DATA', { DATA: '554 no' }],
    ['after the final dot', { dot: '554 no' }],
  ])('%s', async (_name, script) => {
    const clock = heldClock(NOON);
    const server = await startScriptedServer(script);
    const { daemon, write } = await startDaemon(queues(server.route.port), { clock });
    write('x 1');
    await daemon.poll();
    const refused = { queue: 'n', address: 't@x.org', state: 'refused', lastTry: NOON };
    expect(daemon.outbox()).toMatchObject([{ ...refused, lastError: expect.stringMatching(/55[04] no/) }]);
    server.behave({});
    write('y 1');
    clock.advance(DAY);
    await daemon.poll();
    write('x 2');
    await daemon.poll();
    expect(server.letters.map(outline)).toEqual(['y 1: in time', 'x 2: in time']);
    const note =
      /\*\*\* the letter \[n\] of 20 Nov 12:00 to t@x\.org was rejected for good and is kept: .*55[04] no \*\*\*/;
    expect(unfolded(server.letters[0])).toMatch(note);
    expect(unfolded(server.letters[1])).not.toContain('refused');
    expect(daemon.outbox()).toMatchObject([refused]);
  });

  it('one of several recipients: the others have theirs at once, the one refused for now has it later', async () => {
    const clock = heldClock(NOON);
    const server = await startPickyServer();
    const { daemon, write } = await startDaemon(
      `set mailserver 127.0.0.1:${server.route.port}\nset queue n f@x.org a@x.org,rcpt550@x.org,rcpt450@x.org,b@x.org [now] S\nset queue m f@x.org a@x.org [now] M\nn ^x\nm ^y\n`,
      { clock },
    );
    write('x 1', 'y 1');
    await daemon.poll();
    const got = server.received.map(({ to }) => to.join()).sort(); // queues go side by side
    expect(got).toEqual(['a@x.org', 'a@x.org,b@x.org']);
    clock.advance(PATIENCE);
    await daemon.poll();
    expect(daemon.outbox()).toMatchObject([
      { address: 'rcpt450@x.org', state: 'waiting', attempts: 2 },
      { address: 'rcpt550@x.org', state: 'refused', attempts: 1 },
    ]);
    expect(server.received).toHaveLength(2);
  });

  it.each(['mail450', 'mail550', 'dot451', 'dot554', 'rcpt450', 'rcpt550'])(
    'a letter that meets %s holds up no letter of another queue',
    async (trouble) => {
      const clock = heldClock(NOON);
      const server = await startPickyServer();
      const [from, to] = trouble.startsWith('mail')
        ? [`${trouble}@x.org`, 't@x.org']
        : ['f@x.org', `${trouble}@x.org`];
      const { daemon, write } = await startDaemon(
        `set mailserver 127.0.0.1:${server.route.port}\nset queue n ${from} ${to} [now] S\nset queue m f@x.org g@x.org [now] M\nn ^x\nm ^y\n`,
        { clock },
      );
      for (let n = 1; n <= 3; n++) {
        write(`x ${n}`, `y ${n}`);
        await daemon.poll();
        clock.advance(5000);
      }
      expect(server.received.map(({ mime }) => outline(mime))).toEqual([
        'y 1: in time',
        'y 2: in time',
        'y 3: in time',
      ]);
      expect(daemon.outbox()).toHaveLength(3);
    },
  );
});

describe('login and TLS', () => {
  it('a password that is refused waits for the administrator, and is told with what to do', async () => {
    const clock = heldClock(NOON);
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 wrong' });
    const password = join(temporaryFolder(), 'password');
    writeFileSync(password, 'old\n');
    const { daemon, events, write } = await startDaemon(
      queues(server.route.port, `set mailuser logs\nset mailpassword ${password}\n`),
      { clock },
    );
    write('x 1');
    await daemon.poll();
    expect(daemon.outbox()).toMatchObject([{ state: 'waiting' }]);
    expect(events.filter(({ kind }) => kind === 'mail')).toMatchObject([
      {
        event: {
          kind: 'unreachable',
          reason: expect.stringMatching(/535 5\.7\.8 wrong; check the user and the password/),
        },
      },
    ]);
    writeFileSync(password, 'new\n');
    server.behave({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    clock.advance(PATIENCE);
    await daemon.poll();
    expect(server.letters.map(outline)).toEqual([
      'x 1: 15 min; Invalid login: 535 5.7.8 wrong; check the user and the password in the config',
    ]);
    expect(server.heard).toContain(`AUTH PLAIN ${Buffer.from('\0logs\0new').toString('base64')}`);
  });

  it('a token that has run out is asked for anew, and what the program says when it fails is told', async () => {
    const clock = heldClock(NOON);
    const server = await startTokenServer('PLAIN XOAUTH2');
    server.takes.add('first');
    const token = join(temporaryFolder(), 'token');
    writeFileSync(token, '#!/bin/sh\necho first\n', { mode: 0o755 });
    const login = `set mailuser logs@x.org\nset mailtoken ${token} access\n`;
    const { daemon, events, write } = await startDaemon(queues(server.route.port, login), { clock });
    write('x 1');
    await daemon.poll();
    server.takes.clear();
    writeFileSync(token, '#!/bin/sh\necho "$1: consent has ended" >&2\nexit 1\n');
    write('x 2');
    await daemon.poll();
    expect(events).toContainEqual({
      kind: 'mail',
      event: expect.objectContaining({
        kind: 'unreachable',
        reason: expect.stringMatching(
          /535 .*; no token: .*\/token ended with status 1: access: consent has ended$/,
        ),
      }),
    });
    server.takes.add('second');
    writeFileSync(token, '#!/bin/sh\necho second\n');
    clock.advance(PATIENCE);
    await daemon.poll();
    expect(server.letters.map((letter) => /(x \d)/.exec(letter)?.[1])).toEqual(['x 1', 'x 2']);
    expect(daemon.outbox()).toEqual([]);
  });

  it('TLS that is offered and fails is done without, where none was asked for, and that is told once', async () => {
    const server = await startScriptedServer({ ...STARTTLS, STARTTLS: '454 no' });
    const { daemon, events, write } = await startDaemon(queues(server.route.port));
    for (const line of ['x 1', 'x 2']) {
      write(line);
      await daemon.poll();
    }
    expect(server.letters.map(outline)).toEqual(['x 1: in time', 'x 2: in time']);
    expect(
      events.filter((event) => event.kind === 'mail' && event.event.kind === 'unencrypted'),
    ).toHaveLength(1);
  });
});

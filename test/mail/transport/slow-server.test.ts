import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SmtpRoute } from '../../../src/mail/route/route.js';
import { openTransport } from '../../../src/mail/transport/open-transport.js';
import type { Delivery, Envelope } from '../../../src/mail/transport/transport.js';
import { freePort } from '../../support/free-port.js';
import { type HeldClock, heldClock } from '../../support/held-clock.js';
import { until } from '../../support/until.js';
import { type Script, type ScriptedServer, startScriptedServer } from '../servers.js';

const LETTER: Envelope = {
  from: 'f@x.org',
  to: ['t@x.org'],
  messageId: '<1@x>',
  mime: Buffer.from('Subject: x\r\n\r\nbody\r\n'),
  sealed: 0,
};

/** With the limits that it has outside tests. `talk`, which grows: what is said. */
function deliver(
  route: SmtpRoute,
  clock: HeldClock,
  { letter = LETTER, talk = [] }: { readonly letter?: Envelope; readonly talk?: string[] } = {},
): Promise<Delivery> {
  const onTalk = (line: string): void => void talk.push(line);
  const transport = openTransport(route, { helo: 'x.org', timeout: 10, onTalk, clock });
  onTestFinished(() => transport.close());
  return transport.deliver(letter);
}

const SENT = { kind: 'answered', outcomes: new Map([['t@x.org', { kind: 'sent' }]]), answer: '250 taken' };
const AUTH = '250-here\r\n250 AUTH PLAIN';
const PIPELINING = '250-here\r\n250 PIPELINING';
const login = { user: 'log', password: { kind: 'text', text: 'x' } } as const;

describe('a server that is slow', () => {
  const slow: [string, Script, number, string, Partial<SmtpRoute>?][] = [
    ['to greet', { greeting: 'held' }, 300, 'unreachable'],
    ['to answer EHLO', { EHLO: 'held' }, 300, 'unreachable'],
    ['to answer a login', { EHLO: AUTH, AUTH: 'held' }, 300, 'unreachable', { login }],
    ['to answer MAIL', { MAIL: 'held' }, 300, 'answered'],
    ['to answer RCPT', { RCPT: 'held' }, 300, 'answered'],
    ['to answer DATA', { DATA: 'held' }, 120, 'answered'],
    ['to answer the final dot', { dot: 'held' }, 600, 'answered'],
    ['to answer MAIL, with PIPELINING', { EHLO: PIPELINING, MAIL: 'held' }, 300, 'answered'],
    ['to answer DATA, with PIPELINING', { EHLO: PIPELINING, DATA: 'held' }, 120, 'answered'],
    ['to answer the final dot, with PIPELINING', { EHLO: PIPELINING, dot: 'held' }, 600, 'answered'],
  ];

  it.each(slow)('%s, but answers in time, gets one copy', async (_name, script, seconds, _kind, changes) => {
    const clock = heldClock();
    const server = await startScriptedServer(script);
    const talk: string[] = [];
    const delivery = deliver({ ...server.route, ...changes }, clock, { talk });
    await isWaitedFor(server, talk);
    clock.advance(seconds * 1000 - 1);
    server.behave({ ...script, ...polite(script) });
    server.release();
    expect(await delivery).toEqual(SENT);
    expect([server.connections, server.taken]).toEqual([1, 1]);
  });

  it.each(slow)('%s, for too long: the letter waits', async (_name, script, seconds, kind, changes) => {
    const clock = heldClock();
    const server = await startScriptedServer(script);
    const talk: string[] = [];
    const delivery = deliver({ ...server.route, ...changes }, clock, { talk });
    await isWaitedFor(server, talk);
    clock.advance(seconds * 1000);
    expect(await delivery).toMatchObject({ kind });
    expect(JSON.stringify(reasonOf(await delivery))).toMatch(
      new RegExp(`Timeout: no .* within ${seconds} s`),
    );
    await server.over;
    expect(clock.waiting).toBe(0);
  });

  it('to take the letter off: it waits', async () => {
    const clock = heldClock();
    const port = await startPausingServer();
    const route: SmtpRoute = { kind: 'smtp', host: '127.0.0.1', port, tls: 'off', ca: null, login: null };
    let over = false;
    const talk: string[] = [];
    const delivery = deliver(route, clock, {
      talk,
      letter: { ...LETTER, mime: Buffer.alloc(30_000_000, 'x\r\n') },
    });
    void delivery.then(() => {
      over = true;
    });
    await until(() => talk.includes('354 go on'));
    while (!over) {
      for (let turn = 0; turn < 50; turn++) await setImmediate();
      clock.advance(30_000);
    }
    expect(reasonOf(await delivery)).toBe('Timeout: the server did not read the letter within 180 s');
  });

  it.each(['implicit', 'required'] as const)(
    'with the handshake of TLS (%s): the letter waits',
    async (tls) => {
      const clock = heldClock();
      const { port, heard } = await startMuteServer(
        tls === 'required' ? ['220 here', '250-here\r\n250 STARTTLS', '220 go'] : [],
      );
      const delivery = deliver({ kind: 'smtp', host: '127.0.0.1', port, tls, ca: null, login: null }, clock);
      await until(() => heard.join('').includes('\x16\x03')); // a ClientHello
      clock.advance(300_000);
      expect(await delivery).toMatchObject({
        kind: 'unreachable',
        reason: expect.stringMatching(/^Timeout: no end of the TLS handshake within 300 s/),
      });
    },
  );
});

/** Resolves when a server holds an answer, and its earlier ones have been heard. */
async function isWaitedFor(server: ScriptedServer, talk: readonly string[]): Promise<void> {
  const answers = (): number => talk.filter((line) => /^\d{3}/.test(line)).length;
  await until(() => server.held > 0 && answers() > server.heard.length - server.held);
}

/** Behind a held answer, none is held any more. */
function polite(script: Script): Script {
  return Object.fromEntries(
    Object.entries(script)
      .filter(([, act]) => act === 'held')
      .map(([stage]) => [stage, stage === 'DATA' ? '354 go on' : '250 yes']),
  );
}

function reasonOf(delivery: Delivery): string {
  if (delivery.kind === 'unreachable') return delivery.reason;
  const [outcome] = [...delivery.outcomes.values()];
  return outcome && outcome.kind !== 'sent' ? outcome.reason : '';
}

/** A server that says these lines, each to what it hears, and then nothing more. */
async function startMuteServer(lines: readonly string[]): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    const left = [...lines];
    const say = (): void => {
      const line = left.shift();
      if (line !== undefined) socket.write(`${line}\r\n`);
    };
    say();
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      heard.push(chunk.toString('latin1'));
      say();
    });
    onTestFinished(() => void socket.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port, heard };
}

/** A server that asks for a letter and reads nothing of it. */
async function startPausingServer(): Promise<number> {
  const server = createServer((socket) => {
    socket.write('220 here\r\n');
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const isData = chunk.toString('latin1').startsWith('DATA');
      if (isData) socket.pause();
      socket.write(isData ? '354 go on\r\n' : '250 yes\r\n');
    });
    onTestFinished(() => void socket.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return port;
}

describe('closing', () => {
  it('hurried, a server that does not greet is waited for no longer than for a connection', async () => {
    const clock = heldClock();
    const server = await startScriptedServer({ greeting: 'silence' });
    const transport = openTransport(server.route, { helo: null, timeout: 10, onTalk: null, clock });
    onTestFinished(() => transport.close());
    const delivery = transport.deliver(LETTER);
    await server.connected;
    transport.hurry?.();
    clock.advance(10_000);
    expect(await delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('Timeout') });
  });

  it('closed, it makes no further connection, be it one without TLS', async () => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '220 go' });
    const transport = openTransport(server.route, { helo: null, timeout: 10, onTalk: null });
    const delivery = transport.deliver(LETTER);
    await until(() => server.heard.includes('STARTTLS'));
    transport.close();
    expect(await delivery).toMatchObject({ kind: 'unreachable' });
    expect(server.connections).toBe(1);
    expect(await transport.deliver(LETTER)).toMatchObject({ kind: 'unreachable' });
    expect(server.taken).toBe(0);
  });
});

import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { sealLetter } from '../../src/digest/seal-letter.js';
import { openTransport } from '../../src/mail/open-transport.js';
import type { Route } from '../../src/mail/route.js';
import type { Delivery, Envelope } from '../../src/mail/transport.js';
import { aHost, aLetter } from '../digest/a-letter.js';
import { type Script, startMailServer, startScriptedServer } from './servers.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function mailServer(...options: Parameters<typeof startMailServer>) {
  const server = await startMailServer(...options);
  closing.push(() => server.close());
  return server;
}

async function scripted(script: Script) {
  const server = await startScriptedServer(script);
  closing.push(() => server.close());
  return server;
}

async function anEnvelope(changes: Partial<Envelope> = {}): Promise<Envelope> {
  const sealed = await sealLetter(
    aLetter({
      subject: '便り',
      hosts: [
        aHost('web1', [
          [2, 'ディスク'],
          [1, '.'],
        ]),
      ],
    }),
    { id: 'x.1', version: '0' },
  );
  return { ...sealed, to: ['one@example.org'], ...changes };
}

async function deliver(
  route: Route,
  envelope: Envelope,
  options: { timeout?: number; helo?: string; onTalk?: (line: string) => void } = {},
): Promise<Delivery> {
  const transport = openTransport(route, {
    helo: options.helo ?? null,
    timeout: options.timeout ?? 10,
    onTalk: options.onTalk ?? null,
  });
  closing.push(() => transport.close());
  return await transport.deliver(envelope);
}

/** Kind, and what trouble is about, by recipient. */
function outline(delivery: Delivery): unknown {
  if (delivery.kind === 'unreachable') return 'unreachable';
  return Object.fromEntries(
    [...delivery.outcomes].map(([address, outcome]) => [
      address,
      outcome.kind === 'retry' ? `retry ${outcome.about}` : outcome.kind,
    ]),
  );
}

function reasonOf(delivery: Delivery): string {
  if (delivery.kind === 'unreachable') return delivery.reason;
  const outcome = [...delivery.outcomes.values()][0];
  return outcome && outcome.kind !== 'sent' ? outcome.reason : '';
}

describe('a server that takes mail', () => {
  it('gets the sealed bytes, with STARTTLS though nobody signed its certificate', async () => {
    const server = await mailServer();
    const letter = await anEnvelope({ to: ['one@example.org', 'two@example.org'] });
    expect(outline(await deliver(server.route, letter, { helo: 'loghost.example.org' }))).toEqual({
      'one@example.org': 'sent',
      'two@example.org': 'sent',
    });
    expect(server.received).toEqual([
      {
        from: 'tenshi@example.org',
        to: ['one@example.org', 'two@example.org'],
        mime: letter.mime.toString('latin1'),
        secure: true,
        helo: 'loghost.example.org',
      },
    ]);
    const mail = await PostalMime.parse(server.received[0]?.mime ?? '');
    expect(mail.subject).toBe('便り [a]');
    expect(mail.text).toContain('    2: ディスク');
    expect(mail.html).toContain('ディスク');
  });

  it('is found by its name', async () => {
    const server = await mailServer();
    const route = { ...server.route, host: 'localhost' };
    expect(outline(await deliver(route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
  });

  it('gets it in plain when it offers no TLS, or offers it in vain', async () => {
    const bare = await mailServer({ hideSTARTTLS: true });
    expect(outline(await deliver(bare.route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
    expect(bare.received[0]?.secure).toBe(false);
    const vain = await scripted({ EHLO: '250-here\r\n250 STARTTLS' });
    expect(outline(await deliver(vain.route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
    expect(vain.taken).toBe(1);
  });

  it('hears bare names and no sender as Tenshi says them', async () => {
    const server = await scripted({});
    const letter = await anEnvelope({ from: '', to: ['root', 'tenshi@localhost'] });
    expect(outline(await deliver(server.route, letter))).toEqual({
      root: 'sent',
      'tenshi@localhost': 'sent',
    });
    await server.over;
    expect(server.heard).toEqual([
      expect.stringMatching(/^EHLO /),
      'MAIL FROM:<>',
      'RCPT TO:<root>',
      'RCPT TO:<tenshi@localhost>',
      'DATA',
      'QUIT',
    ]);
  });

  it('can be listened to', async () => {
    const server = await scripted({});
    const talk: string[] = [];
    await deliver(server.route, await anEnvelope(), { onTalk: (line) => void talk.push(line) });
    expect(talk.join('\n')).toContain('RCPT TO:<one@example.org>');
    expect(talk.join('\n')).toContain('250 taken');
  });
});

describe('refusals', () => {
  it.each<[string, string, string[], Record<string, string>]>([
    ['the sender, for now', 'mail450@x.org', ['a@x.org'], { 'a@x.org': 'retry letter' }],
    ['the sender, for good', 'mail550@x.org', ['a@x.org'], { 'a@x.org': 'refused' }],
    ['one recipient, for now', 'a@x.org', ['rcpt450@x.org'], { 'rcpt450@x.org': 'retry recipient' }],
    ['one recipient, for good', 'a@x.org', ['rcpt550@x.org'], { 'rcpt550@x.org': 'refused' }],
    [
      'two of three recipients',
      'a@x.org',
      ['rcpt450@x.org', 'b@x.org', 'rcpt553@x.org'],
      { 'rcpt450@x.org': 'retry recipient', 'b@x.org': 'sent', 'rcpt553@x.org': 'refused' },
    ],
    [
      'all recipients, each in its own way',
      'a@x.org',
      ['rcpt550@x.org', 'rcpt451@x.org'],
      { 'rcpt550@x.org': 'refused', 'rcpt451@x.org': 'retry recipient' },
    ],
    [
      'the letter, after the final dot, for now',
      'a@x.org',
      ['dot451@x.org'],
      { 'dot451@x.org': 'retry letter' },
    ],
    ['the letter, after the final dot, for good', 'a@x.org', ['dot554@x.org'], { 'dot554@x.org': 'refused' }],
  ])('%s', async (_name, from, to, expected) => {
    const server = await mailServer();
    expect(outline(await deliver(server.route, await anEnvelope({ from, to })))).toEqual(expected);
    const sent = Object.keys(expected).filter((address) => expected[address] === 'sent');
    expect(server.received.map((mail) => mail.to)).toEqual(sent.length > 0 ? [sent] : []);
  });

  it.each<[string, Script, unknown, RegExp]>([
    ['421 as the greeting', { greeting: '421 too busy' }, 'unreachable', /421 too busy/],
    ['554 as the greeting', { greeting: '554 go away' }, 'unreachable', /554 go away/],
    ['5xx to EHLO and HELO', { EHLO: '550 no', HELO: '550 no' }, 'unreachable', /550 no/],
    ['4xx to DATA', { DATA: '451 later' }, { 'one@example.org': 'retry letter' }, /451 later/],
    ['5xx to DATA', { DATA: '554 never' }, { 'one@example.org': 'refused' }, /554 never/],
    ['421 to RCPT', { RCPT: '421 closing' }, { 'one@example.org': 'retry recipient' }, /421 closing/],
    ['nonsense after the final dot', { dot: 'what?' }, { 'one@example.org': 'retry letter' }, /what/],
    [
      'a letter over the size the server names',
      { EHLO: '250-here\r\n250 SIZE 100' },
      { 'one@example.org': 'refused' },
      /size/,
    ],
  ])('%s', async (_name, script, expected, reason) => {
    const server = await scripted(script);
    const delivery = await deliver(server.route, await anEnvelope());
    expect(outline(delivery)).toEqual(expected);
    expect(reasonOf(delivery)).toMatch(reason);
    expect(server.taken).toBe(0);
  });
});

describe('broken connections', () => {
  it('tells a dead port', async () => {
    const server = await startScriptedServer({});
    await server.close();
    const delivery = await deliver(server.route, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('ECONNREFUSED') });
  });

  const letterTrouble = { 'one@example.org': 'retry letter' };
  it.each<[string, Script, unknown]>([
    ['cut before the greeting', { greeting: 'cut' }, 'unreachable'],
    ['cut at EHLO', { EHLO: 'cut' }, 'unreachable'],
    ['cut at MAIL', { MAIL: 'cut' }, letterTrouble],
    ['cut at RCPT', { RCPT: 'cut' }, letterTrouble],
    ['cut at DATA', { DATA: 'cut' }, letterTrouble],
    ['cut in the middle of the letter', { mid: { bytes: 100, act: 'cut' } }, letterTrouble],
    ['cut after the final dot', { dot: 'cut' }, letterTrouble],
    ['silent instead of the greeting', { greeting: 'silence' }, 'unreachable'],
    ['silent at EHLO', { EHLO: 'silence' }, 'unreachable'],
    ['silent at MAIL', { MAIL: 'silence' }, letterTrouble],
    ['silent at RCPT', { RCPT: 'silence' }, letterTrouble],
    ['silent at DATA', { DATA: 'silence' }, letterTrouble],
    ['silent in the middle of the letter', { mid: { bytes: 100, act: 'silence' } }, letterTrouble],
    ['silent after the final dot', { dot: 'silence' }, letterTrouble],
  ])('%s', async (_name, script, expected) => {
    const server = await scripted(script);
    expect(outline(await deliver(server.route, await anEnvelope(), { timeout: 0.2 }))).toEqual(expected);
    expect(server.connections).toBe(1);
  });

  it('ends with a server that sends a little now and then, for ever', async () => {
    const server = await scripted({ EHLO: 'trickle' });
    const delivery = await deliver(server.route, await anEnvelope(), { timeout: 0.3 });
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: 'no end after 1.8 s' });
    await server.over;
  });

  it('puts off what is under way when it is closed', async () => {
    const server = await scripted({ dot: 'silence' });
    const talk: string[] = [];
    let begun = (): void => {};
    const atData = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const transport = openTransport(server.route, {
      helo: null,
      timeout: 10,
      onTalk(line) {
        talk.push(line);
        if (line.includes('354')) begun();
      },
    });
    const delivery = transport.deliver(await anEnvelope());
    await atData;
    transport.close();
    expect(outline(await delivery)).toEqual(letterTrouble);
  });
});

describe('passwords', () => {
  const login = { user: 'log', password: 'geheim' };

  it('are given to a server on this machine', async () => {
    const server = await scripted({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    expect(outline(await deliver({ ...server.route, login }, await anEnvelope()))).toEqual({
      'one@example.org': 'sent',
    });
    expect(server.heard).toContain(`AUTH PLAIN ${Buffer.from('\0log\0geheim').toString('base64')}`);
  });

  it('are not sent to a server whose certificate nobody signed', async () => {
    const server = await mailServer();
    const delivery = await deliver({ ...server.route, login }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(/certificate/i) });
    expect(server.received).toEqual([]);
  });

  it('that are refused leave the letter waiting', async () => {
    const server = await scripted({ EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: '535 wrong' });
    const delivery = await deliver({ ...server.route, login }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('535 wrong') });
  });

  it('are never part of what is told', async () => {
    const server = await scripted({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    const talk: string[] = [];
    await deliver({ ...server.route, login }, await anEnvelope(), { onTalk: (line) => void talk.push(line) });
    expect(talk.join('\n')).not.toMatch(
      new RegExp(`geheim|${Buffer.from('\0log\0geheim').toString('base64')}`),
    );
  });

  it('and smtps want a certificate that can be checked', async () => {
    const server = await mailServer({ secure: true });
    const delivery = await deliver({ ...server.route, tls: 'implicit' }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(/certificate/i) });
  });
});

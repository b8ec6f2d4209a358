import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import PostalMime from 'postal-mime';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sealLetter } from '../../../src/letter/mime/seal-letter.js';
import {
  type PasswordSource,
  type Route,
  type SmtpRoute,
  type Tls,
  tlsOf,
} from '../../../src/mail/route/route.js';
import { openTransport } from '../../../src/mail/transport/open-transport.js';
import type { Delivery, Envelope } from '../../../src/mail/transport/transport.js';
import { aHost, aLetter } from '../../letter/a-letter.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { everyStage, type Script, startPickyServer, startScriptedServer } from '../servers.js';
import { CA, CERTIFICATE, KEY } from './certificates.js';

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
  options: { timeout?: number; helo?: string; onTalk?: (line: string) => void; env?: NodeJS.ProcessEnv } = {},
): Promise<Delivery> {
  const transport = openTransport(route, {
    helo: options.helo ?? null,
    timeout: 10,
    limits: everyStage(options.timeout ?? 10),
    onTalk: options.onTalk ?? null,
    ...(options.env ? { env: options.env } : {}),
  });
  onTestFinished(() => transport.close());
  return await transport.deliver(envelope);
}

const PLAIN_ROUTE: SmtpRoute = {
  kind: 'smtp',
  host: '127.0.0.1',
  port: 25,
  tls: 'opportunistic',
  ca: null,
  login: null,
};

/** A file `x` with this text in a folder of its own. */
function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'x');
  writeFileSync(path, text);
  return path;
}

/** Kind, and what trouble is about, by recipient. */
function outline(delivery: Delivery): unknown {
  if (delivery.kind === 'unreachable') return 'unreachable';
  return Object.fromEntries(
    [...delivery.outcomes].map(([address, outcome]) => [
      address,
      'about' in outcome ? `${outcome.kind} ${outcome.about}` : outcome.kind,
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
    const server = await startPickyServer();
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
    const server = await startPickyServer();
    const route = { ...server.route, host: 'localhost' };
    expect(outline(await deliver(route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
  });

  it('gets it in plain when it offers no TLS, or offers it in vain', async () => {
    const bare = await startPickyServer({ hideSTARTTLS: true });
    expect(outline(await deliver(bare.route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
    expect(bare.received[0]?.secure).toBe(false);
    const vain = await startScriptedServer({ EHLO: '250-here\r\n250 STARTTLS' });
    expect(outline(await deliver(vain.route, await anEnvelope()))).toEqual({ 'one@example.org': 'sent' });
    expect(vain.taken).toBe(1);
  });

  it('hears bare names and no sender as Tenshi says them', async () => {
    const server = await startScriptedServer({});
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
    const server = await startScriptedServer({});
    const talk: string[] = [];
    await deliver(server.route, await anEnvelope(), { onTalk: (line) => void talk.push(line) });
    expect(talk.join('\n')).toContain('RCPT TO:<one@example.org>');
    expect(talk.join('\n')).toContain('250 taken');
  });
});

describe('refusals', () => {
  it.each<[string, string, string[], Record<string, string>]>([
    ['the sender, for now', 'mail450@x.org', ['a@x.org'], { 'a@x.org': 'retry letter' }],
    ['the sender, for good', 'mail550@x.org', ['a@x.org'], { 'a@x.org': 'rejected' }],
    ['one recipient, for now', 'a@x.org', ['rcpt450@x.org'], { 'rcpt450@x.org': 'retry recipient' }],
    ['one recipient, for good', 'a@x.org', ['rcpt550@x.org'], { 'rcpt550@x.org': 'rejected' }],
    [
      'two of three recipients',
      'a@x.org',
      ['rcpt450@x.org', 'b@x.org', 'rcpt553@x.org'],
      { 'rcpt450@x.org': 'retry recipient', 'b@x.org': 'sent', 'rcpt553@x.org': 'rejected' },
    ],
    [
      'all recipients, each in its own way',
      'a@x.org',
      ['rcpt550@x.org', 'rcpt451@x.org'],
      { 'rcpt550@x.org': 'rejected', 'rcpt451@x.org': 'retry recipient' },
    ],
    [
      'the letter, after the final dot, for now',
      'a@x.org',
      ['dot451@x.org'],
      { 'dot451@x.org': 'retry letter' },
    ],
    [
      'the letter, after the final dot, for good',
      'a@x.org',
      ['dot554@x.org'],
      { 'dot554@x.org': 'rejected' },
    ],
  ])('%s', async (_name, from, to, expected) => {
    const server = await startPickyServer();
    expect(outline(await deliver(server.route, await anEnvelope({ from, to })))).toEqual(expected);
    const sent = Object.keys(expected).filter((address) => expected[address] === 'sent');
    expect(server.received.map((mail) => mail.to)).toEqual(sent.length > 0 ? [sent] : []);
  });

  it.each<[string, Script, unknown, RegExp]>([
    ['421 as the greeting', { greeting: '421 too busy' }, 'unreachable', /421 too busy/],
    ['554 as the greeting', { greeting: '554 go away' }, 'unreachable', /554 go away/],
    ['5xx to EHLO and HELO', { EHLO: '550 no', HELO: '550 no' }, 'unreachable', /550 no/],
    ['4xx to DATA', { DATA: '451 later' }, { 'one@example.org': 'retry letter' }, /451 later/],
    ['5xx to DATA', { DATA: '554 never' }, { 'one@example.org': 'rejected' }, /554 never/],
    ['421 to RCPT', { RCPT: '421 closing' }, { 'one@example.org': 'retry recipient' }, /421 closing/],
    ['nonsense after the final dot', { dot: 'what?' }, { 'one@example.org': 'retry letter' }, /what/],
    [
      'a letter over the size the server names',
      { EHLO: '250-here\r\n250 SIZE 100' },
      { 'one@example.org': 'rejected' },
      /size/,
    ],
  ])('%s', async (_name, script, expected, reason) => {
    const server = await startScriptedServer(script);
    const delivery = await deliver(server.route, await anEnvelope());
    expect(outline(delivery)).toEqual(expected);
    expect(reasonOf(delivery)).toMatch(reason);
    expect(server.taken).toBe(0);
  });
});

describe('what the sender has to mend waits, and is told with the directive that mends it', () => {
  const held = { 'one@example.org': 'retry sender' };
  const here = { 'one@example.org': 'retry recipient' };
  it.each<[string, Script, Partial<SmtpRoute>, unknown, string]>([
    [
      'the name in EHLO, at RCPT',
      { RCPT: '504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname' },
      {},
      here,
      'the server rejects the name vm: set mailhelo to a full one, such as logs.example.org',
    ],
    [
      'the name in EHLO, at EHLO',
      {
        EHLO: '501 Syntactically invalid EHLO argument(s)',
        HELO: '501 Syntactically invalid HELO argument(s)',
      },
      {},
      'unreachable',
      'the server rejects the name vm: set mailhelo to a full one, such as logs.example.org',
    ],
    [
      'the sender, at MAIL',
      { MAIL: '553 5.1.8 <tenshi@example.org>... Domain of sender address does not exist' },
      {},
      held,
      'the server rejects the sender tenshi@example.org: set mailfrom to one that may send there',
    ],
    [
      'the sender, at RCPT',
      { RCPT: '553 5.7.1 <tenshi@example.org>: Sender address rejected: not owned by user logs' },
      {},
      held,
      'the server rejects the sender tenshi@example.org: set mailfrom to one that may send there',
    ],
    [
      'the sender, after the final dot',
      { dot: '550 5.7.60 SMTP; Client does not have permissions to send as this sender' },
      {},
      held,
      'the server rejects the sender tenshi@example.org: set mailfrom to one that may send there',
    ],
    [
      'TLS, where the server is named alone',
      { MAIL: '530 5.7.0 Must issue a STARTTLS command first' },
      {},
      held,
      'the server wants TLS: write set mailserver smtp://HOST, which requires it, or smtps://HOST',
    ],
    [
      'TLS, which the config switches off',
      { MAIL: '530 5.7.0 Must issue a STARTTLS command first' },
      { tls: 'off' },
      held,
      'the server wants TLS: take ?tls=off out of set mailserver',
    ],
    [
      'TLS, which is offered and fails',
      {
        EHLO: '250-here\r\n250 STARTTLS',
        STARTTLS: '454 4.3.0 TLS not available',
        MAIL: '530 5.7.0 Must issue a STARTTLS command first',
      },
      {},
      held,
      'the server wants TLS, which failed: Error upgrading connection with STARTTLS: 454 4.3.0 TLS not available',
    ],
    [
      'mail that is not passed on',
      { RCPT: '554 5.7.1 <one@example.org>: Relay access denied' },
      {},
      here,
      'the server does not relay this from here: set mailuser and set mailpassword, or name another one with set mailserver',
    ],
  ])('%s', async (_name, script, changes, expected, advice) => {
    const server = await startScriptedServer(script);
    const delivery = await deliver({ ...server.route, ...changes }, await anEnvelope(), { helo: 'vm' });
    expect(outline(delivery)).toEqual(expected);
    expect(reasonOf(delivery).split('; ').slice(1).join('; ')).toContain(advice);
    expect(server.taken).toBe(0);
  });

  it('a quota that is used up is no refusal, whose ever it is', async () => {
    const script = { RCPT: '552 5.2.2 Mailbox full', MAIL: '550 5.4.5 Daily user sending quota exceeded' };
    const atMail = await startScriptedServer(script);
    expect(outline(await deliver(atMail.route, await anEnvelope()))).toEqual({
      'one@example.org': 'limited sender',
    });
    const atRcpt = await startScriptedServer({ RCPT: script.RCPT });
    expect(outline(await deliver(atRcpt.route, await anEnvelope()))).toEqual({
      'one@example.org': 'limited recipient',
    });
    const atDot = await startScriptedServer({ dot: script.RCPT });
    expect(outline(await deliver(atDot.route, await anEnvelope()))).toEqual({
      'one@example.org': 'limited letter',
    });
  });

  it('a letter that is too large is refused, and what makes letters smaller is told', async () => {
    const server = await startScriptedServer({ MAIL: '552 5.3.4 Message size exceeds fixed limit' });
    const delivery = await deliver(server.route, await anEnvelope());
    expect(outline(delivery)).toEqual({ 'one@example.org': 'rejected' });
    expect(reasonOf(delivery)).toMatch(/; set letter_size makes letters smaller$/);
  });
});

describe('broken connections', () => {
  it.each(['127.0.0.1', 'localhost'])('tells a dead port of %s', async (host) => {
    const server = await startScriptedServer({});
    await server.close();
    const delivery = await deliver({ ...server.route, host }, await anEnvelope());
    expect(delivery).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:'),
    });
  });

  it('tells a name that is none', async () => {
    const delivery = await deliver({ ...PLAIN_ROUTE, host: 'mail.invalid' }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('mail.invalid') });
  });

  it.each<[string, 'implicit' | 'opportunistic', RegExp]>([
    [
      'begins with TLS',
      'opportunistic',
      /Timeout: no greeting .*; if the server expects TLS from the first byte, write smtps:\/\//,
    ],
    [
      'does not',
      'implicit',
      /wrong version number.*; the server does not expect TLS from the first byte: write smtp:\/\//,
    ],
  ])('tells what to write for a port that %s', async (_name, tls, reason) => {
    const server = await startPickyServer({ secure: tls === 'opportunistic', key: KEY, cert: CERTIFICATE });
    const delivery = await deliver({ ...server.route, tls }, await anEnvelope(), { timeout: 0.5 });
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(reason) });
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
    const server = await startScriptedServer(script);
    expect(outline(await deliver(server.route, await anEnvelope(), { timeout: 0.2 }))).toEqual(expected);
    expect(server.connections).toBe(1);
  });

  it('ends with a server that sends a little now and then, for ever', async () => {
    const server = await startScriptedServer({ EHLO: 'trickle' });
    const delivery = await deliver(server.route, await anEnvelope(), { timeout: 0.3 });
    const reason = 'Timeout: no answer to EHLO within 0.3 s';
    expect(delivery).toMatchObject({ kind: 'unreachable', reason });
    await server.over;
  });

  it('puts off what is under way when it is closed', async () => {
    const server = await startScriptedServer({ dot: 'silence' });
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
        if (line.includes('354 go on')) begun();
      },
    });
    const delivery = transport.deliver(await anEnvelope());
    await atData;
    transport.close();
    expect(outline(await delivery)).toEqual(letterTrouble);
  });
});

describe('passwords', () => {
  const login = { user: 'log', password: { kind: 'text', text: 'geheim' } } as const;

  it('are given to a server on this machine', async () => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    expect(outline(await deliver({ ...server.route, login }, await anEnvelope()))).toEqual({
      'one@example.org': 'sent',
    });
    expect(server.heard).toContain(`AUTH PLAIN ${Buffer.from('\0log\0geheim').toString('base64')}`);
  });

  it('are not sent to a server whose certificate nobody signed', async () => {
    const server = await startPickyServer();
    const delivery = await deliver({ ...server.route, tls: 'required', login }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(/certificate/i) });
    expect(server.received).toEqual([]);
  });

  it.each<[string, Partial<SmtpRoute>, Tls]>([
    ['need no TLS on this machine', { login }, 'opportunistic'],
    ['need it elsewhere', { host: 'mail.example.org', login }, 'required'],
    [
      'need it elsewhere, even where it was switched off',
      { host: '10.0.0.1', tls: 'off', login },
      'required',
    ],
    ['are happy with smtps', { host: '10.0.0.1', tls: 'implicit', login }, 'implicit'],
    ['that are not there need nothing', { host: '10.0.0.1' }, 'opportunistic'],
    ['go to ::1 in plain', { host: '::1', tls: 'off', login }, 'off'],
    ['do not go to localhost.example.org in plain', { host: 'localhost.example.org', login }, 'required'],
    ['do not go to 127.0.0.1.example.org in plain', { host: '127.0.0.1.example.org', login }, 'required'],
  ])('%s', (_name, changes, expected) => {
    expect(tlsOf({ ...PLAIN_ROUTE, ...changes })).toBe(expected);
  });

  it.each<[string, string, () => PasswordSource, NodeJS.ProcessEnv]>([
    ['a file', 'geheim\n', () => ({ kind: 'file', path: fileOf('geheim\n') }), {}],
    ['a file without a newline', 'geheim', () => ({ kind: 'file', path: fileOf('geheim') }), {}],
    ['a credential of systemd', '', () => ({ kind: 'credential', name: 'x' }), { CREDENTIALS_DIRECTORY: '' }],
  ])('come from %s', async (_name, _text, source, env) => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    const password = source();
    if (password.kind === 'credential') env.CREDENTIALS_DIRECTORY = dirname(fileOf('geheim\n'));
    const route = { ...server.route, login: { user: 'log', password } };
    expect(outline(await deliver(route, await anEnvelope(), { env }))).toEqual({ 'one@example.org': 'sent' });
    expect(server.heard).toContain(`AUTH PLAIN ${Buffer.from('\0log\0geheim').toString('base64')}`);
  });

  it('are read anew for each letter', async () => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    const path = fileOf('old');
    const route = { ...server.route, login: { user: 'log', password: { kind: 'file', path } } } as const;
    await deliver(route, await anEnvelope());
    writeFileSync(path, 'new');
    await deliver(route, await anEnvelope());
    expect(server.heard.filter((line) => line.startsWith('AUTH'))).toEqual(
      ['old', 'new'].map((text) => `AUTH PLAIN ${Buffer.from(`\0log\0${text}`).toString('base64')}`),
    );
  });

  it.each<[string, () => PasswordSource, RegExp]>([
    [
      'a file that is missing',
      () => ({ kind: 'file', path: '/nowhere/x' }),
      /no password: ENOENT.*\/nowhere\/x/,
    ],
    ['an empty file', () => ({ kind: 'file', path: fileOf('\n') }), /no password: .* is empty/],
    ['two lines', () => ({ kind: 'file', path: fileOf('secret\nsecret\n') }), /more than one line/],
    ['a folder', () => ({ kind: 'file', path: dirname(fileOf('')) }), /no password: EISDIR/],
    ['no credentials', () => ({ kind: 'credential', name: 'mail' }), /write LoadCredential=mail:/],
  ])('%s: the letter waits, and it is said why', async (_name, source, reason) => {
    const server = await startScriptedServer({});
    const route = { ...server.route, login: { user: 'log', password: source() } };
    const delivery = await deliver(route, await anEnvelope(), { env: {} });
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(reason) });
    expect(reasonOf(delivery)).not.toContain('secret');
    expect(server.connections).toBe(0);
  });

  it.each<[string, Script, unknown]>([
    [
      'a refusal of the login, whatever its code',
      { EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: '535 5.7.8 no' },
      'unreachable',
    ],
    [
      'a wish for one at MAIL',
      { EHLO: '250-here\r\n250 AUTH PLAIN', MAIL: '530 5.7.0 authentication required' },
      { 'one@example.org': 'retry sender' },
    ],
    [
      'a wish for one at RCPT',
      { EHLO: '250-here\r\n250 AUTH PLAIN', RCPT: '530 5.7.0 authentication required' },
      { 'one@example.org': 'retry recipient' },
    ],
  ])('%s is for the administrator to mend, so the letter waits', async (_name, script, expected) => {
    const server = await startScriptedServer(script);
    const delivery = await deliver({ ...server.route, login }, await anEnvelope());
    expect(outline(delivery)).toEqual(expected);
    expect(reasonOf(delivery)).toMatch(/53[05].*; check the user and the password in the config/);
    const without = await deliver(server.route, await anEnvelope());
    if (expected !== 'unreachable')
      expect(reasonOf(without)).toMatch(/530.*; the server wants a login: set mailuser and set mailpassword/);
  });

  it.each([
    ['in an answer', 'geheim'],
    ['as AUTH writes it', Buffer.from('\0log\0geheim').toString('base64')],
  ])('that a server repeats %s are hidden', async (_name, echo) => {
    const server = await startScriptedServer({
      EHLO: '250-here\r\n250 AUTH PLAIN',
      AUTH: `535 ${echo} is wrong`,
    });
    const talk: string[] = [];
    const delivery = await deliver({ ...server.route, login }, await anEnvelope(), {
      onTalk: (line) => void talk.push(line),
    });
    expect(reasonOf(delivery)).toContain('535 *** is wrong');
    expect(talk.join()).not.toContain(echo);
  });

  it('that are refused leave the letter waiting', async () => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN', AUTH: '535 wrong' });
    const delivery = await deliver({ ...server.route, login }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('535 wrong') });
  });

  it('are never part of what is told', async () => {
    const server = await startScriptedServer({ EHLO: '250-here\r\n250 AUTH PLAIN' });
    const talk: string[] = [];
    await deliver({ ...server.route, login }, await anEnvelope(), { onTalk: (line) => void talk.push(line) });
    expect(talk.join('\n')).not.toMatch(
      new RegExp(`geheim|${Buffer.from('\0log\0geheim').toString('base64')}`),
    );
  });

  it('and smtps want a certificate that can be checked', async () => {
    const server = await startPickyServer({ secure: true });
    const delivery = await deliver({ ...server.route, tls: 'implicit' }, await anEnvelope());
    expect(delivery).toMatchObject({
      kind: 'unreachable',
      reason: expect.stringMatching(/certificate.*; name its CA with \?ca=FILE/i),
    });
  });
});

describe('TLS', () => {
  const SIGNED = { key: KEY, cert: CERTIFICATE };
  const taken = { 'one@example.org': 'sent' };

  it.each<[string, Tls, SMTPServerOptions, boolean]>([
    ['implicit', 'implicit', { ...SIGNED, secure: true }, true],
    ['required', 'required', SIGNED, true],
    ['opportunistic', 'opportunistic', SIGNED, true],
    ['opportunistic, where there is none', 'opportunistic', { hideSTARTTLS: true }, false],
    ['off', 'off', SIGNED, false],
  ])('%s, with a CA of its own', async (_name, tls, options, secure) => {
    const server = await startPickyServer(options);
    const ca = fileOf(CA);
    for (const host of ['127.0.0.1', 'localhost'])
      expect(outline(await deliver({ ...server.route, host, tls, ca }, await anEnvelope()))).toEqual(taken);
    expect(server.received.map((mail) => mail.secure)).toEqual([secure, secure]);
  });

  it.each<[string, Script, RegExp]>([
    ['is not offered', {}, /STARTTLS: 454 not now; TLS is required here, unless .*tls=off/],
    ['is refused', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '554 no' }, /554 no; TLS is required/],
    ['is offered and is none', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '220 go' }, /; TLS is required/],
    ['breaks off', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: 'cut' }, /closed/],
    ['hangs', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: 'silence' }, /time/i],
    ['cannot be asked for', { EHLO: '500 what', HELO: '250 here' }, /STARTTLS/],
  ])('that is required and %s: the letter waits', async (_name, script, reason) => {
    const server = await startScriptedServer(script);
    const delivery = await deliver({ ...server.route, tls: 'required' }, await anEnvelope(), {
      timeout: 0.3,
    });
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(reason) });
    expect(server.taken).toBe(0);
    expect(server.heard.join()).not.toContain('MAIL');
  });

  it.each<[string, Script]>([
    ['is refused', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '454 no' }],
    ['is none', { EHLO: '250-here\r\n250 STARTTLS', STARTTLS: '220 go' }],
  ])('that is welcome but %s: the letter goes in plain on a new connection', async (_name, script) => {
    const server = await startScriptedServer(script);
    const delivery = await deliver(server.route, await anEnvelope(), { timeout: 0.3 });
    expect(outline(delivery)).toEqual(taken);
    expect(delivery).toMatchObject({ unencrypted: expect.stringMatching(/./) });
    expect([server.connections, server.taken]).toEqual([2, 1]);
  });

  it('required, a CA that is none: the letter waits', async () => {
    const server = await startPickyServer(SIGNED);
    for (const ca of [fileOf(''), fileOf('-----BEGIN CERTIFICATE-----\nno\n')])
      for (const tls of ['required', 'implicit'] as const)
        expect(outline(await deliver({ ...server.route, tls, ca }, await anEnvelope()))).toBe('unreachable');
  });

  it.each<[string, Partial<SmtpRoute>, RegExp]>([
    ['another CA', {}, /certificate/i],
    ['a CA that is missing', { ca: '/nowhere/ca.pem' }, /no CA: ENOENT.*\/nowhere\/ca.pem/],
  ])('required, %s: the letter waits', async (_name, changes, reason) => {
    const server = await startPickyServer(SIGNED);
    const delivery = await deliver({ ...server.route, tls: 'required', ...changes }, await anEnvelope());
    expect(delivery).toMatchObject({ kind: 'unreachable', reason: expect.stringMatching(reason) });
  });

  it('the name in the certificate counts', async () => {
    const server = await startPickyServer(SIGNED);
    const route = { ...server.route, host: '::ffff:127.0.0.1', tls: 'required', ca: fileOf(CA) } as const;
    const delivery = await deliver(route, await anEnvelope());
    expect(reasonOf(delivery)).toMatch(
      /altnames.*; name its CA with \?ca=FILE, or write the host name that is in its certificate/,
    );
  });
});

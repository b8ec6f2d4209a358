import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tlsOf } from '../../../src/mail/route/route.js';
import { openTransport } from '../../../src/mail/transport/open-transport.js';
import type { Envelope, Transport } from '../../../src/mail/transport/transport.js';
import { heldClock } from '../../support/held-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { until } from '../../support/until.js';
import { startScriptedServer } from '../servers.js';
import { startTokenServer, type TokenServer } from '../token-server.js';

const LETTER: Envelope = {
  from: 'logs@example.org',
  to: ['one@example.org'],
  messageId: '<x@y>',
  mime: Buffer.from('Subject: x\r\n\r\nx\r\n'),
  sealed: 0,
};

const USER = 'logs@example.org';

interface Program {
  readonly command: string;
  /** How often it was run. */
  readonly runs: () => number;
  prints(script: string): void;
}

/** A program of its own, which a test may change. */
function aProgram(script: string): Program {
  const folder = temporaryFolder();
  const path = join(folder, 'token');
  writeFileSync(`${path}.runs`, '');
  const prints = (text: string): void => {
    writeFileSync(path, `#!/bin/sh\necho x >> '${path}.runs'\n${text}\n`);
    chmodSync(path, 0o755);
  };
  prints(script);
  return { command: path, prints, runs: () => readFileSync(`${path}.runs`, 'utf8').length / 2 };
}

function open(server: Pick<TokenServer, 'route'>, { command }: Program, talk: string[] = []): Transport {
  const login = { user: USER, tokenCommand: command };
  const transport = openTransport(
    { ...server.route, login },
    { helo: null, timeout: 10, onTalk: (line) => void talk.push(line) },
  );
  onTestFinished(() => transport.close());
  return transport;
}

function reasonOf(delivery: Awaited<ReturnType<Transport['deliver']>>): string {
  return delivery.kind === 'unreachable' ? delivery.reason : JSON.stringify([...delivery.outcomes]);
}

const SENT = { kind: 'answered', outcomes: new Map([['one@example.org', { kind: 'sent' }]]) };

describe('a login by token', () => {
  it.each([
    ['OAUTHBEARER', 'PLAIN LOGIN XOAUTH2 OAUTHBEARER'],
    ['XOAUTH2', 'PLAIN LOGIN XOAUTH2'],
  ])(
    'is by %s where the server offers %s, and asks the program once for many letters',
    async (mechanism, offer) => {
      const server = await startTokenServer(offer);
      server.takes.add('ya29.first');
      const program = aProgram('echo ya29.first');
      const transport = open(server, program);
      for (let letter = 0; letter < 3; letter++) expect(await transport.deliver(LETTER)).toMatchObject(SENT);
      expect(server.logins).toEqual(Array(3).fill(`${mechanism} ${USER} ya29.first`));
      expect([server.letters.length, program.runs()]).toEqual([3, 1]);
    },
  );

  it('is what smtp-server understands by XOAUTH2', async () => {
    const heard: unknown[] = [];
    const server = new SMTPServer({
      authMethods: ['XOAUTH2'],
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth({ method, username, accessToken }, _session, done) {
        heard.push([method, username, accessToken]);
        done(null, { user: username });
      },
      onData: (stream, _session, done) => void stream.resume().on('end', () => done()),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const address = server.server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const route = { kind: 'smtp', host: '127.0.0.1', port, tls: 'off', ca: null, login: null } as const;
    expect(await open({ route }, aProgram('printf ya29.token')).deliver(LETTER)).toMatchObject(SENT);
    expect(heard).toEqual([['XOAUTH2', USER, 'ya29.token']]);
  });

  it('with a token that has run out asks the program once anew, and the letter goes with the new one', async () => {
    const server = await startTokenServer('OAUTHBEARER');
    server.takes.add('old-token');
    const program = aProgram('echo old-token');
    const transport = open(server, program);
    await transport.deliver(LETTER);
    server.takes.clear();
    server.takes.add('new-token');
    program.prints('echo new-token');
    expect(await transport.deliver(LETTER)).toMatchObject(SENT);
    expect(server.logins).toEqual([
      `OAUTHBEARER ${USER} old-token`,
      `OAUTHBEARER ${USER} old-token`,
      'then AQ==',
      `OAUTHBEARER ${USER} new-token`,
    ]);
    expect(program.runs()).toBe(2);
  });

  it('that is refused twice leaves the letter waiting, with the words of the server and the program', async () => {
    const server = await startTokenServer('XOAUTH2');
    const program = aProgram(`echo "token-$(wc -l < "$0.runs")"; echo 'consent has ended' >&2`);
    const delivery = await open(server, program).deliver(LETTER);
    expect(delivery.kind).toBe('unreachable');
    expect(reasonOf(delivery)).toBe(
      'Invalid login by token ({"status":"invalid_token"}): 535 5.7.8 Bad token; look at the user in the config, and at the program of set mailtoken; the token before this one was refused, too, and says: consent has ended',
    );
    expect(server.logins.filter((login) => login !== 'then ')).toEqual([
      `XOAUTH2 ${USER} token-1`,
      `XOAUTH2 ${USER} token-2`,
    ]);
  });

  it('is not tried again with the same token, but asked for anew at the next try', async () => {
    const server = await startTokenServer('XOAUTH2');
    const program = aProgram('echo same-token');
    const transport = open(server, program);
    expect(reasonOf(await transport.deliver(LETTER))).toMatch(
      /535.*; the program prints the same token again$/,
    );
    expect([server.logins.length, program.runs()]).toEqual([2, 2]);
    server.takes.add('mended-token');
    program.prints('echo mended-token');
    expect(await transport.deliver(LETTER)).toMatchObject(SENT);
  });

  it('is not asked for anew when it is not the token that was refused', async () => {
    const server = await startScriptedServer({ EHLO: '250-x\r\n250 AUTH XOAUTH2', MAIL: '550 5.7.1 no' });
    const program = aProgram('echo a-token');
    await open(server, program).deliver(LETTER);
    expect(program.runs()).toBe(1);
  });
});

describe('a program that gives no token', () => {
  it.each([
    ['fails', "echo 'no consent' >&2; exit 3", 'ended with status 3: no consent'],
    ['prints nothing', 'true', 'printed nothing'],
    [
      'prints JSON',
      `echo '{"access_token":"secret"}'`,
      'printed something else than a token (RFC 6750) alone on one line',
    ],
    [
      'prints two lines',
      'echo one; echo two',
      'printed something else than a token (RFC 6750) alone on one line',
    ],
    [
      'prints without end',
      'yes a-secret | head -c 20000',
      'printed more than the 8192 bytes of the longest token',
    ],
    [
      'repeats its token in a complaint',
      'echo very-secret; echo "what is very-secret" >&2; exit 1',
      'ended with status 1: what is ***',
    ],
  ])('because it %s leaves the letter waiting, and says so', async (_name, script, expected) => {
    const server = await startTokenServer('XOAUTH2');
    const program = aProgram(script);
    const transport = open(server, program);
    const delivery = await transport.deliver(LETTER);
    expect(delivery).toEqual({ kind: 'unreachable', reason: `no token: ${program.command} ${expected}` });
    server.takes.add('good-token');
    program.prints('echo good-token');
    expect(await transport.deliver(LETTER)).toMatchObject(SENT);
  });

  it('because it hangs is ended after ten seconds', async () => {
    const server = await startTokenServer('XOAUTH2');
    const program = aProgram('exec sleep 1000');
    const clock = heldClock(0);
    const route = { ...server.route, login: { user: USER, tokenCommand: program.command } };
    const transport = openTransport(route, { helo: null, timeout: 10, onTalk: null, clock });
    onTestFinished(() => transport.close());
    const delivered = transport.deliver(LETTER);
    await until(() => program.runs() === 1);
    clock.advance(10_000);
    expect(reasonOf(await delivered)).toBe(`no token: ${program.command} did not end within 10 s`);
  });
});

describe('a token', () => {
  it('is in no part of the talk, whatever the server repeats, and in no reason', async () => {
    const sasl = (text: string): string => Buffer.from(text).toString('base64');
    const forms = [
      'ya29.secret',
      sasl('ya29.secret'),
      sasl(`user=${USER}\x01auth=Bearer ya29.secret\x01\x01`),
      sasl(`n,a=${USER},\x01auth=Bearer ya29.secret\x01\x01`),
    ];
    for (const offer of ['XOAUTH2', 'OAUTHBEARER']) {
      const server = await startTokenServer(offer);
      server.refusal = `5.7.8 not ${forms.join(' nor ')}`;
      const talk: string[] = [];
      const delivery = await open(server, aProgram('echo ya29.secret'), talk).deliver(LETTER);
      const told = [...talk, reasonOf(delivery)].join('\n');
      expect(told).toContain('5.7.8 not *** nor ***');
      for (const form of forms) expect(told).not.toContain(form);
    }
  });

  it('does not go to a server that takes none, and that is told with what it takes', async () => {
    const server = await startScriptedServer({ EHLO: '250-x\r\n250 AUTH PLAIN LOGIN' });
    const delivery = await open(server, aProgram('echo a-token')).deliver(LETTER);
    expect(reasonOf(delivery)).toBe(
      'the server offers no login by token (OAUTHBEARER, XOAUTH2), only PLAIN, LOGIN; take set mailpassword instead of set mailtoken',
    );
    expect(server.heard.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  });

  it('does not go to another machine without TLS', () => {
    const route = {
      kind: 'smtp',
      host: 'mail.example.org',
      port: 25,
      tls: 'opportunistic',
      ca: null,
    } as const;
    expect(tlsOf({ ...route, login: { user: USER, tokenCommand: '/bin/echo x' } })).toBe('required');
  });
});

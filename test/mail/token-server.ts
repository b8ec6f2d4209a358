import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { SmtpRoute } from '../../src/mail/route/route.js';

export interface TokenServer {
  /** Without a login. */
  readonly route: SmtpRoute;
  /** Which tokens it takes. */
  readonly takes: Set<string>;
  /** What each client logged in with: mechanism, user, token; and what it sent behind a refusal. */
  readonly logins: string[];
  readonly letters: string[];
  /** Says this to a login that it refuses, beside the code. */
  refusal: string;
}

/** A real SMTP server on loopback that takes logins by token as RFC 7628 and Google describe them. */
export async function startTokenServer(offer: string): Promise<TokenServer> {
  const server = createServer((socket) => talk(socket, offer, found));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const found: TokenServer = {
    route: { kind: 'smtp', host: '127.0.0.1', port, tls: 'off', ca: null, login: null },
    takes: new Set(),
    logins: [],
    letters: [],
    refusal: '5.7.8 Bad token',
  };
  return found;
}

function talk(socket: Socket, offer: string, server: TokenServer): void {
  let pending = '';
  let letter: string[] | null = null;
  let isRefused = false;
  const say = (...lines: string[]): void => void socket.write(lines.map((line) => `${line}\r\n`).join(''));
  const obey = (line: string): void => {
    if (letter) {
      if (line !== '.') return void letter.push(line);
      server.letters.push(letter.join('\n'));
      letter = null;
      return say('250 2.0.0 Ok: queued as 4F2A91C0');
    }
    if (isRefused) {
      server.logins.push(`then ${line}`);
      isRefused = false;
      return say(`535 ${server.refusal}`);
    }
    const [command = '', mechanism = '', text = ''] = line.split(' ');
    if (command === 'AUTH') {
      const { user, token } = readLogin(mechanism, Buffer.from(text, 'base64').toString());
      server.logins.push(`${mechanism} ${user} ${token}`);
      if (server.takes.has(token)) return say('235 2.7.0 Accepted');
      isRefused = true;
      return say(`334 ${Buffer.from('{"status":"invalid_token"}').toString('base64')}`);
    }
    if (command === 'EHLO') return say('250-here', `250 AUTH ${offer}`);
    if (command === 'DATA') letter = [];
    say(command === 'DATA' ? '354 go on' : command === 'QUIT' ? '221 bye' : '250 yes');
  };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    const lines = pending.split('\r\n');
    pending = lines.pop() ?? '';
    for (const line of lines) obey(line);
  });
  say('220 here');
}

function readLogin(mechanism: string, text: string): { readonly user: string; readonly token: string } {
  const form =
    mechanism === 'OAUTHBEARER'
      ? /^n,a=([^,]*),\x01auth=Bearer ([^\x01]*)\x01\x01$/
      : /^user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01$/;
  const [, user = 'nobody', token = 'none'] = form.exec(text) ?? [];
  return { user, token };
}

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findMail, readMail, usualRecipient, usualSender } from '../../../src/commands/init/choose-mail.js';
import { startScriptedServer } from '../../mail/servers.js';
import { freePort } from '../../support/free-port.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

function chosen(typed: string) {
  const read = readMail(typed, '/etc');
  if (!read.ok) throw new Error(read.reason);
  return read.mail;
}

describe('the mail server that is usual', () => {
  it('is that of this machine, if one greets', async () => {
    const { route } = await startScriptedServer({});
    expect(await findMail(route.port, [])).toBe(`localhost:${route.port}`);
  });

  it('is else a sendmail program, and else none', async () => {
    const program = join(temporaryFolder(), 'sendmail');
    writeFileSync(program, '', { mode: 0o755 });
    const port = await freePort();
    expect(await findMail(port, ['/nowhere/sendmail', program])).toBe(`sendmail:${program}`);
    expect(await findMail(port, ['/nowhere/sendmail'])).toBe('-');
  });

  it('is none that greets as something else', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => void server.close());
    const address = server.address();
    expect(await findMail(typeof address === 'object' && address ? address.port : 0, [])).toBe('-');
  });
});

describe('what is typed for a mail server', () => {
  it.each([
    ['localhost', 'localhost', null, null],
    ['smtp://me@mail.example.org:587', 'smtp://me@mail.example.org:587', 'me', null],
    [
      'smtp://me%40x.org:ge@h:eim@mail:587?tls=required',
      'smtp://me%40x.org@mail:587?tls=required',
      'me@x.org',
      'ge@h:eim',
    ],
    ['-', null, null, null],
  ])('%s', (typed, server, user, password) => {
    expect(chosen(typed)).toMatchObject({ server, user, password });
  });

  it('is refused in the words of check', () => {
    expect(readMail('mail:0', '/etc')).toEqual({
      ok: false,
      reason: '"0" as a port; write a number from 1 to 65535',
    });
  });
});

it.each([
  ['localhost', 'root@localhost', 'tayori@localhost'],
  ['-', 'root@localhost', 'tayori@localhost'],
  ['smtps://me%40x.org@mail.x.org', 'me@x.org', 'me@x.org'],
])('of %s the usual recipient is %s, the usual sender %s', (server, to, from) => {
  expect([usualRecipient(chosen(server)), usualSender(chosen(server), to)]).toEqual([to, from]);
});

it('nobody can be guessed for a server elsewhere', () => {
  expect(usualRecipient(chosen('mail.example.org'))).toBeNull();
  expect(usualSender(chosen('mail.example.org'), 'a@x.org,b@x.org')).toMatch(/^(?:tayori@.+\..+|a@x\.org)$/);
});

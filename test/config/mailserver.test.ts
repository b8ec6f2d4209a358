import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { throughAliases } from '../../src/config/directives/aliases.js';
import { readConfig } from '../../src/config/read-config.js';
import { parseRoute } from '../../src/mail/route/parse-route.js';
import type { Route, SmtpRoute } from '../../src/mail/route/route.js';
import { BASE, read, sound, write } from './read.js';

function smtp(host: string, port: number, more: Partial<SmtpRoute> = {}): SmtpRoute {
  return { kind: 'smtp', host, port, tls: 'opportunistic', ca: null, login: null, ...more };
}

function url(host: string, port: number, more: Partial<SmtpRoute> = {}): SmtpRoute {
  return smtp(host, port, { tls: 'required', ...more });
}

const login = (user: string, text: string): Partial<SmtpRoute> => ({
  login: { user, password: { kind: 'text', text } },
});

it.each<[string, Route]>([
  ['127.0.0.1', smtp('127.0.0.1', 25)],
  ['127.0.0.1 \t', smtp('127.0.0.1', 25)],
  ['  mail', smtp('mail', 25)],
  ['mail.example.org:587', smtp('mail.example.org', 587)],
  ['smtp:25', smtp('smtp', 25)],
  ['[::1]', smtp('::1', 25)],
  ['[2001:db8::25]:2525', smtp('2001:db8::25', 2525)],
  ['smtp://mail', url('mail', 25)],
  ['smtp://mail/', url('mail', 25)],
  ['SMTP://mail:2525', url('mail', 2525)],
  ['smtp://[::1]:2525/', smtp('::1', 2525)],
  ['smtp://me:secret@mail:587', url('mail', 587, login('me', 'secret'))],
  ['smtps://mail', smtp('mail', 465, { tls: 'implicit' })],
  [
    'smtps://me%40example.org:p%40ss@mail:4650',
    smtp('mail', 4650, { tls: 'implicit', ...login('me@example.org', 'p@ss') }),
  ],
  ['smtp://me:p@s:s/w#?100%@mail', url('mail', 25, login('me', 'p@s:s/w#?100%'))],
  ['smtp://localhost', smtp('localhost', 25)],
  ['smtp://127.0.0.2:26?tls=required', url('127.0.0.2', 26)],
  ['smtp://mail?tls=off', smtp('mail', 25, { tls: 'off' })],
  ['smtp://mail/?tls=opportunistic', smtp('mail', 25)],
  ['smtp://mail?tls=required&ca=/etc/my%20ca.pem', url('mail', 25, { ca: '/etc/my ca.pem' })],
  ['smtps://mail?ca=ca.pem', smtp('mail', 465, { tls: 'implicit', ca: '/etc/tenshi/ca.pem' })],
  ['smtp://a:b?tls=off@mail?ca=/x', url('mail', 25, { ca: '/x', ...login('a', 'b?tls=off') })],
  ['sendmail:/usr/sbin/sendmail', { kind: 'sendmail', path: '/usr/sbin/sendmail' }],
  ['sendmail:///usr/sbin/sendmail', { kind: 'sendmail', path: '///usr/sbin/sendmail' }],
  ['maildir:/var/mail/logs', { kind: 'maildir', path: '/var/mail/logs' }],
  ['maildir:Mail/my logs ', { kind: 'maildir', path: '/etc/tenshi/Mail/my logs' }],
  ['maildir:../logs', { kind: 'maildir', path: '/etc/logs' }],
])('%s', (text, route) => {
  expect(parseRoute(text, '/etc/tenshi')).toEqual({ ok: true, route, user: null });
});

describe('refused, and where', () => {
  it.each<[string, number, string]>([
    ['', 0, 'host'],
    ['mail one', 4, ' one'],
    ['mail:0', 5, '"0" as a port'],
    ['mail:65536', 5, '"65536" as a port'],
    ['mail:', 0, '"mail:" as a way'],
    ['mail-1:25x', 9, '"x" after the host'],
    ['::1', 0, 'without brackets'],
    ['[::1', 0, 'after the host'],
    ['[mail]', 0, '"[mail]" as a host'],
    ['便り', 0, 'after the host'],
    ['smtp:mail', 0, '"smtp:" as a way'],
    ['http://mail', 0, '"http:" as a way'],
    ['smtp://', 7, 'as a host'],
    ['smtp://:25', 7, 'as a host'],
    ['smtp://mail/inbox', 11, '"/inbox" after the host'],
    ['smtp://mail?x=1', 12, '"x=1" after the question mark'],
    ['smtp://mail?ca=/x&tls=no', 18, '"tls=no" after the question mark'],
    ['smtp://mail?ca=', 12, '"ca=" after the question mark'],
    ['smtps://mail?tls=off', 13, '"tls=off" after the question mark'],
    ['smtp://@mail', 7, 'an incomplete login'],
    ['smtp://me:@mail', 7, 'an incomplete login'],
    ['smtp://:secret@mail', 7, 'an incomplete login'],
    ['  smtps://me:secret@ma il', 22, '" il" after the host'],
    ['sendmail:', 9, '"" as a program'],
    ['sendmail:sendmail', 9, '"sendmail" as a program'],
    ['sendmail:/usr/sbin/sendmail -t', 28, '"-t" after the program'],
    ['maildir:', 8, 'as a Maildir'],
    ['maildir:~/Mail', 8, '"~/Mail" as a Maildir'],
  ])('%j', (text, offset, seen) => {
    const parsed = parseRoute(text, '/etc/tenshi');
    expect(parsed).toMatchObject({ ok: false, offset, seen: expect.stringContaining(seen) });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});

it.each([
  ['set mailserver mail:x', '4:16'],
  ['  set mailserver   smtp://me:secret@ma il', '4:39'],
])('%s: told where it is', (line, place) => {
  const { codes, told } = read(`${BASE}${line}\na x\nb y\n`);
  expect(codes).toEqual([`${place} error bad-value`]);
  expect(told.join()).not.toContain('secret');
});

it('a relative Maildir is taken from the file that names it', () => {
  const files = {
    'tenshi.conf': `${BASE}include sub/mail\na x\nb y\n`,
    'sub/mail': 'set mailserver maildir:logs\n',
  };
  const result = read(files);
  expect(result.ok && result.config.mailserver.value).toEqual({
    kind: 'maildir',
    path: `${result.folder}/sub/logs`,
  });
});

it('a user in the URL may have the password elsewhere', () => {
  expect(parseRoute('smtp://me%40x@mail', '/etc')).toEqual({
    ok: true,
    route: url('mail', 25),
    user: 'me@x',
  });
});

describe('a login', () => {
  const file = { kind: 'file', path: 'FOLDER/password' } as const;

  it.each<[string, string, Partial<SmtpRoute>]>([
    [
      'of a user in the URL',
      'set mailserver smtp://me@mail\nset mailpassword password\n',
      { login: { user: 'me', password: file } },
    ],
    [
      'of set mailuser, below and above',
      'set mailpassword password\nset mailserver smtp://mail\nset mailuser me\n',
      { login: { user: 'me', password: file } },
    ],
    [
      'of systemd',
      'set mailserver smtp://me@mail\nset mailpassword credential:mail\n',
      { login: { user: 'me', password: { kind: 'credential', name: 'mail' } } },
    ],
    [
      'with the token of a program',
      'set mailserver smtp://me@mail\nset mailtoken /bin/echo token\n',
      { login: { user: 'me', tokenCommand: '/bin/echo token' } },
    ],
  ])('%s', (_name, lines, expected) => {
    const folder = write({ 'tenshi.conf': `${BASE}a x\nb y\n${lines}`, password: 'secret\n' });
    chmodSync(join(folder, 'password'), 0o600);
    const result = readConfig(join(folder, 'tenshi.conf'));
    expect(result.faults).toEqual([]);
    const route = result.ok ? result.config.mailserver.value : null;
    expect(JSON.parse(JSON.stringify(route).replaceAll(folder, 'FOLDER'))).toEqual(url('mail', 25, expected));
  });

  it.each<[string, string[]]>([
    ['set mailserver smtp://me@mail', ['6:16 error incomplete']],
    ['set mailserver mail\nset mailuser me', ['7:14 error incomplete']],
    ['set mailserver mail\nset mailpassword credential:x', ['7:18 error incomplete']],
    ['set mailserver mail\nset mailuser me\nset mailpassword credential:x', ['6:16 notice clear-password']],
    ['set mailserver 127.0.0.1\nset mailuser me\nset mailpassword credential:x', []],
    ['set mailserver smtp://me@mail?tls=off\nset mailpassword credential:x', ['6:16 error clear-password']],
    ['set mailserver smtp://me@[::1]?tls=off\nset mailpassword credential:x', []],
    ['set mailserver smtp://me@mail\nset mailpassword /nowhere/x', ['7:18 warning unreadable-file']],
    ['set mailserver smtp://me@mail\nset mailpassword tenshi.conf', ['7:18 warning readable-password']],
    ['set mailserver smtps://mail?ca=/nowhere/x', ['6:16 warning unreadable-file']],
    [
      'set mailserver smtps://me@mail\nset mailuser you\nset mailpassword credential:x',
      ['7:14 warning ignored-directive'],
    ],
    [
      'set mailserver smtps://me:secret@mail\nset mailpassword credential:x',
      ['6:16 warning readable-password', '7:18 warning ignored-directive'],
    ],
    ['set mailserver sendmail:/bin/true\nset mailuser me', ['7:14 warning ignored-directive']],
    ['set mailserver sendmail:/bin/true\nset mailtoken /bin/echo', ['7:15 warning ignored-directive']],
    ['set mailserver smtp://mail\nset mailtoken /bin/echo', ['7:15 error incomplete']],
    ['set mailserver smtp://me@mail?tls=off\nset mailtoken /bin/echo', ['6:16 error clear-password']],
    [
      'set mailserver smtp://me@mail\nset mailtoken /bin/echo\nset mailpassword credential:x',
      ['7:15 error bad-value'],
    ],
    ['set mailserver smtps://me:secret@mail\nset mailtoken /bin/echo', ['7:15 error bad-value']],
  ])('%s', (lines, expected) => {
    const { codes, told } = read(`${BASE}a x\nb y\n${lines}\n`);
    expect(codes).toEqual(expected);
    expect(told.join()).not.toContain('secret');
  });

  it('that everybody can read is said loudly', () => {
    const { told } = read(`${BASE}a x\nb y\nset mailserver smtp://me:secret@mail\n`);
    expect(told).toEqual([
      'tenshi.conf:6:16: warning: EVERYBODY ON THIS MACHINE CAN READ THE PASSWORD; chmod 640 tenshi.conf, and change the password',
    ]);
  });
});

describe('aliases', () => {
  it.each([
    [['root'], ['a@x']],
    [
      ['root', 'b@x', 'a@x'],
      ['a@x', 'b@x'],
    ],
    [['ops'], ['a@x', 'c@x']],
    [['loop'], ['loop']],
    [['root@host'], ['root@host']],
    [['nobody'], ['nobody']],
  ])('%s', (to, expected) => {
    const { aliases } = sound(
      `${BASE}a x\nb y\nset alias root a@x\nset alias ops root,c@x\nset alias loop loop2\nset alias loop2 loop\n`,
    );
    expect(throughAliases(to, aliases)).toEqual(expected);
  });

  it.each([
    ['smtp://mail', '', ['1:11 notice bare-recipient']],
    ['mail', '', ['1:11 notice bare-recipient']],
    ['smtp://mail', 'set alias root a@x\n', []],
    ['smtp://mail', 'set alias root ops\n', ['1:11 notice bare-recipient']],
    ['127.0.0.1', '', []],
    ['sendmail:/bin/true', '', []],
  ])('a bare recipient by way of %s with "%s"', (route, alias, expected) => {
    const text = `set queue a f@x root [now]\nset logfile /x\na x\nset mailserver ${route}\n${alias}`;
    expect(read(text).codes).toEqual(expected);
  });
});

it('mailtimeout is for connecting alone, and check says so', () => {
  const { told, ok } = read('set logfile /x\nset mailtimeout 5\nset queue a f@x t@x [now]\na x\n');
  expect(ok).toBe(true);
  expect(told.find((one) => one.startsWith('tenshi.conf:2:'))).toBe(
    'tenshi.conf:2:17: notice: 5 s limit only the look-up and the connection; for its answers a mail server has the minutes that RFC 5321, 4.5.3.2, gives it',
  );
});

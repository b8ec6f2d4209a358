import { describe, expect, it } from 'vitest';
import { parseRoute } from '../../src/mail/parse-route.js';
import type { Route } from '../../src/mail/route.js';
import { BASE, read } from './read.js';

type Smtp = Extract<Route, { readonly kind: 'smtp' }>;

function smtp(host: string, port: number, more: Partial<Smtp> = {}): Smtp {
  return { kind: 'smtp', host, port, tls: 'offered', login: null, ...more };
}

const login = (user: string, password: string): Partial<Smtp> => ({ login: { user, password } });

it.each<[string, Route]>([
  ['127.0.0.1', smtp('127.0.0.1', 25)],
  ['127.0.0.1 \t', smtp('127.0.0.1', 25)],
  ['  mail', smtp('mail', 25)],
  ['mail.example.org:587', smtp('mail.example.org', 587)],
  ['smtp:25', smtp('smtp', 25)],
  ['[::1]', smtp('::1', 25)],
  ['[2001:db8::25]:2525', smtp('2001:db8::25', 2525)],
  ['smtp://mail', smtp('mail', 25)],
  ['smtp://mail/', smtp('mail', 25)],
  ['SMTP://mail:2525', smtp('mail', 2525)],
  ['smtp://[::1]:2525/', smtp('::1', 2525)],
  ['smtp://me:secret@mail:587', smtp('mail', 587, login('me', 'secret'))],
  ['smtps://mail', smtp('mail', 465, { tls: 'implicit' })],
  [
    'smtps://me%40example.org:p%40ss@mail:4650',
    smtp('mail', 4650, { tls: 'implicit', ...login('me@example.org', 'p@ss') }),
  ],
  ['smtp://me:p@s:s/w#?100%@mail', smtp('mail', 25, login('me', 'p@s:s/w#?100%'))],
  ['sendmail:/usr/sbin/sendmail', { kind: 'sendmail', path: '/usr/sbin/sendmail' }],
  ['sendmail:///usr/sbin/sendmail', { kind: 'sendmail', path: '///usr/sbin/sendmail' }],
  ['maildir:/var/mail/logs', { kind: 'maildir', path: '/var/mail/logs' }],
  ['maildir:Mail/my logs ', { kind: 'maildir', path: '/etc/tenshi/Mail/my logs' }],
  ['maildir:../logs', { kind: 'maildir', path: '/etc/logs' }],
])('%s', (text, route) => {
  expect(parseRoute(text, '/etc/tenshi')).toEqual({ ok: true, route });
});

describe('refused, and where', () => {
  it.each<[string, number, string]>([
    ['', 0, 'host'],
    ['mail one', 4, ' one'],
    ['mail:0', 5, '"0" as a port'],
    ['mail:65536', 5, '"65536" as a port'],
    ['mail:', 0, '"mail:" as a way'],
    ['mail-1:25x', 9, '"x" behind the host'],
    ['::1', 0, 'without brackets'],
    ['[::1', 0, 'behind the host'],
    ['[mail]', 0, '"[mail]" as a host'],
    ['便り', 0, 'behind the host'],
    ['smtp:mail', 0, '"smtp:" as a way'],
    ['http://mail', 0, '"http:" as a way'],
    ['smtp://', 7, 'as a host'],
    ['smtp://:25', 7, 'as a host'],
    ['smtp://mail/inbox', 11, '"/inbox" behind the host'],
    ['smtp://mail?x=1', 11, '"?x=1" behind the host'],
    ['smtp://me@mail', 7, 'a login'],
    ['smtp://me:@mail', 7, 'a login'],
    ['smtp://:secret@mail', 7, 'a login'],
    ['  smtps://me:secret@ma il', 22, '" il" behind the host'],
    ['sendmail:', 9, '"" as a program'],
    ['sendmail:sendmail', 9, '"sendmail" as a program'],
    ['sendmail:/usr/sbin/sendmail -t', 28, '"-t" behind the program'],
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

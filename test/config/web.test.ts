import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchesUrl } from '../../src/base/text/match-url.js';
import { showRecipient } from '../../src/base/text/web-address.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { BASE, read, sound } from './read.js';

const RULES = 'a x\nb y\nc z\n';
const conf = (lines: string): string => `${BASE}${lines}${RULES}`;
const to = (recipient: string): string => `set queue c f@x.org ${recipient} [now]\n`;

it('a URL may be a TO beside addresses, behind pager: and in an alias', () => {
  const { told } = read(conf(to('t@x.org,https://ntfy.example.org/a_b?priority=high')));
  expect(told).toEqual([]);
  const { queues, aliases } = sound(
    conf(`${to('pager:https://x.org/y,pager:HTTPS://z.org')}set alias root https://x.org/y\n`),
  );
  expect(queues.at(-1)).toMatchObject({ to: ['https://x.org/y', 'HTTPS://z.org'], pager: true });
  expect(aliases[0]?.to).toEqual(['https://x.org/y']);
});

it.each([
  ['http://x.org/SECRET', 'warning', 'would travel in the clear; write https://'],
  ['https://', 'error', 'as a URL'],
  ['https:///SECRET', 'error', 'as a URL'],
  ['https://x.org:99999/SECRET', 'error', 'as a URL'],
  ['https://x.org/grüße', 'error', 'write https://HOST/PATH in ASCII'],
  ['https://u:SECRET@x.org/', 'error', 'a login in the URL "https://'],
  ['https://x.org/SECRET#x', 'error', 'a "#" in the URL "https://x.org/..."'],
  [`https://x.org/${'long/'.repeat(400)}`, 'error', 'a URL of more than 2000 characters'],
  ['http://127.0.0.1:8080/x', 'none', ''],
  ['http://localhost/x', 'none', ''],
  ['http://[::1]:8080/x', 'none', ''],
])('%s: check says of it %s: %s', (url, severity, said) => {
  const { told, faults } = read(conf(to(url)));
  expect(faults.map((fault) => fault.severity)).toEqual(severity === 'none' ? [] : [severity]);
  expect(told.join('\n')).toContain(said);
  expect(told.join('\n')).not.toContain('SECRET');
});

it('FROM is no URL', () => {
  const { told } = read(conf('set queue c https://x.org/y t@x.org [now]\n'));
  expect(told.join()).toContain('error: a URL as FROM; write an address; a URL may be a TO');
});

describe('check', () => {
  it.each([
    ['set webhook https://nobody.org/* slack', 'notice: no letter goes to "https://nobody.org/..."'],
    ['set webhook_token https://nobody.org/* t', 'notice: no letter goes to "https://nobody.org/..."'],
    ['set webhook_token https://x.org/* /no/such', 'warning: cannot read the token "/no/such"'],
    [
      `${to('http://x.org/s')}set webhook_token http://x.org/* t`,
      'the token would be sent to "http://x.org/..." in the clear',
    ],
    [to('https://hooks.slack.com/services/T/B/x'), 'write set webhook https://hooks.slack.com/* slack'],
    [to('https://am.example.org/api/v2/alerts'), 'write set webhook https://am.example.org/* alertmanager'],
    ['set fallback nosuch t@x.org', 'warning: a fallback of the unknown queue "nosuch"'],
    ['set fallback c https://x.org/s', 'warning: "https://x.org/..." is the first way of the queue as well'],
    ['set fallback a t@x.org\nset fallback a u@x.org', '"a" has another fallback above'],
    ['set heartbeat nosuch [@daily]', 'warning: a heartbeat to the unknown queue "nosuch"'],
    ['set heartbeat b [@hourly]', 'notice: "b" has a schedule: it has the heartbeat in its next letter'],
    [
      'set section beats b Beats\nset heartbeat beats [@hourly]',
      'notice: "beats" has a schedule: it has the heartbeat in its next letter',
    ],
  ])('says of %s', (lines, said) => {
    const { told } = read(conf(`${to('https://x.org/s')}${lines}\n`));
    expect(told.join('\n')).toContain(said);
  });

  it('warns of a token that everybody can read', () => {
    const file = join(temporaryFolder(), 'token');
    writeFileSync(file, 'x');
    const lines = conf(`${to('https://x.org/s')}set webhook_token https://x.org/* ${file}\n`);
    chmodSync(file, 0o600);
    expect(read(lines).told).toEqual([]);
    chmodSync(file, 0o644);
    expect(read(lines).codes).toEqual(['5:19 warning readable-password']);
  });
});

it.each([
  ['https://hooks.slack.com/services/T/B/x', 'https://hooks.slack.com/...'],
  ['HTTPS://x.org:8443/y?z', 'https://x.org:8443/...'],
  ['https://x.org?token=y', 'https://x.org/...'],
  ['https://x.org/', 'https://x.org'],
  ['https://x.org', 'https://x.org'],
  ['https://user:secret@x.org/', 'https:///...'],
  ['https://[::1]:8080/x', 'https://[::1]:8080/...'],
  ['me@x.org', 'me@x.org'],
])('%s is shown as %s', (recipient, shown) => {
  expect(showRecipient(recipient)).toBe(shown);
});

it.each([
  ['https://x.org/*', 'https://x.org/y', true],
  ['https://x.org/*', 'https://x.org/', true],
  ['https://x.org/*', 'https://x.org', false],
  ['https://x.org/a*c', 'https://x.org/abcbc', true],
  ['https://x.org/a*b*c', 'https://x.org/abc', true],
  ['https://x.org/a*b*c', 'https://x.org/acb', false],
  ['https://x.org/aa*aa', 'https://x.org/aaa', false],
  ['https://x.org/a', 'https://x.org/ab', false],
  ['https://x.org/.', 'https://x.org/a', false],
  [`https://x.org/${'a*'.repeat(500)}b`, `https://x.org/${'a'.repeat(2000)}`, false],
])('%s names %s: %s', (glob, url, expected) => {
  expect(matchesUrl(glob, url)).toBe(expected);
});

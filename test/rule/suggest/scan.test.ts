import { describe, expect, it } from 'vitest';
import { MAX_SCANNED, Scanner } from '../../../src/rule/suggest/scan.js';
import { MAX_TOKENS, TokenKind } from '../../../src/rule/suggest/tokens.js';

const NAMES = Object.fromEntries(Object.entries(TokenKind).map(([name, kind]) => [kind, name]));

/** The tokens of a message; of what is neither a word nor punctuation, its kind. */
function read(message: string): string[] {
  const tokens = new Scanner().scan(message);
  return Array.from({ length: tokens.count }, (_, at) => {
    const name = NAMES[tokens.kind(at)];
    return name === 'word' || name === 'punctuation' ? tokens.textOf(at) : `${name} ${tokens.textOf(at)}`;
  });
}

describe('what a token looks like', () => {
  it.each<readonly [title: string, message: string, tokens: readonly string[]]>([
    ['words stay words, with their apostrophes and dashes apart', 'link-up is_ok', ['link-up', 'is_ok']],
    ['a full stop at the end is punctuation', 'restart.', ['restart', '.']],
    ['integers and decimals', '7 0.25 1.2.3', ['integer 7', 'decimal 0.25', 'decimal 1.2.3']],
    ['signs and percent', '-2 +1.5 80%', ['number -2', 'number +1.5', 'number 80%']],
    ['a number with its unit, glued or not', '12ms 64 KB', ['quantity 12ms', 'quantity 64 KB']],
    ['a comparison is a number', 'lifetime <1 sec', ['lifetime', 'quantity <1 sec']],
    ['angle brackets around a number are none', '<0>', ['<', 'integer 0', '>']],
    ['hexadecimal', '0x1F 3fa9c1', ['hex 0x1F', 'hex 3fa9c1']],
    ['hexadecimal without digits when it is long', 'ffffffff facade', ['hex ffffffff', 'facade']],
    ['a UUID', '0673dd71-34c5-4fbb-86c4-40623fbe45b4', ['uuid 0673dd71-34c5-4fbb-86c4-40623fbe45b4']],
    ['IPv4, with a port and in a network', '192.0.2.7:80', ['ipv4 192.0.2.7', ':', 'integer 80']],
    ['a network', '192.0.2.0/24', ['ipv4 192.0.2.0', '/', 'integer 24']],
    ['groups above 255 are no address', '1.2.3.400', ['decimal 1.2.3.400']],
    ['IPv6', '2001:db8::7 ::1', ['ipv6 2001:db8::7', 'ipv6 ::1']],
    ['IPv6 with a zone', 'fe80::1%eth0', ['ipv6 fe80::1%eth0']],
    ['an IPv6 network', '2001:db8::/32', ['ipv6 2001:db8::', '/', 'integer 32']],
    ['IPv4 in IPv6', '::ffff:192.0.2.7', ['ipv6 ::ffff:192.0.2.7']],
    ['names with two colons are no address', 'std::string', ['std', '::', 'string']],
    [
      'MAC, also without a digit',
      '00:16:3e:0a:ad:e1 aa:bb:cc:dd:ee:ff',
      ['mac 00:16:3e:0a:ad:e1', 'mac aa:bb:cc:dd:ee:ff'],
    ],
    ['a PCI address', '0000:00:1f.0', ['id 0000:00:1f.0']],
    ['times', '07:05 07:05:59 07:05:59.123', ['time 07:05', 'time 07:05:59', 'time 07:05:59.123']],
    ['dates', '2026-11-29 2026/11/29', ['time 2026-11-29', 'time 2026/11/29']],
    ['ISO times', '2026-11-29T07:05:59Z', ['time 2026-11-29T07:05:59Z']],
    ['dates in words', 'Fri Jun 17 07:07:00 CEST 2005', ['date Fri Jun 17 07:07:00 CEST 2005']],
    ['a month without a number is a word', 'you may go', ['you', 'may', 'go']],
    [
      'paths',
      '/etc/passwd ~/x ./y C:\\Base\\a.dll',
      ['path /etc/passwd', 'path ~/x', 'path ./y', 'path C:\\Base\\a.dll'],
    ],
    ['a slash between words is none', 'TCP/UDP', ['TCP', '/', 'UDP']],
    [
      'numbers with slashes are no path',
      '0.1/0.02/30',
      ['decimal 0.1', '/', 'decimal 0.02', '/', 'integer 30'],
    ],
    ['an address behind a slash', '/192.0.2.7', ['/', 'ipv4 192.0.2.7']],
    ['a path on a host', 'web1:/srv/a', ['numbered web1', ':', 'path /srv/a']],
    [
      'URLs with what is asked',
      'http://x.example/a?b=1;c=2, done',
      ['url http://x.example/a?b=1;c=2', ',', 'done'],
    ],
    ['a question to a path', '/list?a=1&b=2', ['path /list?a=1&b=2']],
    ['mail addresses', 'to=<ann@example.org>', ['to', '=', '<', 'mail ann@example.org', '>']],
    ['hosts', 'www.example.org web1.example.org', ['host www.example.org', 'host web1.example.org']],
    [
      'packages and files are names',
      'java.io.IOException a.conf',
      ['name java.io.IOException', 'name a.conf'],
    ],
    [
      'words with a number',
      'eth0 blk_-4411 try_14_m_3',
      ['numbered eth0', 'numbered blk_-4411', 'numbered try_14_m_3'],
    ],
    ['letters that are no word make an id', 'j7x9k2 jABKpNk1026343', ['id j7x9k2', 'id jABKpNk1026343']],
    [
      'base64 is an id',
      'SHA256:lzSNqiwMudx/PwJUaPJukIQDn3P+tZTr',
      ['numbered SHA256', ':', 'id lzSNqiwMudx/PwJUaPJukIQDn3P+tZTr'],
    ],
    ['CamelCase is a word', 'NSWorkspaceWillSleepNotification', ['NSWorkspaceWillSleepNotification']],
    ['IPv4 and IPv6 are words', 'IPv4 IPv6', ['IPv4', 'IPv6']],
    ['an axis is an id', 'x+ wire', ['id x+', 'wire']],
    ['a missing value', 'ruser= rhost=x', ['ruser', '=', 'empty ', 'rhost', '=', 'x']],
    ['a value behind a blank is not missing', 'drawn= false', ['drawn', '=', 'false']],
    ['empty brackets', 'init()', ['init', '(', 'empty ', ')']],
    [
      'Japanese is cut where the script changes',
      'ユーザー12が失敗',
      ['ユーザー', 'integer 12', 'が', '失敗'],
    ],
    ['German stays whole', 'Größe überschritten', ['Größe', 'überschritten']],
    ['nothing but blanks', ' \t ', []],
  ])('%s', (_, message, tokens) => {
    expect(read(message)).toEqual(tokens);
  });
});

describe('what is too long', () => {
  it('the rest of a long message is one token', () => {
    const tokens = new Scanner().scan(`a ${'b '.repeat(MAX_SCANNED)}`);
    expect(tokens.count).toBeLessThanOrEqual(MAX_TOKENS + 1);
    expect(tokens.kind(tokens.count - 1)).toBe(TokenKind.rest);
    expect(tokens.end(tokens.count - 1)).toBe(2 * MAX_SCANNED + 2);
  });

  it('a run without blanks is not cut up for ever', () => {
    expect(read('a:b:'.repeat(200))).toEqual([`id ${'a:b:'.repeat(200)}`]);
    expect(read(`/${'a/'.repeat(300)}`)).toEqual([`path /${'a/'.repeat(300)}`]);
  });

  it('tokens lie in the message, one behind the other', () => {
    for (const message of ['=<>()[]{}', '\u0000\u0001é\ud800x', '+++', '..//::@@', `${'(='.repeat(3000)}`]) {
      const tokens = new Scanner().scan(message);
      let end = 0;
      for (let at = 0; at < tokens.count; at++) {
        expect(tokens.start(at)).toBeGreaterThanOrEqual(end);
        end = tokens.end(at);
        expect(end).toBeGreaterThanOrEqual(tokens.start(at));
      }
      expect(end).toBeLessThanOrEqual(message.length);
    }
  });
});

import { describe, expect, it } from 'vitest';
import {
  MASK_KINDS,
  type MaskKind,
  maskByShape,
  SHAPE_KINDS,
  ShapeMasker,
} from '../../../src/rule/suggest/mask-by-shape.js';
import { MAX_SCANNED } from '../../../src/rule/suggest/scan.js';
import { inventLog, STYLES } from './invented-logs.js';

const ALL = new Set(SHAPE_KINDS);

/** The message with each span replaced by its kind. */
function masked(message: string, kinds: ReadonlySet<MaskKind> = ALL): string {
  let text = '';
  let from = 0;
  for (const { start, end, kind } of maskByShape(message, kinds)) {
    text += `${message.slice(from, start)}<${kind}>`;
    from = end;
  }
  return text + message.slice(from);
}

describe('what is masked by its shape', () => {
  it.each<readonly [title: string, message: string, result: string]>([
    ['numbers', 'app: 7 of 0.25, -2 and 80%', 'app: <number> of <number>, <number> and <number>'],
    ['numbers with units', 'app: 12ms, 64 KB, <1 sec', 'app: <number>, <number>, <number>'],
    ['numbers after =', 'app: size=12 uid=0', 'app: size=<number> uid=<number>'],
    ['IPv4 and its port', 'app: from 192.0.2.7:80', 'app: from <address>:<number>'],
    ['IPv6', 'app: from 2001:db8::7', 'app: from <address>'],
    ['MAC', 'app: from 00:16:3e:0a:ad:e1', 'app: from <address>'],
    ['hosts', 'app: from db1.example.org and www.example.com', 'app: from <host> and <host>'],
    ['mail addresses', 'app: to=<ann@example.org>', 'app: to=<<mail>>'],
    ['hexadecimal', 'app: at 0x1F, 3fa9c1, ffffffff', 'app: at <hex>, <hex>, <hex>'],
    ['ids', 'app: j7x9k2 jABKpNk1026343 done', 'app: <id> <id> done'],
    ['what stands behind a word', 'app: session-12 blk_-4411 web12', 'app: session-<id> blk_<id> web<id>'],
    ['base64', 'app: SHA256:lzSNqiwMudx/PwJUaPJukIQDn3P+tZTr', 'app: SHA256:<id>'],
    ['UUIDs', 'app: 0673dd71-34c5-4fbb-86c4-40623fbe45b4', 'app: <uuid>'],
    ['times', 'app: at 07:05:59, 2026-11-29T07:05:59Z', 'app: at <time>, <time>'],
    ['dates in words', 'app: since Fri Jun 17 07:07:00 2005', 'app: since <time>'],
    ['paths with numbers', 'app: cannot read /srv/a1/b', 'app: cannot read <path>'],
    ['URLs', 'app: GET http://www.example.org/a?b=c', 'app: GET <url>'],
    ['what is glued to brackets', 'app[12]: (uid=0)', 'app[<number>]: (uid=<number>)'],
    ['Japanese numbers', 'app: ユーザー12が失敗', 'app: ユーザー<number>が失敗'],
  ])('%s', (_, message, result) => {
    expect(masked(message)).toBe(result);
  });
});

describe('users, when they are asked for', () => {
  it.each<readonly [title: string, message: string, result: string]>([
    ['after a key', 'app: user=ann ruser= x="y" acct="bob"', 'app: user=<user> ruser= x="y" acct="<user>"'],
    ['in angle brackets', 'app: user=<ann>, method=PLAIN', 'app: user=<<user>>, method=PLAIN'],
    ['after the word', 'sshd: Invalid user ann from 192.0.2.7', 'sshd: Invalid user <user> from <address>'],
    ['at the end', 'app: session closed for user ann', 'app: session closed for user <user>'],
    [
      'for whom',
      'sshd: Accepted password for ann from 192.0.2.7',
      'sshd: Accepted password for <user> from <address>',
    ],
    ['by whom', 'su: opened by ann(uid=0)', 'su: opened by <user>(uid=<number>)'],
    ['not what became of them', 'app: check pass; user unknown', 'app: check pass; user unknown'],
    ['not what is theirs', 'app: user session manager waits', 'app: user session manager waits'],
  ])('%s', (_, message, result) => {
    expect(masked(message, new Set(MASK_KINDS))).toBe(result);
  });
});

describe('what stays', () => {
  it.each<readonly [title: string, message: string]>([
    ['plain words', 'sshd: Failed password for root from nowhere'],
    ['words that hexadecimal could write', 'app: facade, decade, dead, beef'],
    ['paths without numbers', 'app: cannot read /etc/passwd'],
    ['files, classes and units', 'app: java.io.IOException in main.c of cron.service'],
    ['the number that belongs to a name', 'app: eth0 is up, ssh2, md5, sha256, x86_64, IPv6'],
    ['the program', 'php8.2-fpm: ready'],
    ['an empty value', 'app: user= rhost='],
    ['CamelCase', 'app: NSWorkspaceWillSleepNotification'],
    ['nothing', ''],
  ])('%s', (_, message) => {
    expect(masked(message)).toBe(message);
  });

  it('only the kinds that are asked for are masked', () => {
    expect(masked('app: 7 from 192.0.2.7', new Set(['address']))).toBe('app: 7 from <address>');
    expect(masked('app: 7 from 192.0.2.7', new Set())).toBe('app: 7 from 192.0.2.7');
  });
});

describe('for each message', () => {
  it('spans come one behind the other and are not empty', () => {
    const messages = [
      ...STYLES.flatMap((style) => inventLog(style, 100)).map(({ text }) => text),
      '='.repeat(5000),
      '1 '.repeat(5000),
      `${'a:1:'.repeat(3000)}`,
      '\u0000\ud800\uffff 12',
    ];
    const masker = new ShapeMasker(ALL);
    for (const message of messages) {
      let end = 0;
      for (let at = 0, count = masker.read(message); at < count; at++) {
        expect(masker.starts[at]).toBeGreaterThanOrEqual(end);
        expect(masker.ends[at]).toBeGreaterThan(masker.starts[at] as number);
        end = masker.ends[at] as number;
      }
      expect(end).toBeLessThanOrEqual(message.length);
    }
  });

  it('never takes a plain word', () => {
    for (const { text } of STYLES.flatMap((style) => inventLog(style, 200)))
      for (const { start, end } of maskByShape(text, ALL))
        expect(text.slice(start, end)).not.toMatch(/^[A-Za-z]{1,7}$/);
  });

  it('what is far behind in a long message stays', () => {
    const message = `app: ${'x '.repeat(MAX_SCANNED)}12`;
    expect(masked(message)).toBe(message);
  });

  it('messages that differ in values become the same', () => {
    const messages = new Set(STYLES.flatMap((style) => inventLog(style, 2000)).map(({ text }) => text));
    const results = new Set([...messages].map((message) => masked(message)));
    expect(messages.size).toBeGreaterThan(12_000);
    expect(results.size).toBeLessThan(1_500);
  });
});

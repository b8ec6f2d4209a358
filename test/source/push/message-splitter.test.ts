import { describe, expect, it } from 'vitest';
import { MessageSplitter } from '../../../src/source/push/message-splitter.js';
import { RelpSession } from '../../../src/source/push/relp-session.js';
import type { Sent } from '../../../src/source/push/sent.js';

/** The messages one by one. */
function messagesOf(sent: readonly Sent[]): string[] {
  return sent.flatMap(({ kind, text }) =>
    kind === 'lines' ? text.split('\n').filter((line) => line !== '') : [text],
  );
}

/** What comes of these bytes, in pieces of so many. */
function split(bytes: Buffer, size = bytes.length || 1) {
  const cut: number[] = [];
  const splitter = new MessageSplitter((length) => void cut.push(length));
  const messages: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const taken = splitter.push(bytes.subarray(at, at + size));
    messages.push(...messagesOf(taken.sent));
    if (taken.fault !== null) return { messages, fault: taken.fault, cut, held: splitter.held };
  }
  messages.push(...messagesOf(splitter.end()));
  return { messages, fault: null, cut, held: splitter.held };
}

describe('what a connection of RFC 6587 brings becomes messages, however it is cut into pieces', () => {
  it.each<[string, string, string[]]>([
    ['lines', '<13>one\n<13>two\n', ['<13>one', '<13>two']],
    ['lines that end with CR and LF', '<13>one\r\n<13>two\r\n', ['<13>one', '<13>two']],
    ['messages that end with NUL', '<13>one\0<13>two\0', ['<13>one', '<13>two']],
    ['the last line without an end', '<13>one\n<13>two', ['<13>one', '<13>two']],
    ['lengths in front', '7 <13>one7 <13>two', ['<13>one', '<13>two']],
    ['lengths that count an end', '8 <13>one\n9 <13>two\r\n', ['<13>one', '<13>two']],
    [
      'both, in turn',
      '<13>one\n7 <13>two<13>three\n8 <13>four',
      ['<13>one', '<13>two', '<13>three', '<13>four'],
    ],
    ['newlines within a length', '11 <13>one\ntwo<13>x\n', ['<13>one\ntwo', '<13>x']],
    ['a number that is no length: monkeys', '12 monkeys jump\n<13>x\n', ['12 monkeys jump', '<13>x']],
    [
      'a time in front',
      '2026-11-02T10:00:00Z web1 su: x\n7 <13>two',
      ['2026-11-02T10:00:00Z web1 su: x', '<13>two'],
    ],
    [
      'lengths in front of stamps',
      '17 Oct 11 22:14:15 a25 2026-11-02T10:00:00Z a: bc<13>x\n',
      ['Oct 11 22:14:15 a', '2026-11-02T10:00:00Z a: b', 'c<13>x'],
    ],
    ['a day in front of a month', '12 Nov 2026 10:00:00 x\n<13>x\n', ['12 Nov 2026 10:00:00 x', '<13>x']],
    ['Monkeys', '12 Monkeys jump\n<13>x\n', ['12 Monkeys jump', '<13>x']],
    ['a number alone', '12\n<13>x\n', ['12', '<13>x']],
    ['a number at the end', '<13>x\n12', ['<13>x', '12']],
    ['a length at the end, and its first byte', '<13>x\n12 <', ['<13>x', '<']],
    ['a length of 0', '0 <13>one\n', ['<13>one']],
    ['a length that is too short: the rest is a line', '4 <13>one\n7 <13>two', ['<13>', 'one', '<13>two']],
    [
      'a length that is too long takes the next with it',
      '15 <13>one\n<13>two\n<13>x\n',
      ['<13>one\n<13>two', '<13>x'],
    ],
    ['a message that ends too early', '99 <13>one', ['<13>one']],
    ['nothing but ends', '\n\r\n\0\n', []],
    ['UTF-8 by bytes', '10 <13>便り<13>x\n', ['<13>便り', '<13>x']],
  ])('%s', (_name, sent, messages) => {
    const bytes = Buffer.from(sent);
    for (const size of [bytes.length, 1, 2, 3, 5])
      expect(split(bytes, size)).toEqual({ messages, fault: null, cut: [], held: 0 });
  });

  it.each([['2147483648 <13>x'], ['4294967297 <13>x'], ['9999999999 <13>x'], ['8388609 <13>x']])(
    'a length that nobody means ends the reading: %s',
    (sent) => {
      const { fault, messages, held } = split(Buffer.from(`<13>a\n${sent}`), 3);
      expect(fault).toMatch(/^it announced a message of \d+ bytes$/);
      expect(messages).toEqual(['<13>a']);
      expect(held).toBeLessThan(20);
    },
  );

  it('a number of many digits is a line, and does not wait for more of them', () => {
    const splitter = new MessageSplitter(() => {});
    expect(splitter.push(Buffer.from('1'.repeat(500))).sent).toEqual([]);
    expect(messagesOf(splitter.push(Buffer.from(' <13>x\n')).sent)).toEqual([`${'1'.repeat(500)} <13>x`]);
  });

  it('a long message is cut, told, and keeps no more than a line may; what follows is read', () => {
    const long = `<13>${'x'.repeat(600_000)}`;
    const { messages, cut } = split(Buffer.from(`${long.length} ${long}7 <13>two`), 65_536);
    expect(cut).toEqual([600_004]);
    expect(messages).toEqual([`${long.slice(0, 262_144)} [cut: 600004 bytes]`, '<13>two']);
  });
});

describe('RELP', () => {
  const OPEN = '1 open 30 relp_version=0\ncommands=syslog\n';

  /** The turns of a session, as one, of bytes in pieces of so many. */
  function converse(sent: string | Buffer, size: number) {
    const bytes = Buffer.from(sent);
    const session = new RelpSession();
    const all = { messages: [] as string[], answer: '', answered: 0, state: 'open' as unknown };
    for (let at = 0; at < bytes.length && all.state === 'open'; at += size) {
      const turn = session.push(bytes.subarray(at, at + size));
      all.messages.push(...turn.messages);
      all.answer += turn.answer;
      all.answered += turn.answered;
      all.state = turn.state;
    }
    return all;
  }

  const OPENED = '1 rsp 64 200 OK\nrelp_version=0\nrelp_software=tayori\ncommands=syslog\n'.replace(
    '64',
    String('200 OK\nrelp_version=0\nrelp_software=tayori\ncommands=syslog'.length),
  );

  it.each<[string, string, { messages?: string[]; answer?: string; state?: unknown }]>([
    ['opens', OPEN, { answer: OPENED }],
    ['opens with number 0', OPEN.replace('1', '0'), { answer: OPENED.replace('1', '0') }],
    [
      'answers each message, in order',
      `${OPEN}2 syslog 7 <13>one\n3 syslog 7 <13>two\n`,
      { messages: ['<13>one', '<13>two'], answer: `${OPENED}2 rsp 6 200 OK\n3 rsp 6 200 OK\n` },
    ],
    [
      'takes newlines in a message',
      `${OPEN}2 syslog 8 a\nb\nc\n\0\n\n`,
      { messages: ['a\nb\nc'], answer: `${OPENED}2 rsp 6 200 OK\n` },
    ],
    [
      'answers an empty message',
      `${OPEN}2 syslog 0\n3 syslog 0 \n`,
      { answer: `${OPENED}2 rsp 6 200 OK\n3 rsp 6 200 OK\n` },
    ],
    [
      'says goodbye',
      `${OPEN}2 close 0\n`,
      { answer: `${OPENED}2 rsp 0\n0 serverclose 0\n`, state: 'closed' },
    ],
    [
      'knows no other command',
      `${OPEN}2 reboot 0\n`,
      { answer: `${OPENED}2 rsp 29 500 this command is not known\n` },
    ],
    [
      'a number that was skipped ends it without an answer',
      `${OPEN}3 syslog 1 x\n`,
      { answer: OPENED, state: { fault: 'message 3 came where 2 was due' } },
    ],
    [
      'a number that was repeated, too',
      `${OPEN}2 syslog 1 x\n2 syslog 1 x\n`,
      {
        messages: ['x'],
        answer: `${OPENED}2 rsp 6 200 OK\n`,
        state: { fault: 'message 2 came where 3 was due' },
      },
    ],
    [
      'a message before it was opened',
      '1 syslog 1 x\n',
      { state: { fault: 'it did not begin with "open"' } },
    ],
    ['what is no RELP', 'GET / HTTP/1.1\r\n', { state: { fault: 'what it sent is not RELP' } }],
    [
      'a length of 2^31',
      `${OPEN}2 syslog 2147483648 x`,
      { answer: OPENED, state: { fault: 'what it sent is not RELP' } },
    ],
    [
      'a length of 999999999',
      `${OPEN}2 syslog 999999999 x`,
      { answer: OPENED, state: { fault: 'it announced a message of 999999999 bytes' } },
    ],
    [
      'a length that is too short',
      `${OPEN}2 syslog 3 <13>one\n`,
      { answer: OPENED, state: { fault: 'a frame was longer than it said' } },
    ],
    ['a message that ends too early', `${OPEN}2 syslog 9 <13>one\n`, { answer: OPENED }],
  ])('%s', (_name, sent, { messages = [], answer = '', state = 'open' }) => {
    for (const size of [sent.length, 1, 2, 7]) {
      const { answered: _, ...turn } = converse(sent, size);
      expect(turn).toEqual({ messages, answer, state });
    }
  });

  it('a message that is longer than a line may be becomes several lines, of which none cuts a character', () => {
    const long = '便'.repeat(200_000);
    const turn = converse(`${OPEN}2 syslog ${Buffer.byteLength(long)} ${long}\n`, 65_536);
    const [message = ''] = turn.messages;
    const lines = message.split('\n');
    expect(lines.join('')).toBe(long);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(262_144);
    expect(turn.answered).toBe(1);
  });
});

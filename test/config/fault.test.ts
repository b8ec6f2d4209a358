import { expect, it } from 'vitest';
import { quote } from '../../src/base/text/quote.js';
import { type Fault, renderFault } from '../../src/config/read/fault.js';
import { read } from './read.js';

const FAULT: Fault = {
  severity: 'error',
  code: 'bad-value',
  place: { file: '/etc/tenshi/tenshi.conf', line: 12, column: 5 },
  seen: 'what was seen',
  instead: 'what to write',
};

it.each<[string, Fault, string]>([
  ['an error', FAULT, '/etc/tenshi/tenshi.conf:12:5: error: what was seen; what to write'],
  [
    'a warning',
    { ...FAULT, severity: 'warning' },
    '/etc/tenshi/tenshi.conf:12:5: warning: what was seen; what to write',
  ],
  [
    'a notice',
    { ...FAULT, severity: 'notice' },
    '/etc/tenshi/tenshi.conf:12:5: notice: what was seen; what to write',
  ],
  [
    'control characters',
    { ...FAULT, seen: 'a\x1b[31m\tb\nc\x9b\u202e便り' },
    '/etc/tenshi/tenshi.conf:12:5: error: a\\x1b[31m\\tb\\x0ac\\x9b\\u202e便り; what to write',
  ],
  [
    'control characters in the name of a file',
    { ...FAULT, place: { file: 'a\nb', line: 1, column: 1 } },
    'a\\x0ab:1:1: error: what was seen; what to write',
  ],
])('%s is one line', (_, fault, expected) => {
  expect(renderFault(fault)).toBe(expected);
});

it('what is quoted is cut where it is long', () => {
  expect(quote('x'.repeat(80))).toBe(`"${'x'.repeat(80)}"`);
  expect(quote('x'.repeat(81))).toBe(`"${'x'.repeat(80)}..."`);
});

it('all faults of a config, as people see them', () => {
  const { told, ok } = read(
    [
      'set logfile /var/log/x',
      'set quueue a from@x to@x [now]',
      'set queue b from@x to@x [60 * * * *]',
      'set queue c from@x to@x [0 9 * * *]',
      'set sleep 90',
      'set hidepid maybe',
      'd ^x',
      '  c ^便(りx',
      'group_end',
      'trash',
      'set sort_order up',
      'include nowhere.conf',
      'c,b:no ^y',
      'set mailserver smtp://me:secret@mail:x',
    ].join('\n'),
  );
  expect(ok).toBe(false);
  expect(told).toEqual([
    'tenshi.conf:2:5: error: unknown directive "set quueue"; did you mean set queue?',
    'tenshi.conf:3:26: error: "60" as minute; write a number from 0 to 59',
    'tenshi.conf:5:11: error: "90"; write a number from 0 to 60',
    'tenshi.conf:6:13: error: "maybe"; write on or off',
    'tenshi.conf:7:1: error: unknown queue "d"; define it above, or use one of c',
    'tenshi.conf:8:7: error: a "(" that is never closed; close it with ), or write \\( for a parenthesis',
    'tenshi.conf:9:1: error: "group_end" without its group; remove it, or open a group above',
    'tenshi.conf:10:1: error: nothing after "trash"; write QUEUE REGEX, or set NAME VALUE',
    'tenshi.conf:11:16: error: "up"; write ascending or descending',
    'tenshi.conf:12:9: error: cannot read "nowhere.conf" (it does not exist); name a file that can be read',
    'tenshi.conf:13:3: error: "no" as a number; write a number of at least 1',
    'tenshi.conf:14:38: error: "x" after the host; write HOST, HOST:PORT, smtp://HOST, smtps://HOST, sendmail:/PATH or maildir:/PATH',
  ]);
});

it('columns count characters, also beyond U+FFFF', () => {
  expect(read('set queue a f@x t@x [now]\na 𝒳𝒴(z\n').told.at(-1)).toMatch(/^tenshi\.conf:2:5: error/);
  expect(read('set queue a f@x t@x [now]\na,𝒳𝒴,b z\n').told.slice(-2)).toEqual([
    expect.stringMatching(/^tenshi\.conf:2:3: error: unknown queue "𝒳𝒴"/),
    expect.stringMatching(/^tenshi\.conf:2:6: error: unknown queue "b"/),
  ]);
});

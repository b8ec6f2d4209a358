import fc from 'fast-check';

/** What somebody writes who wants to be more than text: in a header, on a terminal, in HTML, in a mail, in a log. */
const spells = [
  '\r\nBcc: evil@example.org\r\n\r\n',
  '\n.\n',
  '\r\n.\r\n',
  '\0',
  '\x1b]0;owned\x07',
  '\x1b[2J',
  '\x9b31m',
  '\u202e',
  '\u2028',
  '\ud800',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="x',
  '&#60;b&#62;',
  '{{this}}{{{constructor}}}',
  '-->',
  '=?utf-8?Q?=0D=0ABcc:x?=',
  '=0D=0A',
  '--boundary--',
  'Nov 20 10:00:00 web1 ',
  '2026-11-20T12:30:00.123456+09:00 web1 ',
  '<34>1 2026-11-20T12:30:00Z web1 app 7 - [a b="c]"] ',
  '__proto__',
  'constructor',
] as const;

/** Text that wants to act, between text that does not. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...spells), fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 5 })
  .map((parts) => parts.join(''));

/** Bytes of a log: lines with and without a prefix, text that wants to act, and bytes that are no text. */
export const hostileLog: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      hostileText.map((text) => Buffer.from(text)),
      hostileText.map((text) => Buffer.from(`Nov 20 10:00:00 web1 ${text}`)),
      hostileText.map((text) => Buffer.from(`Nov 20 10:00:00 ${text} text`)),
    ),
    { maxLength: 12 },
  )
  .map((lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));

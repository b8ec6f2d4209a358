import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControl } from '../../src/base/text/escape.js';
import type { Letter } from '../../src/letter/letter.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderJson } from '../../src/letter/render/render-json.js';
import { renderPager } from '../../src/letter/render/render-pager.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { aHost, aLetter } from './a-letter.js';

describe("Tenshi's text layout", () => {
  it.each<[string, Partial<Letter>, string[]]>([
    [
      'begins with an empty line',
      {},
      [
        '',
        'web1: ',
        '    2: sshd: Accepted ______ for ______',
        '    1: cron: x',
        '',
        'web2: ',
        '    1: cron: x',
        '',
      ],
    ],
    [
      'begins with the status of a signal',
      { status: 'terminating', hosts: [aHost('web1', [[1, 'x']])] },
      ['*** Status: terminating ***', '', 'web1: ', '    1: x', ''],
    ],
    [
      'names a host that was resolved',
      { hosts: [aHost('127.0.0.1', [[1, 'x']], { name: 'localhost' })] },
      ['', '127.0.0.1 (localhost): ', '    1: x', ''],
    ],
    [
      'tells what a limit left out',
      {
        limit: 1,
        hosts: [aHost('web1', [[3, 'x']], { more: { messages: 12, lines: 340 } }), aHost('web2', [[1, 'y']])],
      },
      [
        '',
        'web1: ',
        '    3: x',
        '',
        '  *** Too many alerts (limit: 1)  ***',
        '  *** 12 more messages (340 lines) left out ***',
        '',
        'web2: ',
        '    1: y',
        '',
      ],
    ],
    [
      'names no limit that was not the reason',
      { limit: 500, hosts: [aHost('web1', [[3, 'x']], { more: { messages: 1, lines: 1 } })] },
      [
        '',
        'web1: ',
        '    3: x',
        '',
        '  *** Too many alerts  ***',
        '  *** 1 more message (1 line) left out ***',
        '',
      ],
    ],
    [
      'says nothing at exactly the limit',
      { limit: 1, hosts: [aHost('web1', [[3, 'x']])] },
      ['', 'web1: ', '    3: x', ''],
    ],
    [
      'ends with the notes',
      { hosts: [aHost('web1', [[1, 'x']])], notes: ['3 lines had no known prefix', 'and so on'] },
      ['', 'web1: ', '    1: x', '', '  *** 3 lines had no known prefix ***', '  *** and so on ***', ''],
    ],
    [
      'makes control characters visible and keeps tabs',
      { hosts: [aHost('h\n', [[1, 'a\x1b[31m\tb\nc\u202e']])] },
      ['', 'h\\x0a: ', '    1: a\\x1b[31m\tb\\x0ac\\u202e', ''],
    ],
    [
      'counts in an empty message of an empty host',
      { hosts: [aHost('', [[7, '']])] },
      ['', ': ', '    7: ', ''],
    ],
  ])('%s', (_name, changes, lines) => {
    expect(renderText(aLetter(changes))).toBe(lines.join('\n'));
  });
});

describe('the pager form', () => {
  it('is host,COUNT,message a line and nothing else', () => {
    const letter = aLetter({ form: 'pager', status: 'flushing', notes: ['not for pagers'], limit: 1 });
    expect(renderPager(letter)).toBe(
      'web1,2,sshd: Accepted ______ for ______\nweb1,1,cron: x\nweb2,1,cron: x\n',
    );
  });

  it('gives each message one line, whatever is in it', () => {
    expect(renderPager(aLetter({ hosts: [aHost('h', [[1, 'a\r\nb,c']])] }))).toBe('h,1,a\\x0d\\x0ab,c\n');
  });
});

describe('JSON', () => {
  it('is the letter with times in ISO 8601 or null', () => {
    const messages = [
      { count: 2, message: 'x', first: Date.UTC(2026, 10, 20, 1, 2, 3, 4), last: Date.UTC(2026, 10, 21) },
      { count: 1, message: 'y\n', first: null, last: null },
    ];
    expect(renderJson(aLetter({ hosts: [{ host: 'h', name: 'n', messages, more: null }] }))).toEqual({
      queue: 'a',
      subject: 'tenshi report [a]',
      from: 'tenshi@example.org',
      to: ['one@example.org', 'two@example.org'],
      status: null,
      limit: null,
      notes: [],
      hosts: [
        {
          host: 'h',
          name: 'n',
          more: null,
          messages: [
            { count: 2, message: 'x', first: '2026-11-20T01:02:03.004Z', last: '2026-11-21T00:00:00.000Z' },
            { count: 1, message: 'y\n', first: null, last: null },
          ],
        },
      ],
    });
  });
});

describe('HTML', () => {
  it('asks phones to make no links of counts and dates', async () => {
    const meta = /<meta name="format-detection" content="([^"]*)">/.exec(await renderHtml(aLetter()))?.[1];
    for (const kind of ['telephone', 'date', 'address', 'email', 'url']) expect(meta).toContain(`${kind}=no`);
  });

  it('shows subject, status, hosts, counts, messages, what was left out, and notes', async () => {
    const html = await renderHtml(
      aLetter({
        status: 'reloading',
        notes: ['a note'],
        hosts: [aHost('web1', [[12, 'x  y']], { name: 'web.example', more: { messages: 2, lines: 3 } })],
      }),
    );
    for (const part of [
      '<title>tenshi report [a]</title>',
      'Status: reloading',
      '>web1 (web.example)</h2>',
      '<td>12</td>',
      '>x  y</td>',
      '2 more messages (3 lines) left out',
      '>a note</p>',
      '<th scope="col"',
    ])
      expect(html).toContain(part);
  });

  it('escapes foreign text everywhere', async () => {
    const evil = `<script>"'&{{title}}`;
    const html = await renderHtml(
      aLetter({
        subject: evil,
        queue: evil,
        status: evil,
        notes: [evil],
        hosts: [aHost(evil, [[1, evil]], { name: evil })],
      }),
    );
    expect(html).not.toContain('<script');
    expect(html.split('&lt;script&gt;&quot;&#x27;&amp;{{title}}').length - 1).toBeGreaterThanOrEqual(8);
  });

  it('loads nothing from anywhere', async () => {
    const html = await renderHtml(aLetter({ hosts: [aHost('h', [[1, 'http://evil.example/x.png']])] }));
    expect(html).not.toMatch(
      /<(?:img|link|script|iframe|object|a)\b|\b(?:src|href|background)=|url\(|@import/i,
    );
  });

  it('has no tags and no acting characters but its own, whatever the log says', async () => {
    const bare = tags(await renderHtml(aLetter({ hosts: [aHost('h', [[1, 'm']])], notes: ['n'] })));
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (host, message, note) => {
        const html = await renderHtml(aLetter({ hosts: [aHost(host, [[1, message]])], notes: [note] }));
        expect(tags(html).map(tagName)).toEqual(bare.map(tagName));
        expect(escapeControl(html.replaceAll('\n', ''))).toBe(html.replaceAll('\n', ''));
      }),
    );
  });
});

function tags(html: string): string[] {
  return html.match(/<[^>]*>/g) ?? [];
}

function tagName(tag: string): string {
  return /^<\/?[!\w]*/.exec(tag)?.[0] ?? '';
}

const EMOJI = String.raw`\p{RGI_Emoji}`;
const RGI_EMOJI = new RegExp(EMOJI, 'gv');

describe('visible', () => {
  it.each<[string, string, string]>([
    ['plain text', 'a b', 'a b'],
    ['a tab', 'a\tb', 'a\tb'],
    ['Japanese and emoji', '便り 👍', '便り 👍'],
    ['an escape', '\x1b[2J', '\\x1b[2J'],
    ['NUL, newline, DEL', '\0\n\x7f', '\\x00\\x0a\\x7f'],
    ['C1 controls', '\x9b31m', '\\x9b31m'],
    ['bidirectional overrides', '\u202eabc\u2066', '\\u202eabc\\u2066'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['zero-width blanks and joiners', 'a\u200bb\u200cc\u200dd\u2060', 'a\\u200bb\\u200cc\\u200dd\\u2060'],
    ['soft hyphens and fillers', '\u00ad\u034f\u3164\uffa0', '\\xad\\u034f\\u3164\\uffa0'],
    ['tags and other selectors', 'a\u{e0041}\ufe0f\u{e0100}', 'a\\u{e0041}\\ufe0f\\u{e0100}'],
    ['marks of annotations', '\ufff9a\ufffb', '\\ufff9a\\ufffb'],
    ['format characters that are seen', '\u0600\u06dd', '\u0600\u06dd'],
    ['a selector behind a digit, where it hides', '2\ufe0f2', '2\\ufe0f2'],
    ['emoji made of several', '⚠️ 👩‍🚒 2️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿', '⚠️ 👩‍🚒 2️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a joiner between emoji that make no picture', '👍\u200d👍', '👍\\u200d👍'],
    ['one selector more than an emoji has', '⚠️\ufe0f', '⚠️\\ufe0f'],
    [
      'ideographic, no-break and narrow blanks, which are seen',
      'a\u3000b\u00a0c\u202fd',
      'a\u3000b\u00a0c\u202fd',
    ],
  ])('%s', (_name, text, shown) => {
    expect(escapeControl(text)).toBe(shown);
  });

  it('leaves nothing that acts, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = escapeControl(text);
        expect(shown).not.toMatch(/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
        expect(shown).not.toMatch(/\p{Surrogate}/u);
        expect(shown.replace(RGI_EMOJI, '')).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
        expect(escapeControl(shown)).toBe(shown);
      }),
    );
  });
});

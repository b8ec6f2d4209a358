import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embeddedTemplate } from '../../src/base/package.js';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import type { Letter } from '../../src/letter/letter.js';
import { cutText, MAX_POST_TEXT } from '../../src/letter/post/cut-text.js';
import { makePost, renderPost } from '../../src/letter/post/make-post.js';
import { TemplateFault } from '../../src/letter/render/template.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { aLetter } from './a-letter.js';

const OPTIONS = { body: null, messageId: '<1.2@loghost>' };

/** Text that ends strings, speaks JSON, HTML and Slack, and acts on terminals. */
const HOSTILE =
  'a"b\\ }], {"x": 1} </pre><script>x</script> <!channel> <https://x.org|y> ``` {{y}} \x1b[2J \u202e \u2028 \ud800 $& \'';

function hostile(changes: Partial<Letter> = {}): Letter {
  const messages = [{ count: 2, message: HOSTILE, first: 0, last: 1000 }];
  return aLetter({
    ...{ subject: HOSTILE, queue: 'q', origin: HOSTILE, notes: [HOSTILE], parts: null, form: 'plain' },
    hosts: [{ host: HOSTILE, name: null, messages, more: null }],
    ...changes,
  });
}

function template(source: string): string {
  const file = join(temporaryFolder(), 'post.hbs');
  writeFileSync(file, source);
  return file;
}

it('a post of a fleet names no host: alerts of Alertmanager would be others with each editor', async () => {
  const source = '{ "username": "tayori on {{origin}}" }';
  const shown = async (changes: Partial<Letter>): Promise<string> =>
    (await makePost(aLetter(changes), { ...OPTIONS, template: template(source) })).body;
  expect(await shown({ origin: 'a', fleet: '' })).toBe('{ "username": "tayori on fleet" }');
  expect(await shown({ origin: 'a' })).toBe('{ "username": "tayori on a" }');
});

describe('a post of text', () => {
  it('has the subject as its title, in one line, and the text of the letter', async () => {
    const post = await makePost(sampleLetter(), { ...OPTIONS, template: null });
    expect(post).toMatchObject({ type: 'text/plain; charset=utf-8', title: 'Report [report]' });
    expect(post.body).toMatch(/^2 new, 1 louder, 1 back, 1 gone/);
    const { title } = await makePost(hostile({ subject: 'a\r\nX-Evil: 1\0' }), {
      ...OPTIONS,
      template: null,
    });
    expect(title).toBe('a X-Evil: 1  [q]');
  });

  it('that is too long for ntfy is cut at a line, and says where the rest is', async () => {
    const messages = Array.from({ length: 500 }, (_, at) => ({
      count: 1,
      message: `ünïcode ${at}`,
      first: 0,
      last: 0,
    }));
    const letter = aLetter({
      to: ['https://x.org/y'],
      hosts: [{ host: 'h', name: null, messages, more: null }],
    });
    const { body } = await makePost(letter, { ...OPTIONS, template: null });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_POST_TEXT);
    expect(body.split('\n').at(-2)).toMatch(/^ {4}1: ünïcode \d+$/);
    expect(body.split('\n').at(-1)).toBe('… the whole letter is in the list of "tayori letters"');
  });

  it.each([['𝔸'.repeat(50)], ['é'.repeat(99)], ['x'.repeat(200)]])(
    'is cut between characters: %s',
    (text) => {
      const cut = cutText(text, 'rest', 60);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(60);
      expect(cut).toMatch(/^(?:𝔸+|é+|x+)\nrest$/u);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(50);
    },
  );

  it('is what a filter made of it', async () => {
    const post = await makePost(sampleLetter(), { ...OPTIONS, template: null, body: '\nfiltered\n' });
    expect(post.body).toBe('filtered');
  });
});

describe('a template that ships', () => {
  const NAMES = ['slack', 'matrix', 'alertmanager'];
  const rendered = async (name: string, letter: Letter): Promise<unknown> =>
    JSON.parse(await renderPost(embeddedTemplate(`${name}.json.hbs`), letter, OPTIONS));

  it.each(NAMES)('%s makes JSON of every letter', async (name) => {
    for (const letter of [
      sampleLetter(),
      sampleLetter({ parts: null, hosts: [], notes: [] }),
      hostile(),
      hostile({ form: 'pager' }),
    ])
      await rendered(name, letter);
  });

  it('slack has the subject and the text, in which no mention and no link acts', async () => {
    const json = (await rendered('slack', hostile())) as { text: string };
    expect(Object.keys(json)).toEqual(['text']);
    expect(json.text).not.toMatch(/<|>/);
    expect(json.text.match(/```/g)).toHaveLength(2);
    expect(json.text).toContain('&lt;!channel&gt;');
    expect(json.text).toContain('\\x1b[2J \\u202e');
    const plain = (await rendered('slack', aLetter({ subject: 'S' }))) as {
      text: string;
    };
    expect(plain.text).toMatch(/^\*S \[.*]\*\n```[\s\S]+```$/);
  });

  it('matrix has text and HTML, in which no log text acts', async () => {
    const json = (await rendered('matrix', hostile())) as { text: string; html: string };
    expect(Object.keys(json)).toEqual(['username', 'text', 'html']);
    expect(json.html.match(/<\/?\w+>/g)).toEqual(['<b>', '</b>', '<pre>', '</pre>']);
    expect(json.text).toContain('a"b\\ }], {"x": 1}');
  });

  it('alertmanager has an alert for each message', async () => {
    const json = (await rendered('alertmanager', sampleLetter())) as { labels: object; startsAt: string }[];
    expect(json.map(({ labels }) => Object.keys(labels))[0]).toEqual([
      ...['alertname', 'queue', 'kind', 'host', 'message', 'origin'],
    ]);
    expect(json[0]).toMatchObject({
      labels: {
        alertname: 'tayori',
        queue: 'report',
        host: 'db1',
        message: expect.stringContaining('ata3.00'),
      },
      annotations: { summary: 'Report [report]' },
      startsAt: '2026-11-21T03:04:00.000Z',
    });
    const [evil] = (await rendered('alertmanager', hostile())) as { labels: Record<string, string> }[];
    expect(evil?.labels.message).toContain('a"b\\ }], {"x": 1}');
  });
});

describe('a template of JSON', () => {
  it('is given all that the manual names', async () => {
    const file = template(
      '{"a": "{{id}} {{queue}} {{subject}} {{kind}} {{origin}} {{time}} {{status}} {{verdict}} {{count}} {{more}}", "t": {{json text}},' +
        ' "m": [{{#each messages}}{"c": {{json count}}, "m": "{{host}} {{message}} {{first}} {{last}}"}{{#unless @last}},{{/unless}}{{/each}}],' +
        ' "n": {{json notes}} }',
    );
    const json = JSON.parse(await renderPost(file, sampleLetter(), OPTIONS)) as Record<string, unknown>;
    expect(json.a).toContain(
      '1.2@loghost report Report [report] report logs.example.org 2026-11-21T12:00:00.000Z  2 new',
    );
    expect(json.m).toHaveLength(9);
    expect(json.n).toEqual(sampleLetter().notes);
  });

  it.each([
    ['text outside of quotation marks', '{"a": {{queue}} }', '1:1: it makes no JSON: '],
    ['an unknown name', '{\n "a": "{{quoue}}"}', '2:10: "quoue" not defined here'],
    ['an unknown helper', '{"a": "{{slak text}}"}', '1:10: "slak" not defined here'],
    [
      'three braces',
      '{"a": "{{{text}}}"}',
      '1:8: {{{...}}} and {{&...}} let log text act where it is shown; write {{...}}',
    ],
    ['a block that is not closed', '{{#if text}}', '1:1: Parse error on line 1: '],
    [
      'too much',
      '{"a": "{{#each messages}}{{#each ../messages}}{{@root.text}}{{/each}}{{/each}}"}',
      '1:1: it makes ',
    ],
  ])('with a fault is refused: %s', async (_, source, told) => {
    const fault = await renderPost(template(source), sampleLetter(), OPTIONS).catch(
      (error: unknown) => error,
    );
    if (!(fault instanceof TemplateFault)) throw fault;
    expect(`${fault.line}:${fault.column}: ${fault.message}`).toContain(told);
  });

  it('with a fault goes as {"text": ...}, which says so', async () => {
    const file = template('{"a": {{queue}} }');
    const { type, body } = await makePost(hostile(), { ...OPTIONS, template: file });
    expect(type).toBe('application/json');
    const { text } = JSON.parse(body) as { text: string };
    expect(text).toContain(`*** the template ${file} has a fault (1:1: it makes no JSON: `);
  });

  it('lets no log text out of its string, whatever it is', async () => {
    const file = template('{"a": "{{#each messages}}{{message}}{{/each}}"}');
    for (const message of [HOSTILE, '"', '\\', '\\"', '\u0000', '"}', '\n', '{{a}}', '\\u0022']) {
      const messages = [{ count: 1, message, first: 0, last: 0 }];
      const json: unknown = JSON.parse(
        await renderPost(
          file,
          aLetter({ hosts: [{ host: 'h', name: null, messages, more: null }] }),
          OPTIONS,
        ),
      );
      expect(Object.keys(json as object)).toEqual(['a']);
    }
  });
});

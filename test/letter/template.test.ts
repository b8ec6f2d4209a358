import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { renderHtml, renderWith } from '../../src/letter/render/render-html.js';
import { TemplateFault } from '../../src/letter/render/template.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { unfolded } from '../support/unfolded.js';
import { aHost, aLetter } from './a-letter.js';

function template(source: string): string {
  const file = join(temporaryFolder(), 'letter.hbs');
  writeFileSync(file, source);
  return file;
}

async function faultOf(file: string): Promise<string> {
  try {
    await renderWith(file, sampleLetter());
  } catch (error) {
    if (error instanceof TemplateFault) return `${error.line}:${error.column}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a template', () => {
  it('is given all that a letter has', async () => {
    const file = template(
      '{{language}}|{{queue}}|{{subject}}|{{title}}|{{status}}|{{verdict}}|{{#each more}}{{this}}{{/each}}{{size}}|{{axis}}|{{words.count}}|' +
        '{{#each parts}}{{kind}} {{title}} {{color}}:{{#each items}} {{count}} {{message}} {{details}} {{when}} {{bar}} {{values}}{{original}};{{/each}}\n{{/each}}' +
        '{{#each hosts}}{{title}}:{{#each messages}} {{count}} {{message}} {{when}} {{bar}} {{values}};{{/each}} {{more}}\n{{/each}}' +
        '{{#each notes}}{{this}}{{/each}}|{{proposals.title}}{{#each proposals.rules}} {{this}}{{/each}}',
    );
    const html = await renderWith(file, sampleLetter({ status: 'flushing' }));
    for (const said of [
      'en|report|Report|Report [report]|Status: flushing|2 new, 1 louder, 1 back, 1 gone; else as usual.|Nov 20',
      'of 5 hosts|A column of a bar is an hour; the first begins Nov 20 12:00.|Count|new NEW #b3261e: 3 kernel',
      'gone GONE #5f6368: 0 CRON: (root) CMD (/usr/local/bin/backup) db1, web2; last seen Nov 20 10:00; usually 24',
      'shared ON MANY HOSTS',
      'mail1: 418 postfix',
      '2 more messages (14 lines) left out\nns1 (ns1.example.org): 66',
      '2 lines had no known prefix',
      '|RULES FOR MOST OF THIS (&quot;tayori suggest&quot; shows more): # takes 40 lines',
      'misc ^backupd: wrote &lt;(\\d+)&gt; files$',
    ])
      expect(html).toContain(said);
  });

  it.each<[string, string, string | RegExp]>([
    ['none', '<p>{{verdict}}</p>', 'none'],
    ['a block that is not closed', 'a\n{{#if verdict}}\nb', /^3:1: Parse error on line 3: .* got 'EOF'$/],
    ['a block that is closed by another', '{{#if verdict}}\n{{/each}}', "1:4: if doesn't match each"],
    ['an unknown name', 'a\n  {{verdit}}', '2:5: "verdit" not defined here'],
    [
      'one of a row',
      '{{#each hosts}}\n{{#each messages}}{{text}}{{/each}}{{/each}}',
      /^2:\d+: "text" not defined/,
    ],
    ['an unknown list', 'a\n{{#each nosuch}}{{/each}}', '2:9: "nosuch" not defined here'],
    ['an unknown condition', '{{#if nosuch}}{{/if}}', '1:7: "nosuch" not defined here'],
    ['one behind else', '{{#if status}}{{else if nosuch}}{{/if}}', '1:25: "nosuch" not defined here'],
    ['one of unless', '{{#unless nosuch}}{{/unless}}', '1:11: "nosuch" not defined here'],
    ['one of with', '{{#with nosuch}}{{/with}}', '1:9: "nosuch" not defined here'],
    ['a block of its own', '{{#nosuch}}{{/nosuch}}', '1:4: "nosuch" not defined here'],
    [
      'one of a row in a block',
      '{{#each hosts}}{{#if nosuch}}{{/if}}{{/each}}',
      '1:22: "nosuch" not defined here',
    ],
    [
      'one of the whole letter in a row',
      '{{#each hosts}}{{#if @root.nosuch}}{{/if}}{{/each}}',
      /^1:\d+: "nosuch"/,
    ],
    ['one that is looked up', '{{lookup nosuch 0}}', '1:10: "nosuch" not defined here'],
    [
      'all that each has',
      '{{#each hosts as |h i|}}{{#if @first}}{{h.title}}{{i}}{{/if}}{{#if ../status}}{{/if}}{{/each}}{{#with words}}{{count}}{{/with}}{{#each notes}}{{#if this}}{{this}}{{/if}}{{/each}}',
      'none',
    ],
    ['an unknown helper', '{{upper verdict}}', /^1:\d+: "upper" not defined/],
    ['an unknown partial', '{{> head}}', '1:1: The partial head could not be found'],
    ['raw text', 'a\nb {{{verdict}}}', /^2:3: .* write \{\{\.\.\.}}$/],
    ['raw text, otherwise', '{{#if verdict}}{{&verdict}}{{/if}}', /^1:16: /],
    ['words for the terminal', '{{log verdict}}', /nowhere to write to/],
    ['an endless one', '{{#*inline "x"}}{{> x}}{{/inline}}{{> x}}', '1:1: Maximum call stack size exceeded'],
    ['a way out of its data', '{{verdict.constructor.name}}', /not defined|access/i],
  ])('has a fault: %s', async (_name, source, expected) => {
    const fault = await faultOf(template(source));
    if (typeof expected === 'string') expect(fault).toBe(expected);
    else expect(fault).toMatch(expected);
  });

  it('that is not there is a fault, too', async () => {
    expect(await faultOf('/nowhere/letter.hbs')).toMatch(/^1:1: cannot be read: ENOENT/);
  });

  it('is read anew when it has changed', async () => {
    const file = template('one');
    const letter = aLetter({ template: file });
    expect(await renderHtml(letter)).toBe('one');
    writeFileSync(file, 'two');
    expect(await renderHtml(letter)).toBe('two');
  });

  it('cannot be made to act by what is in the log', async () => {
    const evil = '<script>"\'&{{verdict}}{{{x}}}';
    const file = template(
      '{{#each hosts}}<b title="{{title}}">{{#each messages}}{{message}}{{/each}}</b>{{/each}}',
    );
    const html = await renderWith(file, aLetter({ hosts: [aHost(evil, [[1, evil]])] }));
    const shown = '&lt;script&gt;&quot;&#x27;&amp;{{verdict}}{{{x}}}';
    expect(html).toBe(`<b title="${shown}">${shown}</b>`);
  });
});

describe('the letter of a faulty template', () => {
  it.each([
    ['en', 'has a fault (1:6: "verdit" not defined here); this is the built-in form'],
    ['ja', 'に誤りがあるため (1:6: "verdit" not defined here)、組み込みの形でお届けします'],
  ] as const)('goes out in the built-in form and says so (%s)', async (language, note) => {
    const file = template('<p>{{verdit}}</p>');
    const letter = sampleLetter({ template: file, language });
    const { mime } = await sealLetter(letter, { id: 'x', version: '0', budget: 90_000 });
    const mail = await PostalMime.parse(mime);
    expect(mail.text).toContain(`${file}`);
    expect(unfolded(mail.text ?? '')).toContain(note);
    expect(mail.html).toContain(note.replaceAll('"', '&quot;'));
    expect(mail.html).toContain('<table');
  });

  it('says nothing when it has none', async () => {
    const letter = sampleLetter({ template: template('<p>{{verdict}}</p>') });
    const mail = await PostalMime.parse((await sealLetter(letter, { id: 'x', version: '0' })).mime);
    expect(mail.html?.trim()).toBe('<p>2 new, 1 louder, 1 back, 1 gone; else as usual.</p>');
    expect(mail.text).not.toContain('template');
  });
});

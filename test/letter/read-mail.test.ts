import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import type { Letter } from '../../src/letter/letter.js';
import { readMail } from '../../src/letter/mime/read-mail.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { renderBody } from '../../src/letter/render/render-body.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { aHost, aLetter } from './a-letter.js';

const SEAL = { id: '1', version: '0' };
const ended = (text: string): string => text.replace(/\n*$/, '');

it.each<[string, Letter]>([
  ['with every part', sampleLetter()],
  ['in Japanese', sampleLetter({ language: 'ja' })],
  ['plain', aLetter({ form: 'plain' })],
  ['for a pager', aLetter({ form: 'pager' })],
])('a letter %s is read as it was written', async (_name, letter) => {
  const { mime } = await sealLetter(letter, SEAL);
  const { text, html } = readMail(mime);
  expect(ended(text)).toBe(ended(renderBody(letter)));
  expect(html === null ? null : ended(html)).toBe(
    letter.form === 'full' ? ended(await renderHtml(letter)) : null,
  );
});

it('one with an attachment and one that a filter wrote', async () => {
  const hosts = [
    aHost(
      'h',
      Array.from({ length: 2000 }, (_, at) => [1, `message ${at}`] as const),
    ),
  ];
  const { mime } = await sealLetter(aLetter({ hosts }), { ...SEAL, budget: 20_000 });
  expect(mime.toString()).toContain('report.txt.gz');
  expect(readMail(mime).text).toContain('message 0');
  const filtered = await sealLetter(aLetter(), { ...SEAL, body: 'a\n=3D ü\n' });
  expect(readMail(filtered.mime)).toEqual({ text: 'a\n=3D ü\n', html: null });
});

it('foreign text in it reads as it was written', async () => {
  const text = fc.array(
    fc.oneof(fc.constantFrom('\r\n', '--', '=', '=3D', '\t ', '便り'), fc.string({ unit: 'binary' })),
  );
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      const letter = aLetter({ hosts: [aHost('h', [[1, parts.join('')]])] });
      const { mime } = await sealLetter(letter, SEAL);
      expect(ended(readMail(mime).text)).toBe(ended(renderBody(letter)));
    }),
    { numRuns: 100 },
  );
});

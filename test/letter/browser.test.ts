import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import type { Letter } from '../../src/letter/letter.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { findChromium, openChromium, type Page, type View } from '../support/chromium.js';
import { aHost } from './a-letter.js';
import { buildLetter } from './build-letter.js';

const program = findChromium();
if (program === null && !process.env.CI)
  console.warn('no Chromium here: what letters look like is not tested (apt-get install chromium)');

const WORD = 'Donaudampfschifffahrt'.repeat(200);

/** Words that no line can hold, wherever a letter shows foreign text. */
function hugeWords(): Letter {
  const letter = sampleLetter({ queue: WORD.slice(0, 300), status: WORD.slice(0, 300), notes: [WORD] });
  const proposals = { rules: [`# takes\nmisc ${WORD}`], lookedAt: 20_000 };
  const at = { first: letter.made - 9_000_000, last: letter.made };
  const masked = [
    { name: WORD, distinct: 2, about: false, atLeast: true, top: [{ value: WORD, count: 1_234_567 }] },
  ];
  const rows = ['new', 'louder', 'back', 'routine'].map((kind) => ({
    host: `${WORD.slice(0, 250)}-${kind}`,
    count: 1_234_567_890,
    message: WORD + kind,
    ...at,
    detail: { hours: [], masked },
    news: { kind, anywhere: false, last: 5, usual: 4 } as never,
  }));
  const frame = { ...letter, sortOrder: 'descending', before: { isFirst: false, period: null } } as const;
  const gone = [{ message: WORD, hosts: [WORD, WORD], usual: 1, last: 0 }];
  const built = buildLetter(rows, frame, gone);
  if (!built) throw new Error('no letter');
  return { ...built, proposals };
}

/** 32 columns, none of them empty: the widest bars there are. */
function widestBars(): Letter {
  const letter = sampleLetter();
  const first = letter.made / 3_600_000 - 31 * 24;
  const hours = Array.from({ length: 31 * 24 + 1 }, (_, at): [number, number] => [first + at, 5 + (at % 7)]);
  const message = { count: 5000, message: 'cron: x', first: first * 3_600_000, last: letter.made };
  const messages = [{ ...message, detail: { hours, masked: [] } }];
  return { ...letter, hosts: [{ host: 'web1', name: null, messages, more: null }] };
}

const routine = sampleLetter({ hosts: [aHost('web1', [[3, 'cron: x']])] });
const LETTERS: Record<string, () => Letter> = {
  'of routine': () => ({
    ...routine,
    parts: routine.parts && { ...routine.parts, news: [], gone: [], shared: [] },
  }),
  'with every part': () => sampleLetter(),
  'in Japanese': () => sampleLetter({ language: 'ja', subject: '本日の便り' }),
  'of huge words': hugeWords,
  'with the widest bars': widestBars,
};

const VIEWS = [320, 1200].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme): View => ({ width, height: 800, scheme })),
);

/** The elements that stick out of the window, and its width and the page's. */
const STICKING_OUT = `[
  document.documentElement.scrollWidth <= innerWidth ? [] : ['the page: ' + document.documentElement.scrollWidth],
  ...[...document.body.querySelectorAll('*')]
    .filter((e) => { const { left, right } = e.getBoundingClientRect(); return left < 0 || right > innerWidth + 0.5; })
    .map((e) => e.tagName + ': ' + e.textContent.slice(0, 40)),
].flat()`;

/** How light the letters are that stand on the page's own ground, 0 to 255. */
const LIGHTNESS = `Number(/\\d+/.exec(getComputedStyle(document.querySelector('p')).color)[0])`;

it('there is a Chromium where all tests must run', () => {
  expect(program !== null || !process.env.CI).toBe(true);
});

describe.skipIf(program === null)('a letter in a real browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tayori-letter-'));
  let page: Page;

  beforeAll(async () => {
    page = await openChromium(program ?? '');
  }, 60_000);
  afterAll(async () => {
    await page?.close();
    rmSync(folder, { recursive: true });
  });

  async function show(html: string, view: View): Promise<string[]> {
    const file = join(folder, 'letter.html');
    writeFileSync(file, html);
    return await page.open(pathToFileURL(file).href, view);
  }

  describe.each(Object.entries(LETTERS))('%s', (_name, letter) => {
    it.each(VIEWS)('fits into $width px, $scheme, and asks for nothing', async (view) => {
      const requests = await show(await renderHtml(letter()), view);
      expect(requests).toEqual([]);
      expect(await page.evaluate('innerWidth')).toBe(view.width);
      expect(await page.evaluate(STICKING_OUT)).toEqual([]);
      const lightness = await page.evaluate(LIGHTNESS);
      expect(view.scheme === 'dark' ? 255 - Number(lightness) : lightness).toBeLessThan(80);
    });

    it('fits into 320 px where the mail program takes its style away', async () => {
      const html = (await renderHtml(letter())).replace(/<style>.*?<\/style>/s, '');
      await show(html, { width: 320, height: 800, scheme: 'light' });
      expect(await page.evaluate(STICKING_OUT)).toEqual([]);
    });
  });

  it.runIf(process.env.TAYORI_PICTURES)('makes the pictures of README', async () => {
    const pictures = join(import.meta.dirname, '../pictures');
    mkdirSync(pictures, { recursive: true });
    const take = async (name: string, letter: Letter, scheme: View['scheme']): Promise<void> => {
      await show(await renderHtml(letter), { width: 360, height: 700, scheme });
      writeFileSync(join(pictures, name), await page.picture());
    };
    await take('letter.png', sampleLetter(), 'light');
    await take('letter-ja-dark.png', sampleLetter({ language: 'ja', subject: '本日の便り' }), 'dark');
  });
});

import { describe, expect, it } from 'vitest';
import { cutMessages } from '../../src/letter/build/fit-letter.js';
import { sampleLetter } from '../../src/letter/build/sample-letter.js';
import { entryId, ledgerHash, readId, shownId, wholeId } from '../../src/letter/entry-id.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderJson } from '../../src/letter/render/render-json.js';
import { renderPager } from '../../src/letter/render/render-pager.js';
import { renderText } from '../../src/letter/render/render-text.js';

const ROUTINE = 'named: zone transfer of example.org';
const NEW = 'kernel: ata3.00: failed command: READ FPDMA QUEUED';
const GONE = 'CRON: (root) CMD (/usr/local/bin/backup)';

describe('the id of an entry', () => {
  it('never changes, since people write it down', () => {
    expect(entryId('report', ROUTINE)).toBe('6tejkr1');
    expect(entryId('critical', ROUTINE)).toBe('yeramnw');
    expect(entryId('report', '')).toBe('qjk1eap');
  });

  it('has seven characters none of which looks like another', () => {
    const ids = Array.from({ length: 2000 }, (_, at) => entryId('report', `message ${at}`));
    for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{7}$/);
    expect(new Set(ids).size).toBe(2000);
    expect(new Set(ids.join('')).size).toBe(32);
  });

  it('is the beginning of a longer one, which tells entries apart that begin alike', () => {
    const whole = wholeId('report', ledgerHash(ROUTINE));
    expect(whole).toHaveLength(13);
    expect(shownId(whole)).toBe(entryId('report', ROUTINE));
  });

  it.each([
    ['as it stands', '4kq2m9z', '4kq2m9z'],
    ['in capitals, as a phone writes it', '4KQ2M9Z', '4kq2m9z'],
    ['in its brackets', '[4kq2m9z]', '4kq2m9z'],
    ['behind a number sign', '#4kq2m9z', '4kq2m9z'],
    ['with look-alikes', 'OIlu234', '011v234'],
    ['with more characters', '4kq2m9zabc', '4kq2m9zabc'],
    ['too short', '4kq2m9', null],
    ['too long', '4kq2m9zabcdefg', null],
    ['of other characters', '4kq2m9-', null],
    ['empty', '', null],
  ])('is read %s', (_, typed, id) => {
    expect(readId(typed)).toBe(id);
  });
});

describe('the ids of a letter', () => {
  it('stand in its HTML behind each message', async () => {
    const html = await renderHtml(sampleLetter());
    for (const message of [ROUTINE, NEW, GONE])
      expect(html).toContain(`${message} <i>${entryId('report', message)}</i>`);
  });

  it('stand in its text with set ids on alone', () => {
    const text = renderText(sampleLetter({ ids: true }));
    expect(text).toContain(`    66: ${ROUTINE} [${entryId('report', ROUTINE)}]\n`);
    expect(text).toContain(`] ${NEW} [${entryId('report', NEW)}]\n`);
    expect(text).toContain(`] ${GONE} [${entryId('report', GONE)}]\n`);
    expect(renderText(sampleLetter())).not.toContain(entryId('report', ROUTINE));
  });

  it('stand at the end of the lines of a pager with set ids on alone', () => {
    const pager = { form: 'pager', parts: null } as const;
    const line = `ns1,66,${ROUTINE}`;
    expect(renderPager(sampleLetter(pager))).toContain(`${line}\n`);
    const withIds = renderPager(sampleLetter({ ...pager, ids: true }));
    expect(withIds).toContain(`${line} [${entryId('report', ROUTINE)}]\n`);
  });

  it('stand in JSON', () => {
    expect(JSON.stringify(renderJson(sampleLetter()))).toContain(`"id":"${entryId('report', ROUTINE)}"`);
  });

  it('are those of the whole messages, where a letter cuts them', () => {
    const long = 'x'.repeat(3000);
    const letter = sampleLetter({
      hosts: [
        {
          host: 'web1',
          name: null,
          messages: [{ count: 1, message: long, first: null, last: null }],
          more: null,
        },
      ],
    });
    expect(renderText(cutMessages({ ...letter, ids: true }))).toContain(`[${entryId('report', long)}]`);
  });
});

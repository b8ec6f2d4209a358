import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/base/text/prose.js';
import { EXAMPLE } from '../../src/manual/example.js';
import { fleetPage } from '../../src/manual/fleet-page.js';
import { tenshiConfPage } from '../../src/manual/tenshi-conf-page.js';
import { compile } from '../../src/perl-regex/perl-regex.js';
import { read } from '../config/read.js';
import { runCli } from '../support/run-cli.js';

it('the whole config of the manual is sound, and makes the letter that stands there', async () => {
  const { told, folder } = read(EXAMPLE.config.join('\n'));
  expect(told).toEqual([]);
  const log = join(folder, 'auth.log');
  writeFileSync(log, `${EXAMPLE.log.join('\n')}\n`);
  const { code, out } = await runCli(['digest', '-c', join(folder, 'tenshi.conf'), log]);
  expect(code).toBe(0);
  expect(out.replaceAll(/ +$/gm, '')).toContain(`\n\n${EXAMPLE.letter.join('\n')}\n`);
  expect(out.match(/^From: /gm)).toHaveLength(1);
});

function samplesOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => {
    if (typeof block === 'string') return [];
    if (block.kind === 'terms') return samplesOf(block.terms.flatMap(([, ...rest]) => rest));
    return block.kind === 'sample' && block.of === 'config' ? [block.lines.join('\n')] : [];
  });
}

const samples = samplesOf(
  [tenshiConfPage(), fleetPage()].flatMap(({ sections }) => sections.flatMap(({ blocks }) => blocks)),
);

it('the manual has samples', () => {
  expect(samples.length).toBeGreaterThan(10);
});

it.each(samples)('is a sound piece of a config:\n%s', (sample) => {
  const queues = ['report', 'critical', 'page'].map((name) => `set queue ${name} a@x.org b@x.org [now]\n`);
  const { told } = read(`${queues.join('')}${sample}\n`);
  expect(
    told.filter((line) => / (error|warning): /.test(line) && !line.includes('nothing to follow')),
  ).toEqual([]);
});

describe('regexes', () => {
  const blocks =
    tenshiConfPage().sections.find(({ heading }) => heading === 'REGULAR EXPRESSIONS')?.blocks ?? [];
  const terms = blocks.flatMap((block) =>
    typeof block === 'object' && block.kind === 'terms' ? block.terms : [],
  );
  const refused = blocks.flatMap((block) =>
    typeof block === 'string' && block.startsWith('Refused') ? block.split('`') : [],
  );

  it.each(terms.flatMap(([term]) => term.replaceAll('`', '').split(/,? /)))('%s is understood', (regex) => {
    expect(compile(`(a)(?<name>b)x${regex}`)).toMatchObject({ ok: true });
  });

  it.each(refused.filter((regex, at) => at % 2 === 1 && regex !== '(*FAIL)'))('%s is refused', (regex) => {
    expect(compile(regex)).toMatchObject({ ok: false });
  });
});

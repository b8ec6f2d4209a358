import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { limitsOf, readLimits, renderLimits } from './limits.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const README = `${SRC}/README.md`;
const HEADING = '\n## Limits\n';

/** `LIMITS=write`: the table is written anew instead of being compared. */
const { LIMITS } = process.env;

it('the table of limits in src/README.md is that of the sources', () => {
  const table = renderLimits(readLimits(SRC));
  const text = readFileSync(README, 'utf8');
  const [above = ''] = text.split(HEADING);
  if (LIMITS === 'write') writeFileSync(README, `${above.trimEnd()}\n\n${table}`);
  expect(readFileSync(README, 'utf8').split(HEADING)[1], 'LIMITS=write renews it').toBe(
    table.slice(HEADING.length - 1),
  );
});

it('every limit has a comment that says what it is for', () => {
  const limits = readLimits(SRC);
  expect(limits.length).toBeGreaterThan(150);
  expect(limits.filter(({ reason }) => reason === null)).toEqual([]);
});

describe('a limit', () => {
  it.each<[string, string, string | null]>([
    ['/** Lines. More are dropped. */\nconst MAX_A = 1_000;', '1_000', 'Lines'],
    [
      '/**\n * Lines that are held\n * at once (i.e. now); more wait.\n */\nexport const MAX_A = 2 * KB;',
      '2 * KB',
      'Lines that are held at once (i.e. now); more wait',
    ],
    ['/** Both. */\nconst MAX_B = 1;\nconst MAX_A = 2; // ms', '2', 'Both'],
    ['/** Another. */\nconst B = () => 1;\n\nconst MAX_A = 2;', '2', null],
    ['function f() {\n  /** Inside. */\n  const MIN_A = 3;\n}', '3', 'Inside'],
  ])('%j', (text, value, reason) => {
    expect(limitsOf('a.ts', text).at(-1)).toMatchObject({ path: 'a.ts', value, reason });
  });

  it.each(['const MAX = 1;', 'const MAX_A = () => 1;', 'const maxA = 1;', 'let TOO_FAR = 1;'])(
    'is not %j',
    (text) => expect(limitsOf('a.ts', text)).toEqual([]),
  );
});

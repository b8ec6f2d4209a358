import { expect, it } from 'vitest';
import type { NewsRow } from '../../src/letter/history/news.js';
import { renderHtml } from '../../src/letter/render/render-html.js';
import { renderText } from '../../src/letter/render/render-text.js';
import { aLetter } from './a-letter.js';
import { buildLetter } from './build-letter.js';

/** A message whose last mask is an address; `values`: how often each was there. */
function row(host: string, message: string, values: Readonly<Record<string, number>>, others = 0): NewsRow {
  const top = Object.entries(values).map(([value, count]) => ({ value, count }));
  const rest = { about: false, atLeast: false };
  const user = {
    ...rest,
    name: 'user',
    distinct: 2,
    top: [
      { value: 'a', count: 1 },
      { value: 'b', count: 1 },
    ],
  };
  const masked = [
    ...Array.from({ length: others }, () => user),
    { ...rest, name: 'address', distinct: top.length, top },
  ];
  const count = top.reduce((sum, one) => sum + one.count, 0);
  const detail = { hours: [], masked };
  return { host, message, count, first: null, last: null, detail, news: { kind: 'routine' } };
}

const ROOT = 'sshd: Failed password for root from ___';
const UNKNOWN = 'sshd: Invalid user ___ from ___';

function letterOf(rows: readonly NewsRow[]) {
  const { hosts: _, parts: __, ...frame } = aLetter();
  const before = { isFirst: false, period: null };
  const letter = buildLetter(rows, { ...frame, sortOrder: 'descending', before });
  if (!letter) throw new Error('no letter');
  return letter;
}

function byAddress(rows: readonly NewsRow[]): string[] {
  const [, part = ''] = renderText(letterOf(rows)).split('\nBY ADDRESS\n');
  return part.split('\n\n')[0]?.trimEnd().split('\n') ?? [];
}

it('an address that several messages name is told once, the most frequent first', () => {
  expect(
    byAddress([
      row('web1', ROOT, { '203.0.113.5': 48, '192.0.2.9': 1 }),
      row('web2', UNKNOWN, { '203.0.113.5': 12, '192.0.2.9': 99, '192.0.2.10': 7 }, 1),
    ]),
  ).toEqual([
    '  - 192.0.2.9: 99x Invalid user, 1x Failed password for root; 2 hosts',
    '  - 203.0.113.5: 48x Failed password for root, 12x Invalid user; 2 hosts',
  ]);
});

it('one that a single message names on many hosts is not', () => {
  expect(byAddress(['a', 'b'].map((host) => row(host, ROOT, { '203.0.113.5': 48 })))).toEqual(['']);
});

it('each has one line of at most 78 columns, also of long messages', () => {
  const long = ['one', 'two', 'three'].map((word) => `${word} ${'and so on '.repeat(9)}by ___`);
  const lines = byAddress(long.map((message) => row('web1', message, { '2001:db8::203:5': 4 })));
  expect(lines).toEqual(['  - 2001:db8::203:5: 4x one and so on and s…, 4x three and so on and…; web1']);
});

it('a clock of the kernel does not stand for its message', () => {
  const rows = ['[UFW BLOCK] SRC=___', '[UFW AUDIT] SRC=___'].map((text) =>
    row('w', `kernel: [___] ${text}`, { '203.0.113.5': 4 }, 1),
  );
  expect(byAddress(rows)).toEqual(['  - 203.0.113.5: 4x [UFW AUDIT] SRC=___, 4x [UFW BLOCK] SRC=___; w']);
});

it('no more than five are told', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`192.0.2.${at}`, at + 1]));
  const lines = byAddress([row('a', ROOT, many), row('a', UNKNOWN, many, 1)]);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe('  - 192.0.2.39: 40x Failed password for root, 40x Invalid user; a');
});

it('what is told by address is not told again under the mask', () => {
  const text = renderText(
    letterOf([
      row('web1', ROOT, { '203.0.113.5': 48, '192.0.2.9': 10 }),
      row('web1', UNKNOWN, { '203.0.113.5': 12, '192.0.2.9': 20 }, 1),
    ]),
  );
  expect(text).toContain(`  - ${ROOT}\n       2 addresses\n`);
  expect(text).toContain(`  - ${UNKNOWN}\n       2 users (a, b), 2 addresses\n`);
});

it('the page tells it, too', async () => {
  const rows = [row('w', ROOT, { '203.0.113.5': 48 }), row('w', UNKNOWN, { '203.0.113.5': 12 }, 1)];
  expect(await renderHtml(letterOf(rows))).toContain(
    '<td>60</td><td>203.0.113.5: 48x Failed password for root, 12x Invalid user; w',
  );
});

it('without values there is nothing to tell', () => {
  const bare = [ROOT, UNKNOWN].map((message) => ({
    ...row('w', message, {}),
    detail: { hours: [], masked: [] },
  }));
  expect(byAddress(bare)).toEqual(['']);
});

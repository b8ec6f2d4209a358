import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** What a line goes through; none knows how another works. */
const STATIONS = ['source', 'line', 'rule', 'queue', 'digest', 'mail', 'store'];

/** Plain values that a station hands to the next, and bounds of what the store keeps for one. */
const HANDED_ON = [
  'rule -> line/excerpt',
  'store -> queue/fold',
  'store -> digest/ledger',
  'store -> mail/own-mail',
];

/** From above to below: what stands in one row may use what stands in the rows behind it. */
const ROWS = [
  ['cli', 'command-line', 'main'],
  ['commands'],
  ['daemon', 'manual'],
  ['config'],
  STATIONS,
  ['detail', 'perl'],
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Whether it is there when the program runs. */
  readonly isValue: boolean;
}

/** Of each file, without its ending: what it imports of ours. */
function importsOf(file: string): Import[] {
  const from = relative(SRC, file).replace(/\.ts$/, '');
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export) (type )?([^;]*?) from '(\.[^']+)\.js';/gm)].map(
    ([, type, names = '', path = '']) => ({
      from,
      to: relative(SRC, join(dirname(file), path)),
      isValue: type === undefined && !/^\{(?:\s*type \w+,?)+\s*\}$/.test(names),
    }),
  );
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const imports = files.flatMap((name) => importsOf(join(SRC, name)));
const roomOf = (file: string): string => file.split('/')[0] ?? file;

/** The first way from a file back to itself; null when there is none. */
function cycle(edges: ReadonlyMap<string, readonly string[]>): string | null {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file].join(' -> ');
    if (done.has(file)) return null;
    for (const to of edges.get(file) ?? []) {
      const found = visit(to, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of edges.keys()) {
    const found = visit(file, []);
    if (found) return found;
  }
  return null;
}

describe('the house', () => {
  it('no file needs itself in a roundabout way', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, isValue } of imports)
      if (isValue) edges.set(from, [...(edges.get(from) ?? []), to]);
    expect(edges.size).toBeGreaterThan(50);
    expect(cycle(edges)).toBeNull();
  });

  it('stations never import each other, but for plain values', () => {
    const across = imports
      .filter(
        ({ from, to, isValue }) =>
          isValue && STATIONS.includes(roomOf(from)) && STATIONS.includes(roomOf(to)),
      )
      .filter(({ from, to }) => roomOf(from) !== roomOf(to))
      .map(({ from, to }) => `${roomOf(from)} -> ${to}`);
    expect([...new Set(across)].sort()).toEqual([...HANDED_ON].sort());
  });

  it('nobody reaches upwards', () => {
    const rowOf = (file: string): number => ROWS.findIndex((row) => row.includes(roomOf(file)));
    const upwards = imports
      .filter(({ isValue }) => isValue)
      .filter(({ from, to }) => rowOf(to) >= 0 && (rowOf(from) < 0 || rowOf(from) > rowOf(to)))
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(upwards).toEqual([]);
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { circlesOf, type Import, loadedWith, measureFiles, roomOf } from './measure.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** From above to below: who stands in one row may know those in the rows behind it, and nobody beside or above. */
const ROWS = [
  ['main'],
  ['cli'],
  ['commands'],
  ['manual', 'package', 'migrate'],
  ['daemon'],
  ['ingest', 'schedule', 'publish', 'act', 'fleet'],
  ['config'],
  ['store'],
  ['rule', 'line', 'queue', 'letter', 'source', 'mail'],
  ['perl-regex', 'values'],
  ['base'],
];

/** Nouns that stand in one row, of which one is made of the other. */
const AMONG_NOUNS = ['rule -> line', 'letter -> queue'];

/** A function with more lines does several things. */
const MAX_FUNCTION = 100;
/** A file with more lines holds several ideas; what is longer says at its head why. */
const MAX_FILE = 350;
const LONG_FILES: readonly string[] = [];

const files = measureFiles(SRC);
const imports = files.flatMap((file) => file.imports);

function rowOf(file: string): number {
  return ROWS.findIndex((row) => row.includes(roomOf(file)));
}

function isAllowed({ from, to }: Import): boolean {
  const [room, other] = [roomOf(from), roomOf(to)];
  return room === other || rowOf(from) < rowOf(to) || AMONG_NOUNS.includes(`${room} -> ${other}`);
}

describe('the house', () => {
  it('has a row for each room, and each room of the rows is there', () => {
    const rooms = [...new Set(files.map(({ path }) => roomOf(path)))].sort();
    expect(rooms).toEqual(ROWS.flat().sort());
  });

  it('lets nobody look upwards or aside, not even for a type', () => {
    const wrong = imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('has no files that need each other in a roundabout way, not even for a type', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(circlesOf(imports)).toEqual([]);
  });

  it('loads what a fleet needs only with a fleet', () => {
    const loaded = [...loadedWith('daemon/start.ts', imports), ...loadedWith('commands/digest.ts', imports)];
    expect(loaded.length).toBeGreaterThan(300);
    expect(loaded.filter((path) => path.startsWith('fleet/') || path === 'daemon/fleet-member.ts')).toEqual(
      [],
    );
  });

  it('has one file at its root', () => {
    expect(files.map(({ path }) => path).filter((path) => !path.includes('/'))).toEqual(['main.ts']);
  });

  it(`has no function of more than ${MAX_FUNCTION} lines`, () => {
    const long = files
      .flatMap(({ functions }) => functions)
      .filter(({ lines }) => lines > MAX_FUNCTION)
      .map(({ file, line, lines }) => `${file}:${line} has ${lines}`);
    expect(long).toEqual([]);
  });

  it(`has no file of more than ${MAX_FILE} lines but those named here`, () => {
    const long = files.filter(({ lines }) => lines > MAX_FILE).map(({ path }) => path);
    expect(long).toEqual(LONG_FILES);
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { measureFiles, roomOf } from './measure.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Packages: all that is outside of one may import its face only. */
const FACES = [['perl-regex', 'perl-regex/perl-regex.ts']] as const;

const imports = measureFiles(SRC).flatMap((file) => file.imports);

describe.each(FACES)('%s', (room, face) => {
  const inwards = imports.filter(({ from, to }) => roomOf(from) !== room && roomOf(to) === room);

  it('is imported from outside by its face only', () => {
    expect(inwards.length).toBeGreaterThan(0);
    expect(inwards.filter(({ to }) => to !== face).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('imports nothing of ours but base', () => {
    const outwards = imports.filter(({ from, to }) => roomOf(from) === room && roomOf(to) !== room);
    const wrong = outwards.filter(({ to }) => roomOf(to) !== 'base');
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/values/hyperloglog.js';
import { MASK, MAX_EQUAL_HASHES, ValueRows } from '../../src/values/value-rows.js';
import { NONE, ValueTable } from '../../src/values/value-table.js';
import { maskedSpansOf } from '../support/masked-spans.js';
import { createRandom } from '../support/random.js';

/** FNV-1a of the units at even places, as in `hashOf`; those at odd places are all alike here. */
const hashOn = (state: number, text: string): number =>
  [...text].reduce((hash, unit) => Math.imul(hash ^ unit.charCodeAt(0), 0x01000193), state);

const random = createRandom(19);
const kanji = (): string => String.fromCharCode(0x4e00 + random.below(0x5000));

/** Two texts of three units that lead from a state to one and the same. */
function findPair(state: number): { readonly pair: readonly [string, string]; readonly state: number } {
  const seen = new Map<number, string>();
  for (;;) {
    const text = kanji() + kanji() + kanji();
    const next = hashOn(state, text);
    const other = seen.get(next);
    if (other !== undefined && other !== text) return { pair: [other, text], state: next };
    seen.set(next, text);
  }
}

/** 2 ** `pairs` different texts with the same hash: each takes one of two blocks at each of its places. */
function collidingTexts(pairs: number): string[] {
  let state = 0x811c9dc5;
  let texts = [''];
  for (let i = 0; i < pairs; i++) {
    const found = findPair(state);
    state = found.state;
    texts = texts.flatMap((text) => found.pair.map((block) => text + block));
  }
  return texts.map((text) => [...text].map((unit) => `${unit}-`).join(''));
}

const unitsOf = (text: string): Uint16Array => Uint16Array.from(text, (unit) => unit.charCodeAt(0));
const COLLIDING = collidingTexts(8);
const HASH_OF_ALL = hashOf(unitsOf(COLLIDING[0] as string), 0, (COLLIDING[0] as string).length);

describe('values that somebody chose so that their hashes are alike', () => {
  it('are different, and have one hash', () => {
    expect(new Set(COLLIDING).size).toBe(256);
    expect(new Set(COLLIDING.map((text) => hashOf(unitsOf(text), 0, text.length)))).toEqual(
      new Set([HASH_OF_ALL]),
    );
  });

  it('are tracked up to a bound; the count of different ones is then an estimate, and other values are counted', () => {
    const table = new ValueTable();
    let first = NONE;
    for (const text of COLLIDING) {
      first = table.add(first, maskedSpansOf([text]));
      first = table.add(first, maskedSpansOf(['honest']));
    }
    const summary = table.read(first)[0]?.values.summary();
    expect(summary?.top).toHaveLength(MAX_EQUAL_HASHES + 1);
    expect(summary?.top[0]).toEqual({ value: 'honest', count: 256 });
    expect(summary?.about).toBe(true);
  });

  it('do not pile up when they are let go: the next one takes the slot', () => {
    const rows = new ValueRows();
    const slots = COLLIDING.map((text) => {
      const units = unitsOf(text);
      const slot = rows.slotOf(7, HASH_OF_ALL, units, 0, units.length);
      rows.words[rows.add(slot, 7, HASH_OF_ALL, units, 0, units.length) + MASK] = ~7;
      return slot;
    });
    expect(new Set(slots).size).toBe(1);
  });
});

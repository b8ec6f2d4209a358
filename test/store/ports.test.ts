import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { measureFiles } from '../house/measure.js';
import { memoryStore } from './memory-store.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

describe('the ports of a store', () => {
  it('are named all together by nobody but who opens a state; the others take those that they need', () => {
    const imports = measureFiles(SRC).flatMap((file) => file.imports);
    const named = imports.filter(({ from, to }) => to === 'store/store.ts' && !from.startsWith('store/'));
    expect(named.map(({ from }) => from)).toEqual(['commands/read-state.ts']);
  });

  it('work without the object that they were taken from', () => {
    const { positions, queueMark, definition, pending, closedEditions, isKnown } = memoryStore();
    const { nextDue, outbox, deliveryNotices, archivedLetters, meta } = memoryStore();
    expect(positions()).toEqual([]);
    expect(queueMark('a')).toBeNull();
    expect(definition('a')).toBeNull();
    expect(pending()).toEqual([]);
    expect(closedEditions()).toEqual([]);
    expect(isKnown('a')).toBe(false);
    expect(nextDue(0)).toBeNull();
    expect(outbox()).toEqual([]);
    expect(deliveryNotices([])).toEqual([]);
    expect(archivedLetters()).toEqual([]);
    expect(meta().began).toBeNull();
  });
});

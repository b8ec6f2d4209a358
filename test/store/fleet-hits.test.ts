import { describe, expect, it } from 'vitest';
import type { AskedHit } from '../../src/queue/timed/asked-hit.js';
import { MAX_ASKED_HITS } from '../../src/store/ports/fleet-hits.js';
import type { Store } from '../../src/store/store.js';
import { memoryStore } from './memory-store.js';
import { NOTHING } from './sqlite/nothing.js';

function hit(message: string): AskedHit {
  return {
    ...{ queue: 'q', message, count: 1, how: 'add', at: 1000, groups: new Map([['ip', '\0x']]) },
    masked: { text: 'ab', spans: [0, 1], names: ['ip'] },
    ...{ run: { message, line: 'l' }, muted: true },
    question: {
      time: 5,
      host: 'h',
      count: 2,
      window: { space: 'w', key: 'k\0', count: 3, span: 9 },
      throttle: null,
    },
  };
}

function withHits(...messages: readonly string[]): Store {
  const store = memoryStore();
  store.commit({ ...NOTHING, asked: messages.map(hit) });
  return store;
}

const FED = { times: [1, 2], hosts: ['h', 'i'], repeats: 1 };

describe('hits that wait for the word of the fleet', () => {
  it('are kept as they are, in their order', () => {
    const store = withHits('a', 'b');
    expect(store.askedHits(9)).toEqual([
      { id: 1, hit: hit('a') },
      { id: 2, hit: hit('b') },
    ]);
    expect(store.askedHits(1)).toHaveLength(1);
    expect(store.hasAskedHits(999)).toBe(false);
    expect(store.hasAskedHits(1000)).toBe(true);
  });

  it('are gone when they are stopped, or when they were counted after they passed', () => {
    const store = withHits('a', 'b', 'c');
    store.answerHits(
      new Map([
        [1, { kind: 'stopped', why: 'counted' }],
        [2, { kind: 'passes', pages: true, fed: FED }],
        [3, { kind: 'alone' }],
      ]),
    );
    expect(store.askedHits(9)).toEqual([]);
    expect(store.answeredHits(9)).toEqual([
      { id: 2, hit: hit('b'), verdict: { kind: 'passes', pages: true, fed: FED } },
      { id: 3, hit: hit('c'), verdict: { kind: 'alone' } },
    ]);
    store.commit({ ...NOTHING, answered: [2] });
    expect(store.answeredHits(9).map(({ id }) => id)).toEqual([3]);
  });

  it('are answered once', () => {
    const store = withHits('a');
    store.answerHits(new Map([[1, { kind: 'alone' }]]));
    store.answerHits(new Map([[1, { kind: 'stopped', why: 'late' }]]));
    expect(store.answeredHits(9)).toMatchObject([{ verdict: { kind: 'alone' } }]);
  });

  it('are bounded: the oldest are counted without the fleet', () => {
    const store = memoryStore();
    for (let at = 0; at < MAX_ASKED_HITS + 10; at += 5001)
      store.commit({ ...NOTHING, asked: Array.from({ length: 5001 }, () => hit('x')) });
    const alone = store.answeredHits(MAX_ASKED_HITS);
    expect(alone.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(alone[0]?.verdict).toEqual({ kind: 'alone' });
  });
});

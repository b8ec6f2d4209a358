import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/time/duration.js';
import { ArenaTally } from '../../src/queue/arena-tally.js';
import { decodeBlock } from '../../src/store/sqlite/run-block.js';
import type { Store } from '../../src/store/store.js';
import { maskedSpansOf } from '../support/masked-spans.js';
import { memoryStore } from './memory-store.js';

const NOTHING = {
  ...{ at: 0, positions: [], forgotten: [], counters: new Map() },
  ruleState: { last: new Map(), hits: [] },
};

/** Counts messages of a queue, and closes its edition; returns the id of the edition. */
function closed(store: Store, queue: string, messages: readonly string[], at = 5 * HOUR): number {
  const tally = new ArenaTally();
  for (const [number, message] of messages.entries())
    tally.count(queue, `h${number % 3}`, message, 1 + number, 'add', at, maskedSpansOf([message], ['user']));
  store.commit({ ...NOTHING, tally: tally.changes() });
  store.closeEdition(queue, at, null, null);
  return store.closedEditions().at(-1)?.id ?? 0;
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `message ${at}`);
}

describe('what goes from a state to a fleet', () => {
  it('is every row in order, with all that is known of it, in blocks of a thousand', () => {
    const store = memoryStore();
    const id = closed(store, 'q', many(2500));
    const blocks = [...store.blocks(id)];
    const rows = blocks.flatMap(decodeBlock);
    expect(blocks).toHaveLength(3);
    expect(store.sizeOf(id)).toEqual({
      messages: 2500,
      lines: rows.reduce((sum, { count }) => sum + count, 0),
    });
    expect(rows.map(({ message }) => message)).toEqual(
      store.slice(id, null, 2500).map(({ message }) => message),
    );
    expect(rows[0]?.stats?.masked).toMatchObject([{ name: 'user' }]);
  });

  it('is what waits in sorted runs, too', () => {
    const store = memoryStore();
    const tally = new ArenaTally();
    for (const message of many(3000)) tally.count('q', 'h', message, 1, 'add', HOUR, undefined);
    store.commit({ ...NOTHING, tally: tally.changes() });
    store.closeEdition('q', HOUR, null, null);
    const id = store.closedEditions()[0]?.id ?? 0;
    expect([...store.blocks(id)].flatMap(decodeBlock)).toHaveLength(3000);
  });

  it('is nothing of an empty edition', () => {
    expect([...memoryStore().blocks(1)]).toEqual([]);
    expect(memoryStore().sizeOf(1)).toEqual({ messages: 0, lines: 0 });
  });

  it('is dropped with its sections, and the next letter of each begins where it ended', () => {
    const store = memoryStore();
    for (const queue of ['q', 'part']) store.markQueue(queue, { schedule: 's', dueAfter: 1 });
    const tally = new ArenaTally();
    for (const queue of ['q', 'part']) tally.count(queue, 'h', 'm', 1, 'add', HOUR, undefined);
    store.commit({ ...NOTHING, tally: tally.changes() });
    store.closeLetter({ name: 'q', sections: ['part'], evenEmpty: false }, 7 * HOUR, null, null);
    const [edition] = store.closedEditions();
    expect(edition?.sections).toHaveLength(1);
    store.handedIn(edition?.id ?? 0, []);
    expect(store.closedEditions()).toEqual([]);
    closed(store, 'q', ['later'], 9 * HOUR);
    closed(store, 'part', ['later'], 9 * HOUR);
    expect(store.closedEditions().map(({ since }) => since)).toEqual([7 * HOUR, 7 * HOUR]);
  });

  it('is remembered until it is confirmed', () => {
    const store = memoryStore();
    const ids = [closed(store, 'a', ['m']), closed(store, 'b', ['m'])];
    for (const id of ids) store.handedIn(id, []);
    expect(store.unconfirmed()).toEqual(ids);
    store.confirmed(ids.slice(0, 1));
    expect(store.unconfirmed()).toEqual(ids.slice(1));
  });

  it('ends the delivery notices that it told, and no others', () => {
    const store = memoryStore();
    store.seal(closed(store, 'q', ['m']), {
      ...{ queue: 'q', messageId: 'm@x', subject: 's', from: 'f@x', to: ['a@x', 'b@x'] },
      ...{ mime: Buffer.from('x'), sealed: 1 },
    });
    for (const address of ['a@x', 'b@x']) store.recordRejected(1, address, 'no', 2);
    const [told, other] = store.deliveryNotices([]);
    store.handedIn(closed(store, 'q', ['m']), [told?.id ?? 0]);
    expect(store.deliveryNotices([]).map(({ id }) => id)).toEqual([other?.id]);
  });
});

describe('a storm of the fleet', () => {
  it('takes the place of that of the state', () => {
    const store = memoryStore();
    const storm = {
      ...{ began: 1, last: 2, pages: [1], told: 1, next: 3, lines: 4, followed: 0, from: 1, to: 2 },
      ...{ hosts: ['h'], seen: ['x'], texts: ['m'] },
    };
    store.putStorm('q', storm);
    store.putStorm('q', { ...storm, told: 2 });
    expect(store.storm('q')).toEqual({ ...storm, told: 2 });
  });
});

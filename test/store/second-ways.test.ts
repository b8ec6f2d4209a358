import { describe, expect, it } from 'vitest';
import type { SealedLetter } from '../../src/letter/letter.js';
import type { Store } from '../../src/store/store.js';
import { memoryStore } from './memory-store.js';

const URL = 'https://x.org/y';
const POST = { type: 'text/plain', title: 'Sübject\0', body: 'b\0"' };
const LETTER: SealedLetter = {
  ...{ queue: 'a', subject: 's', messageId: '<1@x>', from: 'f@x', to: ['t@x', URL], mime: Buffer.from('m') },
  ...{ sealed: 1000, posts: new Map([[URL, POST]]) },
};
const SECOND: SealedLetter = {
  ...LETTER,
  messageId: '<2@x>',
  mime: Buffer.from('second'),
  to: ['u@x', `${URL}/2`],
  posts: new Map([[`${URL}/2`, POST]]),
};

/** A state with one sealed letter, whose id is 1. */
function sealed(letter: SealedLetter): Store {
  const store = memoryStore();
  store.markQueue('a', { schedule: 'now', dueAfter: 0 });
  store.seal(0, letter);
  return store;
}

describe('a recipient that is a URL', () => {
  it('has an outbox of its own, with what it gets', () => {
    const store = sealed(LETTER);
    expect(store.nextDue(1000)).toMatchObject({ id: 1, post: null, recipients: [{ address: 't@x' }] });
    expect(store.waitingUrls()).toEqual([URL]);
    const web = store.outboxOf(URL);
    expect(web.nextDue(1000)).toMatchObject({
      id: 1,
      post: POST,
      trace: null,
      recipients: [{ address: URL }],
    });
    expect(store.outboxOf('https://x.org/other').nextDue(1000)).toBeNull();
    web.recordSent(1, URL, { at: 1000, queueId: null, late: null });
    expect(store.waitingUrls()).toEqual([]);
    expect(store.nextDue(1000)).not.toBeNull();
    store.recordSent(1, 't@x', { at: 1000, queueId: null, late: null });
    expect(store.outbox()).toEqual([]);
  });

  it('has none of the trouble of the mail server, which has none of its', () => {
    const store = sealed(LETTER);
    const web = store.outboxOf(URL);
    store.delayAll('down');
    expect(web.nextDue(1000)?.recipients).toMatchObject([{ lastError: null }]);
    store.recordRetry(1, 't@x', 'down', 2000, 1000);
    web.recordRetry(1, URL, '500', 3000, 1000);
    store.keepDelayHeader(1, 'X: y');
    web.keepDelayHeader(1, null);
    store.hasten();
    expect(web.nextDue(1000)).toBeNull();
    expect(store.nextDue(1000)?.trace).toBe('X: y');
    web.hasten();
    expect(web.nextDue(1000)?.trace).toBeNull();
  });

  it('may be left alone for an hour, and for no longer when the clock is set back', () => {
    const store = sealed(LETTER);
    const web = store.outboxOf(URL);
    web.recordRetry(1, URL, '429', 3_601_000, 1000);
    expect(web.nextDue(1000)).toBeNull();
    expect(web.nextDue(-1)).not.toBeNull();
  });
});

describe('a letter of the second way', () => {
  const WITH: SealedLetter = { ...LETTER, standby: { letter: SECOND, due: 5000 } };
  const ways = (store: Store, now: number): string[] =>
    store.takeSecondWays(now).map(({ address }) => address);

  it('goes when the first one was tried in vain until then', () => {
    const store = sealed(WITH);
    expect(ways(store, 9000)).toEqual([]); // not tried yet
    store.recordRetry(1, 't@x', 'down', 8000, 2000);
    expect(ways(store, 4999)).toEqual([]);
    expect(store.takeSecondWays(5000)).toEqual([
      { queue: 'a', address: `${URL}/2`, instead: 't@x', reason: 'down' },
      { queue: 'a', address: 'u@x', instead: 't@x', reason: 'down' },
    ]);
    expect(ways(store, 9000)).toEqual([]);
    const mail = store.nextDue(5000);
    expect(mail).toMatchObject({ messageId: '<2@x>', sealed: 1000, recipients: [{ address: 'u@x' }] });
    expect(mail?.mime.toString()).toBe('second');
    expect(mail?.recipients[0]?.lastError).toBe('by the second way: t@x did not get it: down');
    expect(store.outboxOf(`${URL}/2`).nextDue(5000)?.post).toEqual(POST);
    expect(store.nextDue(8000)).toMatchObject({ id: 1, secondWay: 'https://x.org/..., u@x' });
  });

  it('goes at once when the first one is rejected, and only for that', () => {
    const store = sealed(WITH);
    store.recordRejected(1, 't@x', '550', 1500);
    expect(ways(store, 1500)).toHaveLength(2);
  });

  it('is gone with the first one', () => {
    const store = sealed(WITH);
    store.recordRetry(1, 't@x', 'down', 2000, 2000);
    for (const address of ['t@x', URL]) store.recordSent(1, address, { at: 3000, queueId: null, late: null });
    expect(ways(store, 9000)).toEqual([]);
    expect(store.outbox()).toEqual([]);
  });
});

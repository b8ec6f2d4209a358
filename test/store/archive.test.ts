import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { ArchiveOptions } from '../../src/store/ports/archive.js';
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVED_LETTER_BYTES } from '../../src/store/sqlite/archive.js';
import type { Store } from '../../src/store/store.js';
import { memoryStore } from './memory-store.js';

function seal(store: Store, subject: string, keeping: ArchiveOptions | null): void {
  const mime = Buffer.from('m');
  const letter = { queue: 'a', subject, messageId: '<1@x>', from: 'f', to: ['x', 'y'], mime, sealed: 7 };
  store.seal(0, letter, [], [], keeping);
}

/** Bytes that no packing makes less of. */
const ofSize = (size: number): Buffer => gzipSync(randomBytes(size), { level: 0 });
const subjects = (store: Store): string[] => store.archivedLetters().map(({ subject }) => subject);

it('a letter is kept with what it was, under the number that it has in the outbox', () => {
  const store = memoryStore();
  seal(store, 's', { packed: gzipSync('the mail'), most: 5 });
  expect(store.archivedLetters()).toEqual([
    { id: 1, queue: 'a', subject: 's', sender: 'f', to: ['x', 'y'], sealed: 7 },
  ]);
  expect(store.nextDue(0)?.id).toBe(1);
  expect(store.archivedMail(1)?.toString()).toBe('the mail');
  expect(store.archivedMail(2)).toBeUndefined();
});

it.each([
  [3, ['d', 'c', 'b']],
  [1, ['d']],
  [0, []],
])('of four %i are kept, the latest', (most, expected) => {
  const store = memoryStore();
  for (const name of ['a', 'b', 'c', 'd']) seal(store, name, { packed: gzipSync(name), most });
  expect(subjects(store)).toEqual(expected);
});

it('fewer are kept when the setting is lowered', () => {
  const store = memoryStore();
  for (const name of ['a', 'b', 'c']) seal(store, name, { packed: gzipSync(name), most: 9 });
  seal(store, 'd', { packed: gzipSync('d'), most: 0 });
  expect(subjects(store)).toEqual([]);
});

it('the oldest make room when all are too large', () => {
  const store = memoryStore();
  const size = MAX_ARCHIVE_BYTES / 5 + 1;
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) seal(store, name, { packed: ofSize(size), most: 9 });
  expect(subjects(store)).toEqual(['f', 'e', 'd', 'c']);
});

it('one that alone is too large is listed without its text, and pushes out none', () => {
  const store = memoryStore();
  seal(store, 'a', { packed: gzipSync('a'), most: 9 });
  seal(store, 'b', { packed: ofSize(MAX_ARCHIVED_LETTER_BYTES + 1), most: 9 });
  expect(subjects(store)).toEqual(['b', 'a']);
  expect(store.archivedMail(2)).toBeNull();
});

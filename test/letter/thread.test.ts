import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Letter } from '../../src/letter/letter.js';
import { sealLetter } from '../../src/letter/mime/seal-letter.js';
import { threadRoot } from '../../src/letter/mime/thread.js';
import { aLetter } from './a-letter.js';

const at = (time: string): number => Date.parse(time);
const root = (changes: Partial<Letter>): string | null => threadRoot(aLetter(changes));

/** Two letters, and whether they stand in one thread. */
describe('letters in a thread', () => {
  const noon = { made: at('2026-11-20T12:30:00Z') };
  it.each<[string, Partial<Letter>, Partial<Letter>, boolean]>([
    ['of a day', { thread: 'day' }, { thread: 'day', made: at('2026-11-20T00:00:00Z') }, true],
    ['of two days', { thread: 'day' }, { thread: 'day', made: at('2026-11-21T00:00:00Z') }, false],
    [
      'of a day in its zone',
      { thread: 'day', timezone: 'Asia/Tokyo' },
      { thread: 'day', timezone: 'Asia/Tokyo', made: at('2026-11-20T15:30:00Z') },
      false,
    ],
    ['of a week, Monday', { thread: 'week' }, { thread: 'week', made: at('2026-11-16T00:00:00Z') }, true],
    ['of a week, Sunday', { thread: 'week' }, { thread: 'week', made: at('2026-11-22T23:59:59Z') }, true],
    ['of the next week', { thread: 'week' }, { thread: 'week', made: at('2026-11-23T00:00:00Z') }, false],
    ['of two queues', { thread: 'day' }, { thread: 'day', queue: 'b' }, false],
    ['of two machines', { thread: 'day' }, { thread: 'day', origin: 'other' }, false],
    [
      'of two machines that edit for a fleet',
      { thread: 'day', fleet: 'f' },
      { thread: 'day', fleet: 'f', origin: 'other' },
      true,
    ],
    ['of two fleets', { thread: 'day', fleet: 'f' }, { thread: 'day', fleet: 'g' }, false],
    [
      'of queues that look alike in ASCII',
      { thread: 'day', queue: '日' },
      { thread: 'day', queue: '月' },
      false,
    ],
  ])('%s', (_name, one, other, together) => {
    expect(root({ ...noon, ...one }) === root({ ...noon, ...other })).toBe(together);
  });

  it('none, unless the config asks', () => {
    expect(root({})).toBeNull();
  });
});

it('the mail answers to the root of its thread, in the same bytes at every try', async () => {
  const letter = aLetter({ thread: 'week', origin: 'log host.example.org' });
  const [first, second] = [await sealLetter(letter, SEAL), await sealLetter(letter, SEAL)];
  expect(first.mime.equals(second.mime)).toBe(true);
  const mail = await PostalMime.parse(first.mime);
  expect(mail.inReplyTo).toMatch(/^<week\.2026-11-16\.[0-9a-f]{16}@log-host\.example\.org>$/);
  expect(mail.references).toBe(mail.inReplyTo);
  expect(mail.messageId).toBe('<1@log-host.example.org>');
  expect((await sealLetter(aLetter(), SEAL)).mime.toString()).not.toMatch(/^(?:References|In-Reply-To):/im);
});

const SEAL = { id: '1', version: '0' };

import {
  Away,
  type Contribution,
  type NodeId,
  type NodeReport,
  type Sealing,
  type Series,
} from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import { encodeBlock } from '../../src/store/sqlite/run-block.js';

export const A: NodeId = { name: 'a', state: 'state-a' };
export const B: NodeId = { name: 'b', state: 'state-b' };
export const C: NodeId = { name: 'c', state: 'state-c' };

export const MAIL: Series = { id: 'mail-1', queue: 'mail', definition: 'daily at noon to root' };

export function report(node: NodeId, series: readonly Series[] = [MAIL], clock = Date.now()): NodeReport {
  return { node, version: '0.1.0', clock, series };
}

/** Noon of a day, as a due time. */
export const NOON = Date.UTC(2026, 10, 20, 12);

export function contribution(given: Partial<Contribution> = {}): Contribution {
  return {
    ...{ node: A, edition: 1, series: MAIL, due: NOON, closed: NOON + 5, status: null, remarks: [] },
    parts: [part()],
    ...given,
  };
}

export function part(messages: readonly string[] = ['hello']): Contribution['parts'][number] {
  const rows = messages.map((message) => ({ host: 'h', message, count: 1, first: NOON - 5, last: NOON - 1 }));
  return {
    ...{ queue: 'mail', since: NOON - 1000, held: null, counters: new Map([['lines', 3]]) },
    untaken: { lines: [{ value: 'odd #', count: 2 }], about: false },
    ...{ lines: rows.length, messages: rows.length },
    blocks: () => [encodeBlock(rows)],
  };
}

export function letter(given: Partial<SealedLetter> = {}): SealedLetter {
  return {
    ...{ queue: 'mail', subject: 'mail: 1 line', messageId: '<1@example.org>', from: 'tayori@example.org' },
    ...{
      to: ['root@example.org', 'ops@example.org'],
      mime: Buffer.from('From: x\r\n\r\n\0\xff'),
      sealed: NOON + 9,
    },
    ...given,
  };
}

export function sealing(given: Partial<Sealing> = {}): Sealing {
  return {
    ...{ letter: { series: MAIL.id, due: NOON }, queue: 'mail', sealed: letter(), contributions: [] },
    ...{ entries: [], storm: null, snoozes: [], droppedSnoozes: [], holdFor: 60_000 },
    ...given,
  };
}

/** Asks a meeting place with short time limits, which a busy machine may exceed, until it answers. */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Away)) throw error;
    }
}

/** All that an iteration gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

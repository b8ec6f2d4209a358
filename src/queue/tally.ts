import { ownText } from '../own-text.js';
import type { Detail } from './detail.js';

/** One line of a tally: a masked message of a host, counted. Times in ms, null when no line of it had one. */
export interface TallyRow {
  readonly host: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out where nothing more is known. */
  readonly detail?: Detail;
}

/** A change to a tally. `set`: an escalation's count takes the place of what was there. */
export interface TallyChange extends TallyRow {
  readonly queue: string;
  readonly how: 'add' | 'set';
}

/** What has been counted since the last commit. Its size is what bounds it: the owner commits when it grows. */
export interface Tally {
  /** Different messages held. */
  readonly size: number;
  /** How long they are in all, in UTF-16 units. */
  readonly length: number;
  count(
    queue: string,
    host: string,
    message: string,
    count: number,
    how: 'add' | 'set',
    time: number | null,
  ): void;
  /** All that was counted, queue by queue. */
  changes(): TallyChange[];
  /** Begins anew, when the changes have been committed. */
  clear(): void;
}

interface Cell {
  count: number;
  how: 'add' | 'set';
  first: number | null;
  last: number | null;
}

/** Counts messages by queue and host in memory, until the next commit. */
export function createTally(): Tally {
  let queues = new Map<string, Map<string, Map<string, Cell>>>();
  let size = 0;
  let length = 0;

  return {
    get size() {
      return size;
    },
    get length() {
      return length;
    },
    count(queue, host, message, count, how, time) {
      const messages = child(child(queues, queue), host);
      const cell = messages.get(message);
      if (cell) return merge(cell, count, how, time);
      messages.set(ownText(message), { count, how, first: time, last: time });
      size += 1;
      length += message.length;
    },
    changes: () => [...flatten(queues)],
    clear() {
      queues = new Map();
      size = 0;
      length = 0;
    },
  };
}

function child<V>(parent: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = parent.get(key);
  if (!found) {
    found = new Map();
    parent.set(ownText(key), found);
  }
  return found;
}

function merge(cell: Cell, count: number, how: 'add' | 'set', time: number | null): void {
  cell.count = how === 'set' ? count : cell.count + count;
  if (how === 'set') cell.how = 'set';
  if (time === null) return;
  if (cell.first === null || time < cell.first) cell.first = time;
  if (cell.last === null || time > cell.last) cell.last = time;
}

function* flatten(queues: Map<string, Map<string, Map<string, Cell>>>): Generator<TallyChange> {
  for (const [queue, hosts] of queues)
    for (const [host, messages] of hosts)
      for (const [message, cell] of messages) yield { queue, host, message, ...cell };
}

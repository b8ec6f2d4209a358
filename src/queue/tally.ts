import { addCounts } from '../base/count.js';
import { flatten } from '../base/text/flatten.js';
import type { Detail } from '../values/detail.js';
import { addToHour, type Hours, hourOf } from '../values/hours.js';
import { NO_ROW_STATS, type RowStats } from '../values/row-stats.js';
import { NONE, type ValueSpans, ValueTable } from '../values/value-table.js';

/** The host of lines without a prefix; it comes last. */
export const UNPREFIXED_HOST = '[unprefixed logs]';

/** A row of a tally: a masked message of a host, with its count. Times in ms, null if no line had one. */
export interface TallyRow {
  readonly host: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out if there is nothing to add: no values are recorded, and all lines are of one hour, or none has a time. */
  readonly detail?: Detail;
}

/** A change to a tally. `set`: the count of an escalation replaces the one before. */
export interface TallyChange extends TallyRow {
  readonly queue: string;
  readonly how: 'add' | 'set';
  /** Left out if there is nothing to add. */
  readonly stats?: RowStats;
}

/** Counts since the last commit. The owner bounds it: it commits when the tally grows. */
export interface Tally {
  /** Different messages held. */
  readonly size: number;
  /** Memory taken by messages, hosts and values, in UTF-16 units. */
  readonly length: number;
  count(
    queue: string,
    host: string,
    message: string,
    count: number,
    how: 'add' | 'set',
    time: number | null,
    masked?: ValueSpans,
  ): void;
  /** All counts, by queue, host and message in the order of their code units, as the state needs them. */
  changes(): Iterable<TallyChange>;
  /** Called when the changes have been committed. */
  clear(): void;
}

interface Cell {
  count: number;
  how: 'add' | 'set';
  first: number | null;
  last: number | null;
  /** The hour of the last line, and how many lines in a row were of that hour; then the hours before. */
  hour: number | null;
  inHour: number;
  hours: Hours | null;
  /** Its first mask in the table of values, `UNVALUED` or `NO_ROOM`. */
  masked: number;
}

/**
 * How many messages may have recorded values at once. A letter keeps the values of 5,000 messages; most of the first
 * lines of a commit are of messages that the letter knows.
 */
const MAX_VALUED_MESSAGES = 7500;

/** No values are recorded; there was no room for them. */
const UNVALUED = NONE;
const NO_ROOM = -2;

/** Counts messages by queue and host in memory, until the next commit. `hours`: whether to count them by hours, too. */
export function createTally(hours: 'hours' | 'no-hours' = 'hours'): Tally {
  let queues = new Map<string, Map<string, Map<string, Cell>>>();
  let size = 0;
  let length = 0;
  let valued = 0;
  const values = new ValueTable();

  function recordValues(cell: Cell, masked: ValueSpans): void {
    if (cell.masked === NO_ROOM || masked.spans.length === 0) return;
    if (cell.masked === UNVALUED) valued += 1;
    cell.masked =
      valued > MAX_VALUED_MESSAGES && cell.masked === UNVALUED ? NO_ROOM : values.add(cell.masked, masked);
  }

  return {
    get size() {
      return size;
    },
    get length() {
      return length + values.size;
    },
    count(queue, host, message, count, how, time, masked) {
      const hosts = child(queues, queue);
      const before = hosts.size;
      const messages = child(hosts, host);
      if (hosts.size > before) length += host.length;
      let cell = messages.get(message);
      if (cell) merge(cell, count, how, time);
      else {
        cell = cellOf(count, how, time);
        messages.set(flatten(message), cell);
        size += 1;
        length += message.length;
      }
      if (masked && how === 'add') recordValues(cell, masked);
    },
    // One by one: all of them at once would double the memory taken.
    changes: () => ({ [Symbol.iterator]: () => changesIn(queues, hours, values) }),
    clear() {
      queues = new Map();
      size = 0;
      length = 0;
      valued = 0;
      values.clear();
    },
  };
}

function child<V>(parent: Map<string, Map<string, V>>, key: string): Map<string, V> {
  let found = parent.get(key);
  if (!found) {
    found = new Map();
    parent.set(flatten(key), found);
  }
  return found;
}

function cellOf(count: number, how: 'add' | 'set', time: number | null): Cell {
  const hour = time === null ? null : hourOf(time);
  return {
    count,
    how,
    first: time,
    last: time,
    hour,
    inHour: hour === null ? 0 : count,
    hours: null,
    masked: UNVALUED,
  };
}

function merge(cell: Cell, count: number, how: 'add' | 'set', time: number | null): void {
  cell.count = how === 'set' ? count : addCounts(cell.count, count);
  if (how === 'set') cell.how = 'set';
  if (time === null) return;
  if (cell.first === null || time < cell.first) cell.first = time;
  if (cell.last === null || time > cell.last) cell.last = time;
  const hour = hourOf(time);
  if (hour !== cell.hour) beginHour(cell, hour);
  cell.inHour = addCounts(cell.inHour, count);
}

/** Begins another hour than that of the lines before. */
function beginHour(cell: Cell, hour: number): void {
  cell.hours = hoursOf(cell);
  cell.hour = hour;
  cell.inHour = 0;
}

function hoursOf({ hours, hour, inHour }: Cell): Hours {
  const all = hours ?? [];
  if (hour !== null) addToHour(all, hour, inHour);
  return all;
}

/** By code units, with the built-in comparison: a commit has ten thousand messages, most of them alike. */
function* sorted<V>(map: Map<string, V>): Generator<readonly [string, V]> {
  for (const key of [...map.keys()].sort()) {
    const value = map.get(key);
    if (value !== undefined) yield [key, value];
  }
}

function* changesIn(
  queues: Map<string, Map<string, Map<string, Cell>>>,
  hours: 'hours' | 'no-hours',
  values: ValueTable,
): Generator<TallyChange> {
  for (const [queue, hosts] of sorted(queues))
    for (const [host, messages] of sorted(hosts))
      for (const [message, cell] of sorted(messages)) {
        const { count, how, first, last } = cell;
        const stats = statsOf(cell, hours, values);
        const change = { queue, host, message, count, how, first, last };
        yield stats === NO_ROW_STATS ? change : { ...change, stats };
      }
}

function statsOf(cell: Cell, wanted: 'hours' | 'no-hours', values: ValueTable): RowStats {
  const { how } = cell;
  const masked =
    cell.masked === NO_ROOM ? 'no-room' : cell.masked === UNVALUED ? null : values.read(cell.masked);
  const hours = wanted === 'hours' ? (how === 'set' ? 'unknown' : hoursUnlessImplied(cell)) : 'implied';
  return hours === 'implied' && masked === null ? NO_ROW_STATS : { hours, masked };
}

function hoursUnlessImplied(cell: Cell): RowStats['hours'] {
  if (cell.hours === null && (cell.hour === null || cell.inHour === cell.count)) return 'implied';
  return hoursOf({ ...cell, hours: [...(cell.hours ?? [])] });
}

import { addCounts } from '../base/count.js';
import { flatten } from '../base/text/flatten.js';
import type { Detail } from '../values/detail.js';
import { addToHour, type Hours, hourOf } from '../values/hours.js';
import { NO_ROW_STATS, type RowStats } from '../values/row-stats.js';
import { NONE, type ValueSpans, ValueTable } from '../values/value-table.js';

/** The host that stands for lines without a prefix; it comes last. */
export const UNPREFIXED_HOST = '[unprefixed logs]';

/** One line of a tally: a masked message of a host, counted. Times in ms, null when no line of it had one. */
export interface TallyRow {
  readonly host: string;
  readonly message: string;
  readonly count: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Left out where the row says all: no values are kept, and all its lines are of one hour, or none has a time. */
  readonly detail?: Detail;
}

/** A change to a tally. `set`: an escalation's count takes the place of what was there. */
export interface TallyChange extends TallyRow {
  readonly queue: string;
  readonly how: 'add' | 'set';
  /** Left out where the row says all. */
  readonly gathered?: RowStats;
}

/** What has been counted since the last commit. Its size is what bounds it: the owner commits when it grows. */
export interface Tally {
  /** Different messages held. */
  readonly size: number;
  /** How long they and their hosts are in all, values and what it takes to hold them included, in UTF-16 units. */
  readonly length: number;
  count(
    queue: string,
    host: string,
    message: string,
    count: number,
    how: 'add' | 'set',
    time: number | null,
    under?: ValueSpans,
  ): void;
  /** All that was counted, by queue, host and message in the order of their code units: so the state wants it. */
  changes(): Iterable<TallyChange>;
  /** Begins anew, when the changes have been committed. */
  clear(): void;
}

interface Cell {
  count: number;
  how: 'add' | 'set';
  first: number | null;
  last: number | null;
  /** The hour of the last line, and how many lines in a row were of it; then those before. */
  hour: number | null;
  inHour: number;
  hours: Hours | null;
  /** Its first mask in the table of values, `UNVALUED` or `DROPPED`. */
  masked: number;
}

/**
 * Of so many messages the values are kept at once. A letter keeps those of 5,000; the first lines of a commit are mostly
 * of messages that it knows.
 */
const MAX_VALUED_MESSAGES = 7500;

/** Nothing was looked at under its masks; there was no room for it. */
const UNVALUED = NONE;
const DROPPED = -2;

/** Counts messages by queue and host in memory, until the next commit. `hours`: whether to count them by hours, too. */
export function createTally(hours: 'hours' | 'no-hours' = 'hours'): Tally {
  let queues = new Map<string, Map<string, Map<string, Cell>>>();
  let size = 0;
  let length = 0;
  let valued = 0;
  const values = new ValueTable();

  function keep(cell: Cell, under: ValueSpans): void {
    if (cell.masked === DROPPED || under.spans.length === 0) return;
    if (cell.masked === UNVALUED) valued += 1;
    cell.masked =
      valued > MAX_VALUED_MESSAGES && cell.masked === UNVALUED ? DROPPED : values.add(cell.masked, under);
  }

  return {
    get size() {
      return size;
    },
    get length() {
      return length + values.size;
    },
    count(queue, host, message, count, how, time, under) {
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
      if (under && how === 'add') keep(cell, under);
    },
    // One by one: all of them at once are as large as all that is counted.
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
  if (hour !== cell.hour) turn(cell, hour);
  cell.inHour = addCounts(cell.inHour, count);
}

/** Another hour than that of the lines before. */
function turn(cell: Cell, hour: number): void {
  cell.hours = hoursOf(cell);
  cell.hour = hour;
  cell.inHour = 0;
}

function hoursOf({ hours, hour, inHour }: Cell): Hours {
  const all = hours ?? [];
  if (hour !== null) addToHour(all, hour, inHour);
  return all;
}

/** By code units, without a comparison of ours: there are ten thousand messages a commit, most much alike. */
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
        const gathered = gatheredOf(cell, hours, values);
        const change = { queue, host, message, count, how, first, last };
        yield gathered === NO_ROW_STATS ? change : { ...change, gathered };
      }
}

function gatheredOf(cell: Cell, wanted: 'hours' | 'no-hours', values: ValueTable): RowStats {
  const { how } = cell;
  const masked =
    cell.masked === DROPPED ? 'dropped' : cell.masked === UNVALUED ? null : values.read(cell.masked);
  const hours = wanted === 'hours' ? (how === 'set' ? 'unknown' : toldHours(cell)) : 'told';
  return hours === 'told' && masked === null ? NO_ROW_STATS : { hours, masked };
}

function toldHours(cell: Cell): RowStats['hours'] {
  if (cell.hours === null && (cell.hour === null || cell.inHour === cell.count)) return 'told';
  return hoursOf({ ...cell, hours: [...(cell.hours ?? [])] });
}

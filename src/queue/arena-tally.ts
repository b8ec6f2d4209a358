import { addCounts } from '../base/count.js';
import { ComposedText } from '../base/text/composed-text.js';
import { flatten } from '../base/text/flatten.js';
import { addToHour, type Hours, hourOf } from '../values/hours.js';
import { NO_ROW_STATS, type RowStats } from '../values/row-stats.js';
import { NONE, type ValueSpans, ValueTable } from '../values/value-table.js';
import { MessageArena, MIN_FILLED } from './message-arena.js';
import { sortTexts } from './sort-texts.js';
import type { Tally, TallyChange } from './tally.js';

/**
 * How many messages may have recorded values at once. A letter keeps the values of 5,000 messages; most of the first
 * lines of a commit are of messages that the letter knows.
 */
const MAX_VALUED_MESSAGES = 7500;

/** No values are recorded; there was no room for them. */
const UNVALUED = NONE;
const NO_ROOM = -2;

/** Numbers of a cell: count, first, last, the hour of the last line, and how many lines in a row were of that hour. */
const COUNT = 0;
const FIRST = 1;
const LAST = 2;
const HOUR = 3;
const IN_HOUR = 4;
const NUMBERS = 5;

/** Its message: hash, scope, place in the arena, length; its first mask in the table of values, or one of the above; how. */
const HASH = 0;
const SCOPE = 1;
const PLACE = 2;
const LENGTH = 3;
const MASKED = 4;
const HOW = 5;
const FIELDS = 6;

const ADD = 0;
const SET = 1;

/** Initial room for cells; a power of two. */
const FIRST_ROOM = 256;

/** Stands for null among numbers. */
const NO_TIME = Number.NaN;

/** A queue and a host. */
interface Scope {
  readonly queue: string;
  readonly host: string;
}

/**
 * Counts messages by queue and host in memory, until the next commit. A cell for each, in a few arrays of numbers: an
 * object and a string for each message cost more than all other work on a line that is unlike all before. A hash table
 * with open addressing finds them; a message becomes a string when it is committed.
 */
export class ArenaTally implements Tally {
  readonly #countsHours: boolean;
  #scopes: Scope[] = [];
  #scopeNumbers = new Map<string, Map<string, number>>();
  /** The queue that was counted for last, and its hosts. */
  #queue: string | null = null;
  #hosts = new Map<string, number>();
  #numbers = new Float64Array(FIRST_ROOM * NUMBERS);
  #fields = new Int32Array(FIRST_ROOM * FIELDS);
  /** The number of a cell, plus one. There are half as many cells at most. */
  #slots = new Int32Array(2 * FIRST_ROOM);
  readonly #arena = new MessageArena();
  readonly #values = new ValueTable();
  /** By cell: the hours before the current one; most messages have one hour. */
  readonly #hours = new Map<number, Hours>();
  readonly #spare = new ComposedText();
  #size = 0;
  #length = 0;
  #valued = 0;

  /** `hours`: whether to count messages by hours, too. */
  constructor(hours: 'hours' | 'no-hours' = 'hours') {
    this.#countsHours = hours === 'hours';
  }

  get size(): number {
    return this.#size;
  }

  get length(): number {
    return this.#length + this.#values.size;
  }

  count(
    queue: string,
    host: string,
    message: string | ComposedText,
    count: number,
    how: 'add' | 'set',
    time: number | null,
    masked?: ValueSpans,
  ): void {
    const text = typeof message === 'string' ? this.#spare.set(message) : message;
    const cell = this.#cellOf(this.#scopeOf(queue, host), text);
    this.#add(cell, count, how, time ?? NO_TIME);
    if (masked && how === 'add') this.#recordValues(cell, masked);
  }

  /** One string at a time: all of them at once would double the memory taken. */
  changes(): Iterable<TallyChange> {
    return { [Symbol.iterator]: () => this.#changes() };
  }

  clear(): void {
    if (this.#size < MIN_FILLED * (this.#slots.length / 2)) this.#shrink();
    this.#scopes = [];
    this.#scopeNumbers = new Map();
    this.#queue = null;
    this.#slots.fill(0);
    this.#arena.clear();
    this.#values.clear();
    this.#hours.clear();
    this.#size = 0;
    this.#length = 0;
    this.#valued = 0;
  }

  #scopeOf(queue: string, host: string): number {
    const hosts = queue === this.#queue ? this.#hosts : this.#hostsOf(queue);
    return hosts.get(host) ?? this.#addScope(queue, flatten(host), hosts);
  }

  #hostsOf(queue: string): Map<string, number> {
    let hosts = this.#scopeNumbers.get(queue);
    if (!hosts) {
      hosts = new Map();
      this.#scopeNumbers.set(flatten(queue), hosts);
    }
    this.#queue = queue;
    this.#hosts = hosts;
    return hosts;
  }

  #addScope(queue: string, host: string, hosts: Map<string, number>): number {
    const scope = this.#scopes.push({ queue, host }) - 1;
    hosts.set(host, scope);
    this.#length += host.length;
    return scope;
  }

  #cellOf(scope: number, text: ComposedText): number {
    const { hash } = text;
    const slots = this.#slots;
    let slot = firstSlot(hash, scope) & (slots.length - 1);
    for (;;) {
      const cell = (slots[slot] as number) - 1;
      if (cell < 0) return this.#addCell(slot, scope, text);
      if (this.#isCell(cell, hash, scope, text)) return cell;
      slot = (slot + 1) & (slots.length - 1);
    }
  }

  #isCell(cell: number, hash: number, scope: number, text: ComposedText): boolean {
    const fields = this.#fields;
    const at = cell * FIELDS;
    if (fields[at + HASH] !== hash || fields[at + SCOPE] !== scope || fields[at + LENGTH] !== text.length)
      return false;
    return this.#arena.holds(fields[at + PLACE] as number, text);
  }

  #addCell(slot: number, scope: number, text: ComposedText): number {
    const cell = this.#size++;
    this.#length += text.length;
    this.#slots[slot] = cell + 1;
    const at = cell * FIELDS;
    const fields = this.#fields;
    fields[at + HASH] = text.hash;
    fields[at + SCOPE] = scope;
    fields[at + PLACE] = this.#arena.add(text);
    fields[at + LENGTH] = text.length;
    fields[at + MASKED] = UNVALUED;
    fields[at + HOW] = ADD;
    const numbers = this.#numbers;
    numbers[cell * NUMBERS + COUNT] = 0;
    numbers[cell * NUMBERS + FIRST] = NO_TIME;
    numbers[cell * NUMBERS + LAST] = NO_TIME;
    numbers[cell * NUMBERS + HOUR] = NO_TIME;
    numbers[cell * NUMBERS + IN_HOUR] = 0;
    if (2 * this.#size >= this.#slots.length) this.#grow();
    return cell;
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const fields = new Int32Array((slots.length / 2) * FIELDS);
    fields.set(this.#fields);
    const numbers = new Float64Array((slots.length / 2) * NUMBERS);
    numbers.set(this.#numbers);
    for (const one of this.#slots) {
      if (one === 0) continue;
      const at = (one - 1) * FIELDS;
      let slot = firstSlot(fields[at + HASH] as number, fields[at + SCOPE] as number) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = one;
    }
    this.#slots = slots;
    this.#fields = fields;
    this.#numbers = numbers;
  }

  #shrink(): void {
    this.#slots = new Int32Array(2 * FIRST_ROOM);
    this.#fields = new Int32Array(FIRST_ROOM * FIELDS);
    this.#numbers = new Float64Array(FIRST_ROOM * NUMBERS);
  }

  #add(cell: number, count: number, how: 'add' | 'set', time: number): void {
    const numbers = this.#numbers;
    const at = cell * NUMBERS;
    numbers[at + COUNT] = how === 'set' ? count : addCounts(numbers[at + COUNT] as number, count);
    if (how === 'set') this.#fields[cell * FIELDS + HOW] = SET;
    if (Number.isNaN(time)) return;
    if (!((numbers[at + FIRST] as number) <= time)) numbers[at + FIRST] = time;
    if (!((numbers[at + LAST] as number) >= time)) numbers[at + LAST] = time;
    const hour = hourOf(time);
    if (hour !== numbers[at + HOUR]) this.#beginHour(cell, hour);
    numbers[at + IN_HOUR] = addCounts(numbers[at + IN_HOUR] as number, count);
  }

  /** Begins another hour than that of the lines before. */
  #beginHour(cell: number, hour: number): void {
    const at = cell * NUMBERS;
    const before = this.#numbers[at + HOUR] as number;
    if (!Number.isNaN(before)) this.#hours.set(cell, this.#withCurrent(this.#hours.get(cell) ?? [], cell));
    this.#numbers[at + HOUR] = hour;
    this.#numbers[at + IN_HOUR] = 0;
  }

  /** Adds the current hour to those before. */
  #withCurrent(hours: Hours, cell: number): Hours {
    const hour = this.#numbers[cell * NUMBERS + HOUR] as number;
    if (!Number.isNaN(hour)) addToHour(hours, hour, this.#numbers[cell * NUMBERS + IN_HOUR] as number);
    return hours;
  }

  #recordValues(cell: number, masked: ValueSpans): void {
    const at = cell * FIELDS + MASKED;
    const before = this.#fields[at] as number;
    if (before === NO_ROOM || masked.spans.length === 0) return;
    if (before === UNVALUED) this.#valued += 1;
    const isFull = this.#valued > MAX_VALUED_MESSAGES && before === UNVALUED;
    this.#fields[at] = isFull ? NO_ROOM : this.#values.add(before, masked);
  }

  *#changes(): Generator<TallyChange> {
    const cells = this.#cellsByScope();
    for (const hosts of inOrder(this.#scopeNumbers))
      for (const scope of inOrder(hosts)) yield* this.#changesOf(scope, cells[scope] ?? []);
  }

  #cellsByScope(): number[][] {
    const cells: number[][] = this.#scopes.map(() => []);
    for (let cell = 0; cell < this.#size; cell++)
      cells[this.#fields[cell * FIELDS + SCOPE] as number]?.push(cell);
    return cells;
  }

  *#changesOf(scope: number, found: readonly number[]): Generator<TallyChange> {
    const { queue, host } = this.#scopes[scope] as Scope;
    const cells = Int32Array.from(found);
    sortTexts(cells, (cell, depth) => this.#unitAt(cell, depth));
    for (const cell of cells) yield this.#changeOf(cell, queue, host, this.#textOf(cell));
  }

  /** -1 behind the end. */
  #unitAt(cell: number, depth: number): number {
    const at = cell * FIELDS;
    if (depth >= (this.#fields[at + LENGTH] as number)) return -1;
    return this.#arena.unitAt(this.#fields[at + PLACE] as number, depth);
  }

  #textOf(cell: number): string {
    const at = cell * FIELDS;
    return this.#arena.read(this.#fields[at + PLACE] as number, this.#fields[at + LENGTH] as number);
  }

  #changeOf(cell: number, queue: string, host: string, message: string): TallyChange {
    const at = cell * NUMBERS;
    const count = this.#numbers[at + COUNT] as number;
    const first = orNull(this.#numbers[at + FIRST]);
    const last = orNull(this.#numbers[at + LAST]);
    const how = this.#fields[cell * FIELDS + HOW] === SET ? 'set' : 'add';
    const stats = this.#statsOf(cell, how);
    const change = { queue, host, message, count, how, first, last } as const;
    return stats === NO_ROW_STATS ? change : { ...change, stats };
  }

  #statsOf(cell: number, how: 'add' | 'set'): RowStats {
    const first = this.#fields[cell * FIELDS + MASKED] as number;
    const masked = first === NO_ROOM ? 'no-room' : first === UNVALUED ? null : this.#values.read(first);
    const hours = !this.#countsHours ? 'implied' : how === 'set' ? 'unknown' : this.#hoursUnlessImplied(cell);
    return hours === 'implied' && masked === null ? NO_ROW_STATS : { hours, masked };
  }

  #hoursUnlessImplied(cell: number): RowStats['hours'] {
    const at = cell * NUMBERS;
    const before = this.#hours.get(cell);
    const isTimeless = Number.isNaN(this.#numbers[at + HOUR]);
    if (!before && (isTimeless || this.#numbers[at + IN_HOUR] === this.#numbers[at + COUNT]))
      return 'implied';
    return this.#withCurrent([...(before ?? [])], cell);
  }
}

function firstSlot(hash: number, scope: number): number {
  return hash ^ Math.imul(scope + 1, 0x9e3779b1);
}

function orNull(number: number | undefined): number | null {
  return number === undefined || Number.isNaN(number) ? null : number;
}

/** The values of a map by their keys, in the order of code units. */
function inOrder<V>(map: ReadonlyMap<string, V>): V[] {
  return [...map.keys()].sort().map((key) => map.get(key) as V);
}

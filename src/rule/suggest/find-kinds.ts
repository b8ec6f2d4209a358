import { flatten } from '../../base/text/flatten.js';
import { absorbRare } from './absorb-rare.js';
import { type Cell, cellsOf, keyOf } from './cells.js';
import { KindTree } from './kind-tree.js';
import { KnownKind } from './known-kind.js';
import { mergeKinds } from './merge-rows.js';
import { ShapeReader } from './read-shape.js';
import type { Row } from './rows.js';
import { Shape } from './shape.js';

/** How much is held at once. Memory is bounded by these, whatever the log. */
export interface KindLimits {
  /** So many shapes are held until they are merged: 2 kB each at most, mostly 500 bytes. */
  readonly maxShapes: number;
  /** So many kinds are held; the rarest give way. */
  readonly maxKinds: number;
  /** So many shapes have a number of their own, 4 bytes each; the messages of others are counted only. */
  readonly maxNumbers: number;
}

export const KIND_LIMITS: KindLimits = { maxShapes: 10_000, maxKinds: 10_000, maxNumbers: 2 ** 22 };

/** Of shapes of which no more than a rest was found to be of a kind, fewer are looked at. */
const MAX_IN_VAIN = 0.8;

/** However little is learned from them, one shape in so many is looked at. */
const MAX_STRIDE = 32;

/** The number of what belongs to no kind, since it had to give way. */
export const NO_KIND = 0;

/** A message whose kind was found before. */
interface Known {
  readonly kind: KnownKind;
  readonly cells: readonly Cell[];
}

/** Finds the kinds of messages in a log of any length. The same messages in the same order make the same kinds. */
export class KindFinder {
  readonly #limits: KindLimits;
  readonly #reader = new ShapeReader();
  /** By key. */
  readonly #shapes = new Map<string, Shape>();
  /** Keys of messages of known kinds that came once: those that come again get a shape. */
  readonly #once = new Set<string>();
  #tree = new KindTree<KnownKind>();
  #kinds: readonly KnownKind[] = [];
  /** By number of a shape: that of the shape that it was merged into; its own for the first of a kind. */
  #parents = new Int32Array(1024);
  #numbers = 1;
  #unsorted = 0;
  /** Of so many shapes that are new one is taken: more than 1 while nothing is learned from them. */
  #stride = 1;
  #met = 0;

  constructor(limits: KindLimits = KIND_LIMITS) {
    this.#limits = limits;
  }

  /** Takes a message: `program: text`, or a text. Returns the number of its shape, for `kindOf`. */
  add(message: string): number {
    const key = this.#reader.read(message);
    const shape = this.#shapes.get(key);
    if (shape === undefined) return this.#addNew(key, message);
    shape.add(message, this.#reader.slots);
    return shape.number;
  }

  #addNew(key: string, message: string): number {
    if (this.#shapes.size >= this.#limits.maxShapes) {
      this.#sortOut();
      this.#reader.read(message);
    }
    const known = this.#knownKind();
    if (known !== null) return this.#addKnown(key, message, known);
    this.#met += 1;
    if (this.#met % this.#stride !== 0 || this.#numbers >= this.#limits.maxNumbers) {
      this.#unsorted += 1;
      return NO_KIND;
    }
    const number = this.#numbers++;
    if (number >= this.#parents.length) this.#parents = grown(this.#parents);
    this.#parents[number] = number;
    this.#enter(key, new Shape(number, message, this.#reader));
    return number;
  }

  /** The kind of the message that was read last; null for none. */
  #knownKind(): Known | null {
    const { tokens } = this.#reader;
    if (tokens.count === 0 || !this.#tree.hasFirst(keyOf(tokens, 0))) return null;
    const cells = cellsOf(tokens);
    const kind = this.#tree.find(cells);
    return kind && { kind, cells };
  }

  #addKnown(key: string, message: string, { kind, cells }: Known): number {
    if (this.#once.has(key)) this.#enter(key, new Shape(kind.number, message, this.#reader));
    else {
      if (this.#once.size >= this.#limits.maxShapes) this.#once.clear();
      this.#once.add(flatten(key));
      kind.take(message, cells);
    }
    return kind.number;
  }

  #enter(key: string, shape: Shape): void {
    this.#shapes.set(flatten(key), shape);
  }

  /** The kinds of all messages so far, in the order of their first messages. */
  finish(): FoundKinds {
    this.#sortOut();
    const parents = this.#parents.slice(0, this.#numbers);
    for (let at = 1; at < parents.length; at++) parents[at] = parents[parents[at] as number] as number;
    const found = this.#kinds.map((kind) => kind.toRow());
    const absorbed = absorbRare(found);
    const renumbered = new Map([...absorbed].map(([row, into]) => [row.shapes[0], into.shapes[0]]));
    for (let at = 1; at < parents.length; at++)
      parents[at] = renumbered.get(parents[at] as number) ?? (parents[at] as number);
    const rows = withAbsorbed(found, absorbed);
    return { rows, unsorted: this.#unsorted, kindOf: (shape) => parents[shape] ?? NO_KIND };
  }

  /** Makes kinds of the shapes that are held, together with the kinds so far. */
  #sortOut(): void {
    const rows = this.#rowsOfUnknown();
    this.#carryOn();
    const merged = mergeKinds([...this.#kinds.map((kind) => kind.toRow()), ...rows]);
    for (const { shapes } of merged) for (const shape of shapes) this.#parents[shape] = shapes[0];
    const kept = this.#kept(merged);
    this.#kinds = kept.map((row) => new KnownKind(row));
    this.#tree = new KindTree();
    for (const [at, row] of kept.entries()) this.#tree.enter(row, this.#kinds[at] as KnownKind);
    const isLearning = merged.length - kept.length < MAX_IN_VAIN * rows.length;
    this.#stride = isLearning ? Math.max(1, this.#stride / 2) : Math.min(MAX_STRIDE, this.#stride * 2);
  }

  /** Hands the shapes that are held to their kinds; the rows of those that have none. */
  #rowsOfUnknown(): Row[] {
    const unknown: Row[] = [];
    for (const shape of this.#shapes.values()) {
      if (shape.count === 0) continue;
      const row = shape.toRow(this.#reader);
      const kind = this.#tree.find(row.places.map(({ cell }) => cell));
      if (kind === null) unknown.push(row);
      else kind.takeRow(row);
    }
    return unknown;
  }

  /** Lets go of the shapes that are held, but for the most frequent ones: the next messages will be of these. */
  #carryOn(): void {
    const again = [...this.#shapes]
      .filter(([, { count }]) => count > 1)
      .sort(([, a], [, b]) => b.count - a.count);
    this.#shapes.clear();
    this.#once.clear();
    for (const [key, shape] of again.slice(0, this.#limits.maxShapes / 2)) {
      shape.restart();
      this.#shapes.set(key, shape);
    }
  }

  /** The kinds there is room for: the most frequent, in their order. */
  #kept(kinds: readonly Row[]): readonly Row[] {
    const sorted = kinds.toSorted((a, b) => a.shapes[0] - b.shapes[0]);
    if (sorted.length <= this.#limits.maxKinds) return sorted;
    const byCount = sorted.toSorted((a, b) => b.count - a.count);
    const gone = new Set(byCount.slice(this.#limits.maxKinds));
    for (const { count, shapes } of gone) {
      this.#unsorted += count;
      this.#parents[shapes[0]] = NO_KIND;
    }
    return sorted.filter((row) => !gone.has(row));
  }
}

export interface FoundKinds {
  /** In the order of their first messages. */
  readonly rows: readonly Row[];
  /** How many messages had to give way. */
  readonly unsorted: number;
  /** The number of a shape's kind, which is that of the first shape of its row; `NO_KIND`. */
  kindOf(shape: number): number;
}

/** The rows that are left, with the messages of those that they absorbed. */
function withAbsorbed(rows: readonly Row[], absorbed: ReadonlyMap<Row, Row>): Row[] {
  const more = new Map<Row, number>();
  for (const [row, into] of absorbed) more.set(into, (more.get(into) ?? 0) + row.count);
  return rows
    .filter((row) => !absorbed.has(row))
    .map((row) => ({ ...row, count: row.count + (more.get(row) ?? 0) }));
}

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * numbers.length);
  more.set(numbers);
  return more;
}

/** The kinds of messages, and by message the number of its kind. */
export function findKinds(
  messages: Iterable<string>,
  limits?: KindLimits,
): { kinds: FoundKinds; groups: number[] } {
  const finder = new KindFinder(limits);
  const shapes = Array.from(messages, (message) => finder.add(message));
  const kinds = finder.finish();
  return { kinds, groups: shapes.map((shape) => kinds.kindOf(shape)) };
}

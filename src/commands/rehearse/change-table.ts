import { flatten } from '../../base/text/flatten.js';
import { TextBlock } from '../../base/text/text-block.js';
import { hashOf } from '../../values/hyperloglog.js';
import type { ChangeKind, LineChange } from './outcome.js';
import type { LogUnit } from './read-log.js';

/** Lines with the same change. The message by which a row is found, and how many there are on the other side. */
export interface ChangeRow {
  readonly kind: ChangeKind;
  readonly from: string;
  readonly to: string;
  /** Of its first line. */
  readonly before: string | null;
  readonly after: string | null;
  /** The first line itself. */
  readonly sample: SampleLine;
  lines: number;
  /** Times of its lines (ms); null: none has one. */
  first: number | null;
  last: number | null;
  readonly hosts: FewDistinct;
  /** Messages on the other side than that of the key. */
  readonly others: FewDistinct;
}

/** A line, and whether each config counts it in any queue. */
export interface SampleLine {
  readonly unit: LogUnit;
  readonly isCounted: { readonly now: boolean; readonly next: boolean };
}

/** Different texts of a row that are told apart; of more it is said that there are more. */
export const MAX_OTHERS = 100;

/** Counts different texts, up to `MAX_OTHERS`. */
export class FewDistinct {
  #only: number | null = null;
  /** Made for the second one: most rows have but one. */
  #all: Set<number> | null = null;

  add(hash: number): void {
    if (this.#only === null) this.#only = hash;
    else if (this.#all) this.#add(this.#all, hash);
    else if (hash !== this.#only) this.#all = new Set([this.#only, hash]);
  }

  get count(): number {
    return this.#all?.size ?? (this.#only === null ? 0 : 1);
  }

  #add(all: Set<number>, hash: number): void {
    if (all.size <= MAX_OTHERS) all.add(hash);
  }
}

/** Rows of one table: enough for any rule set whose messages are masked. */
const MAX_ROWS = 10_000;
/** The same for their texts (UTF-16 units). */
const MAX_TEXT = 8_000_000;
/** When there are too many, so many are kept: those with most lines. */
const KEPT_ROWS = 5000;

/** Which message is the key of a row: with `after`, rows show what merges; with `before`, what splits. */
export type KeySide = 'before' | 'after';

/** A change as it came. */
export interface SeenChange extends SampleLine {
  readonly change: LineChange;
  readonly host: string;
}

/** Changes of lines, by queues and a message. Bounded: the rarest are dropped, and counted. */
export class ChangeTable {
  readonly #side: KeySide;
  readonly #rows = new Map<string, ChangeRow>();
  readonly #block = new TextBlock();
  #text = 0;
  #dropped = 0;

  constructor(side: KeySide) {
    this.#side = side;
  }

  /** Lines of rows that were dropped. Rows may have lost lines before they came again. */
  get dropped(): number {
    return this.#dropped;
  }

  get rows(): readonly ChangeRow[] {
    return [...this.#rows.values()];
  }

  add(seen: SeenChange): void {
    const { change, unit, host } = seen;
    const key = keyOf(change, change[this.#side]);
    const row = this.#rows.get(key) ?? this.#make(key, seen);
    row.lines += 1;
    row.hosts.add(this.#hash(host));
    row.others.add(this.#hash((this.#side === 'after' ? change.before : change.after) ?? ''));
    if (unit.time === null) return;
    row.first = Math.min(row.first ?? unit.time, unit.time);
    row.last = Math.max(row.last ?? unit.time, unit.time);
  }

  /** The row of a message: what a line was, or becomes. */
  find({ kind, from, to }: Way, message: string | null): ChangeRow | undefined {
    return this.#rows.get(keyOf({ kind, from, to }, message));
  }

  #make(key: string, { change, unit, isCounted }: SeenChange): ChangeRow {
    const row: ChangeRow = {
      kind: change.kind,
      from: change.from,
      to: change.to,
      before: change.before === null ? null : flatten(change.before),
      after: change.after === null ? null : flatten(change.after),
      sample: { unit: { ...unit, text: flatten(unit.text) }, isCounted },
      lines: 0,
      first: null,
      last: null,
      hosts: new FewDistinct(),
      others: new FewDistinct(),
    };
    this.#rows.set(flatten(key), row);
    this.#text += sizeOf(row);
    if (this.#rows.size > MAX_ROWS || this.#text > MAX_TEXT) this.#dropRarest(row);
    return row;
  }

  /** All but `fresh`, which has no line yet. */
  #dropRarest(fresh: ChangeRow): void {
    const byLines = [...this.#rows].sort(([, a], [, b]) => b.lines - a.lines);
    let kept = 0;
    let text = 0;
    for (const [key, row] of byLines) {
      if (row === fresh) continue;
      kept += 1;
      text += sizeOf(row);
      if (kept <= KEPT_ROWS && text <= MAX_TEXT / 2) continue;
      this.#rows.delete(key);
      this.#text -= sizeOf(row);
      this.#dropped += row.lines;
    }
  }

  #hash(text: string): number {
    return hashOf(this.#block.set(text).units, 0, text.length);
  }
}

/** How lines change: from queues to queues. */
type Way = Pick<LineChange, 'kind' | 'from' | 'to'>;

function keyOf({ kind, from, to }: Way, message: string | null): string {
  return `${kind}\n${from}\n${to}\n${message ?? ''}`;
}

/** A key repeats one of the messages. */
function sizeOf({ before, after, sample }: ChangeRow): number {
  return 2 * ((before?.length ?? 0) + (after?.length ?? 0)) + sample.unit.text.length;
}

import { type Cell, type CellKind, VALUE } from './cells.js';

/** Messages that are taken for one kind so far: cells that are equal in all of them, and cells that vary. */
export interface Row {
  /** Of its first message. */
  readonly cells: readonly Cell[];
  /** By cell: what it is compared by. `VALUE` where it varies. */
  readonly keys: readonly string[];
  /** By cell: the kinds of tokens seen there, as in `SlotBit`. */
  readonly bits: readonly number[];
  /** By cell: whether more than one text was seen there. */
  readonly varies: readonly boolean[];
  /** By cell: what stands between it and the one before; null where that varies. */
  readonly gaps: readonly (string | null)[];
  /** Its first messages, of different shapes. */
  readonly samples: readonly [string, ...string[]];
  /** How many messages. */
  readonly count: number;
  /** The numbers of the shapes that it is made of, the smallest first. */
  readonly shapes: readonly [number, ...number[]];
}

/** So many messages of different shapes are kept of each kind, to show and to try its rule on. */
const MAX_SAMPLES = 5;

/** One row of several, which have the same number of cells. The one with the lowest number is the first. */
export function mergeRows(rows: readonly Row[]): Row {
  const ordered = rows.toSorted((a, b) => a.shapes[0] - b.shapes[0]);
  const [first] = ordered as [Row, ...Row[]];
  if (rows.length === 1) return first;
  const keys = [...first.keys];
  const bits = [...first.bits];
  const varies = [...first.varies];
  const gaps = [...first.gaps];
  const shapes: number[] = [];
  const samples: string[] = [];
  let count = 0;
  for (const row of ordered) {
    count += row.count;
    for (const shape of row.shapes) shapes.push(shape);
    if (samples.length < MAX_SAMPLES) samples.push(...row.samples.slice(0, MAX_SAMPLES - samples.length));
    for (let at = 0; at < keys.length; at++) {
      if (gaps[at] !== row.gaps[at]) gaps[at] = null;
      const key = row.keys[at];
      if (key === keys[at] && key !== VALUE && isPlain(first.cells[at]?.kind)) continue;
      bits[at] = (bits[at] as number) | (row.bits[at] as number);
      varies[at] ||= row.varies[at] || textAt(row, at) !== textAt(first, at);
      if (key !== keys[at]) keys[at] = VALUE;
    }
  }
  const [one = 0, ...others] = shapes;
  const [text = '', ...texts] = samples;
  const { cells } = first;
  return { cells, keys, bits, varies, gaps, samples: [text, ...texts], count, shapes: [one, ...others] };
}

/** Whether equal keys are equal texts. */
function isPlain(kind: CellKind | undefined): boolean {
  return kind === 'mark' || kind === 'word';
}

/** What stands in a cell of a row's first message. */
export function textAt(row: Row, at: number): string {
  const { start, end } = row.cells[at] as Cell;
  return row.samples[0].slice(start, end);
}

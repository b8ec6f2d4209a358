/** Shorter ranges are sorted by insertion. */
const FEW = 12;

/**
 * Sorts the texts of `items` from `from` to `to` in the order of their units (multikey quicksort: Bentley and Sedgewick,
 * 1997). `unitAt(item, depth)`: a unit of a text, or -1 behind its end. All are alike up to `depth`.
 */
export function sortTexts(
  items: Int32Array,
  unitAt: (item: number, depth: number) => number,
  from = 0,
  to = items.length,
  depth = 0,
): void {
  while (to - from > FEW) {
    const pivot = unitAt(items[(from + to) >> 1] as number, depth);
    let less = from;
    let more = to;
    for (let at = from; at < more; ) {
      const unit = unitAt(items[at] as number, depth);
      if (unit < pivot) swap(items, at++, less++);
      else if (unit > pivot) swap(items, at, --more);
      else at++;
    }
    sortTexts(items, unitAt, from, less, depth);
    sortTexts(items, unitAt, more, to, depth);
    if (pivot < 0) return;
    from = less;
    to = more;
    depth++;
  }
  insert(items, unitAt, from, to, depth);
}

function insert(
  items: Int32Array,
  unitAt: (item: number, depth: number) => number,
  from: number,
  to: number,
  depth: number,
): void {
  for (let end = from + 1; end < to; end++) {
    const item = items[end] as number;
    let at = end;
    for (; at > from && isBefore(unitAt, item, items[at - 1] as number, depth); at--)
      items[at] = items[at - 1] as number;
    items[at] = item;
  }
}

function isBefore(
  unitAt: (item: number, depth: number) => number,
  a: number,
  b: number,
  depth: number,
): boolean {
  for (let at = depth; ; at++) {
    const unit = unitAt(a, at);
    const other = unitAt(b, at);
    if (unit !== other) return unit < other;
    if (unit < 0) return false;
  }
}

function swap(items: Int32Array, a: number, b: number): void {
  const item = items[a] as number;
  items[a] = items[b] as number;
  items[b] = item;
}

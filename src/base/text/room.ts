/** Units to make room for, so that a text of this length fits and one that is a little longer does, too: a power of two. */
export function roomFor(length: number): number {
  return 2 ** Math.ceil(Math.log2(length));
}

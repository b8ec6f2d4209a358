import type { Span } from './pattern.js';

/**
 * `text` with the places of the outermost groups that took part replaced by `mask`. By place, not by number; places
 * that overlap (captures of a lookahead) count as one, places that only touch as two.
 */
export function maskSpans(
  text: string,
  groups: readonly (Span | null)[],
  enclosing: readonly (number | null)[],
  mask: string,
): string {
  const outermost = groups.filter((span, index) => span !== null && !isEnclosed(index, groups, enclosing));
  let masked = '';
  let from = 0;
  for (const { start, end } of mergeOverlaps(outermost.filter((span) => span !== null))) {
    masked += text.slice(from, start) + mask;
    from = end;
  }
  return masked + text.slice(from);
}

function isEnclosed(
  index: number,
  groups: readonly (Span | null)[],
  enclosing: readonly (number | null)[],
): boolean {
  for (let outer = enclosing[index] ?? null; outer !== null; outer = enclosing[outer] ?? null)
    if (groups[outer]) return true;
  return false;
}

function mergeOverlaps(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = merged.at(-1);
    if (before && span.start < before.end)
      merged[merged.length - 1] = { start: before.start, end: Math.max(before.end, span.end) };
    else merged.push(span);
  }
  return merged;
}

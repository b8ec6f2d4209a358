import type { Match, Span } from './pattern.js';

/**
 * `text` with the outermost groups that took part replaced by `mask`, by place. Groups side by side give a mask each,
 * an empty group one where it stands, and groups that overlap without being nested in the regex one together.
 */
export function maskGroups(
  text: string,
  { groups }: Match,
  enclosing: readonly (number | null)[],
  mask: string,
): string {
  let masked = '';
  let from = 0;
  for (const { start, end } of outermost(groups, enclosing)) {
    masked += text.slice(from, start) + mask;
    from = end;
  }
  return masked + text.slice(from);
}

function outermost(groups: readonly (Span | null)[], enclosing: readonly (number | null)[]): readonly Span[] {
  const spans: Span[] = [];
  let ordered = true;
  groups.forEach((span, index) => {
    if (!span || isInside(index, groups, enclosing)) return;
    const before = spans.at(-1);
    if (before && span.start < before.end) ordered = false;
    if (before && span.start < before.start) ordered = false;
    spans.push(span);
  });
  return ordered ? spans : joined(spans);
}

/** Whether a group around this one, in the regex, took part. */
function isInside(
  index: number,
  groups: readonly (Span | null)[],
  enclosing: readonly (number | null)[],
): boolean {
  for (let outer = enclosing[index] ?? null; outer !== null; outer = enclosing[outer] ?? null)
    if (groups[outer]) return true;
  return false;
}

function joined(spans: readonly Span[]): readonly Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const apart: Span[] = [];
  for (const span of sorted) {
    const before = apart.at(-1);
    if (before && span.start < before.end)
      apart[apart.length - 1] = { start: before.start, end: Math.max(before.end, span.end) };
    else apart.push(span);
  }
  return apart;
}

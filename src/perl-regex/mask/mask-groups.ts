import type { MaskedSpans, Match, Span, TextView } from '../pattern.js';

/** Replaces the masked spans of a text by `mask`. The gap of a view, if any, must come before the first span. */
export function maskSpans(text: string | TextView, masked: MaskedSpans, mask: string): string {
  if (typeof text === 'string') return maskFrom(text, 0, text.length, masked, mask);
  const { whole, from, gap, resume, to } = text;
  if (resume === to) return maskFrom(whole.text, from, gap, masked, mask);
  return whole.text.slice(from, gap) + maskFrom(whole.text, resume, to, masked, mask);
}

function maskFrom(text: string, first: number, to: number, { spans }: MaskedSpans, mask: string): string {
  let masked = '';
  let from = first;
  for (let at = 0; at < spans.length; at += 2) {
    masked += text.slice(from, spans[at]) + mask;
    from = spans[at + 1] ?? from;
  }
  return masked + text.slice(from, to);
}

/**
 * The spans of the outermost groups that took part. Adjacent groups are masked separately, an empty group at its position,
 * and groups that overlap without being nested in the regex together.
 */
export function maskedGroups({ groups }: Match, enclosing: readonly (number | null)[]): MaskedSpans {
  const spans = outermost(groups, enclosing);
  return {
    spans: spans.flatMap(({ start, end }) => [start, end]),
    groups: spans.map(({ group }) => group),
  };
}

interface GroupSpan extends Span {
  /** Its index; -1: several groups that overlap. */
  readonly group: number;
}

function outermost(
  groups: readonly (Span | null)[],
  enclosing: readonly (number | null)[],
): readonly GroupSpan[] {
  const spans: GroupSpan[] = [];
  let ordered = true;
  groups.forEach((span, group) => {
    if (!span || isInside(group, groups, enclosing)) return;
    const before = spans.at(-1);
    if (before && span.start < before.end) ordered = false;
    if (before && span.start < before.start) ordered = false;
    spans.push({ start: span.start, end: span.end, group });
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

function joined(spans: readonly GroupSpan[]): readonly GroupSpan[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const apart: GroupSpan[] = [];
  for (const span of sorted) {
    const before = apart.at(-1);
    if (before && span.start < before.end)
      apart[apart.length - 1] = { start: before.start, end: Math.max(before.end, span.end), group: -1 };
    else apart.push(span);
  }
  return apart;
}

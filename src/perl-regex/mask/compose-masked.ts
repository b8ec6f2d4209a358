import type { ComposedText } from '../../base/text/composed-text.js';
import type { MaskedSpans, TextView } from '../pattern.js';

/** Composes a view with its masked spans replaced by `mask`, as `maskSpans` does. Spans may stand before its gap, too. */
export function composeMasked(
  into: ComposedText,
  view: TextView,
  { spans }: Pick<MaskedSpans, 'spans'>,
  mask: Uint16Array,
): ComposedText {
  into.begin();
  let at = view.from;
  for (let next = 0; next < spans.length; next += 2) {
    addBetween(into, view, at, spans[next] as number);
    into.add(mask, 0, mask.length);
    at = spans[next + 1] as number;
  }
  addBetween(into, view, at, view.resume === view.to ? view.gap : view.to);
  return into;
}

/** The text of a view: in place where it has no gap. */
export function composeWhole(into: ComposedText, view: TextView): ComposedText {
  const { whole, from, gap, resume, to } = view;
  if (resume === to) return into.view(whole.units, from, gap);
  return into.begin().add(whole.units, from, gap).add(whole.units, resume, to);
}

/** Adds what lies from `from` to `to`, without the gap. */
function addBetween(into: ComposedText, view: TextView, from: number, to: number): void {
  const { units } = view.whole;
  if (from > view.gap || to <= view.gap || view.resume === view.to) into.add(units, from, to);
  else {
    into.add(units, from, view.gap);
    if (to > view.resume) into.add(units, view.resume, to);
  }
}

import { TextBlock } from '../../src/base/text/text-block.js';
import { maskSpans, type Pattern, type TextView } from '../../src/perl-regex/perl-regex.js';

/** A view that is all of a text. */
export function viewOf(text: string): TextView {
  const { length } = text;
  return { whole: new TextBlock().set(text), from: 0, gap: length, resume: length, to: length };
}

/** A view of a text that lies in a larger one, with `[123]` cut out of it at `gap`. */
export function viewWithGap(text: string, gap: number): TextView {
  const whole = `before\n${text.slice(0, gap)}[123]${text.slice(gap)}\nafter: to=x`;
  return { whole: new TextBlock().set(whole), from: 7, gap: 7 + gap, resume: 12 + gap, to: 12 + text.length };
}

/** A text that matches, masked where it lies; null if only `mask` can tell. */
export function maskedInPlace(pattern: Pattern, text: string, mask: string): string | null {
  if (text.includes('\n')) return null;
  const view = viewOf(text);
  const found = pattern.maskedSpansIn(view);
  return found && maskSpans(view, found, mask);
}

/**
 * Log text as it may stand in a mail or on a terminal: control characters (but the tab), bidirectional overrides,
 * line separators and lone surrogates are shown as `\x1b` or `\u202e`, so that none of them can act.
 */
export function visible(text: string): string {
  return ACTING.test(text) ? text.replace(EACH_ACTING, show) : text;
}

/** The same on one line: line breaks and other control characters in a row are a blank. */
export function oneLine(text: string): string {
  return visible(text.replace(/[\0-\x1f\x7f]+/g, ' '));
}

const ACTING = /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const EACH_ACTING = new RegExp(ACTING.source, 'gu');

function show(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

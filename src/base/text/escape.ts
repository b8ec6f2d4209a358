import { lazily } from '../lazily.js';

/**
 * Log text as it may stand in a mail or on a terminal: control characters (but the tab), bidirectional overrides, line
 * separators, lone surrogates and characters that nobody sees are shown as `\x1b`, `\u202e` or `\u{e0001}`. So none of
 * them can act, and no two messages that are counted apart look alike for such a character.
 */
export function escapeControl(text: string): string {
  return escapeHidden(text, show);
}

/** The same on one line: a run of line breaks and other control characters becomes a blank. */
export function oneLine(text: string): string {
  return escapeControl(text.replace(/[\0-\x1f\x7f]+/g, ' '));
}

/**
 * Replaces characters that would act on a terminal, or are invisible. `write` gets one code point or lone surrogate.
 */
export function escapeHidden(text: string, write: (character: string) => string): string {
  if (PLAIN.test(text) || !HIDDEN.test(text)) return text;
  return text.replace(emojiOrHidden(), (found, emoji: string | undefined) => emoji ?? write(found));
}

/** Almost all text; the others are large, and not made before one of them is needed. */
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * Beside controls and separators all that Unicode calls ignorable by default (UAX #44, Default_Ignorable_Code_Point):
 * zero-width blanks and joiners, soft hyphens, variation selectors, fillers, tags, bidirectional marks; and the marks
 * of annotations, which are format characters that show nothing either. Other format characters are signs of numbers
 * and verses, which are seen.
 */
const HIDDEN =
  /[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb]|\p{Default_Ignorable_Code_Point}|\p{Surrogate}/u;

/**
 * Joiners and selectors inside an emoji that Unicode recommends for interchange (UTS #51) stay as they are: there they
 * make another picture, and without them it would fall apart. Anywhere else they are shown, also where a script has a
 * use for them, as Persian and Hindi do: a letter is read as evidence, and there, too, one may be put where it hides.
 */
const emojiOrHidden = lazily(() => new RegExp(`(\\p{RGI_Emoji})|${HIDDEN.source}`, 'gv'));

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

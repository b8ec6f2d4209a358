import { firstCharacters } from './analyse/first-characters.js';
import { matchesNoLine } from './analyse/matches-no-line.js';
import { type Pieces, piecesOf } from './analyse/pieces.js';
import { CompiledPattern, type CompileOptions, compilePerl } from './compile.js';
import type { Compilation, Pattern } from './pattern.js';

export { type Pieces, takesAllOf } from './analyse/pieces.js';
export { type Explanation, explainMatch, type Mismatch } from './explain/longest-prefix.js';
export { maskedPattern } from './explain/masked-pattern.js';
export { composeMasked, composeWhole } from './mask/compose-masked.js';
export { maskSpans } from './mask/mask-groups.js';
export { MatchLimitError, withinLimit } from './match-limit.js';
export type { MaskedSpans, Match, Pattern, TextView } from './pattern.js';
export type { SetLimits } from './set/lazy-dfa.js';
export { PatternSet } from './set/pattern-set.js';

/**
 * Compiles a Perl regex, or says where and why it is rejected. It means what `qr/$source/aa` means on characters. The
 * methods of the pattern throw `MatchLimitError` if a match would take too long.
 */
export function compile(source: string, options?: CompileOptions): Compilation {
  return compilePerl(source, options);
}

/** Whether a pattern surely matches no text: it asks for something behind the end, or for the beginning behind something. */
export function neverMatches(pattern: Pattern): boolean {
  return pattern instanceof CompiledPattern && !pattern.isPlain && matchesNoLine(pattern.regex.root);
}

/** What a pattern asks for, for `takesAllOf`. */
export function patternPieces(pattern: Pattern): Pieces {
  return pattern instanceof CompiledPattern ? piecesOf(pattern.regex.root) : null;
}

/** With how many different characters a text can begin that a pattern matches; Infinity: with any. */
export function patternBeginnings(pattern: Pattern): number {
  return pattern instanceof CompiledPattern ? firstCharacters(pattern.regex.root) : Number.POSITIVE_INFINITY;
}

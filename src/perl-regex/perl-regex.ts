import { type CompileOptions, compilePerl } from './compile.js';
import type { Compilation } from './pattern.js';

export { type Explanation, explainMatch, type Mismatch } from './explain/longest-prefix.js';
export { maskedPattern } from './explain/masked-pattern.js';
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

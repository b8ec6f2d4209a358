import { type CompileOptions, compilePerl } from './compile.js';
import type { Compilation } from './pattern.js';

export { maskSpans } from './mask/mask-groups.js';
export { MatchLimitError } from './match-limit.js';
export type { MaskedSpans, Match, Pattern, TextView } from './pattern.js';
export type { SetLimits } from './set/lazy-dfa.js';
export { PatternSet } from './set/pattern-set.js';

/**
 * Makes a Perl regex ready to run, or says where and why it cannot be. It means what `qr/$source/aa` means on
 * characters. The methods of the pattern throw `MatchLimitError` where a match would take too long.
 */
export function compile(source: string, options?: CompileOptions): Compilation {
  return compilePerl(source, options);
}

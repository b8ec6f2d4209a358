import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type CompiledPattern, compilePerl } from '../../src/perl-regex/compile.js';
import type { MaskedSpans, TextView } from '../../src/perl-regex/pattern.js';
import { createTaggedDfa } from '../../src/perl-regex/tagged/tagged-dfa.js';
import { type Ingredients, randomPair } from './random-regex.js';
import { viewOf, viewWithGap } from './view.js';

const RUNS = Number(process.env.RUNS ?? 4000);

function plain(source: string): CompiledPattern | null {
  const translation = compilePerl(source, { engine: 'backtrack' });
  return translation.ok ? translation.pattern : null;
}

function plainSpans(masked: MaskedSpans | null): unknown {
  return masked && { spans: Array.from(masked.spans), groups: [...masked.groups] };
}

const stats = { none: 0, nomatch: 0, same: 0, null: 0 };

function agrees(regex: string, text: string, places: number[]): void {
  const pattern = plain(regex);
  if (!pattern) return;
  const dfa = createTaggedDfa(pattern.regex);
  if (!dfa) {
    stats.none++;
    return;
  }
  const expected = pattern.maskedSpans(text);
  if (!expected) {
    stats.nomatch++;
    return;
  }
  const found = plainSpans(dfa.maskedSpansIn(viewOf(text)));
  if (found === null) stats.null++;
  else {
    stats.same++;
    expect(found).toEqual(plainSpans(expected));
  }
  for (const place of places) {
    if (place > text.length) continue;
    const view = viewWithGap(text, place);
    const inGap = dfa.maskedSpansIn(view);
    if (!inGap) continue;
    const shifted = Array.from(expected.spans, (at) => (view.resume === view.to ? view.from + at : view.resume + at - place));
    expect(plainSpans(inGap)).toEqual({ spans: shifted, groups: [...expected.groups] });
  }
}

const some: Ingredients = { captures: true, atomic: false, looks: false, backreferences: false, choicesInLoops: true };

it.each<[string, Ingredients]>([
  ['plain', some],
  ['looks', { ...some, looks: true }],
  ['verbs', { ...some, verbs: true }],
  ['many', { ...some, manyBranches: true }],
])('random %s', (_, ingredients) => {
  Object.assign(stats, { none: 0, nomatch: 0, same: 0, null: 0 });
  fc.assert(
    fc.property(randomPair(ingredients), ([regex, text]) => agrees(regex, text, [0, 1, 2, 3, 4, 5, 6, 7])),
    { numRuns: RUNS },
  );
  console.log(JSON.stringify(stats));
});

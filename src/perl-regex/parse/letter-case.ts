import { type CharSet, charSet, type Range } from './char-set.js';

/** No script with letter case lies above this; the table is made from all characters below. */
const LAST_CASED = 0x1ffff;
const FIRST_BEYOND_ASCII = 0x80;

/**
 * What a character matches under `(?i)`: itself and its other cases. ASCII letters have only each other (Perl's `/aa`):
 * `k` is not the Kelvin sign, `s` not the long s. The rest follows Unicode's simple case folding.
 */
export function caseVariants(code: number): readonly number[] {
  if (code < FIRST_BEYOND_ASCII) return isAsciiLetter(code) ? [code, code ^ 0x20] : [code];
  return variantTable().get(code) ?? [code];
}

/** Adds all cases of the characters of a set. */
export function closeOverCase(set: CharSet): CharSet {
  const more: Range[] = [...set];
  for (const [first, last] of set) {
    for (let code = first; code <= Math.min(last, 0x7f); code++)
      for (const variant of caseVariants(code)) more.push([variant, variant]);
    if (last < FIRST_BEYOND_ASCII) continue;
    for (const [code, variants] of variantTable())
      if (code >= first && code <= last) for (const variant of variants) more.push([variant, variant]);
  }
  return charSet(more);
}

/** The same code for all cases of a character, for comparing texts. */
export function foldCase(code: number): number {
  return Math.min(...caseVariants(code));
}

function isAsciiLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

let table: ReadonlyMap<number, readonly number[]> | null = null;

/** Made at the first need: few patterns ignore the case of letters beyond ASCII. */
function variantTable(): ReadonlyMap<number, readonly number[]> {
  table ??= makeVariantTable();
  return table;
}

function makeVariantTable(): Map<number, readonly number[]> {
  const families = new Map<number, Set<number>>();
  for (let code = FIRST_BEYOND_ASCII; code <= LAST_CASED; code++) {
    const char = String.fromCodePoint(code);
    for (const other of [char.toLowerCase(), char.toUpperCase()]) {
      const variant = other.codePointAt(0) ?? code;
      const single = other.length === String.fromCodePoint(variant).length;
      if (single && variant !== code && variant >= FIRST_BEYOND_ASCII) join(families, code, variant);
    }
  }
  return new Map([...families].map(([code, family]) => [code, [...family]]));
}

function join(families: Map<number, Set<number>>, a: number, b: number): void {
  const family = new Set([a, b, ...(families.get(a) ?? []), ...(families.get(b) ?? [])]);
  for (const member of family) families.set(member, family);
}

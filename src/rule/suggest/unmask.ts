import type { MaskedValues } from '../../values/detail.js';
import { splitMasks } from '../../values/split-masks.js';

/** Lines that are made of one masked message, at most: what is seen in its places must be of several sorts. */
const MAX_VARIANTS = 8;

/** A message as it was counted, and what is known of its values. */
export interface MaskedRow {
  readonly message: string;
  readonly count: number;
  readonly detail?: { readonly masked: readonly MaskedValues[] };
}

export interface Variant {
  readonly text: string;
  readonly count: number;
}

/**
 * Lines such as those that a masked message was made of, with values that were seen; the first of them was read like
 * this. None where its values are not known.
 */
export function unmask({ message, count, detail }: MaskedRow, mask: string): Variant[] {
  const masked = detail?.masked ?? [];
  const pieces = splitMasks(message, mask);
  if (pieces.length === 1 && masked.length === 0) return [{ text: message, count }];
  if (pieces.length !== masked.length + 1) return [];
  const values = masked.map(({ first, top }) => {
    const known = top.map(({ value }) => value);
    return first === undefined ? known : [first, ...known.filter((value) => value !== first)];
  });
  if (values.some((known) => known.length === 0)) return [];
  const variants = Math.min(count, MAX_VARIANTS, Math.max(...values.map((known) => known.length)));
  return Array.from({ length: variants }, (_, variant) => ({
    text: fill(pieces, values, variant),
    count: Math.floor((count + variant) / variants),
  }));
}

function fill(pieces: readonly string[], values: readonly (readonly string[])[], variant: number): string {
  const filled = values.map((known, at) => `${known[variant % known.length]}${pieces[at + 1]}`);
  return `${pieces[0]}${filled.join('')}`;
}

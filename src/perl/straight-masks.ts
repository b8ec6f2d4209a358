import type { Masked, Under } from './pattern.js';
import type { Piece } from './to-javascript.js';

/** How to mask with a regex whose groups stand one behind the other and have none inside: no places need be made. */
export interface StraightMasks {
  under(found: RegExpExecArray): Under;
  maskAndKeep(text: string, found: RegExpExecArray, mask: string): Masked;
}

type StraightPiece = Extract<Piece, { readonly kind: 'fixed' | 'text' | 'group' }>;

/** null when the groups stand otherwise. */
export function straightMasks(pieces: readonly Piece[]): StraightMasks | null {
  if (!pieces.every(isStraight)) return null;
  const captures = pieces.flatMap((piece) => (piece.kind === 'group' ? [piece] : []));
  const groups = captures.map(({ group }) => group - 1);
  if (groups.some((group, i) => group !== i)) return null;
  const places = captures.map(({ at }) => at);
  const under = (found: RegExpExecArray): Under => {
    const values: string[] = [];
    for (const at of places) {
      const value = found[at];
      if (value !== undefined) values.push(value);
    }
    if (values.length === groups.length) return { values, groups };
    return { values, groups: groups.filter((_, i) => found[places[i] ?? 0] !== undefined) };
  };
  return {
    under,
    maskAndKeep(text, found, mask) {
      let masked = '';
      let from = 0;
      let at = found.index;
      for (const piece of pieces) {
        const width = piece.kind === 'fixed' ? piece.width : found[piece.at]?.length;
        if (width === undefined) continue;
        if (piece.kind === 'group') {
          masked += text.slice(from, at) + mask;
          from = at + width;
        }
        at += width;
      }
      return { text: masked + text.slice(from), under: under(found) };
    },
  };
}

function isStraight(piece: Piece): piece is StraightPiece {
  return (
    piece.kind === 'fixed' || piece.kind === 'text' || (piece.kind === 'group' && piece.pieces.length === 0)
  );
}

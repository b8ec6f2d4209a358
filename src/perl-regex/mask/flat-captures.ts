import type { Piece } from '../javascript/to-javascript.js';
import type { MaskedSpans } from '../pattern.js';

type FlatPiece = Extract<Piece, { readonly kind: 'fixed' | 'text' | 'group' }>;

/**
 * Makes the function that reads the masked spans from a JavaScript match, for a regex whose groups follow each other and
 * are not nested; null for any other regex.
 */
export function flatCaptures(pieces: readonly Piece[]): ((found: RegExpExecArray) => MaskedSpans) | null {
  if (!pieces.every(isFlat)) return null;
  const groups = pieces.flatMap((piece) => (piece.kind === 'group' ? [piece.group - 1] : []));
  if (groups.some((group, i) => group !== i)) return null;
  return (found) => {
    const spans: number[] = [];
    const took: number[] = [];
    let at = found.index;
    for (const piece of pieces) {
      const width = piece.kind === 'fixed' ? piece.width : found[piece.at]?.length;
      if (width === undefined) continue;
      if (piece.kind === 'group') {
        spans.push(at, at + width);
        took.push(piece.group - 1);
      }
      at += width;
    }
    return { spans, groups: took };
  };
}

function isFlat(piece: Piece): piece is FlatPiece {
  return (
    piece.kind === 'fixed' || piece.kind === 'text' || (piece.kind === 'group' && piece.pieces.length === 0)
  );
}

import type { Match, Span } from '../pattern.js';
import type { Piece } from './to-javascript.js';

/** Reads start (after `\K`), end and groups from a JavaScript match. */
export function locateMatch(found: RegExpExecArray, pieces: readonly Piece[], groupCount: number): Match {
  const groups: (Span | null)[] = new Array(groupCount).fill(null);
  let start = found.index;
  const place = (row: readonly Piece[], from: number): void => {
    let at = from;
    for (const piece of row) {
      const width = widthOf(piece, found);
      if (width === null) continue;
      switch (piece.kind) {
        case 'group':
          groups[piece.group - 1] = { start: at, end: at + width };
          place(piece.pieces, at);
          break;
        case 'part':
          for (const way of piece.ways) place(way, at);
          break;
        case 'loop':
          place(piece.pieces, at + width - totalWidth(piece.pieces, found));
          break;
        case 'look':
          place(piece.pieces, at - piece.behind);
          break;
        case 'keep':
          start = at;
          break;
      }
      at += width;
    }
  };
  place(pieces, found.index);
  return { start, end: found.index + found[0].length, groups };
}

/** In UTF-16 units; null when the piece took no part. */
function widthOf(piece: Piece, found: RegExpExecArray): number | null {
  switch (piece.kind) {
    case 'fixed':
      return piece.width;
    case 'look':
      return 0;
    default:
      return found[piece.at]?.length ?? null;
  }
}

function totalWidth(pieces: readonly Piece[], found: RegExpExecArray): number {
  return pieces.reduce((sum, piece) => sum + (widthOf(piece, found) ?? 0), 0);
}

import type { TextBlock } from '../base/text/text-block.js';
import type { Entry } from '../line/entry.js';
import { Excerpt } from '../line/excerpt.js';
import type { TextPieces } from '../values/frequent-texts.js';

/** The text of an entry as spans of a text block; a text of its own is put into `alone`. */
export function piecesOf(entry: Entry, alone: TextBlock): TextPieces {
  if (!(entry instanceof Excerpt)) {
    const { text } = entry;
    return { units: alone.set(text).units, spans: [0, text.length] };
  }
  const { whole, from, gap, resume, to } = entry;
  return { units: whole.units, spans: [from, gap, resume, to] };
}

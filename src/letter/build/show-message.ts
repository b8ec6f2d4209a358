import type { MaskedValues } from '../../values/detail.js';
import type { LetterMessage } from '../letter.js';

/** A message as a letter shows it. */
export interface ShownMessage {
  /** Masks that had one value alone have that value in their place. Untrusted text, not yet escaped. */
  readonly message: string;
  /** The other masks. */
  readonly masks: readonly ShownMask[];
}

export interface ShownMask extends MaskedValues {
  /** What stands in the message before the mask; empty where it is not known which mask it is. */
  readonly before: string;
}

/** A longer value does not stand in its place (UTF-16 units): messages stay readable, and letters within their size. */
const MAX_FILLED_LENGTH = 60;

/** Puts values in the place of their masks where each line had the same one. `mask`: what stands for a masked group. */
export function showMessage(
  { message, detail }: Pick<LetterMessage, 'message' | 'detail'>,
  mask: string,
): ShownMessage {
  const masked = detail?.masked ?? [];
  if (masked.length === 0) return { message, masks: [] };
  const pieces = piecesOf(message, mask);
  if (pieces.length !== masked.length + 1)
    return { message, masks: masked.map((values) => ({ ...values, before: '' })) };
  let shown = pieces[0] ?? '';
  const masks: ShownMask[] = [];
  for (const [at, values] of masked.entries()) {
    const only = onlyValue(values);
    if (only === null) masks.push({ ...values, before: pieces[at] ?? '' });
    shown += `${only ?? mask}${pieces[at + 1] ?? ''}`;
  }
  return { message: shown, masks };
}

/** What stands between the masks; the whole message where masks cannot be told from its own text. */
function piecesOf(message: string, mask: string): string[] {
  if (mask === '') return [message];
  const pieces = message.split(mask);
  const isPlain = pieces.slice(1).every((piece) => !`${mask}${piece}`.slice(1).startsWith(mask));
  return isPlain ? pieces : [message];
}

function onlyValue({ distinct, about, atLeast, top }: MaskedValues): string | null {
  const value = top[0]?.value;
  const isOnly = distinct === 1 && !about && !atLeast && value !== undefined;
  return isOnly && value.length <= MAX_FILLED_LENGTH ? value : null;
}

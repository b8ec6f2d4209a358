import type { MaskedValues } from '../../values/detail.js';
import { MAX_VALUE_LENGTH } from '../../values/space-saving.js';
import { splitMasks } from '../../values/split-masks.js';
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
  const pieces = splitMasks(message, mask);
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

/** A longer line is shown with its beginning (UTF-16 units). */
const MAX_ORIGINAL_LENGTH = 500;

/**
 * The first line of a message as it was logged, behind its prefix; null where it is not known, or is the message as it is
 * shown. Untrusted text, not yet escaped.
 */
export function originalOf(item: Pick<LetterMessage, 'message' | 'detail'>, mask: string): string | null {
  const masked = item.detail?.masked ?? [];
  const pieces = splitMasks(item.message, mask);
  if (masked.length === 0 || pieces.length !== masked.length + 1) return null;
  let line = pieces[0] ?? '';
  for (const [at, { first }] of masked.entries()) {
    if (first === undefined) return null;
    line += `${first}${first.length >= MAX_VALUE_LENGTH - 1 ? '…' : ''}${pieces[at + 1] ?? ''}`;
  }
  if (line === showMessage(item, mask).message) return null;
  return line.length > MAX_ORIGINAL_LENGTH ? `${line.slice(0, MAX_ORIGINAL_LENGTH)}…` : line;
}

/** All masks of a message, those with one value alone, too. */
export function masksOf(
  { message, detail }: Pick<LetterMessage, 'message' | 'detail'>,
  mask: string,
): ShownMask[] {
  const masked = detail?.masked ?? [];
  const pieces = splitMasks(message, mask);
  const isKnown = pieces.length === masked.length + 1;
  return masked.map((values, at) => ({ ...values, before: isKnown ? (pieces[at] ?? '') : '' }));
}

function onlyValue({ distinct, about, atLeast, top }: MaskedValues): string | null {
  const value = top[0]?.value;
  const isOnly = distinct === 1 && !about && !atLeast && value !== undefined;
  return isOnly && value.length <= MAX_FILLED_LENGTH ? value : null;
}

import { flatten } from '../../base/text/flatten.js';
import { maskSpans, type TextView } from '../../perl-regex/perl-regex.js';
import type { QueueMessage } from '../verdict.js';
import { AutoMasker } from './auto-masker.js';
import type { MaskKind } from './mask-kinds.js';

/** The values of further masks are not counted: such a message is a dump, and nobody reads what its values were. */
const MAX_VALUED_MASKS = 32;

/** Messages that are kept to be found again, a power of two; and the longest one (UTF-16 units). */
const MAX_KEPT_MESSAGES = 2048;
const MAX_KEPT_LENGTH = 400;

const NO_NAMES: readonly string[] = [];
/** Stands for a mask when a message is hashed. */
const MASK_CODE = 0xffff;

/**
 * Makes masked messages of texts. Most messages come again and again: they are found among those made before by what
 * stands between the masks, so no string is made, and the tally need not hash it once more.
 */
export class MessageMasker {
  readonly #masker: AutoMasker;
  readonly #mask: string;
  readonly #records: boolean;
  readonly #kept: string[] = new Array<string>(MAX_KEPT_MESSAGES).fill('');

  /** `mask`: stands for each value. `records`: whether values are wanted. */
  constructor(kinds: Iterable<MaskKind>, mask: string, records: boolean) {
    this.#masker = new AutoMasker(kinds);
    this.#mask = mask;
    this.#records = records;
  }

  /** The values are valid until the next call. */
  mask(view: TextView): QueueMessage {
    const spans = this.#masker.spansIn(view);
    if (spans.length === 0) return { message: flatten(textOf(view)), masked: undefined };
    const message = this.#messageOf(view, spans);
    if (!this.#records) return { message, masked: undefined };
    const valued = spans.length > 2 * MAX_VALUED_MASKS ? spans.slice(0, 2 * MAX_VALUED_MASKS) : spans;
    return { message, masked: { whole: view.whole, spans: valued, names: NO_NAMES } };
  }

  #messageOf(view: TextView, spans: readonly number[]): string {
    const { from, gap, resume, to } = view;
    if (gap - from + to - resume > MAX_KEPT_LENGTH) return flatten(maskedText(view, spans, this.#mask));
    const slot = hashOf(view, spans) & (MAX_KEPT_MESSAGES - 1);
    const kept = this.#kept[slot] as string;
    if (isMessage(kept, view, spans, this.#mask)) return kept;
    const message = flatten(maskedText(view, spans, this.#mask));
    this.#kept[slot] = message;
    return message;
  }
}

function textOf({ whole, from, gap, resume, to }: TextView): string {
  const before = whole.text.slice(from, gap);
  return resume === to ? before : before + whole.text.slice(resume, to);
}

/** Masks may stand before the gap, too. */
function maskedText(view: TextView, spans: readonly number[], mask: string): string {
  const { whole, from, gap, resume, to } = view;
  const isBefore = resume !== to && (spans[0] as number) < gap;
  if (!isBefore) return maskSpans(view, { spans, groups: [] }, mask);
  const first = spans.findIndex((start, at) => at % 2 === 0 && start >= resume);
  const before = first < 0 ? spans : spans.slice(0, first);
  const behind = first < 0 ? [] : spans.slice(first);
  const all = { from, gap, resume: gap, to: gap, whole };
  const rest = { whole, from: resume, gap: to, resume: to, to };
  return (
    maskSpans(all, { spans: before, groups: [] }, mask) + maskSpans(rest, { spans: behind, groups: [] }, mask)
  );
}

function hashOf({ whole: { units }, from, gap, resume, to }: TextView, spans: readonly number[]): number {
  let hash = 0;
  let at = from;
  const last = resume === to ? gap : to;
  for (let next = 0; ; next += 2) {
    const end = next < spans.length ? (spans[next] as number) : last;
    for (; at < end; at++) {
      if (at === gap && resume < to) at = resume;
      if (at < end) hash = Math.imul(hash ^ (units[at] as number), 0x01000193);
    }
    if (next >= spans.length) break;
    hash = Math.imul(hash ^ MASK_CODE, 0x01000193);
    at = spans[next + 1] as number;
  }
  return hash ^ (hash >>> 15);
}

/** Whether a kept message is that of a view, unit by unit. */
function isMessage(
  kept: string,
  { whole: { units }, from, gap, resume, to }: TextView,
  spans: readonly number[],
  mask: string,
): boolean {
  if (kept === '') return false;
  let at = from;
  let place = 0;
  const last = resume === to ? gap : to;
  for (let next = 0; ; next += 2) {
    const end = next < spans.length ? (spans[next] as number) : last;
    for (; at < end; at++) {
      if (at === gap && resume < to) at = resume;
      if (at < end && kept.charCodeAt(place++) !== units[at]) return false;
    }
    if (next >= spans.length) return place === kept.length;
    if (!kept.startsWith(mask, place)) return false;
    place += mask.length;
    at = spans[next + 1] as number;
  }
}

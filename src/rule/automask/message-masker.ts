import { ComposedText } from '../../base/text/composed-text.js';
import { composeMasked, composeWhole, type TextView } from '../../perl-regex/perl-regex.js';
import type { QueueMessage } from '../verdict.js';
import { AutoMasker } from './auto-masker.js';
import type { MaskKind } from './mask-kinds.js';

/** The values of further masks are not counted: such a message is a dump, and nobody reads what its values were. */
const MAX_VALUED_MASKS = 32;

const NO_NAMES: readonly string[] = [];

/** Makes masked messages of texts. */
export class MessageMasker {
  readonly #masker: AutoMasker;
  readonly #mask: Uint16Array;
  readonly #records: boolean;
  readonly #message = new ComposedText();

  /** `mask`: stands for each value. `records`: whether values are wanted. */
  constructor(kinds: Iterable<MaskKind>, mask: string, records: boolean) {
    this.#masker = new AutoMasker(kinds);
    this.#mask = new ComposedText().set(mask).copy();
    this.#records = records;
  }

  /** Message and values are valid until the next call. */
  mask(view: TextView): QueueMessage {
    const spans = this.#masker.spansIn(view);
    if (spans.length === 0) return { message: composeWhole(this.#message, view), masked: undefined };
    const message = composeMasked(this.#message, view, { spans }, this.#mask);
    if (!this.#records) return { message, masked: undefined };
    const valued = spans.length > 2 * MAX_VALUED_MASKS ? spans.slice(0, 2 * MAX_VALUED_MASKS) : spans;
    return { message, masked: { whole: view.whole, spans: valued, names: NO_NAMES } };
  }
}

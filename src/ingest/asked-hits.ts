import type { AskedHit, StoredSpans } from '../queue/timed/asked-hit.js';
import type { NamedMaskedSpans } from '../rule/verdict.js';

/** Hits, and characters of them, that are held until a commit is due. */
const MAX_HITS = 5000;
const MAX_TEXT = 8_000_000;

/** Hits that the fleet is to be asked about, since the last commit. */
export class AskedHits {
  #hits: AskedHit[] = [];
  #length = 0;

  add(hit: AskedHit): void {
    this.#hits.push(hit);
    this.#length += hit.message.length + (hit.run?.line.length ?? 0) + (hit.masked?.text.length ?? 0);
  }

  /** Whether there are so many, or so long ones, that they should be committed before the next lines. */
  get full(): boolean {
    return this.#hits.length >= MAX_HITS || this.#length >= MAX_TEXT;
  }

  get hits(): readonly AskedHit[] {
    return this.#hits;
  }

  onCommitted(): void {
    this.#hits = [];
    this.#length = 0;
  }
}

/** Masked spans with the piece of text that they are in: the whole is valid until the next verdict. */
export function storedSpans({ whole, spans, names }: NamedMaskedSpans): StoredSpans {
  const numbers = Array.from(spans);
  const from = Math.min(...numbers);
  const to = Math.max(...numbers);
  return numbers.length === 0
    ? { text: '', spans: [], names: [] }
    : { text: whole.text.slice(from, to), spans: numbers.map((at) => at - from), names };
}

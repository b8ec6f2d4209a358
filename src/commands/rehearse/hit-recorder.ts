import type { ComposedText } from '../../base/text/composed-text.js';
import type { Tally } from '../../queue/tally.js';
import type { Hit } from './outcome.js';

/** What a queue is told of one line: how often, and as which message. */
export interface RecordedHit extends Hit {
  count: number;
}

/** Stands in the place of a tally, and keeps what is counted of one line. */
export class HitRecorder implements Tally {
  readonly size = 0;
  readonly length = 0;
  #hits: RecordedHit[] = [];

  /** What was counted since this was called last. */
  take(): readonly RecordedHit[] {
    if (this.#hits.length === 0) return NO_HITS;
    const hits = this.#hits;
    this.#hits = [];
    return hits;
  }

  /** A window that is full counts each of its lines: these are one hit here, as are the repeats of a line. */
  count(queue: string, host: string, said: string | ComposedText, count: number, how: 'add' | 'set'): void {
    const message = typeof said === 'string' ? said : said.text;
    const times = how === 'set' ? 1 : count;
    const same = this.#hits.find((hit) => hit.queue === queue && hit.message === message);
    if (same) same.count += times;
    else this.#hits.push({ queue, host, message, count: times });
  }

  changes(): [] {
    return [];
  }

  clear(): void {}
}

const NO_HITS: readonly RecordedHit[] = [];

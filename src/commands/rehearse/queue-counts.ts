import { flatten } from '../../base/text/flatten.js';
import { TextBlock } from '../../base/text/text-block.js';
import { type Distinct, DistinctCount } from '../../values/distinct-count.js';
import type { RecordedHit } from './hit-recorder.js';

/** Messages of one queue that are remembered, so that it is known who else makes a message. Most queues have fewer. */
const MAX_KNOWN_MESSAGES = 10_000;
/** The same for their text (UTF-16 units). */
const MAX_KNOWN_TEXT = 2_000_000;

interface QueueCount {
  lines: number;
  readonly messages: DistinctCount;
  readonly known: Set<string>;
  text: number;
}

/** What queues count of all lines. */
export class QueueCounts {
  readonly #queues = new Map<string, QueueCount>();
  readonly #block = new TextBlock();

  add({ queue, message, count }: RecordedHit): void {
    const counted = this.#of(queue);
    counted.lines += count;
    if (counted.known.has(message)) return;
    counted.messages.add(this.#block.set(message), 0, message.length);
    if (counted.known.size >= MAX_KNOWN_MESSAGES || counted.text + message.length > MAX_KNOWN_TEXT) return;
    counted.known.add(flatten(message));
    counted.text += message.length;
  }

  get queues(): string[] {
    return [...this.#queues.keys()];
  }

  linesOf(queue: string): number {
    return this.#queues.get(queue)?.lines ?? 0;
  }

  messagesOf(queue: string): Distinct {
    return this.#queues.get(queue)?.messages.read() ?? { count: 0, about: false };
  }

  /** Whether a queue has had a message, as far as that is remembered. */
  knows(queue: string, message: string): boolean {
    return this.#queues.get(queue)?.known.has(message) ?? false;
  }

  #of(queue: string): QueueCount {
    const found = this.#queues.get(queue);
    if (found) return found;
    const made = { lines: 0, messages: new DistinctCount(), known: new Set<string>(), text: 0 };
    this.#queues.set(flatten(queue), made);
    return made;
  }
}

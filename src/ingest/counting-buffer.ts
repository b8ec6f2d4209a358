import type { Loss } from '../source/loss.js';
import type { SentTexts } from '../source/push/sent-lines.js';
import type { ClaimedBatch } from '../store/ports/checkpoints.js';
import type { JournalLine, ReceiveBuffer } from './receive-buffer.js';

/** What one receiver hands its lines to: they are counted on their way. */
export class CountingBuffer {
  readonly #to: ReceiveBuffer;
  #lines = 0;

  constructor(to: ReceiveBuffer) {
    this.#to = to;
  }

  /** How many came. */
  get lines(): number {
    return this.#lines;
  }

  /** `log`: the path of a FIFO or a program. */
  push(lines: readonly string[], log: string | null = null): void {
    this.#lines += lines.length;
    this.#to.push(lines, log);
  }

  get hasRoom(): boolean {
    return this.#to.hasRoom;
  }

  whenRoom(use: () => void): void {
    this.#to.whenRoom(use);
  }

  pushTexts(sent: SentTexts): void {
    this.#lines += sent.lines;
    this.#to.pushTexts(sent);
  }

  pushConfirmed(sent: SentTexts, onCommitted: () => void): void {
    this.#lines += sent.lines;
    this.#to.pushConfirmed(sent, onCommitted);
  }

  addDropped(datagrams: number): void {
    this.#to.addDropped(datagrams);
  }

  addRepeatable(messages: number): void {
    this.#to.addRepeatable(messages);
  }

  take(lines: readonly string[], batch: ClaimedBatch): 'counted' | 'later' {
    const answer = this.#to.take(lines, batch);
    if (answer === 'counted') this.#lines += lines.length;
    return answer;
  }

  takeEntries(
    entries: readonly JournalLine[],
    position: ClaimedBatch,
    loss: Loss | null,
  ): 'counted' | 'later' {
    const answer = this.#to.takeEntries(entries, position, loss);
    if (answer === 'counted') this.#lines += entries.length;
    return answer;
  }

  lastTaken(source: string): string | null | 'later' {
    return this.#to.lastTaken(source);
  }
}

import type { Clock } from '../clock.js';
import { reasonOf } from '../reason-of.js';
import type { KnownFile } from './identity.js';
import type { FilePosition } from './line-batch.js';
import type { Before, Segment } from './segment.js';

/** A rotated file that is still read. */
interface Draining {
  readonly segment: Segment;
  /** Where it was found; the log's own path for one that was open when it was renamed. */
  readonly at: string;
  read: number;
  /** When it was read to its end and had nothing new (ms). */
  since: number;
}

export interface DrainingOptions {
  readonly clock: Clock;
  /** Whether a begun last line of a copy may still go on in the log. */
  goesOn(segment: Segment): boolean;
  /** The file is closed; `changed`: when it was last written to (ms). */
  onClosed(position: FilePosition, changed: number): void;
  /** What of it cannot be read, and why. */
  onUnreadable(at: string, reason: string): void;
}

/** How long a rotated file is kept open after its last byte (ms): daemons write into it until they are told. */
const DRAIN_GRACE = 60_000;

/** The rotated files of one log that are read to their ends, oldest first. */
export class DrainingSegments {
  readonly #options: DrainingOptions;
  #segments: Draining[] = [];
  #ended = false;

  constructor(options: DrainingOptions) {
    this.#options = options;
  }

  /** Takes over a segment; it is closed here. */
  add(segment: Segment, at: string): void {
    this.#segments.push({ segment, at, read: segment.read, since: this.#options.clock.now() });
  }

  positions(): FilePosition[] {
    return this.#segments.map(({ segment }) => segment.position());
  }

  known(): KnownFile[] {
    return this.#segments.map(({ segment }) => segment.known());
  }

  /** The copy whose begun last line may go on in the next file. */
  lastCopy(): Before | null {
    const last = this.#segments.at(-1)?.segment;
    return last?.position().stage === 'copied' ? last : null;
  }

  /** Reads what they hold now; closes those to which nothing can be added any more. */
  async readToEnd(): Promise<void> {
    for (const one of [...this.#segments]) {
      try {
        await one.segment.readToEnd();
      } catch (error) {
        this.#options.onUnreadable(one.at, reasonOf(error));
        this.#close(one);
        continue;
      }
      if (this.#ended) return;
      const now = this.#options.clock.now();
      if (one.segment.read !== one.read) Object.assign(one, { read: one.segment.read, since: now });
      if (one.segment.end === 'done' || now - one.since >= DRAIN_GRACE) this.#finish(one);
    }
  }

  /** Closes all without a word. */
  end(): void {
    this.#ended = true;
    for (const { segment } of this.#segments) segment.close();
  }

  /** Nothing more can come: its begun last line is a line, unless it goes on in the log. */
  #finish(one: Draining): void {
    const { segment, at } = one;
    if (this.#options.goesOn(segment) && segment.begunLine().length > 0) return;
    if (segment.end === 'broken')
      this.#options.onUnreadable(at, 'its packed data end too early; what follows is lost');
    segment.finish();
    this.#close(one);
  }

  #close(one: Draining): void {
    const changed = one.segment.changed();
    one.segment.close();
    this.#segments = this.#segments.filter((other) => other !== one);
    this.#options.onClosed(one.segment.position(), changed);
  }
}

import { statSync } from 'node:fs';
import { reasonOf } from '../../../base/errors.js';
import type { Clock } from '../../../base/time/clock.js';
import type { KnownFile } from '../known-file.js';
import type { FilePosition } from '../line-batch.js';
import { idOf } from '../open-log.js';
import type { Before, Segment } from '../segment.js';

/** A rotated file that is still read. */
interface Draining {
  readonly segment: Segment;
  /** Where it was found; the log's own path for one that was open when it was renamed. */
  readonly at: string;
  /** The log that replaced it has the same lines: it is not remembered as a file of its own. */
  readonly isReplaced: boolean;
  /** Its path while it is closed to save descriptors; null: it is open. */
  parkedAt: string | null;
  read: number;
  /** When it was read to its end and had nothing new (ms). */
  since: number;
}

export interface DrainingOptions {
  readonly clock: Clock;
  /** Opens the file with this device and inode; null: it does not lie there. */
  open(at: string, identity: string): number | null;
  /** Whether the partial last line of a copy may still continue in the log. */
  goesOn(segment: Segment): boolean;
  /** The file is closed; `changed`: when it was last written to (ms), null when it need not be remembered. */
  onClosed(position: FilePosition, changed: number | null): void;
  /** A file that cannot be read to its end, and why. */
  onUnreadable(at: string, reason: string): void;
}

/** How long a rotated file is kept open after its last byte (ms): daemons write into it until they reopen their log. */
export const DRAIN_GRACE = 60_000;

/** The rotated files of one log that are read to their ends, oldest first. */
export class DrainingSegments {
  readonly #options: DrainingOptions;
  #segments: Draining[] = [];
  #ended = false;

  constructor(options: DrainingOptions) {
    this.#options = options;
  }

  /** Takes over a segment; it is closed here. */
  add(segment: Segment, at: string, isReplaced = false): void {
    const since = this.#options.clock.now();
    this.#segments.push({ segment, at, isReplaced, parkedAt: null, read: segment.read, since });
  }

  /** Closes those at these positions: another path reads them. */
  clear(isIt: (position: FilePosition) => boolean = () => true): void {
    const cleared = this.#segments.filter(({ segment }) => isIt(segment.position()));
    for (const { segment } of cleared) segment.close();
    this.#segments = this.#segments.filter((one) => !cleared.includes(one));
  }

  /** Closes one that was read to its end and can be opened again; false: there is none. */
  park(): boolean {
    for (const one of this.#segments) {
      const at = one.segment.hasMore ? null : one.segment.whereabouts();
      if (at === null) continue;
      one.segment.park();
      one.parkedAt = at;
      return true;
    }
    return false;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  positions(): FilePosition[] {
    return this.#segments.map(({ segment }) => segment.position());
  }

  known(): KnownFile[] {
    return this.#segments.map(({ segment }) => segment.known());
  }

  /** The copy whose partial last line may continue in the next file. */
  lastCopy(): Before | null {
    const last = this.#segments.at(-1)?.segment;
    return last?.position().stage === 'copied' ? last : null;
  }

  /** Sets the goal: to read what they hold now. A file that was closed and has grown is opened again. */
  aim(): void {
    for (const one of this.#segments) {
      if (one.parkedAt !== null) this.#reopen(one, one.parkedAt);
      one.segment.aim();
    }
  }

  /** The path of the file that still has something to be read; null: none has. */
  get busyWith(): string | null {
    return this.#segments.find(({ segment }) => segment.hasMore)?.at ?? null;
  }

  /** Reads about so many bytes, older files first; returns how many it read. Closes files that are complete. */
  async readSome(bytes: number): Promise<number> {
    let left = bytes;
    for (const one of [...this.#segments]) {
      left -= await this.#readSome(one, left);
      if (this.#ended) return 0;
      if (one.segment.hasMore) break; // older lines first
      if (this.#isOver(one)) this.#finish(one);
    }
    return bytes - left;
  }

  /** Closes all files. */
  end(): void {
    this.#ended = true;
    for (const { segment } of this.#segments) segment.close();
  }

  /** If it was renamed meanwhile, it is closed for good: all that it held then has been read. */
  #reopen(one: Draining, at: string): void {
    if (sizeOf(at) === one.segment.read) return;
    const fd = this.#options.open(at, idOf(one.segment.position()));
    one.parkedAt = null;
    if (fd === null) this.#close(one);
    else one.segment.unpark(fd);
  }

  async #readSome(one: Draining, bytes: number): Promise<number> {
    const { segment, at } = one;
    const before = segment.read;
    try {
      if (segment.hasMore) await segment.readSome(bytes);
      segment.releaseHeld('overdue');
    } catch (error) {
      this.#options.onUnreadable(at, reasonOf(error));
      this.#close(one);
    }
    return Math.max(0, segment.read - before);
  }

  /** Whether nothing more can be added to it, or nothing was for a while. */
  #isOver(one: Draining): boolean {
    if (!this.#segments.includes(one)) return false;
    const { segment } = one;
    const now = this.#options.clock.now();
    if (segment.read !== one.read) Object.assign(one, { read: segment.read, since: now });
    return segment.end === 'done' || now - one.since >= DRAIN_GRACE;
  }

  /** Hands on its partial last line, unless that may continue in the log, and closes it. */
  #finish(one: Draining): void {
    const { segment, at } = one;
    if (this.#options.goesOn(segment) && segment.partialLine().length > 0) return;
    if (segment.end === 'broken')
      this.#options.onUnreadable(at, 'its packed data end too early; the rest is lost');
    segment.finish();
    this.#close(one);
  }

  #close(one: Draining): void {
    const mtime = one.segment.mtime();
    one.segment.close();
    this.#segments = this.#segments.filter((other) => other !== one);
    this.#options.onClosed(one.segment.position(), one.isReplaced ? null : mtime);
  }
}

/** null: there is no file. */
function sizeOf(path: string): number | null {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
}

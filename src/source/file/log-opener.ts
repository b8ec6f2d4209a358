import type { JoinLines } from '../../base/text/joiner.js';
import type { Clock } from '../../base/time/clock.js';
import type { SourceEvent } from '../source-event.js';
import type { LineBatch } from './line-batch.js';
import type { OpenFiles } from './open-files.js';
import { openLog } from './open-log.js';
import { Segment, type SegmentFile } from './segment.js';

export interface LogOpenerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly openFiles: OpenFiles;
  /** Joins the lines of this path to entries; null: each line is one. */
  readonly join: JoinLines | null;
  onLines(batch: LineBatch): void;
  onEvent(event: SourceEvent): void;
}

/** Opens the files of one path, and makes segments of them. */
export class LogOpener {
  readonly #options: LogOpenerOptions;
  #wasRotated = false;
  #ended = false;

  constructor(options: LogOpenerOptions) {
    this.#options = options;
  }

  /** Whether the log was rotated between stat and open, so that both have to be done again. */
  get wasRotated(): boolean {
    return this.#wasRotated;
  }

  /** A new attempt begins. */
  beginAttempt(): void {
    this.#wasRotated = false;
  }

  /** Opens the log if it is (still) this file; null: it was rotated meanwhile. */
  open(identity: string): number | null {
    const { path, openFiles } = this.#options;
    const fd = openFiles.open(() => openLog(path, identity));
    this.#wasRotated = fd === null;
    return fd;
  }

  openSegment(file: SegmentFile): Segment {
    const { path, clock, openFiles, join, onLines, onEvent } = this.#options;
    return new Segment({
      ...file,
      clock,
      openFiles,
      join,
      onLines: (batch) => {
        if (!this.#ended) onLines(batch);
      },
      onCut: (bytes) => onEvent({ kind: 'line-cut', path, bytes }),
      onEntryCut: (entries) => onEvent({ kind: 'entry-cut', path, entries }),
    });
  }

  /** Lines of segments that are still read are not handed on any more. */
  end(): void {
    this.#ended = true;
  }
}

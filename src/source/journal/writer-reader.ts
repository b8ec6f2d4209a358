import type { Clock } from '../../base/time/clock.js';
import type { Start } from '../file/segment.js';
import type { Loss } from '../loss.js';
import type { SourceEvent } from '../source-event.js';
import type { JournalEntry } from './export-reader.js';
import { goneBetween } from './journal-cursor.js';

/** Entries, and how far was read with them. */
export interface JournalTaken {
  readonly entries: readonly JournalEntry[];
  /** Which position it is, and where it is now: a cursor, or a word. */
  readonly source: string;
  readonly id: string;
  /** What may be missing before these; null: nothing is. */
  readonly gap: Loss | null;
}

/** A position as it was committed; null: there is none yet. */
export type Remembered = string | null;

export interface WriterOptions {
  /** Names its position. */
  readonly source: string;
  /** For people: the journal. */
  readonly name: string;
  readonly matches: readonly string[];
  readonly clock: Clock;
  /** It is due so long after it was read last (ms), whatever its files look like. */
  readonly maxUnread: number;
  remembered(source: string): Remembered | 'later';
  take(taken: JournalTaken): 'counted' | 'later';
  onEvent(event: SourceEvent): void;
}

/** How journalctl is asked for what is new. */
export interface Plan {
  readonly args: readonly string[];
  take(entries: readonly JournalEntry[]): boolean;
  /** All was read that there is, of files with this signature. */
  done(signature: string): void;
}

/** The position where there was no entry yet: whatever comes is new. */
const EMPTY = 'empty';
/** The position of a journal that others have read meanwhile: from now on. */
export const FROM_NOW = 'now';

/** The position behind an entry that cannot be printed; in front of its cursor. */
const AFTER = 'after ';

/** For `Start` of kind `last`: an entry has about so many bytes as a line. */
const BYTES_PER_ENTRY = 100;

/** Reads one journal, or one writer's, forward from its position. */
export class WriterReader {
  readonly #options: WriterOptions;
  /** Of the files when all of them had been read; null: not read yet. */
  #signature: string | null = null;
  #readAt = 0;
  /** Entries that were passed over since all was read. */
  #passed = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Whether there may be anything new. Files that cannot be seen say nothing. */
  isDue(signature: string): boolean {
    const since = this.#options.clock.now() - this.#readAt;
    return signature === '' || signature !== this.#signature || since < 0 || since >= this.#options.maxUnread;
  }

  plan(start: Start): Plan | 'later' {
    const position = this.#options.remembered(this.#options.source);
    if (position === 'later') return 'later';
    if (position === null && start.kind === 'last')
      return this.#readFrom([`--lines=${Math.ceil(start.bytes / BYTES_PER_ENTRY)}`], null);
    if (position === FROM_NOW || (position === null && start.kind === 'end')) return this.#markEnd();
    if (position === null || position === EMPTY) return this.#readFrom([], null);
    if (position.startsWith(AFTER))
      return this.#readFrom([`--after-cursor=${position.slice(AFTER.length)}`], null);
    // Not --after-cursor: it passes over the next entry where this one is gone.
    return this.#readFrom([`--cursor=${position}`], position);
  }

  /** The entry where reading stopped, as an argument; null: there is none. */
  get stopped(): { readonly arg: string; readonly cursor: string } | null {
    const position = this.#options.remembered(this.#options.source);
    if (position === null || !position.includes(';')) return null;
    const cursor = position.replace(AFTER, '');
    return { arg: `--${position === cursor ? '' : 'after-'}cursor=${cursor}`, cursor };
  }

  /** Passes over an entry that cannot be printed; false: not now. */
  passOver(cursor: string): boolean {
    if (this.#passed === 0) this.#options.onEvent({ kind: 'journal-damaged', name: this.#options.name });
    this.#passed += 1;
    return this.#take([], `${AFTER}${cursor}`, { kind: 'unreadable', path: this.#options.name });
  }

  /** Takes the last entry's position, and nothing else. */
  #markEnd(): Plan {
    let last = EMPTY;
    return {
      args: ['--lines=1'],
      take: (entries) => {
        last = entries.at(-1)?.cursor ?? last;
        return true;
      },
      done: () => void this.#take([], last, null), // read again at once: what came meanwhile
    };
  }

  #readFrom(args: readonly string[], stopped: string | null): Plan {
    let isFirst = stopped !== null;
    let hasAny = false;
    return {
      args,
      take: (entries) => {
        const fresh = isFirst && entries[0]?.cursor === stopped ? entries.slice(1) : entries;
        const gap = isFirst && fresh === entries ? this.#tellGap(stopped ?? '', entries) : null;
        isFirst = false;
        hasAny = true;
        const last = entries.at(-1)?.cursor ?? '';
        return fresh.length === 0 || this.#take(fresh, last, gap);
      },
      done: (signature) => {
        if (this.#options.remembered(this.#options.source) === null && !hasAny) this.#take([], EMPTY, null);
        this.#signature = signature;
        this.#passed = 0;
        this.#readAt = this.#options.clock.now();
      },
    };
  }

  #take(entries: readonly JournalEntry[], id: string, gap: Loss | null): boolean {
    return this.#options.take({ entries, source: this.#options.source, id, gap }) === 'counted';
  }

  /** Tells that the entry is gone; what may be missing. Where only some are asked for, nobody knows whether those gone were among them. */
  #tellGap(stopped: string, entries: readonly JournalEntry[]): Loss | null {
    const { name, matches, onEvent } = this.#options;
    const gone = goneBetween(stopped, entries[0]?.cursor ?? '');
    const lost = matches.length > 0 && gone !== 0 ? null : gone;
    onEvent({ kind: 'journal-gap', name, lost });
    return lost === 0 ? null : { kind: 'vacuumed', path: name };
  }
}

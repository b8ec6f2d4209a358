import { reasonOf } from '../../base/errors.js';
import { BackOff } from '../../base/time/back-off.js';
import type { Clock } from '../../base/time/clock.js';
import { within } from '../../base/time/within.js';
import type { Start } from '../file/segment.js';
import { isMissing } from '../is-missing.js';
import { nameJournal } from '../push/name-receiver.js';
import type { Receiver, ReceiverState } from '../push/receiver.js';
import { Trouble } from '../push/trouble.js';
import type { SourceEvent } from '../source-event.js';
import {
  areThere,
  escapePattern,
  examine,
  listWriters,
  MAX_WRITERS,
  signLocalJournal,
  type Writer,
} from './journal-files.js';
import { JournalRun, listCursors, type RunEnding } from './journal-run.js';
import { type JournalTaken, type Remembered, WriterReader } from './writer-reader.js';

export interface JournalOptions {
  /** Of journal files; null: this machine's journal. */
  readonly folder: string | null;
  /** Arguments of journalctl(1): `FIELD=VALUE`, `+`. */
  readonly matches: readonly string[];
  /** Where to begin in a journal that was never seen before. */
  readonly start: Start;
  readonly clock: Clock;
  /** How far was read, as it was committed with the counts; 'later': nobody can tell now. */
  remembered(source: string): Remembered | 'later';
  /** Counts entries and commits that together with how far was read; `later`: not now, they are read again. */
  take(taken: JournalTaken): 'counted' | 'later';
  onEvent(event: SourceEvent): void;
}

/** A poll waits at most this long (ms) for much that is new; reading it goes on meanwhile. */
const MAX_POLL = 5000;

/** A journalctl that prints nothing for so long hangs (ms). */
const MAX_SILENCE = 300_000;

/** So many damaged entries are passed over in one poll; each takes two runs of journalctl. */
const MAX_PASSES = 50;

/** A journal is read at least so often (ms), whatever its files look like. */
const MAX_UNREAD = 60_000;

/**
 * Opens a journal of systemd, of which is read at each poll what is new. journalctl(1) is run only when journal files
 * have changed, from the last entry on that was counted, and ends when it has printed what there is: so an idle journal
 * costs nothing, what stands in it when a poll begins is counted when that ends, and rotations, boots and what is
 * vacuumed need no care. How far was read is committed with the counts.
 *
 * In a folder each writer (machine) has a position of its own: what one of them sends late is older than what another
 * has sent already, and journalctl would pass it over.
 */
export function openJournal(options: JournalOptions): Receiver {
  return new Journal(options);
}

class Journal implements Receiver {
  readonly #options: JournalOptions;
  readonly #name: string;
  readonly #backOff: BackOff;
  readonly #trouble: Trouble;
  readonly #readers = new Map<string, WriterReader>();
  /** Files that are no journal, or not whole, as they were told. */
  readonly #damaged = new Set<string>();
  #isPartial = false;
  #said = '';
  #hasTooMany = false;
  #run: JournalRun | null = null;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: JournalOptions) {
    const { clock, onEvent } = options;
    const name = nameJournal(options);
    this.#options = options;
    this.#name = name;
    this.#backOff = new BackOff(clock);
    this.#trouble = new Trouble(
      (reason) => onEvent({ kind: 'journal-failed', name, reason }),
      (again) => onEvent({ kind: 'receiver-open', name, again }),
    );
  }

  async poll(): Promise<void> {
    if (this.#closed) return;
    if (this.#run && this.#run.silence > MAX_SILENCE) this.#run.giveUp('journalctl hangs');
    if (!this.#running && !this.#backOff.mayTry) return;
    this.#running ??= this.#round().finally(() => {
      this.#running = null;
    });
    await within(this.#options.clock, MAX_POLL, this.#running);
  }

  state(): ReceiverState {
    const fine = this.#isPartial ? `open, but ${PARTIAL}` : 'open';
    return {
      name: this.#name,
      status: this.#trouble.reason ?? (this.#trouble.hasOpened ? fine : 'not open yet'),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#run?.kill();
    await this.#running;
  }

  async #round(): Promise<void> {
    try {
      const reason = await (this.#options.folder === null ? this.#readLocal() : this.#readFolder());
      if (reason === null) this.#backOff.worked();
      else this.#fail(reason);
    } catch (error) {
      this.#fail(reasonOf(error));
    }
  }

  #fail(reason: string): void {
    this.#backOff.failed();
    if (!this.#closed) this.#trouble.begin(reason);
  }

  async #readLocal(): Promise<string | null> {
    const reader = this.#readerOf(this.#name);
    const signature = await signLocalJournal();
    return await this.#read(reader, [], signature, this.#options.start);
  }

  /** Writers that come later are read from their beginning, as logs are that come to match a glob. */
  async #readFolder(): Promise<string | null> {
    const { folder, start, onEvent } = this.#options;
    const seen = this.#options.remembered(this.#name);
    if (seen === 'later') return null;
    const first: Start = seen === null ? start : { kind: 'beginning' };
    const writers = await this.#listWriters(folder ?? '');
    if (writers.length > MAX_WRITERS && !this.#hasTooMany)
      onEvent({ kind: 'too-many-files', max: MAX_WRITERS });
    this.#hasTooMany = writers.length > MAX_WRITERS;
    const reasons: string[] = [];
    let haveAllPositions = true;
    for (const { stem, files, signature } of writers.slice(0, MAX_WRITERS)) {
      if (this.#closed) return null;
      const source = `${this.#name} > ${stem.slice((folder ?? '').length + 1)}`;
      const reader = this.#readerOf(source);
      if (!reader.isDue(signature)) continue;
      const usable = await this.#usable(files);
      if (usable.length === 0) continue;
      const reason = await this.#readFiles(reader, usable, signature, first);
      if (reason !== null) reasons.push(reason);
      haveAllPositions &&= typeof this.#options.remembered(source) === 'string';
    }
    if (seen === null && haveAllPositions)
      this.#options.take({ entries: [], source: this.#name, id: SEEN, gap: null });
    if (reasons.length === 0) this.#trouble.end();
    return reasons[0] ?? null;
  }

  async #listWriters(folder: string): Promise<readonly Writer[]> {
    try {
      return await listWriters(folder);
    } catch (error) {
      if (isMissing(error)) throw new Error('the folder is not there');
      throw new Error(`the folder cannot be read: ${reasonOf(error)}`);
    }
  }

  #readerOf(source: string): WriterReader {
    const known = this.#readers.get(source);
    if (known) return known;
    const reader = new WriterReader({ ...this.#options, source, name: this.#name, maxUnread: MAX_UNREAD });
    this.#readers.set(source, reader);
    return reader;
  }

  /** Those of a writer's files that are not damaged. */
  async #usable(files: readonly string[]): Promise<readonly WriterFile[]> {
    const usable: WriterFile[] = [];
    for (const path of files) {
      const health = await examine(path);
      if (health !== 'damaged') {
        usable.push({ path, isForbidden: health === 'forbidden' });
        this.#damaged.delete(path);
      } else if (!this.#damaged.has(path)) {
        this.#damaged.add(path);
        this.#options.onEvent({ kind: 'unreadable', path, reason: 'damaged: not a whole journal file' });
      }
    }
    return usable;
  }

  /** A rotation renames files; that is no trouble. */
  async #readFiles(
    reader: WriterReader,
    files: readonly WriterFile[],
    signature: string,
    start: Start,
  ): Promise<string | null> {
    if (files.some(({ isForbidden }) => isForbidden)) return NO_RIGHT_ADVICE;
    const paths = files.map(({ path }) => path);
    const args = paths.map((path) => `--file=${escapePattern(path)}`);
    const reason = await this.#read(reader, args, signature, start);
    return reason !== null && (await areThere(paths)) ? reason : null;
  }

  /** Reads what is new of a writer; why that cannot be, or null. */
  async #read(
    reader: WriterReader,
    args: readonly string[],
    signature: string,
    start: Start,
    passes = 0,
  ): Promise<string | null> {
    if (!reader.isDue(signature)) return null;
    const plan = reader.plan(start);
    if (plan === 'later') return null;
    const { matches, clock, onEvent } = this.#options;
    const behind = matches.length > 0 ? ['--', ...matches] : [];
    this.#run = new JournalRun({
      args: [...args, ...plan.args, ...behind],
      clock,
      onEntries: (entries) => plan.take(entries),
      onCut: (bytes) => onEvent({ kind: 'line-cut', path: this.#name, bytes }),
    });
    const ending = await this.#run.ending();
    this.#run = null;
    const isDamaged = ending.kind === 'failed' && DAMAGED.test(ending.reason);
    if (isDamaged && (await this.#passOver(reader, args, behind)))
      return passes < MAX_PASSES ? await this.#read(reader, args, signature, start, passes + 1) : null;
    return this.#finish(ending, () => plan.done(signature));
  }

  /**
   * Behind what was read stands an entry that journalctl cannot print in full: its cursor is had from a form that leaves
   * out damaged fields. False: that cannot be had either.
   */
  async #passOver(
    reader: WriterReader,
    args: readonly string[],
    behind: readonly string[],
  ): Promise<boolean> {
    const stopped = reader.stopped;
    if (stopped === null || this.#closed) return false;
    const { clock } = this.#options;
    const cursors = await listCursors([...args, stopped.arg, '--lines=2', ...behind], clock);
    const damaged = cursors.find((cursor) => cursor !== stopped.cursor);
    return damaged !== undefined && reader.passOver(damaged);
  }

  #finish(ending: RunEnding, done: () => void): string | null {
    if (ending.kind === 'refused') return null;
    if (ending.kind === 'failed') return adviseOn(ending);
    this.#hear(ending.complaint);
    done();
    if (this.#options.folder === null) this.#trouble.end();
    return null;
  }

  /** journalctl goes on without what it may not see, and without files that are damaged. */
  #hear(complaint: string): void {
    const isPartial = NOT_ALL.test(complaint);
    if (isPartial && !this.#isPartial) this.#options.onEvent({ kind: 'journal-partial', name: this.#name });
    this.#isPartial = isPartial;
    const said = isPartial ? '' : complaint;
    if (said !== '' && said !== this.#said)
      this.#options.onEvent({ kind: 'journal-said', name: this.#name, text: said });
    this.#said = said;
  }
}

interface WriterFile {
  readonly path: string;
  readonly isForbidden: boolean;
}

/** The position of a folder, once its writers have theirs. */
const SEEN = 'seen';

/** What is seen, where the system shows no more. */
export const PARTIAL =
  'only the messages of this user are shown; add it to the group systemd-journal or adm (usermod -aG systemd-journal USER)';

const NOT_ALL = /You are currently not seeing messages from/;
/** What journalctl says of an entry with a hole in it, which it comes to again at each run. */
const DAMAGED = /Invalid field|Bad message/;
const NO_RIGHT_ADVICE =
  'this user may not read it; add it to the group systemd-journal or adm (usermod -aG systemd-journal USER), then restart';
const NO_RIGHT = /insufficient permissions|Permission denied/;

function adviseOn({ reason, isMissing: isAbsent }: RunEnding & { readonly kind: 'failed' }): string {
  if (isAbsent) return 'there is no journalctl here; install systemd, or remove "set journal"';
  if (!NO_RIGHT.test(reason)) return reason;
  return `${NO_RIGHT_ADVICE}; ${reason}`;
}

import type { ProcessId } from '../base/process/process-id.js';
import type { Clock } from '../base/time/clock.js';
import type { Entry } from '../line/entry.js';
import type { OwnLine } from '../line/own-lines.js';
import type { Loss } from '../source/loss.js';
import type { SentTexts } from '../source/push/sent-lines.js';
import type { ClaimedBatch, Durability } from '../store/ports/checkpoints.js';
import type { IngestEvent } from './event.js';

/** What receivers count that is no line. */
type SentCounter = 'overflowed' | 'dropped' | 'repeatable';

/** How entries are named among the dialects that come with their fields. */
export const BY_JOURNAL = 'journal';

/** An entry of a journal. `by`: who said it, where that may have been tayori itself. */
export interface JournalLine extends Entry {
  readonly by?: ProcessId;
}

/** Lines of sources that cannot be read again, to be counted in one step. */
export interface Received {
  /** Texts of one line or many. */
  readonly lines: readonly string[];
  /** The same of FIFOs and programs, by their paths. */
  readonly logs?: ReadonlyMap<string, readonly string[]>;
  /** The same of a journal, which tells their fields. */
  readonly entries?: readonly JournalLine[];
  /** Set when a server holds these lines until they are counted, or a journal was read up to there. */
  readonly taken: ClaimedBatch | null;
  /** Whom the commit must survive: `synced` where a server lets go of what was counted. */
  readonly durability: Durability;
  /** A log that has lost lines, or may have. */
  readonly loss?: Loss | null;
  /** Lines of tayori itself about receivers. */
  readonly said?: readonly OwnLine[];
  /** Lines and datagrams that are lost, and messages that may come twice. */
  readonly counters: ReadonlyMap<SentCounter, number>;
}

/** Counts received lines. */
export interface ReceiveSink {
  /** Counts and commits, all of it or nothing; false: the state cannot be written now. */
  receive(received: Received): boolean;
  wasProcessed(id: string): boolean;
  lastTaken(source: string): string | null;
}

/**
 * In a flood, commits are this far apart (ms): each costs as much as counting some dozens of lines, or thousands where
 * values are merged. What came since the last one is all that a kill -9 can take. Where senders wait for answers, this
 * is from beginning to beginning: they send little meanwhile.
 */
const GATHER = 5;

/** UTF-16 units that are buffered before connections are read no further: their senders wait. */
const MAX_STREAMED = 4 * 1024 * 1024;

/** UTF-16 units that are buffered while they cannot be counted: a full disk must not fill the memory, too. */
const MAX_HELD = 32 * 1024 * 1024;

/** Lines of tayori about receivers that are buffered meanwhile; each trouble makes one. */
const MAX_SAID = 100;

function overflowLine(lines: number): OwnLine {
  const counted = { counter: 'overflowed', amount: lines };
  return { name: 'overflowed', subject: 'lines', detail: `${lines} from FIFOs or the network`, counted };
}

/** Buffers lines between the receivers, which cannot wait, and a sink, which is not always there. */
export class ReceiveBuffer {
  readonly #clock: Clock;
  readonly #onEvent: (event: IngestEvent) => void;
  #sink: ReceiveSink | null = null;
  #held: string[] = [];
  /** How many lines stand in these texts. */
  #heldLines = 0;
  #heldOfLogs = new Map<string, string[]>();
  #heldCharacters = 0;
  #counters = new Map<SentCounter, number>();
  #said: OwnLine[] = [];
  #total = 0;
  /** What is told when the buffered lines are committed, and how many of these come again if they are not. */
  #confirmations: (() => void)[] = [];
  #confirmed = 0;
  #whenRoom: (() => void)[] = [];
  #lastDelivery = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(clock: Clock, onEvent: (event: IngestEvent) => void) {
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  /** How many lines have come in all. */
  get total(): number {
    return this.#total;
  }

  /** The same of texts of many lines. */
  pushTexts({ texts, lines }: SentTexts): void {
    this.#total += lines;
    const characters = charactersOf(texts);
    if (this.#heldCharacters + characters > MAX_HELD) return this.#overflow(lines);
    this.#hold(texts, lines, characters);
    this.#schedule();
  }

  /** Lines to be counted before this turn of the event loop ends or, in a flood, a few ms later. `log`: their path. */
  push(lines: readonly string[], log: string | null = null): void {
    if (log === null) return this.pushTexts({ texts: lines, lines: lines.length });
    this.#total += lines.length;
    const characters = charactersOf(lines);
    if (this.#heldCharacters + characters > MAX_HELD) return this.#overflow(lines.length);
    this.#heldCharacters += characters;
    const held = this.#heldOfLogs.get(log) ?? [];
    for (const line of lines) held.push(line);
    this.#heldOfLogs.set(log, held);
    this.#schedule();
  }

  /** Whether what can wait may be pushed. */
  get hasRoom(): boolean {
    return this.#heldCharacters < MAX_STREAMED;
  }

  /** Calls `use` once, when there is room again. */
  whenRoom(use: () => void): void {
    this.#whenRoom.push(use);
  }

  /** The same of a sender who keeps lines until `onCommitted`: they are on the disk then, and all before them. */
  pushConfirmed({ texts, lines }: SentTexts, onCommitted: () => void): void {
    this.#total += lines;
    this.#confirmed += lines;
    this.#hold(texts, lines, charactersOf(texts));
    this.#confirmations.push(onCommitted);
    this.#schedule();
  }

  /** A line of tayori itself about a receiver. */
  say(line: OwnLine): void {
    if (this.#said.length < MAX_SAID) this.#said.push(line);
    this.#schedule();
  }

  addDropped(datagrams: number): void {
    this.#add('dropped', datagrams);
  }

  addRepeatable(messages: number): void {
    this.#add('repeatable', messages);
  }

  /** Counts a batch that a server has set aside: `counted` now or before, else `later`. */
  take(lines: readonly string[], batch: ClaimedBatch): 'counted' | 'later' {
    if (!this.#sink) return 'later';
    if (this.#sink.wasProcessed(batch.id)) return 'counted';
    this.#total += lines.length;
    const received: Received = { lines, taken: batch, durability: 'synced', counters: new Map() };
    return this.#sink.receive(received) ? 'counted' : 'later';
  }

  /** Counts entries of a journal, which can be read again up to the last position that was committed. */
  takeEntries(
    entries: readonly JournalLine[],
    position: ClaimedBatch,
    loss: Loss | null,
  ): 'counted' | 'later' {
    const taken: Received = {
      lines: [],
      entries,
      taken: position,
      durability: 'written',
      loss,
      counters: new Map(),
    };
    return this.#sink?.receive(taken) ? 'counted' : 'later';
  }

  /** The last position of a journal that was committed. */
  lastTaken(source: string): string | null | 'later' {
    return this.#sink ? this.#sink.lastTaken(source) : 'later';
  }

  attach(sink: ReceiveSink): void {
    this.#sink = sink;
    this.deliver();
  }

  /** Counts what is buffered, and detaches the sink. Lines from now on are buffered. */
  detach(): void {
    this.deliver();
    this.#sink = null;
  }

  /** Counts what is buffered. */
  deliver(): void {
    const counters = this.#counters;
    const said = this.#said;
    const overflowed = counters.get('overflowed') ?? 0;
    const waiting = [this.#held, this.#confirmations, said].some(({ length }) => length > 0);
    if (!this.#sink || (!waiting && this.#heldOfLogs.size + counters.size === 0)) return;
    this.#lastDelivery = this.#clock.now();
    const received: Received = {
      lines: this.#held,
      logs: this.#heldOfLogs,
      taken: null,
      durability: this.#confirmations.length > 0 ? 'synced' : 'written',
      said: overflowed > 0 ? [...said, overflowLine(overflowed)] : said,
      counters,
    };
    if (!this.#sink.receive(received)) return;
    if (received.durability === 'written') this.#lastDelivery = this.#clock.now();
    this.#said = [];
    this.#held = [];
    this.#heldLines = 0;
    this.#heldOfLogs = new Map();
    this.#heldCharacters = 0;
    this.#counters = new Map();
    if (overflowed > 0) this.#onEvent({ kind: 'overflowed', lines: overflowed });
    const [confirmations, whenRoom] = [this.#confirmations, this.#whenRoom];
    this.#confirmations = [];
    this.#confirmed = 0;
    this.#whenRoom = [];
    for (const confirm of confirmations) confirm();
    for (const use of whenRoom) use();
  }

  /** Counts what is buffered, and reports what cannot be counted. */
  close(): void {
    this.deliver();
    const ofLogs = [...this.#heldOfLogs.values()].flat().length;
    const lost = this.#heldLines - this.#confirmed + ofLogs + (this.#counters.get('overflowed') ?? 0);
    if (lost > 0) this.#onEvent({ kind: 'overflowed', lines: lost });
    this.#held = [];
    this.#heldLines = 0;
  }

  #hold(texts: readonly string[], lines: number, characters: number): void {
    for (const text of texts) this.#held.push(text);
    this.#heldLines += lines;
    this.#heldCharacters += characters;
  }

  #add(counter: SentCounter, amount: number): void {
    this.#counters.set(counter, (this.#counters.get(counter) ?? 0) + amount);
  }

  #overflow(lines: number): void {
    if (!this.#counters.has('overflowed')) this.#onEvent({ kind: 'overflowing' });
    this.#add('overflowed', lines);
  }

  #schedule(): void {
    if (this.#scheduled || !this.#sink) return;
    this.#scheduled = true;
    const since = this.#clock.now() - this.#lastDelivery;
    const run = (): void => {
      this.#scheduled = false;
      this.deliver();
    };
    if (since >= 0 && since < GATHER) this.#clock.after(GATHER - since, run);
    else setImmediate(run);
  }
}

function charactersOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}

import { reasonOf } from '../base/errors.js';
import type { Clock } from '../base/time/clock.js';
import { RetryWaits } from '../base/time/retry-waits.js';
import { within } from '../base/time/within.js';
import { trace } from '../base/trace.js';
import type { Config } from '../config/config.js';
import type { Storm } from '../queue/fold.js';
import type { HeldQueues } from '../store/held-queues.js';
import type { MakeLetter } from './desk-letter.js';
import { HeldLease } from './held-lease.js';
import { LetterInWork, type WorkOutcome } from './letter-in-work.js';
import {
  Away,
  type LetterAsked,
  type MeetingPlace,
  type NodeId,
  type OpenLetter,
  type Series,
} from './meeting-place.js';

export interface EditorOptions {
  readonly place: MeetingPlace;
  readonly node: NodeId;
  readonly config: Config;
  /** The series of this node's config. */
  readonly series: readonly Series[];
  /** How long a letter waits for nodes that have not reported (ms, `set fleet_wait`). */
  readonly wait: number;
  /** How long this node holds a letter that it has sealed (ms): then another one delivers it. */
  readonly holdFor: number;
  /** That of the meeting place, as far as it is known. */
  readonly clock: Clock;
  /** Queues whose letters cannot be made here, as the state of this node keeps them. */
  readonly held: HeldQueues;
  readonly makeLetter: MakeLetter;
  /** By series: the fleet's storms, as this node last heard of them. */
  storms(): ReadonlyMap<string, Storm>;
  onEvent(event: { readonly kind: 'unsealed'; readonly queue: string; readonly reason: string }): void;
}

/** How many letters are made at a time: pages, which are small, and letters on a schedule, which may be large. */
const MAX_PAGES = 4;
const MAX_SCHEDULED = 2;

/**
 * A round does not wait longer (ms) for pages in the making, which are delivered then, and for other letters: a filter may take
 * a minute, and what comes meanwhile must be handed in.
 */
const MAX_PAGE_WAIT = 5000;
const MAX_LETTER_WAIT = 1000;

/** A letter that waits in the meeting place, or whose storm may be over. */
interface Candidate extends LetterAsked {
  readonly series: string;
  readonly contributions: number;
}

/** A storm holds a page back: what this node saw when it last looked. */
interface HeldBack {
  readonly contributions: number;
  /** When to look again (ms). */
  readonly until: number;
}

/**
 * Makes letters of what the nodes of the fleet have handed in: of each series one at a time, while this node has its lease. A
 * letter that cannot be made here, or whose filter is slow, delays only those of its own series.
 */
export class Editor {
  readonly #options: EditorOptions;
  readonly #series: ReadonlyMap<string, Series>;
  readonly #waits: RetryWaits;
  readonly #heldBack = new Map<string, HeldBack>();
  readonly #atWork = new Map<string, { readonly isPage: boolean; readonly work: Promise<void> }>();
  readonly #closing = new AbortController();
  /** Letters sealed since the last round was asked for. */
  #sealed = 0;

  constructor(options: EditorOptions) {
    this.#options = options;
    this.#series = new Map(options.series.map((series) => [series.id, series]));
    this.#waits = new RetryWaits(options.clock);
  }

  /**
   * Makes the letters that are ready, and waits for them a while. `worked`: letters were made, are in the making, or wait in
   * the meeting place. Rejects with `Away` when the meeting place cannot be used.
   */
  async round(): Promise<{ readonly worked: boolean }> {
    if (this.#closing.signal.aborted) return { worked: false };
    const { place, clock } = this.#options;
    const open = await place.openLetters([...this.#series.keys()]);
    const begun = this.#candidates(open).flatMap((one) => {
      const making = this.#begin(one);
      return making ? [within(clock, one.due === null ? MAX_PAGE_WAIT : MAX_LETTER_WAIT, making)] : [];
    });
    await Promise.all(begun);
    const worked = this.#sealed > 0 || this.#atWork.size > 0 || open.length > 0;
    this.#sealed = 0;
    return { worked };
  }

  /** Makes no more letters, and leaves those in the making to other nodes. Never rejects. */
  async stop(): Promise<void> {
    this.#closing.abort(new Error('the daemon stops'));
    await Promise.allSettled([...this.#atWork.values()].map(({ work }) => work));
  }

  /** The letters that are ready: pages first, then by due time. */
  #candidates(open: readonly OpenLetter[]): Candidate[] {
    const ready = open.filter((letter) => this.#isReady(letter));
    const asked = new Set(open.filter(({ due }) => due === null).map(({ series }) => series));
    const over = [...this.#options.storms()]
      .filter(([series, storm]) => !asked.has(series) && this.#mayBeOver(series, storm))
      .map(([series]) => ({ series, due: null, contributions: 0 }));
    return [...ready, ...over].sort(byUrgency);
  }

  #isReady({ due, since, now, missing }: OpenLetter): boolean {
    return due === null || missing.length === 0 || now - since >= this.#options.wait;
  }

  #mayBeOver(series: string, { told, next }: Storm): boolean {
    return this.#series.has(series) && told > 0 && this.#options.clock.now() >= next;
  }

  /** Begins a letter; null: it has to wait. */
  #begin(letter: Candidate): Promise<void> | null {
    const { series, due } = letter;
    const isPage = due === null;
    const alike = [...this.#atWork.values()].filter((one) => one.isPage === isPage);
    if (alike.length >= (isPage ? MAX_PAGES : MAX_SCHEDULED)) return null;
    if (this.#atWork.has(series) || this.#waits.isWaiting(series) || this.#isHeldBack(letter)) return null;
    const making = this.#work(letter).finally(() => this.#atWork.delete(series));
    this.#atWork.set(series, { isPage, work: making.catch(() => {}) });
    return making;
  }

  #isHeldBack({ series, due, contributions }: Candidate): boolean {
    const held = due === null ? this.#heldBack.get(series) : undefined;
    return (
      held !== undefined && held.contributions === contributions && this.#options.clock.now() < held.until
    );
  }

  async #work(letter: Candidate): Promise<void> {
    const closing = this.#closing.signal;
    const series = this.#series.get(letter.series);
    const lease = series && (await HeldLease.take(series.id, { ...this.#options, closing }));
    if (!lease) return;
    try {
      const outcome = await new LetterInWork({
        ...this.#options,
        series,
        asked: letter,
        lease,
      }).make();
      trace('publish', () => `the fleet's letter of [${series.queue}]: ${outcome.kind}`);
      this.#noteOutcome(letter, outcome);
    } catch (error) {
      if (error instanceof Away) throw error;
      if (!lease.signal.aborted) this.#fail(series, reasonOf(error));
    } finally {
      await lease.release();
    }
  }

  #noteOutcome({ series, contributions }: Candidate, outcome: WorkOutcome): void {
    this.#heldBack.delete(series);
    if (outcome.kind === 'sealed') {
      this.#sealed += 1;
      this.#waits.end(series);
    }
    if (outcome.kind === 'failed') this.#waits.add(series);
    if (outcome.kind === 'holds')
      this.#heldBack.set(series, { contributions, until: this.#options.clock.now() + outcome.rest });
  }

  /** The letter cannot be laid out: what a node has handed in is damaged, or there is no room for it here. */
  #fail({ id, queue }: Series, reason: string): void {
    this.#waits.add(id);
    const { held, onEvent } = this.#options;
    if (held.hold('making', queue, reason)) onEvent({ kind: 'unsealed', queue, reason });
  }
}

function byUrgency(a: LetterAsked, b: LetterAsked): number {
  return (a.due ?? Number.NEGATIVE_INFINITY) - (b.due ?? Number.NEGATIVE_INFINITY);
}

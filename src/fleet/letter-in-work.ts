import { addCounts } from '../base/count.js';
import type { Config } from '../config/config.js';
import { foldSettings } from '../config/fold-settings.js';
import { emptyLetters, sectionsOf } from '../config/sections.js';
import { MAX_ENTERED } from '../letter/history/ledger.js';
import type { PartOfFleet } from '../letter/letter.js';
import type { Storm, StormNote } from '../queue/fold.js';
import { isAsleep, type Snooze } from '../queue/snooze.js';
import type { SnoozeOutcome } from '../store/ports/snoozes.js';
import { composeEdition } from './compose-edition.js';
import { Desk } from './desk.js';
import type { DeskLetter, MadeOnDesk, MakeLetter } from './desk-letter.js';
import { fleetNotes, type NotedLetter } from './fleet-notes.js';
import { type FleetStep, foldStep } from './fold-step.js';
import type { HeldLease } from './held-lease.js';
import type {
  LetterAsked,
  LetterContent,
  MeetingPlace,
  MissingNode,
  Sealing,
  Series,
} from './meeting-place.js';

export interface WorkOptions {
  readonly place: MeetingPlace;
  readonly config: Config;
  readonly series: Series;
  readonly asked: LetterAsked;
  readonly lease: HeldLease;
  readonly holdFor: number;
  readonly makeLetter: MakeLetter;
}

export type WorkOutcome =
  | { readonly kind: 'sealed' }
  /** Another editor has made it, or makes it. */
  | { readonly kind: 'gone' }
  /** A storm holds it back, for so long (ms). */
  | { readonly kind: 'holds'; readonly rest: number }
  /** It cannot be made here now, which was told. */
  | { readonly kind: 'failed' };

/** Nodes see at their next turn that a storm's next page is due, and take a moment to hand in (ms). */
const HANDING_IN = 2000;

/** So many messages of a queue a letter enters, however many nodes have counted: some 20 MB of memory. */
const MAX_FLEET_ENTERED = 50_000;

/** What the letter tells of its storm. */
interface Told {
  readonly note: StormNote | null;
}

/** One letter of a series, from what waits for it to its seal, under the lease of the series. */
export class LetterInWork {
  readonly #options: WorkOptions;
  readonly #asked: LetterAsked;

  constructor(options: WorkOptions) {
    const { series, due } = options.asked;
    this.#options = options;
    this.#asked = { series, due };
  }

  async make(): Promise<WorkOutcome> {
    const { place, lease } = this.#options;
    const missing = await this.#missing();
    const content = await place.content(lease.lease, this.#asked);
    if (!missing && !(this.#asked.due === null && content.storm)) return { kind: 'gone' };
    if (this.#asked.due !== null && content.contributions.length === 0 && !this.#comesEmpty(content))
      return await this.#seal([], null, null);
    const desk = new Desk();
    try {
      await desk.addContributions(place, content, this.#options.lease.signal);
      return await this.#makeOn(desk, content, missing ?? []);
    } finally {
      desk.end();
    }
  }

  /** A queue that is new, or defined anew, has no letter for the due time before that: nobody knows what was then. */
  #comesEmpty({ isFirst }: LetterContent): boolean {
    const { config, series } = this.#options;
    return !isFirst && emptyLetters(config).has(series.queue);
  }

  /** Nodes that have not reported; null: the letter is not asked for any more. */
  async #missing(): Promise<readonly MissingNode[] | null> {
    const open = await this.#options.place.openLetters([this.#asked.series]);
    return open.find(({ due }) => due === this.#asked.due)?.missing ?? null;
  }

  async #makeOn(desk: Desk, content: LetterContent, missing: readonly MissingNode[]): Promise<WorkOutcome> {
    const { place, lease } = this.#options;
    const snoozes = await place.snoozes();
    const step = this.#foldOn(desk, content, snoozes);
    if (step.kind === 'gone') return step;
    if (step.kind === 'hold') return { kind: 'holds', rest: Math.max(0, step.until - lease.lease.now) };
    if (step.kind === 'over') return await this.#seal([], null, step.storm);
    // What ends a storm holds nothing but a note; what waits, snoozed, goes on waiting.
    const isEnd = step.note?.kind === 'end';
    const told = isEnd ? { ...content, contributions: [] } : content;
    if (!isEnd) await this.#addHistory(desk, told);
    const made = await this.#makeLetter(desk, told, { missing, snoozes, note: step.note });
    lease.signal.throwIfAborted();
    return made ? await this.#seal(told.contributions, made, step.storm) : { kind: 'failed' };
  }

  #makeLetter(
    desk: Desk,
    content: LetterContent,
    { missing, snoozes, note }: Pick<NotedLetter, 'missing'> & Pick<DeskLetter, 'snoozes'> & Told,
  ): Promise<MadeOnDesk | null> {
    const { lease, config, series, makeLetter } = this.#options;
    const of = { asked: this.#asked, queue: series.queue, content };
    const idOf = (name: string): number => desk.idOf(name);
    const partial = partOf(content, missing);
    const edition = { ...composeEdition({ ...of, now: lease.lease.now, storm: note, idOf }), partial };
    const about = { ...of, definition: series.definition, missing, made: edition.closed };
    const absent = new Set(missing.map(({ name }) => name));
    return makeLetter({
      edition,
      store: content.differing.length === 0 ? desk.store : { ...desk.store, inLastLetter: () => [] },
      snoozes,
      notes: fleetNotes(about, config),
      most: mostEntered(content),
      watched: content.nodes.map(({ name }) => name).filter((name) => !absent.has(name)),
      signal: lease.signal,
    });
  }

  #foldOn(
    desk: Desk,
    { storm, contributions }: LetterContent,
    snoozes: readonly Snooze[],
  ): FleetStep | { readonly kind: 'gone' } {
    const { config, series, lease } = this.#options;
    const queue = config.queues.find(({ name }) => name === series.queue);
    const settings = queue && foldSettings(config, { ...queue, sections: sectionsOf(queue.name, config) });
    const isAsked = this.#asked.due !== null || contributions.length > 0;
    if (!settings) return isAsked ? { kind: 'letter', storm: null, note: null } : { kind: 'gone' };
    const { now } = lease.lease;
    const asleep = snoozes.filter((snooze) => snooze.queue === series.queue && isAsleep(snooze, now));
    return foldStep({
      ...{ storm, settings, now },
      waiting: desk.waiting(series.queue, asleep),
      isForced: contributions.some(({ status }) => status !== null),
      grace: config.sleep.value * 1000 + HANDING_IN,
    });
  }

  /** Only full letters are compared with earlier ones. */
  async #addHistory(desk: Desk, { contributions, letters }: LetterContent): Promise<void> {
    const { place, config, series, lease } = this.#options;
    const pager = config.queues.find(({ name }) => name === series.queue)?.pager ?? false;
    if (pager || config.letter.value !== 'full') return;
    const counted = contributions.flatMap(({ parts }) => parts.map(({ queue }) => queue));
    const queues = new Set([series.queue, ...sectionsOf(series.queue, config), ...counted]);
    await desk.addHistory(place, [...queues], letters, this.#asked.due === null, lease.signal);
  }

  async #seal(
    contributions: LetterContent['contributions'],
    made: MadeOnDesk | null,
    storm: Storm | null,
  ): Promise<WorkOutcome> {
    const { place, series, lease, holdFor } = this.#options;
    const snoozes = await this.#snoozesAfter(made?.snoozed ?? null);
    const sealing: Sealing = {
      letter: this.#asked,
      queue: series.queue,
      sealed: made?.sealed ?? null,
      contributions: contributions.map(({ id }) => id),
      entries: made?.entries ?? [],
      storm,
      ...snoozes,
      holdFor,
    };
    if (!(await place.seal(await lease.settle(), sealing))) return { kind: 'gone' };
    made?.tell();
    return { kind: 'sealed' };
  }

  /** Asked anew: while the letter was made somebody may have ended one. */
  async #snoozesAfter(outcome: SnoozeOutcome | null): Promise<Pick<Sealing, 'snoozes' | 'droppedSnoozes'>> {
    if (!outcome || outcome.held.length + outcome.told.length === 0)
      return { snoozes: [], droppedSnoozes: [] };
    const lines = new Map(outcome.held.map(({ snooze, lines }) => [keyOf(snooze), lines]));
    const told = new Set(outcome.told.map(keyOf));
    const current = await this.#options.place.snoozes();
    return {
      snoozes: current.flatMap((snooze) => {
        const more = lines.get(keyOf(snooze));
        return more === undefined ? [] : [{ ...snooze, held: addCounts(snooze.held, more) }];
      }),
      droppedSnoozes: current.filter((snooze) => told.has(keyOf(snooze))),
    };
  }
}

/** Of which nodes a letter is; undefined: of all that count for its queue. */
function partOf(
  { nodes, differing }: LetterContent,
  missing: readonly MissingNode[],
): PartOfFleet | undefined {
  if (missing.length + differing.length === 0) return undefined;
  return { missing: missing.length, all: nodes.length };
}

/** As many for each node that has counted as one machine would enter. */
function mostEntered({ contributions }: Pick<LetterContent, 'contributions'>): number {
  const nodes = new Set(contributions.map(({ node }) => node.name)).size;
  return Math.min(Math.max(1, nodes) * MAX_ENTERED, MAX_FLEET_ENTERED);
}

function keyOf({ id, host, began }: Snooze): string {
  return `${id} ${began} ${host}`;
}

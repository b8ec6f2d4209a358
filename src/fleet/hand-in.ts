import { setImmediate } from 'node:timers/promises';
import type { Edition, Editions } from '../store/ports/editions.js';
import type { HandIns } from '../store/ports/hand-ins.js';
import type { Merging } from '../store/ports/merging.js';
import { lastDue } from './last-due.js';
import type { Contribution, ContributionPart, MeetingPlace, NodeId } from './meeting-place.js';
import type { FleetQueue } from './series.js';

/** Notes of this node for the reader of a letter. `notices`: ids of the delivery notices that they tell of. */
export interface Remarks {
  readonly texts: readonly string[];
  readonly notices: readonly number[];
}

export interface HandInOptions {
  readonly place: Pick<MeetingPlace, 'handIn' | 'confirm'>;
  readonly store: Pick<Editions, 'closedEditions' | 'blocks' | 'seal'> & Merging & HandIns;
  readonly node: NodeId;
  remarksOn(edition: Edition): Promise<Remarks>;
}

/**
 * Hands editions in: the meeting place takes an edition once, then it is dropped here, then the meeting place may forget that
 * it has had it. Whoever is stopped between two of these steps begins again with the first that is not known to be done.
 */
export class HandIn {
  readonly #options: HandInOptions;

  constructor(options: HandInOptions) {
    this.#options = options;
  }

  /** Rejects with `Away`. */
  async handIn(edition: Edition, queue: FleetQueue): Promise<void> {
    const { store, remarksOn } = this.#options;
    // The editor sums a storm up for all nodes.
    if (edition.storm?.kind === 'end') return store.seal(edition.id, null);
    for (const { id } of [edition, ...edition.sections]) while (store.mergeRange(id)) await setImmediate();
    const remarks = await remarksOn(edition);
    const known = await this.#bring(this.#contribution(edition, queue, remarks));
    // Which notices an earlier call has brought is not known, so they are told again.
    store.handedIn(edition.id, known === 'taken' ? remarks.notices : []);
  }

  /** An edition that may have been taken can go directly after all: it is confirmed when it is gone. */
  async #bring(contribution: Contribution): Promise<'taken' | 'known'> {
    const { place, store } = this.#options;
    try {
      return await place.handIn(contribution);
    } catch (error) {
      store.noteUncertain(contribution.edition);
      throw error;
    }
  }

  /** Editions cannot come again once they are gone here. Rejects with `Away`. */
  async confirm(): Promise<void> {
    const { place, store, node } = this.#options;
    const unconfirmed = store.unconfirmed();
    if (unconfirmed.length === 0) return;
    const closed = new Set(store.closedEditions().map(({ id }) => id));
    const gone = unconfirmed.filter((id) => !closed.has(id));
    if (gone.length === 0) return;
    await place.confirm(node, gone);
    store.confirmed(gone);
  }

  #contribution(edition: Edition, fleetQueue: FleetQueue, remarks: Remarks): Contribution {
    const { schedule, id, queue, definition } = fleetQueue;
    const { status, closed } = edition;
    const isAtOnce = schedule.kind === 'now' || goesAtOnce(edition, fleetQueue);
    return {
      node: this.#options.node,
      edition: edition.id,
      series: { id, queue, definition },
      due: isAtOnce ? null : lastDue(schedule, closed),
      closed,
      status,
      parts: [edition, ...edition.sections].map((one) => this.#part(one)),
      remarks: remarks.texts,
    };
  }

  #part({ id, queue, since, held, counters, untaken }: Edition): ContributionPart {
    const { store } = this.#options;
    const size = store.sizeOf(id);
    return { queue, since, held, counters, untaken, ...size, blocks: () => store.blocks(id) };
  }
}

/** Whether what an edition holds goes at once, and not at a due time. */
export function goesAtOnce({ status }: Edition, { schedule }: FleetQueue): boolean {
  return status !== null || schedule.kind === 'now';
}

import { setImmediate } from 'node:timers/promises';
import { tidyHeap } from '../base/process/tidy-heap.js';
import { ledgerHash } from '../letter/entry-id.js';
import type { Waiting } from '../queue/fold.js';
import type { Snooze } from '../queue/snooze.js';
import type { TallyRow } from '../queue/tally.js';
import { type DeskStore, openDeskStore } from '../store/sqlite/desk-store.js';
import { type LetterContent, MAX_FLEET_LEDGER_ROWS, type MeetingPlace } from './meeting-place.js';

type Place = Pick<MeetingPlace, 'blocks' | 'ledger'>;

/** A page of so many messages asks for their history alone, not for that of the whole queue. */
const MAX_LOOKED_UP = 1000;

const ALL = Number.MAX_SAFE_INTEGER;

/** Where the editor lays out what the nodes have counted, and the history of it, to make one letter of it. */
export class Desk {
  readonly store: DeskStore = openDeskStore(MAX_FLEET_LEDGER_ROWS);

  /** Counts the rows of all contributions. `signal`: aborts; the promise rejects. */
  async addContributions(
    place: Place,
    { contributions }: Pick<LetterContent, 'contributions'>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { id, parts } of contributions)
      for (const [at, { queue }] of parts.entries())
        for await (const block of place.blocks(id, at)) {
          this.store.addBlock(queue, block);
          await pause(signal);
        }
  }

  /**
   * Adds the fleet's history of these queues. `isPage`: of the messages on the desk alone, if they are few; such a letter
   * misses no other ones.
   */
  async addHistory(
    place: Place,
    queues: readonly string[],
    letters: LetterContent['letters'],
    isPage: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (const queue of queues) {
      this.store.setLetters(queue, letters.get(queue) ?? 0);
      const hashes = isPage ? this.#hashesOf(queue) : null;
      if (hashes) await this.#addKnown(place, queue, hashes);
      else
        for await (const lines of place.ledger(queue)) {
          this.store.addHistory(queue, lines);
          await pause(signal);
        }
    }
  }

  /** Counts of the messages that wait for a page, without those that are snoozed. */
  waiting(queue: string, asleep: readonly Snooze[]): Waiting {
    return this.store.waiting(queue, ALL, asleep);
  }

  /** The id of the edition of a queue; 0, which has no rows: nothing was counted for it. */
  idOf(queue: string): number {
    return this.store.openEditions(0).find((edition) => edition.queue === queue)?.id ?? 0;
  }

  end(): void {
    this.store.end();
  }

  /** Where none of these messages is known, one other row tells that the queue has a history. */
  async #addKnown(place: Place, queue: string, hashes: readonly string[]): Promise<void> {
    let known = 0;
    for await (const lines of place.ledger(queue, hashes)) {
      this.store.addHistory(queue, lines);
      known += lines.length;
    }
    if (known > 0) return;
    for await (const lines of place.ledger(queue)) {
      this.store.addHistory(queue, lines.slice(0, 1));
      if (lines.length > 0) return;
    }
  }

  /** The hashes of the messages of a queue; null: there are too many. */
  #hashesOf(queue: string): string[] | null {
    const id = this.idOf(queue);
    const rows: TallyRow[] = [];
    for (;;) {
      const more = this.store.slice(id, rows.at(-1) ?? null, MAX_LOOKED_UP);
      if (more.length === 0) break;
      rows.push(...more);
      if (rows.length > MAX_LOOKED_UP) return null;
    }
    return [...new Set(rows.map(({ message }) => ledgerHash(message)))];
  }
}

/** Between pieces of some ten milliseconds others work on. */
async function pause(signal: AbortSignal): Promise<void> {
  tidyHeap();
  await setImmediate();
  signal.throwIfAborted();
}

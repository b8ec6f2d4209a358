import { addCounts } from '../../base/count.js';
import { ChangeTable, type SampleLine } from './change-table.js';
import { type ChangeKind, changesOf, type LineChange, NO_OUTCOME, type Outcome } from './outcome.js';
import type { LogUnit } from './read-log.js';
import type { Reason, Side } from './side.js';

/** How many lines change in one way, from queues to queues. */
export interface Flow {
  readonly kind: ChangeKind;
  readonly from: string;
  readonly to: string;
  lines: number;
}

/** Why a line goes where it goes, by both configs. */
export interface Reasons {
  readonly now: Reason;
  readonly next: Reason;
}

/** Ways that are told apart; a config has a few queues, and few combinations of them. */
const MAX_FLOWS = 1000;

/** Takes the lines of logs through two configs, and keeps what would change. */
export class Rehearsal {
  readonly now: Side;
  readonly next: Side;
  /** Lost and new pages, by the message of the config that makes them: nothing else pushes them out. */
  readonly lost = new ChangeTable('before');
  readonly paged = new ChangeTable('after');
  /** The same changes, by what a line was and by what it becomes. */
  readonly byBefore = new ChangeTable('before');
  readonly byAfter = new ChangeTable('after');
  readonly #flows = new Map<string, Flow>();
  readonly #totals = new Map<ChangeKind, number>();
  #flowless = 0;
  readonly #since: number;
  #lines = 0;
  #older = 0;
  #changed = 0;
  #first: number | null = null;
  #last: number | null = null;

  /** Lines from before `since` (ms) are left out. */
  constructor(now: Side, next: Side, since: number) {
    this.now = now;
    this.next = next;
    this.#since = since;
  }

  /** Lines (or entries of several lines) that were compared. */
  get lines(): number {
    return this.#lines;
  }

  /** Lines that were left out because they are too old. */
  get older(): number {
    return this.#older;
  }

  /** Lines of which something changes. */
  get changed(): number {
    return this.#changed;
  }

  /** The times of the first and the last line (ms); null: no line has one. */
  get span(): { readonly first: number; readonly last: number } | null {
    return this.#first === null || this.#last === null ? null : { first: this.#first, last: this.#last };
  }

  /** The ways in which lines change, those of most lines first. */
  get flows(): readonly Flow[] {
    return [...this.#flows.values()].sort((a, b) => b.lines - a.lines);
  }

  /** Lines of ways that are not among these, for want of room. */
  get flowless(): number {
    return this.#flowless;
  }

  /** How many lines change in a way. */
  totalOf(kind: ChangeKind): number {
    return this.#totals.get(kind) ?? 0;
  }

  /** Why a line goes where it goes. */
  reasonsOf({ unit, isCounted }: SampleLine): Reasons {
    const { sides } = unit;
    return {
      now: sides === 'new' ? NOT_READ : this.now.reasonOf(unit, isCounted.now),
      next: sides === 'old' ? NOT_READ : this.next.reasonOf(unit, isCounted.next),
    };
  }

  /** A line of a log without what either config takes out. */
  redact(text: string): string {
    return this.next.redact(this.now.redact(text));
  }

  take(unit: LogUnit): void {
    const { time, sides } = unit;
    if (time !== null && time < this.#since) {
      this.#older += 1;
      return;
    }
    this.#lines += 1;
    if (time !== null) {
      this.#first = Math.min(this.#first ?? time, time);
      this.#last = Math.max(this.#last ?? time, time);
    }
    const now = sides === 'new' ? NO_OUTCOME : this.now.judge(unit);
    const next = sides === 'old' ? NO_OUTCOME : this.next.judge(unit);
    const changes = changesOf(now, next);
    if (changes.length > 0) this.#keep(changes, unit, { now, next });
  }

  #keep(changes: readonly LineChange[], unit: LogUnit, outcomes: Outcomes): void {
    this.#changed += 1;
    const host = (outcomes.now.hits[0] ?? outcomes.next.hits[0])?.host ?? '';
    const isCounted = { now: outcomes.now.hits.length > 0, next: outcomes.next.hits.length > 0 };
    for (const change of changes) {
      this.#addFlow(change);
      for (const table of this.#tablesOf(change)) table.add({ change, unit, host, isCounted });
    }
  }

  #tablesOf({ kind }: LineChange): readonly ChangeTable[] {
    switch (kind) {
      case 'lost':
        return [this.lost];
      case 'paged':
        return [this.paged];
      case 'gone':
        return [this.byBefore];
      case 'come':
        return [this.byAfter];
      case 'moved':
      case 'reworded':
        return [this.byBefore, this.byAfter];
    }
  }

  #addFlow({ kind, from, to }: LineChange): void {
    this.#totals.set(kind, addCounts(this.totalOf(kind), 1));
    const key = `${kind}\n${from}\n${to}`;
    const found = this.#flows.get(key);
    if (found) found.lines = addCounts(found.lines, 1);
    else if (this.#flows.size < MAX_FLOWS) this.#flows.set(key, { kind, from, to, lines: 1 });
    else this.#flowless += 1;
  }
}

interface Outcomes {
  readonly now: Outcome;
  readonly next: Outcome;
}

const NOT_READ: Reason = { kind: 'not-read' };

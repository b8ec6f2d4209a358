import { flatten } from '../base/text/flatten.js';
import { type EscalationCounts, Escalations } from './escalations.js';
import type { GroupValues, QueueMessage } from './verdict.js';

/** The last match of a host, for `repeat`: the masked message and the plain queues that it went to. */
export interface LastMatch {
  readonly message: string;
  readonly queues: readonly string[];
  /** As in its verdict; left out if that had none. */
  readonly groups?: GroupValues;
  /** The messages of queues that count another one. The store does not keep them: after a restart these count `message`. */
  readonly byQueue?: ReadonlyMap<string, QueueMessage>;
}

/** Changes since the last commit: rows to write; a `last` of null is deleted. */
export interface RuleStateChanges {
  readonly last: ReadonlyMap<string, LastMatch | null>;
  readonly hits: readonly EscalationCounts[];
}

/** Host names are untrusted: invented ones must not fill the memory. The oldest host is forgotten first. */
const MAX_HOSTS = 10_000;
/** UTF-16 units of the last messages of all hosts, and of their names. */
const MAX_TEXT = 8_000_000;
/** Changed hosts that are skipped in the search for the oldest one. */
const MAX_SKIPPED = 8;

/** What rules remember of each host between lines. Whoever commits it to the store keeps it across restarts. */
export class RuleState {
  /** In the order in which hosts changed, commit by commit. */
  readonly #slots = new Map<string, Slot>();
  readonly #escalations: Escalations;
  /** UTF-16 units of all messages and host names. */
  #text = 0;
  /** Hosts that changed since the last commit. */
  #changed: string[] = [];

  /** Begins with what the store holds. */
  constructor(kept: {
    readonly last: Iterable<readonly [host: string, match: LastMatch]>;
    readonly hits: Iterable<EscalationCounts>;
  }) {
    for (const [host, match] of kept.last) this.#slots.set(host, { match, changed: false });
    for (const [host, { match }] of this.#slots) this.#text += host.length + lengthOf(match);
    this.#escalations = new Escalations(kept.hits);
  }

  last(host: string): LastMatch | null {
    return this.#slots.get(host)?.match ?? null;
  }

  /**
   * Keeps `match` itself: its message must not share memory with the text that it was read from (`flatten`). Called for
   * each line: a known host costs one look-up.
   */
  remember(host: string, match: LastMatch | null): void {
    const slot = this.#slots.get(host);
    if (!slot) {
      if (match) this.#add(host, match);
      return;
    }
    if (slot.match === match) return;
    const more = lengthOf(match) - lengthOf(slot.match);
    slot.match = match;
    if (!slot.changed) this.#changed.push(host);
    slot.changed = true;
    this.#makeRoom(more);
  }

  /** Counts one more hit of an escalating rule and returns the new count. */
  hit(rule: string, host: string, leftmost: string): number {
    return this.#escalations.hit(rule, host, leftmost);
  }

  /** The leftmost queue was mailed: the counts of its rules on these hosts begin at 0 again. */
  clear(leftmost: string, hosts: Iterable<string>): void {
    this.#escalations.clear(leftmost, hosts);
  }

  /** Changes since the last commit. */
  changes(): RuleStateChanges {
    return {
      last: new Map(this.#changed.map((host) => [host, this.last(host)])),
      hits: this.#escalations.changes(),
    };
  }

  /** The changes have been committed. */
  onCommitted(): void {
    for (const host of this.#changed) {
      const match = this.#slots.get(host)?.match;
      this.#slots.delete(host);
      if (match) this.#slots.set(host, { match, changed: false });
    }
    this.#changed = [];
    this.#escalations.onCommitted();
  }

  #add(host: string, match: LastMatch): void {
    const name = flatten(host);
    this.#slots.set(name, { match, changed: true });
    this.#changed.push(name);
    this.#makeRoom(name.length + lengthOf(match));
  }

  #makeRoom(more: number): void {
    this.#text += more;
    while (this.#slots.size > MAX_HOSTS || this.#text > MAX_TEXT) this.#forgetOldest();
  }

  /** Skips a few hosts that changed since the last commit: they are not old, wherever they stand. */
  #forgetOldest(): void {
    for (let skipped = 0; ; skipped++) {
      const oldest = this.#slots.entries().next();
      if (oldest.done) {
        this.#text = 0;
        return;
      }
      const [host, slot] = oldest.value;
      this.#slots.delete(host);
      if (!slot.changed) this.#changed.push(host);
      if (!slot.changed || skipped === MAX_SKIPPED) {
        this.#text -= host.length + lengthOf(slot.match);
        return;
      }
      this.#slots.set(host, slot);
    }
  }
}

/** The last match of a host, null if it is not to be repeated; `changed`: since the last commit. */
interface Slot {
  match: LastMatch | null;
  changed: boolean;
}

function lengthOf(match: LastMatch | null): number {
  let length = match?.message.length ?? 0;
  if (match?.groups) for (const value of match.groups.values()) length += value?.length ?? 0;
  if (match?.byQueue) for (const { message } of match.byQueue.values()) length += message.length;
  return length;
}

import { ComposedText } from '../base/text/composed-text.js';
import { flatten } from '../base/text/flatten.js';
import { type EscalationCounts, Escalations } from './escalations.js';
import type { GroupValues } from './verdict.js';

/** Where the last match of a host went. */
export interface LastTargets {
  /** The plain queues. */
  readonly queues: readonly string[];
  /** As in its verdict; left out if that had none. */
  readonly groups?: GroupValues;
  /** The messages of queues that count another one. The store does not keep them: after a restart these count `message`. */
  readonly byQueue?: ReadonlyMap<string, string>;
}

/** The last match of a host, for `repeat`: the masked message, and where it went. */
export interface LastMatch extends LastTargets {
  readonly message: string;
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
  #keepsLast = true;

  /** Begins with what the store holds. */
  constructor(kept: {
    readonly last: Iterable<readonly [host: string, match: LastMatch]>;
    readonly hits: Iterable<EscalationCounts>;
  }) {
    for (const [host, match] of kept.last) {
      const slot = new Slot();
      slot.keep(match);
      this.#slots.set(host, slot);
      this.#text += host.length + slot.length;
    }
    this.#escalations = new Escalations(kept.hits);
  }

  /** Whether last matches are asked for: without `repeat` rules none is kept, and those of before are forgotten. */
  keepLast(isAskedFor: boolean): void {
    this.#keepsLast = isAskedFor;
    if (isAskedFor) return;
    for (const [host, slot] of this.#slots) if (!slot.changed) this.#changed.push(host);
    this.#slots.clear();
    this.#text = 0;
  }

  last(host: string): LastMatch | null {
    return this.#slots.get(host)?.match() ?? null;
  }

  /** Keeps `match` itself. Called for each line: a known host costs one look-up. */
  remember(host: string, match: LastMatch | null): void {
    const slot = this.#slotFor(host, match !== null);
    if (!slot || slot.holds(match)) return;
    const before = slot.length;
    slot.keep(match);
    this.#onChange(host, slot, slot.length - before);
  }

  /** The same for a message that is valid for this line only: its units are copied, and no string is made. */
  rememberText(host: string, message: ComposedText, targets: LastTargets): void {
    const slot = this.#slotFor(host, true);
    if (!slot) return;
    const before = slot.length;
    slot.keepText(message, targets);
    this.#onChange(host, slot, slot.length - before);
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
      const slot = this.#slots.get(host);
      this.#slots.delete(host);
      if (!slot) continue;
      slot.changed = false;
      if (slot.isEmpty) this.#text -= host.length + slot.length;
      else this.#slots.set(host, slot);
    }
    this.#changed = [];
    this.#escalations.onCommitted();
  }

  /** null: the host has none, and needs none; or none is kept. */
  #slotFor(host: string, isNeeded: boolean): Slot | null {
    if (!this.#keepsLast) return null;
    const slot = this.#slots.get(host);
    if (slot || !isNeeded) return slot ?? null;
    const made = new Slot();
    const name = flatten(host);
    this.#slots.set(name, made);
    this.#text += name.length;
    return made;
  }

  #onChange(host: string, slot: Slot, more: number): void {
    if (!slot.changed) this.#changed.push(flatten(host));
    slot.changed = true;
    if (more !== 0 || this.#slots.size > MAX_HOSTS) this.#makeRoom(more);
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
        this.#text -= host.length + slot.length;
        return;
      }
      this.#slots.set(host, slot);
    }
  }
}

/** Units that a slot has room for, at least; one of more than `MAX_ROOM` is given back when a quarter is enough. */
const MIN_ROOM = 64;
const MAX_ROOM = 4096;

/** The last match of a host, or none if it is not to be repeated. */
class Slot {
  /** Since the last commit. */
  changed = false;
  /** null: the message is in the units, where it went in the targets. */
  #match: LastMatch | null = null;
  #targets: LastTargets | null = null;
  #units = new Uint16Array();
  #end = 0;

  get isEmpty(): boolean {
    return this.#match === null && this.#targets === null;
  }

  /** Memory taken, in UTF-16 units. */
  get length(): number {
    return this.#units.length + (this.#match ? lengthOf(this.#match) : 0) + targetsLength(this.#targets);
  }

  match(): LastMatch | null {
    if (!this.#targets) return this.#match;
    const message = new ComposedText().view(this.#units, 0, this.#end).text;
    return { message, ...this.#targets };
  }

  holds(match: LastMatch | null): boolean {
    return this.#targets === null && this.#match === match;
  }

  keep(match: LastMatch | null): void {
    this.#match = match;
    this.#targets = null;
  }

  keepText({ units, start, end }: ComposedText, targets: LastTargets): void {
    const length = end - start;
    const room = this.#units.length;
    if (length > room || (room > MAX_ROOM && 4 * length < room))
      this.#units = new Uint16Array(MIN_ROOM * Math.ceil(length / MIN_ROOM));
    const kept = this.#units;
    for (let at = 0; at < length; at++) kept[at] = units[start + at] as number;
    this.#end = length;
    this.#match = null;
    this.#targets = targets;
  }
}

function lengthOf(match: LastMatch): number {
  return match.message.length + targetsLength(match);
}

function targetsLength(targets: LastTargets | null): number {
  let length = 0;
  if (targets?.groups) for (const value of targets.groups.values()) length += value?.length ?? 0;
  if (targets?.byQueue) for (const message of targets.byQueue.values()) length += message.length;
  return length;
}

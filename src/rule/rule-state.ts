import { flatten } from '../base/text/flatten.js';
import { type EscalationCounts, Escalations } from './escalations.js';

/** What a host said last, for `repeat`: the masked message and the plain queues it went to. */
export interface LastMatch {
  readonly message: string;
  readonly queues: readonly string[];
}

/** What changed since the last commit: rows to write; a `last` of null is forgotten. */
export interface RuleStateChanges {
  readonly last: ReadonlyMap<string, LastMatch | null>;
  readonly hits: readonly EscalationCounts[];
}

/** What rules remember of each host between lines; kept across restarts by whoever commits it to the store. */
export interface RuleState {
  last(host: string): LastMatch | null;
  /** Kept as it is: its message must share nothing with what it was read from (`flatten`). */
  remember(host: string, match: LastMatch | null): void;
  /** Counts one more hit of an escalating rule and returns the new count. */
  hit(rule: string, host: string, leftmost: string): number;
  /** The leftmost queue was mailed, and with it the counts of its rules on these hosts, which begin anew. */
  clear(leftmost: string, hosts: Iterable<string>): void;
  /** What changed since the last `settle`. */
  changes(): RuleStateChanges;
  /** The changes have been committed. */
  onCommitted(): void;
}

/** Host names are foreign text: whoever invents them must not fill the memory. The oldest is forgotten first. */
const MOST_HOSTS = 10_000;
/** UTF-16 units of all that hosts said last, and of their names. */
const MOST_TEXT = 8_000_000;
const MOST_PASSED = 8;

/** Makes the rules' memory, from what the store kept of it. */
export function createRuleState(kept: {
  readonly last: Iterable<readonly [host: string, match: LastMatch]>;
  readonly hits: Iterable<EscalationCounts>;
}): RuleState {
  /** In the order in which hosts changed, commit by commit. */
  const slots = new Map<string, Slot>();
  for (const [host, match] of kept.last) slots.set(host, { match, changed: false });
  const escalations = new Escalations(kept.hits);
  let text = 0;
  for (const [host, { match }] of slots) text += host.length + lengthOf(match);
  let changed: string[] = [];

  function add(host: string, match: LastMatch): void {
    const name = flatten(host);
    slots.set(name, { match, changed: true });
    changed.push(name);
    makeRoom(name.length + lengthOf(match));
  }

  function makeRoom(more: number): void {
    text += more;
    while (slots.size > MOST_HOSTS || text > MOST_TEXT) forgetOldest();
  }

  /** A few that have spoken since the last commit are passed over: they are not old, wherever they stand. */
  function forgetOldest(): void {
    for (let passed = 0; ; passed++) {
      const oldest = slots.entries().next();
      if (oldest.done) {
        text = 0;
        return;
      }
      const [host, slot] = oldest.value;
      slots.delete(host);
      if (!slot.changed) changed.push(host);
      if (!slot.changed || passed === MOST_PASSED) {
        text -= host.length + lengthOf(slot.match);
        return;
      }
      slots.set(host, slot);
    }
  }

  return {
    last: (host) => slots.get(host)?.match ?? null,
    // Called for each line: a host that speaks again costs one look-up.
    remember(host, match) {
      const slot = slots.get(host);
      if (!slot) {
        if (match) add(host, match);
        return;
      }
      if (slot.match === match) return;
      const more = lengthOf(match) - lengthOf(slot.match);
      slot.match = match;
      if (!slot.changed) changed.push(host);
      slot.changed = true;
      makeRoom(more);
    },
    hit: (rule, host, leftmost) => escalations.hit(rule, host, leftmost),
    clear: (leftmost, hosts) => escalations.clear(leftmost, hosts),
    changes: () => ({
      last: new Map(changed.map((host) => [host, slots.get(host)?.match ?? null])),
      hits: escalations.changes(),
    }),
    onCommitted() {
      for (const host of changed) {
        const match = slots.get(host)?.match;
        slots.delete(host);
        if (match) slots.set(host, { match, changed: false });
      }
      changed = [];
      escalations.settle();
    },
  };
}

/** What a host said last, null when that is not to be repeated; `changed` since the last commit. */
interface Slot {
  match: LastMatch | null;
  changed: boolean;
}

function lengthOf(match: LastMatch | null): number {
  return match?.message.length ?? 0;
}

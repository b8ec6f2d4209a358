import { ownText } from '../own-text.js';

/** What a host said last, for `repeat`: the masked message and the plain queues it went to. */
export interface LastMatch {
  readonly message: string;
  readonly queues: readonly string[];
}

/** How often an escalating rule has matched on a host. `leftmost`: the queue whose letter clears the count. */
export interface Hits {
  readonly rule: string;
  readonly host: string;
  readonly leftmost: string;
  readonly count: number;
}

/** What changed since the last commit: rows to write; a `last` of null is forgotten. */
export interface MemoryChanges {
  readonly last: ReadonlyMap<string, LastMatch | null>;
  readonly hits: readonly Hits[];
}

/** What rules remember of each host between lines; kept across restarts by whoever commits it to the store. */
export interface RuleMemory {
  last(host: string): LastMatch | null;
  remember(host: string, match: LastMatch | null): void;
  /** Counts one more hit and returns the new count. */
  hit(rule: string, host: string, leftmost: string): number;
  /**
   * The leftmost queue was mailed with these hosts in it: its escalations begin anew there. The store has forgotten them
   * in the step that closed the letter, so they are no change.
   */
  clear(leftmost: string, hosts: Iterable<string>): void;
  /** What changed since the last `settle`. */
  changes(): MemoryChanges;
  /** The changes have been committed. */
  settle(): void;
}

/** Host names are foreign text: whoever invents them must not fill the memory. The oldest is forgotten first. */
const MOST_HOSTS = 10_000;
/** UTF-16 units of all that hosts said last. */
const MOST_TEXT = 8_000_000;
const MOST_HITS = 100_000;

/** Makes the rules' memory, from what the store kept of it. */
export function createRuleMemory(kept: {
  readonly last: Iterable<readonly [host: string, match: LastMatch]>;
  readonly hits: Iterable<Hits>;
}): RuleMemory {
  const last = new Map(kept.last);
  const hits = new Map<string, Hits>();
  for (const hit of kept.hits) hits.set(hitKey(hit.rule, hit.host), hit);
  let text = 0;
  for (const { message } of last.values()) text += message.length;
  let changedLast = new Map<string, LastMatch | null>();
  let changedHits = new Map<string, Hits>();

  function forgetOldest(): void {
    const oldest = last.keys().next();
    if (oldest.done) return;
    forget(oldest.value);
    changedLast.set(oldest.value, null);
  }

  function forget(host: string): void {
    text -= last.get(host)?.message.length ?? 0;
    last.delete(host);
  }

  return {
    last: (host) => last.get(host) ?? null,
    remember(host, match) {
      const before = last.get(host);
      if (match === before || (match === null && before === undefined)) return;
      if (match !== null && before !== undefined && same(before, match)) return;
      const own = match && { ...match, message: ownText(match.message) };
      const name = ownText(host);
      forget(host);
      if (own) last.set(name, own);
      text += own?.message.length ?? 0;
      changedLast.set(name, own);
      while (last.size > MOST_HOSTS || text > MOST_TEXT) forgetOldest();
    },
    hit(rule, host, leftmost) {
      const key = hitKey(rule, host);
      const hit = { rule, host: ownText(host), leftmost, count: (hits.get(key)?.count ?? 0) + 1 };
      hits.set(key, hit);
      changedHits.set(key, hit);
      if (hits.size > MOST_HITS) hits.delete(hits.keys().next().value ?? key);
      return hit.count;
    },
    clear(leftmost, hosts) {
      const mailed = new Set(hosts);
      for (const [key, hit] of hits) {
        if (hit.leftmost !== leftmost || !mailed.has(hit.host)) continue;
        hits.delete(key);
        changedHits.delete(key);
      }
    },
    changes: () => ({ last: changedLast, hits: [...changedHits.values()] }),
    settle() {
      changedLast = new Map();
      changedHits = new Map();
    },
  };
}

function hitKey(rule: string, host: string): string {
  return `${rule}\n${host}`;
}

function same(a: LastMatch, b: LastMatch): boolean {
  return a.message === b.message && a.queues.join() === b.queues.join();
}

import { flatten } from '../base/text/flatten.js';

/** How often an escalating rule has matched on a host. `leftmost`: the queue whose letter resets the count. */
export interface EscalationCounts {
  readonly rule: string;
  readonly host: string;
  readonly leftmost: string;
  readonly count: number;
}

/**
 * Host names are untrusted: invented ones must fill neither the memory nor the state. These limits hold for the number of
 * counts and for the UTF-16 units of their keys; the count with the oldest hit is forgotten first.
 */
const MAX_COUNTS = 100_000;
const MAX_TEXT = 8_000_000;

/** The running counts of escalating rules, host by host. */
export class Escalations {
  /** The count with the oldest hit comes first. */
  readonly #hits = new Map<string, EscalationCounts>();
  #changed = new Map<string, EscalationCounts>();
  #text = 0;

  constructor(kept: Iterable<EscalationCounts>) {
    for (const hit of kept) this.#set(keyOf(hit.rule, hit.host), hit);
    this.#makeRoom();
  }

  /** Counts one more hit and returns the new count. */
  hit(rule: string, host: string, leftmost: string): number {
    const key = keyOf(rule, host);
    const count = (this.#hits.get(key)?.count ?? 0) + 1;
    const hit = { rule, host: flatten(host), leftmost, count };
    this.#set(key, hit);
    this.#changed.set(key, hit);
    this.#makeRoom();
    return count;
  }

  /** The store has already deleted these counts, which the letter of `leftmost` resets: they are not changes. */
  clear(leftmost: string, hosts: Iterable<string>): void {
    const mailed = new Set(hosts);
    if (mailed.size === 0) return;
    for (const [key, hit] of this.#hits) {
      if (hit.leftmost !== leftmost || !mailed.has(hit.host)) continue;
      this.#delete(key);
      this.#changed.delete(key);
    }
  }

  /** Rows to write; a count of 0 is deleted. */
  changes(): EscalationCounts[] {
    return [...this.#changed.values()];
  }

  onCommitted(): void {
    this.#changed = new Map();
  }

  #set(key: string, hit: EscalationCounts): void {
    if (!this.#hits.delete(key)) this.#text += key.length;
    this.#hits.set(key, hit);
  }

  #delete(key: string): void {
    if (this.#hits.delete(key)) this.#text -= key.length;
  }

  #makeRoom(): void {
    while (this.#hits.size > MAX_COUNTS || this.#text > MAX_TEXT) {
      const [oldest] = this.#hits;
      if (!oldest) return;
      const [key, hit] = oldest;
      this.#delete(key);
      this.#changed.set(key, { ...hit, count: 0 });
    }
  }
}

function keyOf(rule: string, host: string): string {
  return `${rule}\n${host}`;
}

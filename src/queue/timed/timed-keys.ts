import { flatten } from '../../base/text/flatten.js';
import type { Hits } from './window.js';

/** What is remembered of a key. `space`: which directive counts it; `place`: its rank, rising with its last hit. */
export interface TimedKey extends Hits {
  readonly space: string;
  readonly key: string;
  readonly place: number;
}

/** Changes since the last commit. */
export interface TimedKeyChanges {
  /** Spaces of which everything is deleted, before anything is written. */
  readonly dropped: readonly string[];
  readonly written: readonly TimedKey[];
  readonly deleted: readonly { readonly space: string; readonly key: string }[];
}

/**
 * Keys are untrusted: a million different addresses must fill neither the memory nor the state. These limits hold for
 * each directive by itself, so that a flood of keys in one forgets nothing of another. The least recent key is forgotten
 * first, and counted.
 */
export const MAX_KEYS = 100_000;
/** Hits of all keys of one directive. */
const MAX_HITS = 400_000;

/** Changed keys after which a commit is due. */
const MAX_CHANGED = 30_000;

interface Space {
  /** The least recent key comes first. */
  readonly keys: Map<string, TimedKey>;
  hits: number;
}

/** What directives that count in time remember of each key. Whoever commits it keeps it across restarts. */
export class TimedKeys {
  readonly #spaces = new Map<string, Space>();
  readonly #maxKeys: number;
  /** By space and key; null: deleted. */
  #changed = new Map<string, Map<string, TimedKey | null>>();
  #changes = 0;
  #dropped: string[] = [];
  #place = 0;
  #forgotten = 0;

  /** Begins with what the store holds, the least recent key first. */
  constructor(kept: Iterable<TimedKey> = [], maxKeys = MAX_KEYS) {
    this.#maxKeys = maxKeys;
    for (const one of kept) {
      this.#space(one.space).keys.set(one.key, one);
      this.#space(one.space).hits += one.times.length;
      this.#place = Math.max(this.#place, one.place);
    }
  }

  /** Forgets what directives remember that the config does not hold any more. */
  keepOnly(spaces: ReadonlySet<string>): void {
    for (const space of this.#spaces.keys())
      if (!spaces.has(space)) {
        this.#spaces.delete(space);
        this.#changed.delete(space);
        this.#dropped.push(space);
      }
  }

  get(space: string, key: string): Hits | null {
    return this.#spaces.get(space)?.keys.get(key) ?? null;
  }

  /** Remembers these hits of a key in place of those before; it is the most recent key now. */
  set(space: string, key: string, hits: Hits): void {
    const held = this.#space(space);
    const before = held.keys.get(key);
    const name = before?.key ?? flatten(key);
    const one: TimedKey = { space, key: name, place: ++this.#place, times: hits.times, hosts: hits.hosts };
    if (before) {
      held.keys.delete(name);
      held.hits -= before.times.length;
    }
    held.keys.set(name, one);
    held.hits += hits.times.length;
    this.#change(space, name, one);
    while (held.keys.size > this.#maxKeys || held.hits > MAX_HITS) {
      const oldest = held.keys.keys().next();
      if (oldest.done || oldest.value === name) return;
      this.delete(space, oldest.value);
      this.#forgotten += 1;
    }
  }

  delete(space: string, key: string): void {
    const held = this.#spaces.get(space);
    const before = held?.keys.get(key);
    if (!held || !before) return;
    held.keys.delete(before.key);
    held.hits -= before.times.length;
    this.#change(space, before.key, null);
  }

  /** Whether so much has changed that it should be committed before the next lines. */
  get full(): boolean {
    return this.#changes >= MAX_CHANGED;
  }

  /** How many keys were forgotten for want of room since the last commit. */
  get forgotten(): number {
    return this.#forgotten;
  }

  changes(): TimedKeyChanges {
    const written: TimedKey[] = [];
    const deleted: { space: string; key: string }[] = [];
    for (const [space, keys] of this.#changed)
      for (const [key, one] of keys)
        if (one) written.push(one);
        else deleted.push({ space, key });
    return { dropped: this.#dropped, written, deleted };
  }

  onCommitted(): void {
    this.#changed = new Map();
    this.#changes = 0;
    this.#dropped = [];
    this.#forgotten = 0;
  }

  #space(name: string): Space {
    let space = this.#spaces.get(name);
    if (!space) {
      space = { keys: new Map(), hits: 0 };
      this.#spaces.set(name, space);
    }
    return space;
  }

  #change(space: string, key: string, one: TimedKey | null): void {
    let keys = this.#changed.get(space);
    if (!keys) {
      keys = new Map();
      this.#changed.set(space, keys);
    }
    const before = keys.size;
    keys.set(key, one);
    this.#changes += keys.size - before;
  }
}

import type { HeldLetter, NodeId } from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import type { FleetOutbox, OutboxPlace } from './outbox-place.js';

interface StoredLetter {
  readonly id: number;
  readonly letter: SealedLetter;
  holder: string | null;
  heldUntil: number;
  readonly settled: Record<'first' | 'second', Set<string>>;
}

/** The outbox of a fleet in memory, as a meeting place has it; it has a clock of its own. */
export class MemoryOutbox implements FleetOutbox, OutboxPlace {
  readonly place = this;
  #now = 1_000_000;
  #last = 0;
  readonly #letters = new Map<number, StoredLetter>();
  readonly #seen = new Map<string, number>();

  async put(letter: SealedLetter, editor: NodeId | null = null, holdFor = 0): Promise<number> {
    this.#last += 1;
    const settled = { first: new Set<string>(), second: new Set<string>() };
    const [holder, heldUntil] = [editor?.state ?? null, this.#now + holdFor];
    this.#letters.set(this.#last, { id: this.#last, letter, holder, heldUntil, settled });
    return this.#last;
  }

  async see(node: NodeId): Promise<void> {
    this.#seen.set(node.name, this.#now);
  }

  async ids(): Promise<number[]> {
    return [...this.#letters.keys()];
  }

  async holderOf(id: number): Promise<string | null> {
    return this.#letters.get(id)?.holder ?? null;
  }

  async pass(time: number): Promise<void> {
    this.#now += time;
  }

  async claim({ state }: NodeId, holdFor: number, has: readonly number[]): Promise<HeldLetter | null> {
    const isFree = ({ id, holder, heldUntil }: StoredLetter): boolean =>
      holder === null || (holder === state ? !has.includes(id) : heldUntil <= this.#now);
    const free = [...this.#letters.values()].find(isFree);
    if (!free) return null;
    free.holder = state;
    free.heldUntil = this.#now + holdFor;
    return { id: free.id, letter: withoutSettled(free), until: free.heldUntil };
  }

  async hold({ state }: NodeId, letters: readonly number[], holdFor: number): Promise<number[]> {
    const held = letters.filter((id) => this.#letters.get(id)?.holder === state);
    for (const id of held) Object.assign(this.#letters.get(id) ?? {}, { heldUntil: this.#now + holdFor });
    return held;
  }

  async settle(_node: NodeId, id: number, addresses: readonly string[], way: 'first' | 'second') {
    const letter = this.#letters.get(id);
    for (const address of addresses) letter?.settled[way].add(address);
    if (letter?.letter.to.every((address) => letter.settled.first.has(address))) this.#letters.delete(id);
  }

  async giveBack({ state }: NodeId, letters: readonly number[]): Promise<void> {
    for (const id of letters) {
      const letter = this.#letters.get(id);
      if (letter?.holder === state) letter.holder = null;
    }
  }

  async overview(): ReturnType<OutboxPlace['overview']> {
    const nodes = [...this.#seen].map(([name, seen]) => ({
      ...{ name, seen, ahead: 0, version: '1', behindSince: null, queues: [] },
    }));
    return { now: this.#now, schema: 1, nodes, leases: [], waiting: [], outbox: [] };
  }
}

function withoutSettled({ letter, settled }: StoredLetter): SealedLetter {
  const left = letter.to.filter((address) => !settled.first.has(address));
  if (!letter.standby) return { ...letter, to: left };
  const { letter: second, due } = letter.standby;
  const to = second.to.filter((address) => !settled.second.has(address));
  return { ...letter, to: left, standby: { letter: { ...second, to }, due } };
}

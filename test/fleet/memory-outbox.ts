import { Away, type HeldLetter, type MeetingPlace, type NodeId } from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';

interface StoredLetter {
  readonly id: number;
  readonly letter: SealedLetter;
  holder: string | null;
  heldUntil: number;
  readonly settled: Record<'first' | 'second', Set<string>>;
}

/** The outbox of a fleet in memory, as a meeting place has it. */
export class MemoryOutbox
  implements Pick<MeetingPlace, 'claim' | 'hold' | 'settle' | 'giveBack' | 'overview'>
{
  /** Calls fail with `Away` while it is set. */
  away = false;
  /** What is done and not answered: the next call of this name does its work, and fails. */
  lost: string | null = null;
  /** Each call, such as `claim a`. */
  readonly calls: string[] = [];
  readonly #now: () => number;
  readonly #letters = new Map<number, StoredLetter>();
  readonly #seen = new Map<string, number>();
  #last = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A letter that nobody holds, or that its editor holds. */
  put(letter: SealedLetter, editor: NodeId | null = null, holdFor = 0): number {
    this.#last += 1;
    this.#letters.set(this.#last, {
      id: this.#last,
      letter,
      holder: editor?.state ?? null,
      heldUntil: this.#now() + holdFor,
      settled: { first: new Set(), second: new Set() },
    });
    return this.#last;
  }

  /** A node is heard of. */
  see(node: NodeId): void {
    this.#seen.set(node.name, this.#now());
  }

  get ids(): number[] {
    return [...this.#letters.keys()];
  }

  holderOf(id: number): string | null {
    return this.#letters.get(id)?.holder ?? null;
  }

  claim(node: NodeId, holdFor: number, has: readonly number[]): Promise<HeldLetter | null> {
    return this.#call('claim', node, () => {
      const now = this.#now();
      const free = [...this.#letters.values()].find(
        ({ id, holder, heldUntil }) =>
          holder === null || (holder === node.state ? !has.includes(id) : heldUntil <= now),
      );
      if (!free) return null;
      free.holder = node.state;
      free.heldUntil = now + holdFor;
      return { id: free.id, letter: withoutSettled(free), until: now + holdFor };
    });
  }

  hold(node: NodeId, letters: readonly number[], holdFor: number): Promise<number[]> {
    return this.#call('hold', node, () =>
      letters.filter((id) => {
        const letter = this.#letters.get(id);
        if (letter?.holder !== node.state) return false;
        letter.heldUntil = this.#now() + holdFor;
        return true;
      }),
    );
  }

  settle(node: NodeId, id: number, addresses: readonly string[], way: 'first' | 'second'): Promise<void> {
    return this.#call('settle', node, () => {
      const letter = this.#letters.get(id);
      for (const address of addresses) letter?.settled[way].add(address);
      if (letter?.letter.to.every((address) => letter.settled.first.has(address))) this.#letters.delete(id);
    });
  }

  giveBack(node: NodeId, letters: readonly number[]): Promise<void> {
    return this.#call('giveBack', node, () => {
      for (const id of letters) {
        const letter = this.#letters.get(id);
        if (letter?.holder === node.state) letter.holder = null;
      }
    });
  }

  async overview(): ReturnType<MeetingPlace['overview']> {
    if (this.away) throw new Away('away', { forGood: false });
    const nodes = [...this.#seen].map(([name, seen]) => ({
      ...{ name, seen, ahead: 0, version: '1', behindSince: null, queues: [] },
    }));
    return { now: this.#now(), schema: 1, nodes, leases: [], waiting: [], outbox: [] };
  }

  async #call<T>(name: string, node: NodeId, work: () => T): Promise<T> {
    this.calls.push(`${name} ${node.name}`);
    if (this.away) throw new Away('away', { forGood: false });
    const done = work();
    if (this.lost !== name) return done;
    this.lost = null;
    throw new Away('cut', { forGood: false });
  }
}

function withoutSettled({ letter, settled }: StoredLetter): SealedLetter {
  const left = letter.to.filter((address) => !settled.first.has(address));
  if (!letter.standby) return { ...letter, to: left };
  const { letter: second, due } = letter.standby;
  const to = second.to.filter((address) => !settled.second.has(address));
  return { ...letter, to: left, standby: { letter: { ...second, to }, due } };
}

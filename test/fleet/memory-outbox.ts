import type { FleetOverview, HeldLetter, NodeId } from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';

interface StoredLetter {
  readonly id: number;
  readonly letter: SealedLetter;
  holder: NodeId | null;
  heldUntil: number;
  /** Who has it, by way. */
  readonly settled: Readonly<Record<'first' | 'second', Set<string>>>;
  /** When nodes gave it back, by their state. */
  readonly givenBack: Map<string, number>;
}

/** For so long (ms) a node does not get a letter again that it has given back. */
const GIVEN_BACK_WAIT = 60_000;

/** The outbox of a fleet in memory. */
export class MemoryOutbox {
  readonly #now: () => number;
  readonly #letters = new Map<number, StoredLetter>();
  #last = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Letters for nobody are not kept. `holder`: null: nobody has it. Returns its id. */
  put(letter: SealedLetter, holder: NodeId | null, holdFor: number): number {
    const id = ++this.#last;
    const settled = { first: new Set<string>(), second: new Set<string>() };
    const held = { holder, heldUntil: this.#now() + holdFor };
    if (letter.to.length > 0)
      this.#letters.set(id, { id, letter, ...held, settled, givenBack: new Map<string, number>() });
    return id;
  }

  get ids(): number[] {
    return [...this.#letters.keys()];
  }

  holderOf(id: number): NodeId | null {
    return this.#letters.get(id)?.holder ?? null;
  }

  /** First what the node holds without having it, then the oldest. */
  claim(node: NodeId, holdFor: number, has: readonly number[]): HeldLetter | null {
    const free = [...this.#letters.values()].filter((one) => this.#isFree(one, node, has));
    const found = free.find(({ holder }) => holder?.state === node.state) ?? free[0];
    if (!found) return null;
    found.holder = node;
    found.heldUntil = this.#now() + holdFor;
    return { id: found.id, letter: withoutSettled(found) };
  }

  hold({ state }: NodeId, letters: readonly number[], holdFor: number): number[] {
    const held = letters.flatMap((id) => this.#letters.get(id) ?? []);
    const own = held.filter(({ holder }) => holder?.state === state);
    for (const letter of own) letter.heldUntil = this.#now() + holdFor;
    return own.map(({ id }) => id);
  }

  settle(id: number, addresses: readonly string[], way: 'first' | 'second'): void {
    const found = this.#letters.get(id);
    if (!found) return;
    for (const address of addresses) found.settled[way].add(address);
    if (way === 'first' && withoutSettled(found).to.length === 0) this.#letters.delete(id);
  }

  giveBack({ state }: NodeId, letters: readonly number[]): void {
    for (const letter of letters.flatMap((id) => this.#letters.get(id) ?? [])) {
      if (letter.holder?.state !== state) continue;
      letter.holder = null;
      letter.givenBack.set(state, this.#now());
    }
  }

  overview(): FleetOverview['outbox'] {
    return [...this.#letters.values()].map((stored) => {
      const { letter, holder, heldUntil } = stored;
      return {
        ...{ queue: letter.queue, subject: letter.subject, sealed: letter.sealed },
        holder: heldUntil > this.#now() ? (holder?.name ?? null) : null,
        recipients: withoutSettled(stored).to.length,
      };
    });
  }

  #isFree({ id, holder, heldUntil, givenBack }: StoredLetter, { state }: NodeId, has: readonly number[]) {
    const given = givenBack.get(state) ?? Number.NEGATIVE_INFINITY;
    if (given > this.#now() - GIVEN_BACK_WAIT) return false;
    if (holder?.state === state) return !has.includes(id);
    return holder === null || heldUntil <= this.#now();
  }
}

/** What is left of it to be delivered. */
function withoutSettled({ letter, settled }: StoredLetter): SealedLetter {
  const to = letter.to.filter((address) => !settled.first.has(address));
  const posts = letter.posts && new Map([...letter.posts].filter(([address]) => to.includes(address)));
  const left = { ...letter, to, ...(posts ? { posts } : {}) };
  if (!letter.standby) return left;
  const { letter: second, due } = letter.standby;
  const others = second.to.filter((address) => !settled.second.has(address));
  return { ...left, standby: { letter: { ...second, to: others }, due } };
}

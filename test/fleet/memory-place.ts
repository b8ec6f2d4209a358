import {
  Away,
  type Contact,
  type Contribution,
  type FleetHit,
  type FleetOverview,
  type GateAnswers,
  type HeldLetter,
  type KnownNode,
  type Lease,
  type LedgerLine,
  type LetterAsked,
  type LetterContent,
  type MeetingPlace,
  type MissingNode,
  type NodeId,
  type NodeReport,
  type OpenLetter,
  type Sealing,
  type Series,
  type ServedUntil,
  type StoredContribution,
} from '../../src/fleet/meeting-place.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import type { Storm } from '../../src/queue/fold.js';
import type { Snooze } from '../../src/queue/snooze.js';
import { MemoryGates } from './memory-gates.js';

/** A name of a node that was heard of within this time (ms) lives. */
const LIFE = 60_000;

interface Node {
  readonly id: NodeId;
  seen: number;
  ahead: number;
  version: string;
  series: readonly Series[];
  /** Up to when it has reported, by series. */
  readonly served: Map<string, number>;
}

interface Taken {
  readonly id: number;
  readonly contribution: Contribution;
  readonly blocks: readonly (readonly Buffer[])[];
  readonly came: number;
}

interface SeriesState {
  readonly letters: Set<number>;
  sealedUntil: number;
  mailed: number | null;
  storm: Storm | null;
  token: number;
  lease: { readonly node: NodeId; readonly token: number; readonly until: number } | null;
}

interface OutboxLetter {
  readonly id: number;
  readonly queue: string;
  readonly letter: SealedLetter;
  readonly settled: Set<string>;
  holder: { readonly node: NodeId; readonly until: number } | null;
}

/** The methods of a meeting place, for tests that stop at one of them. */
export type Step = Exclude<keyof MeetingPlace, 'close' | 'blocks' | 'ledger'>;

/**
 * A meeting place in the memory of a test, by what the port says. `now`: its clock (ms). It can be away, and its answers
 * can be lost.
 */
export class MemoryPlace implements MeetingPlace {
  readonly #gates = new MemoryGates(() => this.#now());
  readonly #now: () => number;
  readonly #nodes = new Map<string, Node>();
  readonly #taken = new Map<number, Taken>();
  readonly #received: Taken[] = [];
  /** Editions that it has had and may get again. */
  readonly #known = new Set<string>();
  readonly #series = new Map<string, SeriesState>();
  readonly #ledger = new Map<string, Map<string, LedgerLine>>();
  readonly #letters = new Map<string, number>();
  readonly #outbox = new Map<number, OutboxLetter>();
  readonly #snoozes = new Map<string, Snooze>();
  #nextId = 1;
  /** Why it cannot be used; null: it can. */
  away: Away | null = null;
  /** Does what these methods are asked for, and the answer is lost, so many times each. */
  readonly losesAnswerOf = new Map<Step, number>();
  /** Every question, in order. */
  readonly asked: Step[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Everything that was ever handed in, oldest first. */
  get contributions(): readonly Contribution[] {
    return this.#received.map(({ contribution }) => contribution);
  }

  /** Its blocks, in the same order, and part by part. */
  get contributedBlocks(): readonly (readonly (readonly Buffer[])[])[] {
    return this.#received.map(({ blocks }) => blocks);
  }

  /** Up to when each series with a schedule is sealed. */
  get sealedUntil(): number[] {
    return [...this.#series.values()].map((one) => one.sealedUntil).filter(Number.isFinite);
  }

  get remembered(): number {
    return this.#known.size;
  }

  get letters(): readonly SealedLetter[] {
    return [...this.#outbox.values()].map(({ letter }) => letter);
  }

  putStorm(series: string, storm: Storm): void {
    this.#stateOf(series).storm = storm;
  }

  contact({ node, version, clock, series }: NodeReport): Promise<Contact> {
    return this.#do('contact', () => {
      const now = this.#now();
      const before = this.#nodes.get(node.name);
      if (before && before.id.state !== node.state && now - before.seen < LIFE)
        return { kind: 'name-taken', seen: before.seen };
      const served = before?.id.state === node.state ? before.served : new Map<string, number>();
      const ahead = clock - now;
      this.#nodes.set(node.name, { id: node, seen: now, ahead, version, series, served });
      const ids = new Set(series.map(({ id }) => id));
      const storms = [...ids].flatMap((id) => {
        const storm = this.#series.get(id)?.storm;
        return storm ? [[id, storm] as const] : [];
      });
      const differing = series.flatMap((one) => this.#differing(one));
      return { kind: 'met', now, ahead, storms: new Map(storms), differing };
    });
  }

  handIn(contribution: Contribution): Promise<'taken' | 'known'> {
    return this.#do('handIn', () => {
      const { node, edition, series, due } = contribution;
      const key = `${node.state} ${edition}`;
      if (this.#known.has(key)) return 'known';
      const blocks = contribution.parts.map((part) => [...part.blocks()]);
      this.#known.add(key);
      const id = this.#nextId++;
      const taken = { id, contribution, blocks, came: this.#now() };
      this.#taken.set(id, taken);
      this.#received.push(taken);
      if (due !== null && due > this.#stateOf(series.id).sealedUntil)
        this.#stateOf(series.id).letters.add(due);
      return 'taken';
    });
  }

  confirm(node: NodeId, editions: readonly number[]): Promise<void> {
    return this.#do('confirm', () => {
      for (const edition of editions) this.#known.delete(`${node.state} ${edition}`);
    });
  }

  reportServed(node: NodeId, served: readonly ServedUntil[]): Promise<void> {
    return this.#do('reportServed', () => {
      for (const { series, due } of served) {
        this.#nodes.get(node.name)?.served.set(series, due);
        const state = this.#stateOf(series);
        if (due > state.sealedUntil) state.letters.add(due);
      }
    });
  }

  openLetters(series: readonly string[]): Promise<OpenLetter[]> {
    return this.#do('openLetters', () => series.flatMap((one) => this.#openOf(one)));
  }

  lease(series: string, node: NodeId, span: number): Promise<Lease | null> {
    return this.#do('lease', () => {
      const state = this.#stateOf(series);
      const now = this.#now();
      const { lease } = state;
      if (lease && lease.until > now && lease.node.state !== node.state) return null;
      state.token += 1;
      state.lease = { node, token: state.token, until: now + span };
      return { series, node, token: state.token, until: now + span, now };
    });
  }

  content({ series }: Lease, { due }: LetterAsked): Promise<LetterContent> {
    return this.#do('content', () => {
      const contributions = this.#waitingFor(series, due).map(storedOf);
      const state = this.#stateOf(series);
      const queues = new Set(contributions.flatMap(({ parts }) => parts.map(({ queue }) => queue)));
      const nodes = this.#nodesOf(series);
      const own = nodes.flatMap(({ series: all }) => all).find(({ id }) => id === series);
      return {
        contributions,
        letters: new Map([...queues].map((queue) => [queue, this.#letters.get(queue) ?? 0])),
        mailed: state.mailed,
        storm: state.storm,
        differing: own ? this.#differing(own) : [],
        nodes: nodes.map(knownOf),
      };
    });
  }

  async *blocks(contribution: number, part: number): AsyncIterable<Buffer> {
    if (this.away) throw this.away;
    yield* this.#taken.get(contribution)?.blocks[part] ?? [];
  }

  async *ledger(queue: string): AsyncIterable<readonly LedgerLine[]> {
    if (this.away) throw this.away;
    yield [...(this.#ledger.get(queue)?.values() ?? [])];
  }

  seal(lease: Lease, sealing: Sealing): Promise<boolean> {
    return this.#do('seal', () => {
      const state = this.#stateOf(lease.series);
      if (state.lease?.token !== lease.token) return false;
      const { due } = sealing.letter;
      if (due !== null) {
        state.sealedUntil = Math.max(state.sealedUntil, due);
        for (const one of state.letters) if (one <= due) state.letters.delete(one);
      }
      for (const id of sealing.contributions) this.#taken.delete(id);
      for (const entry of sealing.entries) this.#enter(entry);
      state.storm = sealing.storm ?? state.storm;
      if (sealing.sealed) this.#send(sealing.sealed, sealing.queue, lease.node, sealing.holdFor);
      if (sealing.sealed) state.mailed = sealing.sealed.sealed;
      for (const one of sealing.snoozes) this.#snoozes.set(`${one.id} ${one.host}`, one);
      for (const one of sealing.droppedSnoozes) this.#snoozes.delete(`${one.id} ${one.host}`);
      state.lease = null;
      return true;
    });
  }

  release({ series, token }: Lease): Promise<void> {
    return this.#do('release', () => {
      const state = this.#stateOf(series);
      if (state.lease?.token === token) state.lease = null;
    });
  }

  claim(node: NodeId, holdFor: number, has: readonly number[] = []): Promise<HeldLetter | null> {
    return this.#do('claim', () => {
      const now = this.#now();
      const isFree = ({ id, holder }: OutboxLetter): boolean =>
        !holder || holder.until <= now || (holder.node.state === node.state && !has.includes(id));
      const found = [...this.#outbox.values()].find((one) => isFree(one) && !has.includes(one.id));
      if (!found) return null;
      found.holder = { node, until: now + holdFor };
      const isLeft = (address: string): boolean => !found.settled.has(address);
      return {
        id: found.id,
        letter: { ...found.letter, to: found.letter.to.filter(isLeft) },
        until: now + holdFor,
      };
    });
  }

  hold(node: NodeId, letters: readonly number[], holdFor: number): Promise<number[]> {
    return this.#do('hold', () =>
      letters.filter((id) => {
        const found = this.#outbox.get(id);
        if (found?.holder?.node.state !== node.state) return false;
        found.holder = { node, until: this.#now() + holdFor };
        return true;
      }),
    );
  }

  settle(_: NodeId, letter: number, addresses: readonly string[], way = 'first'): Promise<void> {
    return this.#do('settle', () => {
      const found = this.#outbox.get(letter);
      for (const address of addresses) found?.settled.add(address);
      if (way === 'first' && found?.letter.to.every((one) => found.settled.has(one)))
        this.#outbox.delete(letter);
    });
  }

  giveBack(node: NodeId, letters: readonly number[]): Promise<void> {
    return this.#do('giveBack', () => {
      for (const id of letters) {
        const found = this.#outbox.get(id);
        if (found?.holder?.node.state === node.state) found.holder = null;
      }
    });
  }

  gate(node: NodeId, hits: readonly FleetHit[]): Promise<GateAnswers> {
    return this.#do('gate', () => this.#gates.gate(node, hits));
  }

  snoozes(): Promise<Snooze[]> {
    return this.#do('snoozes', () => [...this.#snoozes.values()]);
  }

  keepSnoozes(changed: readonly Snooze[], dropped: readonly Pick<Snooze, 'id' | 'host'>[]): Promise<void> {
    return this.#do('keepSnoozes', () => {
      for (const one of dropped) this.#snoozes.delete(`${one.id} ${one.host}`);
      for (const one of changed) this.#snoozes.set(`${one.id} ${one.host}`, one);
    });
  }

  overview(): Promise<FleetOverview> {
    return this.#do('overview', () => ({
      now: this.#now(),
      schema: 1,
      nodes: [...this.#nodes.values()].map((node) => ({
        ...knownOf(node),
        behindSince: null,
        queues: node.series,
      })),
      leases: [],
      waiting: [],
      outbox: [],
    }));
  }

  forget(name: string): Promise<boolean> {
    return this.#do('forget', () => this.#nodes.delete(name));
  }

  importLedger(queue: string, letters: number, lines: readonly LedgerLine[]): Promise<number> {
    return this.#do('importLedger', () => {
      this.#letters.set(queue, Math.max(letters, this.#letters.get(queue) ?? 0));
      const known = this.#ledger.get(queue) ?? new Map<string, LedgerLine>();
      this.#ledger.set(queue, known);
      let fresh = 0;
      for (const line of lines) {
        if (!known.has(`${line.hash} ${line.host}`)) fresh += 1;
        known.set(`${line.hash} ${line.host}`, line);
      }
      return fresh;
    });
  }

  async close(): Promise<void> {}

  async #do<T>(step: Step, work: () => T): Promise<T> {
    this.asked.push(step);
    if (this.away) throw this.away;
    const done = work();
    const losses = this.losesAnswerOf.get(step) ?? 0;
    this.losesAnswerOf.set(step, losses - 1);
    if (losses > 0) throw new Away('the connection was lost', { forGood: false });
    return done;
  }

  #stateOf(series: string): SeriesState {
    const known = this.#series.get(series) ?? {
      ...{ letters: new Set<number>(), sealedUntil: Number.NEGATIVE_INFINITY, mailed: null },
      ...{ storm: null, token: 0, lease: null },
    };
    this.#series.set(series, known);
    return known;
  }

  #nodesOf(series: string): Node[] {
    return [...this.#nodes.values()].filter((node) => node.series.some(({ id }) => id === series));
  }

  #differing({ id, queue }: Series): { queue: string; nodes: string[]; definition: string }[] {
    const others = new Map<string, { queue: string; nodes: string[]; definition: string }>();
    for (const node of this.#nodes.values()) {
      const other = node.series.find((one) => one.queue === queue && one.id !== id);
      if (!other || this.#now() - node.seen > LIFE) continue;
      const found = others.get(other.id) ?? { queue, nodes: [], definition: other.definition };
      found.nodes.push(node.id.name);
      others.set(other.id, found);
    }
    return [...others.values()];
  }

  #waitingFor(series: string, due: number | null): Taken[] {
    return [...this.#taken.values()].filter(
      ({ contribution }) =>
        contribution.series.id === series &&
        (due === null ? contribution.due === null : contribution.due !== null && contribution.due <= due),
    );
  }

  #openOf(series: string): OpenLetter[] {
    const now = this.#now();
    const open = [...this.#stateOf(series).letters].map((due) => ({
      ...{ series, due, now },
      since: Math.max(due, Math.min(...this.#waitingFor(series, due).map(({ came }) => came), now)),
      missing: this.#missing(series, due),
      contributions: this.#waitingFor(series, due).length,
    }));
    const atOnce = this.#waitingFor(series, null);
    if (atOnce.length === 0) return open;
    const since = Math.min(...atOnce.map(({ came }) => came));
    return [...open, { series, due: null, now, since, missing: [], contributions: atOnce.length }];
  }

  #missing(series: string, due: number): MissingNode[] {
    return this.#nodesOf(series)
      .filter(({ served }) => (served.get(series) ?? Number.NEGATIVE_INFINITY) < due)
      .map(({ id, seen }) => ({ name: id.name, seen }));
  }

  #enter({ queue, made, regular, rows }: Sealing['entries'][number]): void {
    const letter = (this.#letters.get(queue) ?? 0) + (regular ? 1 : 0);
    this.#letters.set(queue, letter);
    const known = this.#ledger.get(queue) ?? new Map<string, LedgerLine>();
    this.#ledger.set(queue, known);
    for (const { host, hash, text, count, first, last } of rows) {
      const before = known.get(`${hash} ${host}`);
      known.set(`${hash} ${host}`, {
        ...{ host, hash, text, first: before?.first ?? first ?? made, last: last ?? made },
        latest: regular ? letter : (before?.latest ?? 0),
        letters: regular ? [...(before?.letters ?? []), [letter, count]] : (before?.letters ?? []),
      });
    }
  }

  #send(letter: SealedLetter, queue: string, node: NodeId, holdFor: number): void {
    const id = this.#nextId++;
    const holder = { node, until: this.#now() + holdFor };
    this.#outbox.set(id, { id, queue, letter, settled: new Set(), holder });
  }
}

function knownOf({ id, seen, ahead, version }: Node): KnownNode {
  return { name: id.name, seen, ahead, version };
}

function storedOf({ id, contribution, came }: Taken): StoredContribution {
  const { series: _, parts, ...rest } = contribution;
  return { ...rest, id, came, parts: parts.map(({ blocks: __, ...part }) => part) };
}

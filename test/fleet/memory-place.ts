import {
  ALIVE,
  Away,
  type Contact,
  type Contribution,
  type DifferingQueue,
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
import type { Storm } from '../../src/queue/fold.js';
import type { Snooze } from '../../src/queue/snooze.js';
import { MemoryGates } from './memory-gates.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryOutbox } from './memory-outbox.js';

const NEVER = Number.NEGATIVE_INFINITY;

interface Node {
  readonly id: NodeId;
  readonly seen: number;
  readonly ahead: number;
  readonly version: string;
  readonly series: readonly Series[];
  /** Up to when it has reported, by series. */
  readonly served: Map<string, number>;
}

interface Taken {
  readonly id: number;
  readonly contribution: Contribution;
  /** By part. */
  readonly blocks: readonly (readonly Buffer[])[];
  readonly came: number;
}

interface SeriesState {
  readonly series: Series;
  /** Letters that are open: due time, and when a node first reported it. */
  readonly open: Map<number, number>;
  sealedUntil: number;
  mailed: number | null;
  storm: Storm | null;
  token: number;
  sealedToken: number;
  lease: { readonly node: NodeId; readonly until: number } | null;
}

type SnoozeKey = Pick<Snooze, 'id' | 'host'>;

/**
 * A meeting place in memory: what the port says, in the simplest way. The tests of the port hold PostgreSQL to the same.
 * `now`: its clock (ms since 1970).
 */
export class MemoryPlace implements MeetingPlace {
  readonly #now: () => number;
  readonly #nodes = new Map<string, Node>();
  readonly #series = new Map<string, SeriesState>();
  /** Editions that were taken and may come again, with the node and the time of their closing. */
  readonly #receipts = new Map<string, Pick<Contribution, 'node' | 'closed'>>();
  readonly #waiting = new Map<number, Taken>();
  readonly #ledger = new MemoryLedger();
  readonly #gates: MemoryGates;
  readonly #snoozes = new Map<string, Snooze>();
  /** When the last letter of each queue was made. */
  readonly #mailed = new Map<string, number>();
  readonly outbox: MemoryOutbox;
  /** All that was ever handed in, oldest first. */
  readonly taken: Taken[] = [];
  /** All that was sealed, oldest first. */
  readonly sealings: Sealing[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.#gates = new MemoryGates(now);
    this.outbox = new MemoryOutbox(now);
  }

  /** How many editions are remembered since they may come again. */
  get remembered(): number {
    return this.#receipts.size;
  }

  async contact({ node, version, clock, series }: NodeReport): Promise<Contact> {
    const now = this.#now();
    const before = this.#nodes.get(node.name);
    const isOther = before && before.id.state !== node.state;
    if (isOther && this.#lives(before)) return { kind: 'name-taken', seen: before.seen };
    for (const { id, seen } of [...this.#nodes.values()])
      if (id.state === node.state && id.name !== node.name && seen <= now - ALIVE)
        this.#nodes.delete(id.name); // its former name
    const ids = new Set(series.map(({ id }) => id));
    const reported = isOther ? [] : (before?.served ?? []);
    const served = new Map([...reported].filter(([id]) => ids.has(id)));
    const ahead = clock - now;
    this.#nodes.set(node.name, { id: node, seen: now, ahead, version, series, served });
    for (const one of series) this.#register(one);
    for (const one of series) this.#adoptOrphans(one);
    return { kind: 'met', now, ahead, storms: this.#storms(ids), differing: this.#differing(series) };
  }

  async handIn(contribution: Contribution): Promise<'taken' | 'known'> {
    const { node, edition, closed, series, parts } = contribution;
    const key = receiptOf(node, edition);
    const receipt = this.#receipts.get(key);
    if (receipt && receipt.closed !== closed)
      throw new Away(
        `the node ${receipt.node.name} has handed in another edition ${edition} of the same state`,
        { forGood: true },
      );
    if (receipt) return 'known';
    const blocks = parts.map((part) => [...part.blocks()]);
    this.#register(series);
    this.#receipts.set(key, { node, closed });
    const taken = { id: this.taken.length + 1, contribution, blocks, came: this.#now() };
    this.#waiting.set(taken.id, taken);
    this.taken.push(taken);
    return 'taken';
  }

  async confirm(node: NodeId, editions: readonly number[]): Promise<void> {
    for (const edition of editions) this.#receipts.delete(receiptOf(node, edition));
  }

  async reportServed({ name, state }: NodeId, served: readonly ServedUntil[]): Promise<void> {
    const node = this.#nodes.get(name);
    for (const { series, due } of served) {
      if (node?.id.state === state && node.series.some(({ id }) => id === series))
        node.served.set(series, Math.max(due, node.served.get(series) ?? NEVER));
      const letters = this.#series.get(series);
      if (letters && due > letters.sealedUntil && !letters.open.has(due))
        letters.open.set(due, Math.max(due, this.#now()));
    }
  }

  async openLetters(series: readonly string[]): Promise<OpenLetter[]> {
    const known = series.flatMap((id) => this.#series.get(id) ?? []);
    const letterOf = (letter: LetterAsked, since: number): OpenLetter => ({
      ...{ ...letter, now: this.#now(), since, missing: this.#missing(letter) },
      contributions: this.#waitingFor(letter).length,
    });
    const atOnce = known.flatMap(({ series: { id } }) => {
      const letter = { series: id, due: null };
      const [first] = this.#waitingFor(letter)
        .map(({ came }) => came)
        .sort(byNumber);
      return first === undefined ? [] : [letterOf(letter, first)];
    });
    const scheduled = known.flatMap(({ series: { id }, open }) =>
      [...open].map(([due, since]) => letterOf({ series: id, due }, since)),
    );
    return [
      ...atOnce.sort((a, b) => a.since - b.since),
      ...scheduled.sort((a, b) => (a.due ?? 0) - (b.due ?? 0)),
    ];
  }

  async lease(series: string, node: NodeId, span: number): Promise<Lease | null> {
    const state = this.#series.get(series);
    const now = this.#now();
    const lease = state?.lease;
    if (!state || (lease && lease.until > now && lease.node.state !== node.state)) return null;
    state.token += 1;
    state.lease = { node, until: now + span };
    return { series, node, token: state.token, until: now + span, now };
  }

  async content({ series }: Lease, { due }: LetterAsked): Promise<LetterContent> {
    const state = this.#stateOf(series);
    return {
      contributions: this.#waitingFor({ series, due }).map(storedOf),
      letters: new Map(this.#ledger.letters),
      mailed: state.mailed ?? this.#mailed.get(state.series.queue) ?? null,
      storm: state.storm,
      isFirst: state.sealedUntil === NEVER,
      differing: this.#differing([state.series]),
      nodes: this.#nodesOf(series).map(knownOf),
    };
  }

  async *blocks(contribution: number, part: number): AsyncGenerator<Buffer> {
    yield* this.#waiting.get(contribution)?.blocks[part] ?? [];
  }

  async *ledger(queue: string, hashes?: readonly string[]): AsyncGenerator<readonly LedgerLine[]> {
    yield* this.#ledger.read(queue, hashes);
  }

  async seal({ series, token, node }: Lease, sealing: Sealing): Promise<boolean> {
    const state = this.#stateOf(series);
    if (state.sealedToken === token) return true;
    if (state.token !== token) return false;
    const { letter, queue, sealed, contributions, entries, holdFor } = sealing;
    this.sealings.push(sealing);
    for (const entry of entries) this.#ledger.enter(entry);
    await this.keepSnoozes(sealing.snoozes, sealing.droppedSnoozes);
    for (const id of contributions) this.#waiting.delete(id);
    if (sealed) {
      this.outbox.put(sealed, node, holdFor);
      state.mailed = sealed.sealed;
      this.#mailed.set(queue, sealed.sealed);
    }
    state.storm = sealing.storm;
    state.sealedToken = token;
    state.lease = null;
    const { due } = letter;
    if (due === null) return true;
    state.sealedUntil = Math.max(state.sealedUntil, due);
    for (const one of [...state.open.keys()]) if (one <= due) state.open.delete(one);
    return true;
  }

  async release({ series, token }: Lease): Promise<void> {
    const state = this.#stateOf(series);
    if (state.token === token) state.lease = null;
  }

  async claim(node: NodeId, holdFor: number, has: readonly number[]): Promise<HeldLetter | null> {
    return this.outbox.claim(node, holdFor, has);
  }

  async hold(node: NodeId, letters: readonly number[], holdFor: number): Promise<number[]> {
    return this.outbox.hold(node, letters, holdFor);
  }

  async settle(letter: number, addresses: readonly string[], way: 'first' | 'second'): Promise<void> {
    this.outbox.settle(letter, addresses, way);
  }

  async giveBack(node: NodeId, letters: readonly number[]): Promise<void> {
    this.outbox.giveBack(node, letters);
  }

  async gate(node: NodeId, hits: readonly FleetHit[]): Promise<GateAnswers> {
    return this.#gates.gate(node, hits);
  }

  async snoozes(): Promise<Snooze[]> {
    return [...this.#snoozes.values()].sort((a, b) => a.began - b.began);
  }

  async keepSnoozes(changed: readonly Snooze[], dropped: readonly SnoozeKey[]): Promise<void> {
    const keyOf = ({ id, host }: SnoozeKey): string => `${id} ${host}`;
    for (const one of dropped) this.#snoozes.delete(keyOf(one));
    for (const one of changed) this.#snoozes.set(keyOf(one), one);
  }

  async overview(): Promise<FleetOverview> {
    const now = this.#now();
    const all = [...this.#series.values()];
    const open = await this.openLetters([...this.#series.keys()]);
    return {
      ...{ now, schema: 1, outbox: this.outbox.overview() },
      nodes: this.#inOrder().map((node) => ({
        ...knownOf(node),
        behindSince: this.#behindSince(node),
        queues: node.series,
      })),
      leases: all.flatMap(({ series: { queue }, lease }) =>
        lease && lease.until > now ? [{ queue, node: lease.node.name, until: lease.until }] : [],
      ),
      waiting: open.map(({ series, due, contributions, missing }) => ({
        ...{ queue: this.#stateOf(series).series.queue, due, contributions },
        missing: missing.map(({ name }) => name),
      })),
    };
  }

  async forget(name: string): Promise<boolean> {
    return this.#nodes.delete(name);
  }

  async importLedger(queue: string, letters: number, lines: readonly LedgerLine[]): Promise<number> {
    return this.#ledger.import(queue, letters, lines);
  }

  async close(): Promise<void> {}

  #register(series: Series): void {
    if (this.#series.has(series.id)) return;
    this.#series.set(series.id, {
      ...{ series, open: new Map<number, number>(), sealedUntil: NEVER, mailed: null, storm: null },
      ...{ token: 0, sealedToken: 0, lease: null },
    });
  }

  /** What waits of this queue under a definition that no node has goes at once, as the queue is defined now. */
  #adoptOrphans({ id, queue }: Series): void {
    for (const orphan of this.#series.values()) {
      if (orphan.series.queue !== queue || this.#nodesOf(orphan.series.id).length > 0) continue;
      orphan.token += 1;
      orphan.open.clear();
      for (const taken of [...this.#waiting.values()]) {
        const { series, status } = taken.contribution;
        if (series.id !== orphan.series.id) continue;
        const adopted = { due: null, status: status ?? 'reloading', series: { ...series, id } };
        this.#waiting.set(taken.id, { ...taken, contribution: { ...taken.contribution, ...adopted } });
      }
    }
  }

  #stateOf(series: string): SeriesState {
    const state = this.#series.get(series);
    if (!state) throw new Error(`the series ${series} is not registered`);
    return state;
  }

  #storms(series: ReadonlySet<string>): Map<string, Storm> {
    const all = [...series].map((id) => [id, this.#stateOf(id).storm] as const);
    return new Map(all.flatMap(([id, storm]) => (storm ? [[id, storm] as const] : [])));
  }

  #lives({ seen }: Node): boolean {
    return seen > this.#now() - ALIVE;
  }

  #inOrder(): Node[] {
    return [...this.#nodes.values()].sort((a, b) => (a.id.name < b.id.name ? -1 : 1));
  }

  #nodesOf(series: string): Node[] {
    return this.#inOrder().filter((node) => node.series.some(({ id }) => id === series));
  }

  /** Queues of these series that live nodes define otherwise. */
  #differing(series: readonly Series[]): DifferingQueue[] {
    const ids = new Set(series.map(({ id }) => id));
    const queues = new Set(series.map(({ queue }) => queue));
    const others = new Map<string, { queue: string; nodes: string[]; definition: string }>();
    for (const node of this.#inOrder().filter((one) => this.#lives(one)))
      for (const { id, queue, definition } of node.series) {
        if (ids.has(id) || !queues.has(queue)) continue;
        const other = others.get(id) ?? { queue, nodes: [], definition };
        other.nodes.push(node.id.name);
        others.set(id, other);
      }
    return [...others.values()];
  }

  /** Those of earlier due times, too. The first to be closed comes first. */
  #waitingFor({ series, due }: LetterAsked): Taken[] {
    const isAsked = (own: number | null): boolean =>
      due === null ? own === null : own !== null && own <= due;
    return [...this.#waiting.values()]
      .filter(({ contribution }) => contribution.series.id === series && isAsked(contribution.due))
      .sort((a, b) => a.contribution.closed - b.contribution.closed);
  }

  #missing({ series, due }: LetterAsked): MissingNode[] {
    if (due === null) return [];
    return this.#nodesOf(series)
      .filter(({ served }) => (served.get(series) ?? NEVER) < due)
      .map(({ id, seen }) => ({ name: id.name, seen }));
  }

  #behindSince({ series, served }: Node): number | null {
    const behind = series.flatMap(({ id }) => {
      const { open, sealedUntil } = this.#stateOf(id);
      const reported = served.get(id) ?? NEVER;
      return sealedUntil > reported ? [sealedUntil] : [...open.keys()].filter((due) => due > reported);
    });
    return behind.sort(byNumber)[0] ?? null;
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function receiptOf({ state }: NodeId, edition: number): string {
  return `${state} ${edition}`;
}

function knownOf({ id, seen, ahead, version }: Node): KnownNode {
  return { name: id.name, seen, ahead, version };
}

function storedOf({ id, contribution, came }: Taken): StoredContribution {
  const { series: _, parts, ...rest } = contribution;
  return { ...rest, id, came, parts: parts.map(({ blocks: __, ...part }) => part) };
}

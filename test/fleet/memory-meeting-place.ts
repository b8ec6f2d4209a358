import type {
  Contact,
  Contribution,
  FleetHit,
  FleetOverview,
  GateAnswers,
  HeldLetter,
  Lease,
  LedgerLine,
  LetterAsked,
  LetterContent,
  MeetingPlace,
  MissingNode,
  NodeId,
  NodeReport,
  OpenLetter,
  Sealing,
  Series,
  ServedUntil,
  StoredContribution,
} from '../../src/fleet/meeting-place.js';
import { LETTERS_BACK } from '../../src/letter/history/ledger.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import type { Storm } from '../../src/queue/fold.js';
import type { Snooze } from '../../src/queue/snooze.js';
import { MemoryGates } from './memory-gates.js';

interface KnownNodeRow extends NodeReport {
  seen: number;
  ahead: number;
  served: Map<string, number>;
}

interface StoredRow extends StoredContribution {
  readonly series: Series;
  readonly blocks: readonly (readonly Buffer[])[];
}

interface SeriesRow {
  sealedUntil: number;
  mailed: number | null;
  storm: Storm | null;
  token: number;
  holder: NodeId | null;
  until: number;
  /** Open letters: due time, and when a node first reported it. */
  readonly open: Map<number, number>;
}

interface OutboxRow {
  readonly id: number;
  readonly letter: SealedLetter;
  holder: NodeId | null;
  until: number;
  readonly settled: Set<string>;
}

/** A meeting place in memory: what PostgreSQL does for a fleet, said in the simplest way. */
export class MemoryMeetingPlace implements MeetingPlace {
  readonly #gates = new MemoryGates(() => this.#now());
  readonly #now: () => number;
  readonly #nodes = new Map<string, KnownNodeRow>();
  readonly #series = new Map<string, SeriesRow>();
  readonly #editions = new Set<string>();
  readonly #ledger = new Map<string, Map<string, LedgerLine>>();
  readonly #letters = new Map<string, number>();
  #contributions: StoredRow[] = [];
  #snoozes: Snooze[] = [];
  #ids = 0;
  readonly outbox: OutboxRow[] = [];
  /** All that was sealed, in order. */
  readonly sealings: Sealing[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  async contact(report: NodeReport): Promise<Contact> {
    const now = this.#now();
    const known = this.#nodes.get(report.node.name);
    const served = known?.served ?? new Map<string, number>();
    this.#nodes.set(report.node.name, { ...report, seen: now, ahead: report.clock - now, served });
    const storms = report.series.flatMap(({ id }) => {
      const storm = this.#rowOf(id).storm;
      return storm ? [[id, storm] as const] : [];
    });
    return { kind: 'met', now, ahead: report.clock - now, storms: new Map(storms), differing: [] };
  }

  async handIn(contribution: Contribution): Promise<'taken' | 'known'> {
    const key = `${contribution.node.state} ${contribution.edition}`;
    if (this.#editions.has(key)) return 'known';
    this.#editions.add(key);
    const { parts, ...rest } = contribution;
    this.#contributions.push({
      ...rest,
      id: ++this.#ids,
      came: this.#now(),
      parts: parts.map(({ blocks: _, ...part }) => part),
      blocks: parts.map(({ blocks }) => [...blocks()]),
    });
    return 'taken';
  }

  async confirm(node: NodeId, editions: readonly number[]): Promise<void> {
    for (const edition of editions) this.#editions.delete(`${node.state} ${edition}`);
  }

  async reportServed(node: NodeId, served: readonly ServedUntil[]): Promise<void> {
    for (const { series, due } of served) {
      this.#nodes.get(node.name)?.served.set(series, due);
      const row = this.#rowOf(series);
      if (due > row.sealedUntil && !row.open.has(due)) row.open.set(due, Math.max(due, this.#now()));
    }
  }

  async openLetters(series: readonly string[]): Promise<OpenLetter[]> {
    const now = this.#now();
    return series.flatMap((id) => {
      const atOnce = this.#waiting({ series: id, due: null });
      const scheduled = [...this.#rowOf(id).open].map(([due, since]) => {
        const contributions = this.#waiting({ series: id, due }).length;
        return { series: id, due, now, since, missing: this.#missing(id, due), contributions };
      });
      if (atOnce.length === 0) return scheduled;
      const since = Math.min(...atOnce.map(({ came }) => came));
      const page = { series: id, due: null, now, since, missing: [], contributions: atOnce.length };
      return [page, ...scheduled];
    });
  }

  async lease(series: string, node: NodeId, span: number): Promise<Lease | null> {
    const row = this.#rowOf(series);
    const now = this.#now();
    if (row.holder && row.holder.state !== node.state && row.until > now) return null;
    row.token += 1;
    row.holder = node;
    row.until = now + span;
    return { series, node, token: row.token, until: row.until, now };
  }

  async content({ series }: Lease, letter: LetterAsked): Promise<LetterContent> {
    const { mailed, storm } = this.#rowOf(series);
    const contributions = this.#waiting(letter).map(({ blocks: _, series: __, ...one }) => one);
    return {
      contributions,
      letters: this.#letters,
      mailed,
      storm,
      differing: [],
      nodes: this.#nodesOf(series).map(({ node, seen, ahead, version }) => ({
        ...{ name: node.name, seen, ahead, version },
      })),
    };
  }

  async *blocks(contribution: number, part: number): AsyncGenerator<Buffer> {
    yield* this.#contributions.find(({ id }) => id === contribution)?.blocks[part] ?? [];
  }

  async *ledger(queue: string, hashes?: readonly string[]): AsyncGenerator<readonly LedgerLine[]> {
    const all = [...(this.#ledger.get(queue)?.values() ?? [])];
    const lines = hashes ? all.filter(({ hash }) => hashes.includes(hash)) : all;
    for (let at = 0; at < lines.length; at += 1000) yield lines.slice(at, at + 1000);
  }

  async seal(lease: Lease, sealing: Sealing): Promise<boolean> {
    const row = this.#rowOf(lease.series);
    if (row.token !== lease.token) return false;
    this.sealings.push(sealing);
    const { sealed, contributions, entries, letter, storm } = sealing;
    if (sealed) {
      const until = this.#now() + sealing.holdFor;
      this.outbox.push({ id: ++this.#ids, letter: sealed, holder: lease.node, until, settled: new Set() });
      row.mailed = sealed.sealed;
    }
    const gone = new Set(contributions);
    this.#contributions = this.#contributions.filter(({ id }) => !gone.has(id));
    row.storm = storm;
    if (letter.due !== null) {
      row.sealedUntil = Math.max(row.sealedUntil, letter.due);
      for (const due of [...row.open.keys()].filter((due) => due <= row.sealedUntil)) row.open.delete(due);
    }
    for (const entry of entries) this.#enter(entry);
    await this.keepSnoozes(sealing.snoozes, sealing.droppedSnoozes);
    return true;
  }

  async release(lease: Lease): Promise<void> {
    const row = this.#rowOf(lease.series);
    if (row.token === lease.token) row.holder = null;
  }

  async claim(node: NodeId, holdFor: number): Promise<HeldLetter | null> {
    const now = this.#now();
    const row = this.outbox.find(({ holder, until }) => holder === null || until <= now);
    if (!row) return null;
    row.holder = node;
    row.until = now + holdFor;
    const to = row.letter.to.filter((address) => !row.settled.has(address));
    return { id: row.id, letter: { ...row.letter, to }, until: row.until };
  }

  async hold(node: NodeId, letters: readonly number[], holdFor: number): Promise<number[]> {
    const held = this.outbox.filter(({ id, holder }) => letters.includes(id) && holder?.state === node.state);
    for (const row of held) row.until = this.#now() + holdFor;
    return held.map(({ id }) => id);
  }

  async settle(_: NodeId, letter: number, addresses: readonly string[]): Promise<void> {
    const row = this.outbox.find(({ id }) => id === letter);
    for (const address of addresses) row?.settled.add(address);
    if (row?.letter.to.every((address) => row.settled.has(address)))
      this.outbox.splice(this.outbox.indexOf(row), 1);
  }

  async giveBack(node: NodeId, letters: readonly number[]): Promise<void> {
    for (const row of this.outbox)
      if (letters.includes(row.id) && row.holder?.state === node.state) row.holder = null;
  }

  async gate(node: NodeId, hits: readonly FleetHit[]): Promise<GateAnswers> {
    return this.#gates.gate(node, hits);
  }

  async snoozes(): Promise<Snooze[]> {
    return [...this.#snoozes];
  }

  async keepSnoozes(
    changed: readonly Snooze[],
    dropped: readonly Pick<Snooze, 'id' | 'host'>[],
  ): Promise<void> {
    const keyOf = ({ id, host }: Pick<Snooze, 'id' | 'host'>): string => `${id} ${host}`;
    const gone = new Set([...changed, ...dropped].map(keyOf));
    this.#snoozes = [...this.#snoozes.filter((one) => !gone.has(keyOf(one))), ...changed];
  }

  async overview(): Promise<FleetOverview> {
    return { now: this.#now(), schema: 1, nodes: [], leases: [], waiting: [], outbox: [] };
  }

  async forget(name: string): Promise<boolean> {
    return this.#nodes.delete(name);
  }

  async importLedger(queue: string, letters: number, lines: readonly LedgerLine[]): Promise<number> {
    const ledger = this.#ledgerOf(queue);
    const fresh = lines.filter(({ hash, host }) => !ledger.has(`${hash} ${host}`));
    for (const line of fresh) ledger.set(`${line.hash} ${line.host}`, line);
    this.#letters.set(queue, Math.max(letters, this.#letters.get(queue) ?? 0));
    return fresh.length;
  }

  async close(): Promise<void> {}

  #rowOf(series: string): SeriesRow {
    const row = this.#series.get(series) ?? {
      ...{ sealedUntil: 0, mailed: null, storm: null, token: 0, holder: null, until: 0, open: new Map() },
    };
    this.#series.set(series, row);
    return row;
  }

  #nodesOf(series: string): KnownNodeRow[] {
    return [...this.#nodes.values()].filter((node) => node.series.some(({ id }) => id === series));
  }

  #missing(series: string, due: number): MissingNode[] {
    return this.#nodesOf(series)
      .filter(({ served }) => (served.get(series) ?? 0) < due)
      .map(({ node, seen }) => ({ name: node.name, seen }));
  }

  #waiting({ series, due }: LetterAsked): StoredRow[] {
    return this.#contributions.filter((one) => {
      if (one.series.id !== series) return false;
      return due === null ? one.due === null : one.due !== null && one.due <= due;
    });
  }

  #ledgerOf(queue: string): Map<string, LedgerLine> {
    const ledger = this.#ledger.get(queue) ?? new Map<string, LedgerLine>();
    this.#ledger.set(queue, ledger);
    return ledger;
  }

  /** As `store/sqlite/ledger.ts` enters a letter. */
  #enter({ queue, made, regular, rows, forgetBefore }: Sealing['entries'][number]): void {
    const number = (this.#letters.get(queue) ?? 0) + (regular ? 1 : 0);
    this.#letters.set(queue, number);
    const latest = regular ? number : 0;
    const ledger = this.#ledgerOf(queue);
    for (const { host, hash, text, count, first, last } of rows) {
      const known = ledger.get(`${hash} ${host}`);
      const isPlausible = last !== null && last >= forgetBefore && last <= made;
      const seen = isPlausible ? last : made;
      const began = Math.min(first ?? seen, seen);
      const letters = [...(known?.letters ?? []), [latest, count] as const];
      ledger.set(`${hash} ${host}`, {
        ...{ host, hash, text: known?.text ?? text },
        first: Math.min(known?.first ?? began, began),
        last: Math.max(known?.last ?? seen, seen),
        latest: Math.max(known?.latest ?? 0, latest),
        letters: regular ? letters.filter(([one]) => one > latest - LETTERS_BACK) : (known?.letters ?? []),
      });
    }
    for (const [key, { last }] of ledger) if (last < forgetBefore) ledger.delete(key);
  }
}

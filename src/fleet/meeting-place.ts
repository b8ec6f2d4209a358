import type { LedgerEntry } from '../letter/history/ledger.js';
import type { SealedLetter } from '../letter/letter.js';
import type { Storm } from '../queue/fold.js';
import type { Snooze } from '../queue/snooze.js';
import type { GateAnswer, GateQuestion } from '../queue/timed/fleet-gate.js';
import type { FrequentLines } from '../store/ports/editions.js';
import type { HistoryRow } from '../store/ports/ledger-history.js';

/**
 * Where the nodes of a fleet meet: PostgreSQL. Each method that writes is one transaction; all times are ms since 1970 by
 * the clock of the meeting place, if nothing else is said. A method rejects with `Away` when the meeting place cannot be
 * used now: what it did is then not known, and each can be called again with the same arguments.
 */
export interface MeetingPlace {
  /**
   * Registers this node, or says that it lives; what others must know of its queues. What waits of a queue of it under a
   * definition that no node has any more goes at once, as the queue is defined now.
   */
  contact(report: NodeReport): Promise<Contact>;
  /**
   * Takes what a node has counted, once: `known` where an earlier call, whose answer was lost, has brought the same edition
   * of the same state. Reads `blocks` to the end only where it is new.
   */
  handIn(contribution: Contribution): Promise<'taken' | 'known'>;
  /** The node has dropped these editions: they cannot come again, and need not be remembered. */
  confirm(node: NodeId, editions: readonly number[]): Promise<void>;
  /** The node has handed in all that it had until these due times. Opens the letters of those that nobody has sealed. */
  reportServed(node: NodeId, served: readonly ServedUntil[]): Promise<void>;
  /** Letters that wait for an editor, with what they wait for: of these series only. */
  openLetters(series: readonly string[]): Promise<OpenLetter[]>;
  /** Makes this node the editor of a series for `span` ms; null: another node is, and lives. */
  lease(series: string, node: NodeId, span: number): Promise<Lease | null>;
  /** What waits for the letter: contributions, oldest first, and the fleet's history of the series. */
  content(lease: Lease, letter: LetterAsked): Promise<LetterContent>;
  /** The rows of a contribution's part: blocks as `store/sqlite/run-block.ts` has them, in order. */
  blocks(contribution: number, part: number): AsyncIterable<Buffer>;
  /** The fleet's ledger of a queue, in pieces; `hashes`: of these messages alone. */
  ledger(queue: string, hashes?: readonly string[]): AsyncIterable<readonly LedgerLine[]>;
  /**
   * Ends a letter: writes it into the fleet's outbox, held by the node of the lease for `holdFor` ms, enters it into the
   * ledger, and drops its contributions. False: another node has become the editor meanwhile, and nothing was changed.
   */
  seal(lease: Lease, sealing: Sealing): Promise<boolean>;
  /** Gives the lease back without a letter. */
  release(lease: Lease): Promise<void>;
  /**
   * Takes a letter that nobody holds, or whose holder is silent, or that the node itself holds and does not have: its editor
   * has sealed it, or the answer of an earlier call was lost. `has`: the letters that it has. null: there is none.
   */
  claim(node: NodeId, holdFor: number, has: readonly number[]): Promise<HeldLetter | null>;
  /** Which of these letters the node still holds; it holds those on for `holdFor` ms. */
  hold(node: NodeId, letters: readonly number[], holdFor: number): Promise<number[]>;
  /**
   * Recipients have the letter, or rejected it for good: whoever takes the letter over does not try them again. Any node may
   * say so, whoever holds it. The letter is gone when this holds for all recipients of its first way. `way`: by which way
   * they have it.
   */
  settle(letter: number, addresses: readonly string[], way: 'first' | 'second'): Promise<void>;
  /** The node cannot deliver those now that it holds: another one may. */
  giveBack(node: NodeId, letters: readonly number[]): Promise<void>;
  /**
   * Counts hits of windows and throttles that hold across the fleet, in this order, and says what becomes of each. Ids rise; a
   * hit that an earlier call has counted is not counted again, and hits below the first one are not asked about any more.
   */
  gate(node: NodeId, hits: readonly FleetHit[]): Promise<GateAnswers>;
  snoozes(): Promise<Snooze[]>;
  /** Writes these snoozes as they are now, and drops others. */
  keepSnoozes(changed: readonly Snooze[], dropped: readonly Pick<Snooze, 'id' | 'host'>[]): Promise<void>;
  /** For `tayori fleet`. */
  overview(): Promise<FleetOverview>;
  /** The node has left for good: no letter waits for it. False: there is none of that name. */
  forget(name: string): Promise<boolean>;
  /** Adds the history of one node: its last letter is the last one of the fleet. Returns how many messages are new. */
  importLedger(queue: string, letters: number, lines: readonly LedgerLine[]): Promise<number>;
  close(): Promise<void>;
}

/** A node lives as long as it was heard of within this time (ms): it makes contact every 15 seconds. */
export const ALIVE = 60_000;

/** The meeting place cannot be used now. `forGood`: somebody has to mend it (a wrong password, a database of another). */
export class Away extends Error {
  readonly forGood: boolean;

  constructor(reason: string, options: { readonly forGood: boolean; readonly cause?: unknown }) {
    super(reason, { cause: options.cause });
    this.forGood = options.forGood;
  }
}

export interface NodeId {
  readonly name: string;
  /** The id of its state: a machine that was set up anew under its old name begins with other editions. */
  readonly state: string;
}

/** What a node says of itself. */
export interface NodeReport {
  readonly node: NodeId;
  readonly version: string;
  /** What its own clock says. */
  readonly clock: number;
  readonly series: readonly Series[];
}

/**
 * The letters of a queue under one definition. Nodes whose configs define a queue differently write letters of their own,
 * and each tells of the others.
 */
export interface Series {
  /** Hash of queue and definition. */
  readonly id: string;
  readonly queue: string;
  /** In words: schedule with its zone, recipients, sections. */
  readonly definition: string;
}

export type Contact =
  | {
      readonly kind: 'met';
      readonly now: number;
      /** How far the clock of this node is ahead of that of the meeting place (ms); negative: behind. */
      readonly ahead: number;
      /** By series: the storm of a queue that folds. */
      readonly storms: ReadonlyMap<string, Storm>;
      /** Queues of this node that live nodes define differently. */
      readonly differing: readonly DifferingQueue[];
      /** Known to the nodes of the fleet alone, to sign its letters; never to be shown. Left out: the place has none. */
      readonly secret?: string;
    }
  /** Another node of this name lives. */
  | { readonly kind: 'name-taken'; readonly seen: number };

export interface DifferingQueue {
  readonly queue: string;
  /** Names of nodes, and their definition in words. */
  readonly nodes: readonly string[];
  readonly definition: string;
}

/** What a node counted until a letter was due: a closed edition of its state. */
export interface Contribution {
  readonly node: NodeId;
  /** The id of the edition in the state of the node. */
  readonly edition: number;
  readonly series: Series;
  /** The due time that it was closed for; null: it goes at once, as a page, or since a signal asked for it. */
  readonly due: number | null;
  readonly closed: number;
  /** Why it was closed, where not on its schedule. */
  readonly status: string | null;
  /** The edition of the queue, and those of its sections. */
  readonly parts: readonly ContributionPart[];
  /** Notes for the reader of the letter. */
  readonly remarks: readonly string[];
}

export interface ContributionPart {
  readonly queue: string;
  readonly since: number;
  readonly held: number | null;
  readonly counters: ReadonlyMap<string, number>;
  readonly untaken: FrequentLines;
  readonly lines: number;
  readonly messages: number;
  /** Its rows, in the order of hosts and messages. */
  blocks(): Iterable<Buffer>;
}

export interface ServedUntil {
  readonly series: string;
  readonly due: number;
}

/** A letter that can be asked for. `due`: null where contributions go at once. */
export interface LetterAsked {
  readonly series: string;
  readonly due: number | null;
}

export interface OpenLetter extends LetterAsked {
  readonly now: number;
  /** Since when it could have been made: its due time, or when a node first came with it, if that was later. */
  readonly since: number;
  /** Known nodes of the series that have not reported up to the due time; none where it goes at once. */
  readonly missing: readonly MissingNode[];
  /** How many contributions wait for it. */
  readonly contributions: number;
}

export interface MissingNode {
  readonly name: string;
  /** When it was last heard of. */
  readonly seen: number;
}

/** The right to make the next letter of a series. */
export interface Lease {
  readonly series: string;
  readonly node: NodeId;
  /** Rises with each lease: who comes with a lower one is an editor no more. */
  readonly token: number;
  readonly until: number;
  readonly now: number;
}

export interface LetterContent {
  readonly contributions: readonly StoredContribution[];
  /** How many regular letters the queues of the letter have had, by queue. */
  readonly letters: ReadonlyMap<string, number>;
  /** When the last letter was made; null: there was none. */
  readonly mailed: number | null;
  /** No due time of the series was sealed before: it begins with this one. */
  readonly isFirst: boolean;
  /** null: there is none. */
  readonly storm: Storm | null;
  /** Live nodes that define the queue differently. */
  readonly differing: readonly DifferingQueue[];
  /** Known nodes of the series. */
  readonly nodes: readonly KnownNode[];
}

export interface KnownNode {
  readonly name: string;
  readonly seen: number;
  /** How far its clock was ahead (ms) when it was last heard of. */
  readonly ahead: number;
  readonly version: string;
}

/** A contribution as the meeting place has it; `blocks` are asked for by its id. */
export interface StoredContribution extends Omit<Contribution, 'series' | 'parts'> {
  readonly id: number;
  readonly parts: readonly Omit<ContributionPart, 'blocks'>[];
  /** When it came. */
  readonly came: number;
}

/** How many messages the ledger of a fleet keeps; those seen longest ago are deleted first. Some 0.9 GB in the database. */
export const MAX_FLEET_LEDGER_ROWS = 1_000_000;

/** A row of the ledger. */
export type LedgerLine = HistoryRow;

/** How a letter ends. */
export interface Sealing {
  readonly letter: LetterAsked;
  readonly queue: string;
  /** null: there was nothing to tell. */
  readonly sealed: SealedLetter | null;
  readonly contributions: readonly number[];
  /** What it enters into the ledger: one entry for its queue, and one for each section. */
  readonly entries: readonly LedgerEntry[];
  /** The storm after it; null: the queue does not fold. */
  readonly storm: Storm | null;
  readonly snoozes: readonly Snooze[];
  readonly droppedSnoozes: readonly Pick<Snooze, 'id' | 'host'>[];
  readonly holdFor: number;
}

/** A letter of the fleet's outbox that this node is to deliver. */
export interface HeldLetter {
  readonly id: number;
  /** Without the recipients that have it, those of its second way (`standby`), too. */
  readonly letter: SealedLetter;
}

/** A hit of a window or throttle of the fleet. `id`: in the state of the node. */
export interface FleetHit {
  readonly id: number;
  readonly question: GateQuestion;
}

/** `forgotten`: how many keys were forgotten because there were too many. */
export interface GateAnswers {
  readonly answers: ReadonlyMap<number, GateAnswer>;
  readonly forgotten: number;
}

export interface FleetOverview {
  readonly now: number;
  readonly schema: number;
  readonly nodes: readonly (KnownNode & {
    /** The first due time of any of its queues for which it has not reported though it is over; null: none. */
    readonly behindSince: number | null;
    readonly queues: readonly Series[];
  })[];
  readonly leases: readonly { readonly queue: string; readonly node: string; readonly until: number }[];
  readonly waiting: readonly {
    readonly queue: string;
    readonly due: number | null;
    readonly contributions: number;
    readonly missing: readonly string[];
  }[];
  readonly outbox: readonly {
    readonly queue: string;
    readonly subject: string;
    readonly sealed: number;
    readonly holder: string | null;
    readonly recipients: number;
  }[];
}

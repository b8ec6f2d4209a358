import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresServer } from '../support/postgres-server.js';
import type { Random } from '../support/random.js';
import type { Trouble } from '../support/tcp-proxy.js';
import type { FleetNode } from './fleet-node.js';

/** How often what is done to a fleet. */
export interface TroubleCounts {
  /** kill -9 of a node. */
  readonly nodes: number;
  /** kill -9 of PostgreSQL, or of one of its processes. */
  readonly databases: number;
  /** Cuts of the network between nodes and PostgreSQL. */
  readonly cuts: number;
}

export interface Fleet {
  readonly nodes: readonly [FleetNode, ...FleetNode[]];
  readonly database: PostgresServer;
  /** The name of the database in it. */
  readonly name: string;
  /** The user of the nodes. */
  readonly user: string;
}

/** How long things last (ms), at most. */
export interface Paces {
  /** From one trouble to the next. */
  readonly between: number;
  readonly away: number;
  /** How long is waited for the moment of a kill. */
  readonly moment: number;
}

type Victim = FleetNode | PostgresServer | 'network';

/**
 * Where a kill falls: while a node starts or reads, when a letter is taken or a transaction is committed of which it does not
 * know yet, after it was suspended, or after it hung as an editor until another node has become it.
 */
const MOMENTS = [
  ...(['start', 'reading', 'reading', 'letter', 'letter', 'commit', 'commit'] as const),
  ...(['suspended', 'usurped', 'usurped'] as const),
] as const;

const CUTS = ['refuse', 'swallow', 'swallow', 'stall', 'reset', 'commit', 'hand-in'] as const;

/** How long other nodes have to become the editor (ms). */
const USURPED = 3000;

/** Does all of it in an order of its own; what befalls different victims happens at the same time. In the end all is well. */
export class Troubles {
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #paces: Paces;
  readonly #busy = new Map<Victim, Promise<void>>();
  readonly #done = new Map<string, number>();
  readonly #moments: Deck<(typeof MOMENTS)[number]>;
  readonly #cuts: Deck<(typeof CUTS)[number]>;

  constructor(fleet: Fleet, random: Random, paces: Paces) {
    this.#fleet = fleet;
    this.#random = random;
    this.#paces = paces;
    this.#moments = new Deck(MOMENTS, random);
    this.#cuts = new Deck(CUTS, random);
  }

  /** How often what was done. */
  get done(): ReadonlyMap<string, number> {
    return this.#done;
  }

  async run(counts: TroubleCounts): Promise<void> {
    for (const what of this.#shuffled(counts)) {
      const victim = await this.#victim(what);
      const work = this.#strike(what, victim).finally(() => this.#busy.delete(victim));
      work.catch(() => {}); // told below
      this.#busy.set(victim, work);
      await Promise.race([pause(this.#random.below(this.#paces.between)), failing([...this.#busy.values()])]);
    }
    await Promise.all(this.#busy.values());
  }

  #shuffled({ nodes, databases, cuts }: TroubleCounts): (keyof TroubleCounts)[] {
    const all: (keyof TroubleCounts)[] = [
      ...Array.from({ length: nodes }, () => 'nodes' as const),
      ...Array.from({ length: databases }, () => 'databases' as const),
      ...Array.from({ length: cuts }, () => 'cuts' as const),
    ];
    return shuffled(all, this.#random);
  }

  /** One to which nothing is done just now. */
  async #victim(what: keyof TroubleCounts): Promise<Victim> {
    const { nodes, database } = this.#fleet;
    const some: readonly Victim[] =
      what === 'nodes' ? nodes : what === 'databases' ? [database] : ['network'];
    for (;;) {
      const [first, ...others] = some.filter((one) => !this.#busy.has(one));
      if (first) return this.#random.pick([first, ...others]);
      await Promise.race(some.map((one) => this.#busy.get(one)));
    }
  }

  async #strike(what: keyof TroubleCounts, victim: Victim): Promise<void> {
    if (what === 'cuts') await this.#cut();
    else if (what === 'databases') await this.#killDatabase();
    else if (victim !== 'network' && 'box' in victim) await this.#killNode(victim);
  }

  async #killNode(node: FleetNode): Promise<void> {
    const moment = this.#moments.next();
    this.#count(`kill ${moment}`);
    if (moment !== 'start') await node.daemon.ready;
    if (moment === 'suspended') {
      await node.daemon.suspend();
      await this.#away();
      node.daemon.resume();
    }
    if (moment === 'usurped') await this.#usurp(node);
    if (moment === 'letter') await node.nextLetter(this.#paces.moment);
    else if (moment === 'commit') await node.nextCommit(this.#paces.moment);
    else await pause(this.#random.below(500));
    await node.kill();
    await this.#away();
    node.start();
    // A kill while it starts needs one that starts.
    if (this.#random.chance(0.8)) await node.daemon.ready;
  }

  /** Its lease ends, as if it had hung for a minute; then it goes on. */
  async #usurp(node: FleetNode): Promise<void> {
    const { database, name } = this.#fleet;
    if (!(await node.nextEdit(this.#paces.moment))) return;
    this.#count('usurped in fact');
    await database
      .ask(name, `UPDATE tayori.series SET lease_until = 0 WHERE lease_node = '${node.name}'`)
      .catch(() => {}); // it is away just now
    await pause(USURPED);
    node.daemon.resume();
    await pause(USURPED / 2);
  }

  async #killDatabase(): Promise<void> {
    const { database, user } = this.#fleet;
    if (this.#random.chance(0.3) && (await database.killBackend(user))) {
      this.#count('kill a process of PostgreSQL');
    } else {
      this.#count('kill PostgreSQL');
      await database.kill();
      await this.#away();
      await database.start();
    }
    await database.untilAnswers();
  }

  async #cut(): Promise<void> {
    const how = this.#cuts.next();
    this.#count(`cut ${how}`);
    const isForAll = this.#random.chance(0.3);
    const nodes = isForAll ? this.#fleet.nodes : [this.#random.pick(this.#fleet.nodes)];
    if (how === 'reset') for (const { network } of nodes) network.reset();
    else if (how === 'hand-in') await Promise.all(nodes.map((node) => node.nextHandIn(this.#paces.moment)));
    else if (how === 'commit') await Promise.all(nodes.map((node) => node.nextCommit(this.#paces.moment)));
    else await this.#trouble(nodes, how);
  }

  async #trouble(nodes: readonly FleetNode[], how: Trouble): Promise<void> {
    for (const { network } of nodes) network.begin(how);
    await this.#away();
    for (const { network } of nodes) await network.end();
  }

  /** Mostly short; now and then as long as it gets. */
  async #away(): Promise<void> {
    const { away } = this.#paces;
    await pause(this.#random.below(this.#random.chance(0.25) ? away : Math.ceil(away / 6)));
  }

  #count(what: string): void {
    this.#done.set(what, (this.#done.get(what) ?? 0) + 1);
  }
}

/** Deals all of its cards before it deals one again: a short run does each thing, too. */
class Deck<Card> {
  readonly #cards: readonly Card[];
  readonly #random: Random;
  #left: Card[] = [];

  constructor(cards: readonly Card[], random: Random) {
    this.#cards = cards;
    this.#random = random;
  }

  next(): Card {
    if (this.#left.length === 0) this.#left = shuffled(this.#cards, this.#random);
    const card = this.#left.pop();
    if (card === undefined) throw new Error('no cards');
    return card;
  }
}

function shuffled<One>(some: readonly One[], random: Random): One[] {
  const all = [...some];
  for (let at = all.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    const [one, two] = [all[at], all[other]];
    if (one !== undefined && two !== undefined) [all[at], all[other]] = [two, one];
  }
  return all;
}

/** Rejects when one of these does; never resolves. */
function failing(all: readonly Promise<void>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const one of all) one.catch(reject);
  });
}

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { startPostgres } from '../support/postgres-server.js';
import { createRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { beginAudit, readAudit, type Sealed, untilDrained } from './fleet-audit.js';
import { FleetNode } from './fleet-node.js';
import {
  FleetLetters,
  missingOf,
  reckonFleet,
  type ToldLetter,
  type Verdict,
  type Written,
} from './fleet-reckoning.js';
import { type Fleet, type Paces, type TroubleCounts, Troubles } from './fleet-troubles.js';
import { rotateAll } from './rotator.js';

export interface FleetTortureOptions {
  /** The same seed makes the same choices (what the machine makes of them differs). */
  readonly seed: number;
  readonly counts: TroubleCounts;
  readonly paces: Paces;
}

/** What was done, and what came of it. */
export interface FleetFigures extends Verdict {
  readonly done: ReadonlyMap<string, number>;
  readonly rotations: number;
  readonly lines: number;
  /** By queue. */
  readonly letters: ReadonlyMap<string, number>;
  /** Letters that came again with the same Message-ID and bytes, each after a failure. */
  readonly again: number;
  /** Pages that went without the fleet, and say so. */
  readonly mayComeTwice: number;
  /** What letters say beside rows, with how often; numbers are left out. */
  readonly notes: ReadonlyMap<string, number>;
  /** Whatever else must never be, in words. */
  readonly wrong: readonly string[];
  readonly seconds: number;
  /** What nodes said, its end. */
  readonly words: string;
}

const NODES = ['n1', 'n2', 'n3'] as const;
/** The user that the server knows. */
const USER = 'tayori';

/** When this (ms) has passed and no letter tells more, the missing lines are lost: a letter is due every minute. */
const PATIENCE = 150_000;
const LOOK = 500;
const MINUTE = 60_000;

/**
 * Three nodes, whose logs are written and rotated; they, PostgreSQL and the network between fail again and again. Then all is
 * let go in peace, and what letters told is laid beside what was written.
 */
export async function tortureFleet({ seed, counts, paces }: FleetTortureOptions): Promise<FleetFigures> {
  const random = createRandom(seed);
  const began = performance.now();
  const folder = temporaryFolder();
  const database = await startPostgres({ fsync: true });
  const { port } = database;
  const name = await database.database();
  await beginAudit(database, name);
  const nodes: FleetNode[] = [];
  for (const node of NODES)
    nodes.push(
      await FleetNode.prepare({
        name: node,
        folder: join(folder, node),
        database: { port, name, user: USER },
        random,
      }),
    );
  const [first, ...others] = nodes;
  if (!first) throw new Error('no nodes');
  const fleet: Fleet = { nodes: [first, ...others], database, name, user: USER };
  for (const node of nodes) await node.start().ready;
  const rotating = rotateAll(
    nodes.flatMap(({ rotators }) => rotators),
    createRandom(seed + 1),
  );
  const troubles = new Troubles(fleet, createRandom(seed + 2), paces);
  const dueBefore = Math.floor(Date.now() / MINUTE);
  await troubles.run(counts);
  // However quick that was, letters were due under way.
  while (Math.floor(Date.now() / MINUTE) === dueBefore) await pause(LOOK);
  await rotating.end();
  const written = await endWriters(nodes);

  const letters = new FleetLetters();
  await untilTold(fleet, letters, written);
  await untilDrained(database, name);
  for (const node of nodes) node.daemon.signal('SIGTERM');
  for (const node of nodes) await node.daemon.ended;
  await readAll(nodes, letters);
  const { letters: told, again, wrong } = letters.reading;
  const sealed = await readAudit(database, name);
  return {
    done: troubles.done,
    rotations: rotating.ways().total,
    lines: [...written.values()].reduce((sum, one) => sum + one, 0),
    letters: countBy(told.map(({ queue }) => queue)),
    again,
    mayComeTwice: told.filter(({ mayComeTwice }) => mayComeTwice).length,
    notes: countBy(told.flatMap(({ notes }) => notes.map((note) => note.replace(/\d+/g, '#')))),
    ...reckonFleet(told, written),
    wrong: [
      ...wrong,
      ...sealed.wrong,
      ...unlikeSealed(told, sealed),
      ...told.filter(({ queue }) => queue === 'rest').map(({ notes }) => `[rest] ${notes}`),
      ...leftIn(nodes),
    ],
    seconds: Math.round((performance.now() - began) / 1000),
    words: [...nodes.map(({ name, words }) => `${name}: ${words}`)].join('\n'),
  };
}

async function endWriters(nodes: readonly FleetNode[]): Promise<Written> {
  const written = new Map<string, number>();
  for (const writer of nodes.flatMap(({ writers }) => writers)) written.set(writer.name, await writer.end());
  return written;
}

async function readAll(nodes: readonly FleetNode[], letters: FleetLetters): Promise<void> {
  for (const { box } of nodes) await letters.read(box.arrived);
}

/**
 * Resolves when letters tell each line, or when none tells more for long. Nodes are told to mail all queues once: what a storm
 * holds, and what is not due.
 */
async function untilTold({ nodes }: Fleet, letters: FleetLetters, written: Written): Promise<void> {
  for (const { daemon } of nodes) await daemon.ready;
  let missing = Number.POSITIVE_INFINITY;
  let since = performance.now();
  let isFlushed = false;
  while (performance.now() - since < PATIENCE) {
    await readAll(nodes, letters);
    const verdict = reckonFleet(letters.reading.letters, written);
    if (missingOf(verdict) === 0) return;
    if (missingOf(verdict) < missing) since = performance.now();
    missing = missingOf(verdict);
    if (!isFlushed && !verdict.lost.some((line) => line.startsWith('[page]'))) {
      isFlushed = true;
      for (const { daemon } of nodes) daemon.signal('SIGUSR2');
    }
    await pause(LOOK);
  }
}

/** Letters and counts that the states of the nodes still hold. */
function leftIn(nodes: readonly FleetNode[]): string[] {
  return nodes.flatMap(({ name, state }) => {
    const db = openSqlite(join(state, 'tayori.db'), { readonly: true });
    const left = (sql: string): number => Number(db.single(sql));
    const counts = left("SELECT total(count) AS value FROM tally WHERE message NOT LIKE 'tayori: %'");
    const letters = left('SELECT count(*) AS value FROM letter');
    db.close();
    return counts + letters > 0 ? [`the state of ${name} holds ${counts} lines and ${letters} letters`] : [];
  });
}

/** What has arrived must be what was sealed, but for pages that went without the fleet. */
function unlikeSealed(told: readonly ToldLetter[], { messageIds }: Sealed): string[] {
  const arrived = new Set(told.map(({ messageId }) => messageId));
  return [
    ...told
      .filter(({ messageId, mayComeTwice }) => !mayComeTwice && !messageIds.has(messageId))
      .map(({ messageId, queue }) => `${messageId} of [${queue}] was never sealed`),
    ...[...messageIds].filter((id) => !arrived.has(id)).map((id) => `${id} was sealed, and has not arrived`),
  ];
}

function countBy(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

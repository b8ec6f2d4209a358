import { onTestFinished } from 'vitest';
import type { MeetingPlace, NodeId } from '../../src/fleet/meeting-place.js';
import { addLetter } from '../../src/fleet/postgres/outbox.js';
import type { SealedLetter } from '../../src/letter/letter.js';
import { hasPostgres, type PostgresServer } from '../support/postgres-server.js';
import { NOON } from './given.js';
import { MemoryPlace } from './memory-place.js';
import { openPlace } from './postgres/open-place.js';

/** A meeting place, and what tests do to it, and see of it, from outside. */
export interface TestedPlace {
  readonly place: MeetingPlace;
  /** Time passes there (ms). */
  pass(time: number): Promise<void>;
  /** Puts a letter into its outbox that nobody holds, or that this node holds without having it. Its id. */
  put(letter: SealedLetter, holder?: NodeId | null, holdFor?: number): Promise<number>;
  /** The letters of its outbox. */
  ids(): Promise<number[]>;
  /** The state of the node that holds a letter. */
  holderOf(id: number): Promise<string | null>;
}

/**
 * Both meeting places: the reference, and a database of its own on this server for each test. Rows for `describe.each`; on a
 * machine without PostgreSQL only the first one.
 */
export function bothPlaces(server: () => PostgresServer): (readonly [string, () => Promise<TestedPlace>])[] {
  const postgres = [['in PostgreSQL', () => inPostgres(server())]] as const;
  return [['in memory', inMemory], ...(hasPostgres ? postgres : [])];
}

async function inMemory(): Promise<TestedPlace> {
  let now = NOON + 10 * 86_400_000;
  const place = new MemoryPlace(() => now);
  const { outbox } = place;
  return {
    place,
    async pass(time) {
      now += time;
    },
    put: async (letter, holder = null, holdFor = 0) => outbox.put(letter, holder, holdFor),
    ids: async () => outbox.ids,
    holderOf: async (id) => outbox.holderOf(id)?.state ?? null,
  };
}

/** Time does not pass in PostgreSQL when a test says so: what was written down moves back instead. */
async function inPostgres(server: PostgresServer): Promise<TestedPlace> {
  const database = await server.database();
  const place = openPlace(server, database);
  await place.overview(); // makes the schema
  const client = await server.connect(database);
  onTestFinished(() => client.end());
  const query = async (sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await client.query(sql, [...values])).rows;
  const letters = async (which: string): Promise<Record<string, unknown>[]> =>
    query(`SELECT id::float8, holder_state FROM tayori.letter ${which} ORDER BY id`);
  return {
    place,
    async pass(time) {
      await client.query(
        `UPDATE tayori.node SET seen = seen - ${time};
         UPDATE tayori.series SET lease_until = lease_until - ${time};
         UPDATE tayori.letter SET held_until = held_until - ${time};
         UPDATE tayori.given_back SET at = at - ${time}`,
      );
    },
    async put(letter, holder = null, holdFor = 0) {
      await addLetter({ query }, letter, holder ?? NOBODY, holdFor);
      const id = Number((await letters('')).at(-1)?.id);
      if (!holder)
        await query('UPDATE tayori.letter SET holder = NULL, holder_state = NULL WHERE id = $1', [id]);
      return id;
    },
    ids: async () => (await letters('')).map(({ id }) => Number(id)),
    async holderOf(id) {
      const [row] = await letters(`WHERE id = ${id}`);
      return row?.holder_state == null ? null : String(row.holder_state);
    },
  };
}

const NOBODY: NodeId = { name: 'nobody', state: 'nobody' };

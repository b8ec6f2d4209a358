import type { NodeId } from '../../../src/fleet/meeting-place.js';
import { addLetter } from '../../../src/fleet/postgres/outbox.js';
import type { PostgresServer } from '../../support/postgres-server.js';
import type { FleetOutbox } from '../outbox-place.js';
import { openPlace, report } from './place.js';

/** The outbox of a fleet in the given database, emptied. */
export async function postgresOutbox(server: PostgresServer, database: string): Promise<FleetOutbox> {
  const place = openPlace(server, database);
  const query = (sql: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    server.ask(database, sql, [...values]);
  await place.overview(); // makes the schema
  await query('TRUNCATE tayori.letter, tayori.given_back, tayori.node RESTART IDENTITY');
  return {
    place,
    async put(letter, editor = null, holdFor = 0) {
      await addLetter({ query }, letter, editor ?? NOBODY, holdFor);
      const [row] = await query('SELECT max(id) AS id FROM tayori.letter');
      const id = Number(row?.id);
      if (!editor)
        await query('UPDATE tayori.letter SET holder = NULL, holder_state = NULL WHERE id = $1', [id]);
      return id;
    },
    async see(node) {
      await place.contact(report(node));
    },
    async ids() {
      return (await query('SELECT id FROM tayori.letter ORDER BY id')).map(({ id }) => Number(id));
    },
    async holderOf(id) {
      const [row] = await query('SELECT holder_state FROM tayori.letter WHERE id = $1', [id]);
      return row?.holder_state == null ? null : JSON.parse(`"${row.holder_state}"`);
    },
    async pass(time) {
      await query(`UPDATE tayori.letter SET held_until = held_until - ${time};
        UPDATE tayori.given_back SET at = at - ${time}; UPDATE tayori.node SET seen = seen - ${time}`);
    },
  };
}

const NOBODY: NodeId = { name: 'nobody', state: 'nobody' };

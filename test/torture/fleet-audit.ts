import { setTimeout as pause } from 'node:timers/promises';
import { openPostgresPlace } from '../../src/fleet/postgres/postgres-place.js';
import type { PostgresServer } from '../support/postgres-server.js';

/**
 * Writes down, within each transaction that seals a letter, for which due time that is, and the letter: the meeting place
 * itself forgets both.
 */
const AUDIT = `
CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO PUBLIC;
CREATE TABLE audit.due (tx bigint, series text, due bigint);
CREATE TABLE audit.letter (tx bigint, queue text, content text);
GRANT INSERT ON ALL TABLES IN SCHEMA audit TO PUBLIC;
CREATE FUNCTION audit.note_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.sealed_until IS DISTINCT FROM OLD.sealed_until THEN
    INSERT INTO audit.due VALUES (txid_current(), NEW.id, NEW.sealed_until);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION audit.note_letter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO audit.letter VALUES (txid_current(), NEW.queue, NEW.content);
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER UPDATE ON tayori.series FOR EACH ROW EXECUTE FUNCTION audit.note_due();
CREATE TRIGGER audit AFTER INSERT ON tayori.letter FOR EACH ROW EXECUTE FUNCTION audit.note_letter();`;

/** What was sealed: letters by Message-ID, and what is wrong with due times, in words. */
export interface Sealed {
  readonly messageIds: ReadonlySet<string>;
  readonly wrong: readonly string[];
}

/** Makes the schema, as a first node does, and begins to write down what is sealed: before any node is there. */
export async function beginAudit(server: PostgresServer, database: string): Promise<void> {
  const place = openPostgresPlace({
    address: server.address(database),
    password: null,
    node: 'audit',
  });
  await place.overview();
  await place.close();
  await server.ask(database, AUDIT);
}

/** How often it is looked (ms). */
const LOOK = 50;

/** How long the last letters may take until the database hears that they are delivered (ms). */
const PATIENCE = 30_000;

/** Resolves when nothing waits in the database any more, or nothing happens for long. */
export async function untilDrained(server: PostgresServer, database: string): Promise<void> {
  const until = performance.now() + PATIENCE;
  while (performance.now() < until && (await leftIn(server, database)).some((left) => left > 0))
    await pause(LOOK);
}

/** How many contributions and letters it holds. */
async function leftIn(
  server: PostgresServer,
  database: string,
): Promise<[contributions: number, letters: number]> {
  const [row] = await server.ask(
    database,
    'SELECT (SELECT count(*) FROM tayori.contribution) AS contributions, (SELECT count(*) FROM tayori.letter) AS letters',
  );
  return [Number(row?.contributions), Number(row?.letters)];
}

export async function readAudit(server: PostgresServer, database: string): Promise<Sealed> {
  const letters = await server.ask(database, 'SELECT tx, queue, content FROM audit.letter');
  const twice = await server.ask(
    database,
    `SELECT series, due, count(*) AS letters FROM audit.due JOIN audit.letter USING (tx)
     GROUP BY series, due HAVING count(*) > 1`,
  );
  const [contributions, waiting] = await leftIn(server, database);
  const wrong = twice.map(({ series, due, letters: many }) => `${many} letters of ${series} for ${due}`);
  if (contributions + waiting > 0)
    wrong.push(`the database holds ${contributions} contributions and ${waiting} letters`);
  return { messageIds: new Set(letters.map(({ content }) => messageIdIn(`${content}`))), wrong };
}

function messageIdIn(content: string): string {
  return /"messageId":"([^"]+)"/.exec(content)?.[1] ?? content;
}

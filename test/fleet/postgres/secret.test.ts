import { describe, expect, it } from 'vitest';
import type { MeetingPlace } from '../../../src/fleet/meeting-place.js';
import { MIGRATIONS } from '../../../src/fleet/postgres/schema.js';
import { hasPostgres, type PostgresServer, sharedPostgres } from '../../support/postgres-server.js';
import { A, B, C, report } from '../given.js';
import { openPlace } from './open-place.js';

async function secretFor(place: MeetingPlace, node = A): Promise<string | undefined> {
  const contact = await place.contact(report(node));
  return contact.kind === 'met' ? contact.secret : undefined;
}

/** Makes the schema as the build before this one did. */
async function makeOldSchema(server: PostgresServer, database: string): Promise<void> {
  const steps = MIGRATIONS.slice(0, 6);
  for (const sql of [
    'SET ROLE tayori; CREATE SCHEMA tayori',
    `SET ROLE tayori; CREATE TABLE tayori.about (
       id bigint PRIMARY KEY, application text NOT NULL, version bigint NOT NULL, compatible_from bigint NOT NULL)`,
    `SET ROLE tayori; INSERT INTO tayori.about VALUES (1, 'tayori', ${steps.length}, 1)`,
    ...steps.map((step) => `SET ROLE tayori; ${step}`),
  ])
    await server.ask(database, sql);
}

describe.skipIf(!hasPostgres)('the secret of a fleet', () => {
  const server = sharedPostgres();

  it('is the same for all nodes, also for those that ask first at the same time', async () => {
    const database = await server().database();
    const nodes = [A, B, C];
    const places = nodes.map((node) => openPlace(server(), database, { node: node.name }));
    await Promise.all(places.map((place) => place.overview()));
    const secrets = await Promise.all(places.map((place, at) => secretFor(place, nodes[at])));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[\w-]{43}$/);
    expect(await secretFor(openPlace(server(), database))).toBe(secrets[0]);
    const other = openPlace(server(), await server().database());
    expect(await secretFor(other)).not.toBe(secrets[0]);
  });

  it('comes to a schema of the version before, which nodes of that version go on with', async () => {
    const database = await server().database();
    await makeOldSchema(server(), database);
    const secret = await secretFor(openPlace(server(), database));
    expect(secret).toMatch(/^[\w-]{43}$/);
    const [about] = await server().ask(database, 'SELECT version, compatible_from FROM tayori.about');
    expect(about).toEqual({ version: `${MIGRATIONS.length}`, compatible_from: '1' });
  });

  it('is not told to whom asks how the fleet is, nor to a node whose name is taken', async () => {
    const place = openPlace(server(), await server().database());
    const secret = await secretFor(place);
    expect(JSON.stringify(await place.overview())).not.toContain(secret);
    expect(JSON.stringify(await place.contact(report({ ...A, state: 'another' })))).not.toContain(secret);
  });
});

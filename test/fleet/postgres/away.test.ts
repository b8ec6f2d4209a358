import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FleetAddress } from '../../../src/base/fleet-address.js';
import { Away, type MeetingPlace } from '../../../src/fleet/meeting-place.js';
import { awayOf as wordsOfAway } from '../../../src/fleet/postgres/away-of.js';
import { openPostgresPlace, type PostgresPlaceOptions } from '../../../src/fleet/postgres/postgres-place.js';
import { freePort } from '../../support/free-port.js';
import { hasPostgres, sharedPostgres, startPostgres } from '../../support/postgres-server.js';
import { noSmallDisk, smallDisk } from '../../support/small-disk.js';
import { A, answered, contribution, MAIL, part, report } from '../given.js';
import { openPlace } from './open-place.js';

function open(address: FleetAddress, options: Partial<PostgresPlaceOptions> = {}): MeetingPlace {
  const place = openPostgresPlace({ address, password: null, node: 'a', ...options });
  onTestFinished(() => place.close());
  return place;
}

async function awayOf(call: Promise<unknown>): Promise<{ readonly why: string; readonly forGood: boolean }> {
  const error = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof Away)) throw error ?? new Error('it was not away');
  return { why: error.message.replace(/^postgresql:\S+: /, ''), forGood: error.forGood };
}

/** In the encoding, which the locale C has no say in. */
function createIn(database: string, encoding: string): string {
  return `CREATE DATABASE ${database} OWNER tayori TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`;
}

const contact = (place: MeetingPlace) => awayOf(place.contact(report(A)));

describe.skipIf(!hasPostgres)('what can be wrong with the database', () => {
  const server = sharedPostgres();

  it('is told with its address', async () => {
    const place = open(server().address('nothing'));
    await expect(place.contact(report(A))).rejects.toThrow(
      `postgresql://tayori@127.0.0.1:${server().port}/nothing: it has no database nothing: create it there`,
    );
  });

  it.each<[name: string, seen: string, forGood: boolean, prepare: (database: string) => string]>([
    ['it is missing', 'it has no database db', true, (db) => `DROP DATABASE ${db}`],
    [
      'a default makes all transactions read-only',
      'it is read-only',
      false,
      (db) => `ALTER DATABASE ${db} SET default_transaction_read_only = on`,
    ],
    [
      'the user may create nothing',
      'the user tayori may not',
      true,
      (db) => `ALTER DATABASE ${db} OWNER TO postgres`,
    ],
    [
      'it has no connection free',
      'it has no connection free',
      false,
      (db) => `ALTER DATABASE ${db} CONNECTION LIMIT 0`,
    ],
    [
      'it lets nobody in',
      'it takes no connections to the database db',
      true,
      (db) => `ALTER DATABASE ${db} ALLOW_CONNECTIONS false`,
    ],
  ])('says that %s', async (_name, seen, forGood, prepare) => {
    const database = await server().database();
    await server().ask('postgres', prepare(database));
    expect(await contact(openPlace(server(), database))).toEqual({
      why: expect.stringContaining(seen),
      forGood,
    });
  });

  it.each<[name: string, seen: RegExp, sql: string]>([
    [
      'is of somebody else',
      /^its schema tayori is not of this program/,
      'CREATE TABLE tayori.orders (id int)',
    ],
    [
      'is of somebody else, with a table about',
      /^its schema tayori is not of this program/,
      'CREATE TABLE tayori.about (id int, name text); GRANT ALL ON tayori.about TO tayori',
    ],
    [
      'has a mark of another program',
      /^its schema tayori is not of this program/,
      `CREATE TABLE tayori.about AS SELECT 1 AS id, 'tea' AS application, 1 AS version, 1 AS compatible_from;
       GRANT ALL ON tayori.about TO tayori`,
    ],
    [
      'is of a newer version that does not go with this one',
      /^its schema tayori is of version 99, for a newer tayori: update this one, which has version \d+$/,
      `CREATE TABLE tayori.about AS SELECT 1 AS id, 'tayori' AS application, 99 AS version, 98 AS compatible_from;
       GRANT ALL ON tayori.about TO tayori`,
    ],
  ])('leaves a schema as it is that %s', async (_name, seen, sql) => {
    const database = await server().database();
    await server().ask(database, `CREATE SCHEMA tayori; GRANT ALL ON SCHEMA tayori TO tayori; ${sql}`);
    const tables =
      "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'tayori'";
    const before = await server().ask(database, tables);
    expect(await contact(openPlace(server(), database))).toEqual({
      why: expect.stringMatching(seen),
      forGood: true,
    });
    expect(await server().ask(database, tables)).toEqual(before);
  });

  it.each([
    ['LATIN1', /^the encoding of its database is LATIN1: create one with ENCODING 'UTF8'/],
    ['EUC_JP', /^the encoding of its database is EUC_JP/],
  ])('says that its encoding %s has no place for most characters', async (encoding, seen) => {
    const name = `in_${encoding.toLowerCase()}`;
    await server().ask('postgres', createIn(name, encoding));
    expect(await contact(openPlace(server(), name))).toEqual({
      why: expect.stringMatching(seen),
      forGood: true,
    });
  });

  it('keeps every text where its encoding is that of its bytes', async () => {
    await server().ask('postgres', createIn('in_bytes', 'SQL_ASCII'));
    const place = openPlace(server(), 'in_bytes');
    const mail = { ...MAIL, definition: 'naïve — 日本語 😀' };
    await place.contact(report(A, [mail]));
    expect((await place.overview()).nodes[0]?.queues).toEqual([mail]);
  });

  it('keeps what was committed over a crash, also where its administrator has chosen speed', async () => {
    const database = await server().database();
    await server().ask('postgres', `ALTER DATABASE ${database} SET synchronous_commit = off`);
    const place = openPlace(server(), database);
    await place.contact(report(A));
    for (const sql of [
      'CREATE TABLE seen (setting text); GRANT INSERT ON seen TO tayori',
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$`,
      'CREATE TRIGGER note BEFORE UPDATE ON tayori.node FOR EACH ROW EXECUTE FUNCTION note()',
    ])
      await server().ask(database, sql);
    await place.contact(report(A));
    expect(await server().ask(database, 'SELECT * FROM seen')).toEqual([{ setting: 'on' }]);
  });

  it('works with an empty schema that an administrator has made for it', async () => {
    const database = await server().database();
    await server().ask('postgres', `ALTER DATABASE ${database} OWNER TO postgres`);
    await server().ask(database, 'CREATE SCHEMA tayori AUTHORIZATION tayori');
    expect(await openPlace(server(), database).contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('works beside a newer version that goes with this one, and stops at one that does not', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    await server().ask(database, 'UPDATE tayori.about SET version = 99');
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
    expect(await openPlace(server(), database).contact(report(A))).toMatchObject({ kind: 'met' });
    await server().ask(database, 'UPDATE tayori.about SET compatible_from = 99');
    expect(await contact(place)).toMatchObject({
      why: expect.stringContaining('newer tayori'),
      forGood: true,
    });
    await server().ask(database, 'UPDATE tayori.about SET compatible_from = 1');
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('makes its tables again where somebody has dropped them', async () => {
    const database = await server().database();
    const place = openPlace(server(), database);
    await place.contact(report(A));
    await server().ask(database, 'DROP SCHEMA tayori CASCADE');
    await awayOf(place.contact(report(A)));
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('makes its tables once where many nodes start at the same time', async () => {
    const database = await server().database();
    const places = Array.from({ length: 12 }, () => openPlace(server(), database));
    const nodes = places.map((_, at) => ({ name: `n${at}`, state: `s${at}` }));
    const contacts = await Promise.all(places.map((place, at) => place.contact(report(nodes[at] ?? A))));
    expect(contacts.map(({ kind }) => kind)).toEqual(nodes.map(() => 'met'));
    expect((await places[0]?.overview())?.nodes).toHaveLength(nodes.length);
  });

  it('connects again after an administrator has ended the connection', async () => {
    const database = await server().database();
    const place = openPlace(server(), database, { node: 'web-1' });
    await place.contact(report(A));
    const end =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tayori web-1'";
    expect(await server().ask('postgres', end)).toHaveLength(1);
    await place.contact(report(A)).catch(() => undefined);
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('has indexes that no language decides', async () => {
    const database = await server().database();
    await openPlace(server(), database).contact(report(A));
    const odd = await server().ask(
      database,
      `SELECT indexrelid::regclass::text AS index FROM pg_index, unnest(indcollation) AS of (rule)
       WHERE indexrelid::regclass::text LIKE 'tayori.%'
         AND NOT (rule = 0 OR rule = '"C"'::regcollation) ORDER BY 1`,
    );
    expect(odd).toEqual([]);
  });

  it('is away for good once it is closed, and closing it again is nothing', async () => {
    const place = openPlace(server(), await server().database());
    await place.contact(report(A));
    await place.close();
    await place.close();
    expect(await contact(place)).toEqual({ why: 'the connection is closed', forGood: true });
  });
});

describe('what pg or the system says', () => {
  const address = {
    host: 'db',
    port: 5433,
    database: 'x',
    user: 'u',
    tls: { kind: 'required', ca: null },
  } as const;

  it.each([
    [
      'no pg_hba.conf entry for host "127.0.0.1", user "u", database "x", no encryption',
      '28000',
      /^it does not let the user u in \(.*\): add \?tls=required to set fleet, or see pg_hba\.conf there$/,
    ],
    [
      'no pg_hba.conf entry for host "10.0.0.1", user "u", database "x", SSL encryption',
      '28000',
      /^it does not let the user u in \(.*\): see pg_hba\.conf there$/,
    ],
    ['certificate has expired', 'CERT_HAS_EXPIRED', /^its certificate has expired: renew it there$/],
    [
      'certificate is not yet valid',
      'CERT_NOT_YET_VALID',
      /: look whether the clock of this machine is right$/,
    ],
    [
      'There was an error establishing an SSL connection',
      undefined,
      /^what listens there is not PostgreSQL: look whether port 5433 is right$/,
    ],
    [
      'self-signed certificate in certificate chain',
      'SELF_SIGNED_CERT_IN_CHAIN',
      /: name its CA with \?ca=FILE/,
    ],
  ])('%s: in our words with what to do', (message, code, words) => {
    const { message: told, forGood } = wordsOfAway(Object.assign(new Error(message), { code }), address);
    expect(told).toMatch(words);
    expect(forGood).toBe(true);
  });
});

describe.skipIf(!hasPostgres)('a server that is not there', () => {
  it('says that nothing listens', async () => {
    const address = {
      host: '127.0.0.1',
      port: await freePort(),
      database: 'x',
      user: 'y',
      tls: { kind: 'off' },
    } as const;
    expect(await contact(open(address))).toEqual({
      why: 'nothing listens there, so look whether it is running',
      forGood: false,
    });
  });

  it('says that there is no socket', async () => {
    const address = { host: '/nowhere', port: 5432, database: 'x', user: 'y', tls: { kind: 'off' } } as const;
    expect(await contact(open(address))).toEqual({
      why: 'there is no socket .s.PGSQL.5432 in /nowhere, so look whether it is running',
      forGood: false,
    });
  });

  it.each([
    ['says nothing', ''],
    ['speaks another language', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('gives up within its time a server that %s', async (_name, says) => {
    const port = await freePort();
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      if (says !== '') socket.end(says);
    }).listen(port, '127.0.0.1');
    onTestFinished(() => void listener.close());
    const address = { host: '127.0.0.1', port, database: 'x', user: 'y', tls: { kind: 'off' } } as const;
    expect(await contact(open(address, { connectTimeout: 300 }))).toMatchObject({ forGood: false });
  });

  it('gives up within its time a server that hangs, and works on when it goes on', async () => {
    const server = await startPostgres();
    const place = openPlace(server, await server.database(), { connectTimeout: 300, queryTimeout: 300 });
    await answered(() => place.contact(report(A)));
    server.pause();
    expect(await contact(place)).toEqual({ why: 'it does not answer in time', forGood: false });
    expect(await contact(place)).toEqual({ why: 'it does not answer in time', forGood: false });
    server.resume();
    expect(await answered(() => place.contact(report(A)))).toMatchObject({ kind: 'met' });
  });

  it('does not keep a node from ending while it hangs', async () => {
    const server = await startPostgres();
    const place = openPlace(server, await server.database(), { queryTimeout: 600_000 });
    await place.contact(report(A));
    const idle = openPlace(server, await server.database());
    await idle.contact(report(A));
    server.pause();
    const call = contact(place);
    await new Promise((resolve) => setImmediate(resolve)); // its first query is on its way
    await Promise.all([place.close(), idle.close()]);
    expect(await call).toEqual({ why: 'the connection was cut', forGood: false });
    server.resume();
  });

  it('comes back after it was stopped, and after it was killed', async () => {
    const server = await startPostgres();
    const place = openPlace(server, await server.database());
    expect(await place.handIn(contribution())).toBe('taken');
    await server.stop();
    expect(await contact(place)).toMatchObject({ forGood: false });
    await server.start();
    expect(await place.handIn(contribution())).toBe('known');
    await server.kill();
    expect(await contact(place)).toMatchObject({ forGood: false });
    await server.start();
    expect(await place.handIn(contribution())).toBe('known');
  });

  it('is read-only where it is a standby', async () => {
    const server = await startPostgres({ settings: ['wal_level = replica', 'hot_standby = on'] });
    const database = await server.database();
    const place = openPlace(server, database);
    await place.contact(report(A));
    await server.stop();
    server.makeStandby();
    await server.start();
    expect(await contact(place)).toEqual({ why: expect.stringContaining('it is read-only'), forGood: false });
    expect(await contact(openPlace(server, 'postgres'))).toMatchObject({
      why: expect.stringContaining('it is read-only'),
    });
  });

  it.skipIf(noSmallDisk)(
    'says that its disk is full, and takes everything when there is room again',
    async () => {
      const disk = smallDisk(64);
      const server = await startPostgres({ folder: join(disk.folder, 'data') });
      const place = openPlace(server, await server.database());
      await place.contact(report(A));
      disk.fill();
      const blocks = () => Array.from({ length: 40 }, () => Buffer.alloc(500_000, Math.random().toString()));
      const large = contribution({ parts: [{ ...part(), blocks }] });
      const away = await awayOf(place.handIn(large));
      disk.clear();
      expect(away).toEqual({ why: 'its disk is full: make room there', forGood: true });
      const small = contribution({ parts: [part()] });
      expect(await place.handIn(small)).toBe('taken');
    },
  );
});

describe.skipIf(!hasPostgres)('a password', () => {
  const server = sharedPostgres({ password: 'right' });
  const given = (password: string) => async () => ({ ok: true, password }) as const;

  it('lets in whoever has the right one', async () => {
    const place = openPlace(server(), await server().database(), { password: given('right') });
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('is asked for again at the next connect', async () => {
    const passwords = ['wrong', 'right'];
    const password = async () => ({ ok: true, password: passwords.shift() ?? '' }) as const;
    const place = openPlace(server(), await server().database(), { password });
    expect(await contact(place)).toEqual({
      why: 'it does not take the password of the user tayori: put the right one where set fleet_password says',
      forGood: true,
    });
    expect(await place.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('is asked for in words where there is none, whatever the environment and ~/.pgpass say', async () => {
    const database = await server().database();
    const home = server().folder;
    writeFileSync(join(home, '.pgpass'), '*:*:*:*:right\n', { mode: 0o600 });
    const env = {
      ...{ PGPASSWORD: 'right', PGPASSFILE: join(home, '.pgpass'), PGHOST: '127.0.0.9', PGPORT: '1' },
      ...{ PGUSER: 'postgres', PGDATABASE: 'postgres', PGOPTIONS: '-c default_transaction_read_only=on' },
      ...{
        PGREPLICATION: 'true',
        PGSSLMODE: 'require',
        PGSSLNEGOTIATION: 'direct',
        NODE_PG_FORCE_NATIVE: '1',
      },
    };
    const before = { ...process.env };
    onTestFinished(() => {
      for (const name of Object.keys(env)) delete process.env[name];
      Object.assign(process.env, before);
    });
    Object.assign(process.env, env);
    const place = openPlace(server(), database);
    expect(await contact(place)).toEqual({
      why: 'it asks for a password: write set fleet_password FILE',
      forGood: true,
    });
    const other = openPlace(server(), database, { password: given('right') });
    expect(await other.contact(report(A))).toMatchObject({ kind: 'met' });
  });

  it('is told where it cannot be read', async () => {
    const password = async () => ({ ok: false, reason: 'no password: /etc/x is empty' }) as const;
    const place = openPlace(server(), await server().database(), { password });
    expect(await contact(place)).toEqual({
      why: 'no password: /etc/x is empty (set fleet_password)',
      forGood: true,
    });
  });
});

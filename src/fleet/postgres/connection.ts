import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { Client, ClientConfig, CustomTypesConfig } from 'pg';
import { reasonOf } from '../../base/errors.js';
import { type FleetAddress, showFleetAddress } from '../../base/fleet-address.js';
import type { ReadPassword } from '../../mail/route/read-password.js';
import { isLoopback } from '../../mail/route/route.js';
import { Away } from '../meeting-place.js';
import { awayOf, isOfData, serverCodeOf } from './away-of.js';
import { type Row, readValue } from './row.js';

/** Where and as whom to connect. */
export interface ConnectionTerms {
  readonly address: FleetAddress;
  /** Asked at each connect; null: there is none. */
  readonly password: (() => Promise<ReadPassword>) | null;
  /** The name of this node, which the server's administrator sees. */
  readonly node: string;
  /** How long a connect may take, up to the first answer to a query (ms). */
  readonly connectTimeout: number;
  /** How long any query may take (ms). */
  readonly queryTimeout: number;
}

/** Runs queries. `values` are those of `$1`, `$2`, ... */
export interface Queries {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** What is particular to our schema. Both throw `Away` when the database is not one to work with. */
export interface House {
  /** At each connect: makes the tables, or finds that they cannot be used. */
  prepare(queries: Queries): Promise<void>;
  /** A query at the beginning of each transaction, with `check` of what it returns. */
  readonly standing: string;
  check(rows: readonly Row[]): void;
}

/** So many times a transaction is run again when the server has chosen it to end a conflict. */
const MAX_CONFLICTS = 5;

/** serialization_failure and deadlock_detected: the server has ended the transaction, and nothing else is wrong. */
const CONFLICTS: readonly unknown[] = ['40001', '40P01'];

/** The server ends a statement after this share of our time for it: then we hear why. */
const SERVER_SHARE = 0.9;

/** A transaction whose client is gone without a word, or stands still, holds its locks for so long (ms). */
const MAX_IDLE_IN_TRANSACTION = 15_000;

/** Silence after which the system looks whether the server is still there (ms). */
const KEEP_ALIVE = 10_000;

/** How long a call that is under way, and the farewell, may take at the end (ms). */
const MAX_FAREWELL = 1000;

interface Link {
  readonly client: Client;
  readonly socket: Socket;
}

/**
 * The one connection of a node to PostgreSQL. It is opened when it is needed, and dropped when anything is wrong with it:
 * the next call opens another. Calls run one after the other.
 */
export class PostgresConnection {
  readonly #terms: ConnectionTerms;
  readonly #house: House;
  #link: Link | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(terms: ConnectionTerms, house: House) {
    this.#terms = terms;
    this.#house = house;
  }

  /** Runs `work`; each of its queries is a transaction of its own. Rejects with `Away`. */
  run<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#afterOthers(async () => work(this.#queriesOf(await this.#connected())));
  }

  /**
   * Runs `work` as one transaction, again where it met another one. Rejects with `Away`: it is not known then whether it
   * was done.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#afterOthers(async () => {
      for (let conflicts = 1; ; conflicts++)
        try {
          return await this.#transact(work);
        } catch (error) {
          if (!CONFLICTS.includes(serverCodeOf(error)) || conflicts === MAX_CONFLICTS) throw error;
        }
    });
  }

  /** Ends the connection, after the calls that are under way if they end soon. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    let last: Link | null = null;
    const timer = setTimeout(() => (last ?? this.#link)?.socket.destroy(), MAX_FAREWELL);
    await this.#last;
    last = this.#link;
    this.#link = null;
    await last?.client.end().catch(() => undefined);
    last?.socket.destroy();
    clearTimeout(timer);
  }

  /** Whatever is wrong is told with the place where it was seen. */
  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work).catch((error: unknown) => {
      if (!(error instanceof Away)) throw error;
      const { message, forGood, cause } = error;
      throw new Away(`${showFleetAddress(this.#terms.address)}: ${message}`, { forGood, cause });
    });
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #transact<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const link = await this.#connected();
    const queries = this.#queriesOf(link);
    try {
      const { standing } = this.#house;
      this.#house.check(await queries.query(`BEGIN ISOLATION LEVEL READ COMMITTED; ${standing}`));
      const result = await work(queries);
      await queries.query('COMMIT');
      return result;
    } catch (error) {
      // Where this fails, too, the connection is dropped, and the server rolls back what it held.
      if (this.#link === link) await queries.query('ROLLBACK').catch(() => this.#drop(link));
      throw error;
    }
  }

  /** A server that cannot do what it should is asked anew next time, as it may be another one by then. */
  #queriesOf(link: Link): Queries {
    const ask = this.#askerOf(link);
    return {
      query: async (text, values) => {
        if (this.#link !== link) throw new Away(CUT, { forGood: false });
        try {
          return await ask(text, values);
        } catch (error) {
          if (!CONFLICTS.includes(serverCodeOf(error))) this.#drop(link);
          throw error;
        }
      },
    };
  }

  #askerOf({ client }: Link): Queries['query'] {
    return async (text, values) => {
      try {
        const answer = await client.query<Row>(text, values && [...values]);
        // The type does not say that several statements have several answers.
        const last = Array.isArray(answer) ? (answer as (typeof answer)[]).at(-1) : answer;
        return last?.rows ?? [];
      } catch (error) {
        throw isOfData(error) ? error : this.#away(error);
      }
    };
  }

  async #connected(): Promise<Link> {
    if (this.#closed) throw new Away('the connection is closed', { forGood: true });
    if (this.#link) return this.#link;
    const link = await this.#makeLink();
    const { client, socket } = link;
    // Whatever happens to a connection that nobody is using: the next call finds it gone.
    client.on('error', () => this.#drop(link));
    client.on('end', () => this.#drop(link));
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      socket.destroy();
    }, this.#terms.connectTimeout);
    try {
      await client.connect();
      clearTimeout(timer);
      const query = this.#askerOf(link);
      await query(this.#session());
      await this.#house.prepare({ query });
      if (socket.destroyed) throw new Away(CUT, { forGood: false });
      this.#link = link;
      return link;
    } catch (error) {
      this.#drop(link);
      throw this.#away(isLate ? new Error('timeout expired', { cause: error }) : error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #makeLink(): Promise<Link> {
    const [{ default: Client }, ssl] = await Promise.all([import('pg/lib/client.js'), this.#tls()]);
    const socket = new Socket();
    socket.setKeepAlive(true, KEEP_ALIVE);
    const client = new Client({ ...this.#config(ssl), stream: () => socket });
    ignoreEnvironment(client);
    return { client, socket };
  }

  /**
   * Settings of the connection; not as parameters of its start, which a pooler in front of the server may refuse. What was
   * committed must outlive a crash of the server, also where its administrator has chosen otherwise: it is dropped here.
   */
  #session(): string {
    return `SET statement_timeout = ${Math.ceil(this.#terms.queryTimeout * SERVER_SHARE)};
      SET idle_in_transaction_session_timeout = ${MAX_IDLE_IN_TRANSACTION}; SET bytea_output = 'hex';
      SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit', true) = 'off'`;
  }

  /** All that pg would take from the environment, or from ~/.pgpass, is given. */
  #config(ssl: false | ConnectionOptions): ClientConfig {
    const { address, node, queryTimeout } = this.#terms;
    return {
      host: address.host,
      port: address.port,
      database: address.database,
      user: address.user ?? systemUser(),
      password: () => this.#password(),
      ssl,
      sslnegotiation: 'postgres',
      client_encoding: 'UTF8',
      application_name: `tayori ${node}`,
      query_timeout: queryTimeout,
      types: { getTypeParser: readValue as CustomTypesConfig['getTypeParser'] },
    };
  }

  async #password(): Promise<string> {
    const { password } = this.#terms;
    if (password === null)
      throw new Away('it asks for a password: write set fleet_password FILE', { forGood: true });
    const read = await password();
    if (!read.ok) throw new Away(`${read.reason} (set fleet_password)`, { forGood: true });
    return read.password;
  }

  /** A certificate is checked, unless nobody can stand between: on this machine. */
  async #tls(): Promise<false | ConnectionOptions> {
    const { host, tls } = this.#terms.address;
    if (tls.kind === 'off' || host.startsWith('/')) return false;
    if (tls.ca === null) return { rejectUnauthorized: !isLoopback(host) };
    try {
      return { rejectUnauthorized: true, ca: await readFile(tls.ca) };
    } catch (error) {
      const reason = `the CA certificates of set fleet cannot be read: ${reasonOf(error)}`;
      throw new Away(reason, { forGood: true, cause: error });
    }
  }

  #drop(link: Link): void {
    if (this.#link === link) this.#link = null;
    link.socket.destroy();
  }

  #away(error: unknown): Away {
    return error instanceof Away ? error : awayOf(error, this.#terms.address);
  }
}

const CUT = 'the connection was cut';

function systemUser(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    const reason =
      'set fleet names no user, and the one that tayori runs as has no name: write postgresql://USER@HOST/DB';
    throw new Away(reason, { forGood: true, cause });
  }
}

/** pg reads PGOPTIONS and PGREPLICATION where a value is empty, and so they cannot be given as none. */
function ignoreEnvironment(client: Client): void {
  const { connectionParameters } = client as unknown as { connectionParameters: Record<string, unknown> };
  connectionParameters.options = undefined;
  connectionParameters.replication = undefined;
}

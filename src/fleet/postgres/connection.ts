import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { userInfo } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import type { Client, ClientConfig } from 'pg';
import { reasonOf } from '../../base/errors.js';
import { type FleetAddress, showFleetAddress } from '../../base/fleet-address.js';
import type { ReadPassword } from '../../mail/route/read-password.js';
import { isLoopback } from '../../mail/route/route.js';
import { Away } from '../meeting-place.js';
import { awayOf } from './away-of.js';
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

/** What a new connection is for: it throws `Away` when the database is not one to work with. */
export type Greeting = (queries: Queries) => Promise<void>;

/** So many times a transaction is run again when the server has chosen it to end a conflict (40001, 40P01). */
const MAX_CONFLICTS = 5;

/** The server ends a statement a little earlier than we give the connection up: then we hear why (ms). */
const SERVER_FIRST = 1000;

/** A transaction whose client is gone, or stands still, holds its locks for so long (ms). */
const MAX_IDLE_IN_TRANSACTION = 8000;

/** Silence after which the system looks whether the server is still there (ms). */
const KEEP_ALIVE = 10_000;

/** How long the farewell may take (ms). */
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
  readonly #greet: Greeting;
  #link: Link | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(terms: ConnectionTerms, greet: Greeting) {
    this.#terms = terms;
    this.#greet = greet;
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
          if (!isConflict(error) || conflicts === MAX_CONFLICTS) throw error;
        }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#afterOthers(async () => {
      const link = this.#link;
      if (!link) return;
      this.#link = null;
      const timer = setTimeout(() => link.socket.destroy(), MAX_FAREWELL);
      await link.client.end().catch(() => undefined);
      clearTimeout(timer);
      link.socket.destroy();
    });
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #transact<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const link = await this.#connected();
    const queries = this.#queriesOf(link);
    await queries.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    try {
      const result = await work(queries);
      await queries.query('COMMIT');
      return result;
    } catch (error) {
      // Where this fails, too, the connection is dropped, and the server rolls back what it held.
      if (this.#link === link) await queries.query('ROLLBACK').catch(() => this.#drop(link));
      throw error;
    }
  }

  #queriesOf(link: Link): Queries {
    return {
      query: async (text, values) => {
        if (this.#link !== link) throw new Away('the connection was lost', { forGood: false });
        try {
          const answer = link.client.query<Row>(text, values && [...values]);
          return (await answer).rows;
        } catch (error) {
          if (!isAnswer(error)) this.#drop(link);
          throw this.#away(error);
        }
      },
    };
  }

  async #connected(): Promise<Link> {
    if (this.#closed) throw new Away('the connection is closed', { forGood: true });
    if (this.#link) return this.#link;
    const { address, connectTimeout, queryTimeout } = this.#terms;
    const [{ Client }, ssl] = await Promise.all([loadPg(), this.#tls()]);
    const socket = new Socket();
    socket.setKeepAlive(true, KEEP_ALIVE);
    const client = new Client({ ...this.#config(address, ssl), stream: () => socket });
    ignoreEnvironment(client);
    const link = { client, socket };
    // Whatever happens to a connection that nobody is using: the next call finds it gone.
    client.on('error', () => this.#drop(link));
    client.on('end', () => this.#drop(link));
    const timer = setTimeout(() => socket.destroy(new Error('timeout expired')), connectTimeout);
    try {
      await client.connect();
      this.#link = link;
      await client.query(
        `SET statement_timeout = ${queryTimeout - SERVER_FIRST};
         SET idle_in_transaction_session_timeout = ${MAX_IDLE_IN_TRANSACTION}; SET bytea_output = 'hex'`,
      );
      await this.#greet(this.#queriesOf(link));
      return link;
    } catch (error) {
      this.#drop(link);
      throw this.#away(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** All that pg would take from the environment, or from ~/.pgpass, is given. */
  #config(address: FleetAddress, ssl: false | ConnectionOptions): ClientConfig {
    const { node, connectTimeout, queryTimeout } = this.#terms;
    return {
      host: address.host,
      port: address.port,
      database: address.database,
      user: address.user ?? userInfo().username,
      password: () => this.#password(),
      ssl,
      sslnegotiation: 'postgres',
      client_encoding: 'UTF8',
      application_name: `tayori ${node}`,
      connectionTimeoutMillis: connectTimeout,
      query_timeout: queryTimeout,
      types: { getTypeParser: readValue },
    } as ClientConfig;
  }

  async #password(): Promise<string> {
    const { password } = this.#terms;
    if (password === null)
      throw new Away(`${this.#where()} asks for a password: write set fleet_password FILE`, {
        forGood: true,
      });
    const read = await password();
    if (!read.ok) throw new Away(`${read.reason} (set fleet_password)`, { forGood: true });
    return read.password;
  }

  async #tls(): Promise<false | ConnectionOptions> {
    const { host, tls } = this.#terms.address;
    if (tls.kind === 'off' || host.startsWith('/')) return false;
    if (tls.ca === null) return { rejectUnauthorized: !isLoopback(host) };
    try {
      return { rejectUnauthorized: true, ca: await readFile(tls.ca) };
    } catch (error) {
      throw new Away(`the CA certificates of set fleet cannot be read: ${reasonOf(error)}`, {
        forGood: true,
        cause: error,
      });
    }
  }

  #drop(link: Link): void {
    if (this.#link === link) this.#link = null;
    link.socket.destroy();
  }

  #where(): string {
    return showFleetAddress(this.#terms.address);
  }

  #away(error: unknown): Away {
    return error instanceof Away ? error : awayOf(error, this.#terms.address);
  }
}

async function loadPg(): Promise<{ readonly Client: new (config: ClientConfig) => Client }> {
  const { default: pg } = await import('pg');
  return pg;
}

/** pg reads PGOPTIONS and PGREPLICATION where there is no value, and an empty one is none. */
function ignoreEnvironment(client: Client): void {
  const { connectionParameters } = client as unknown as { connectionParameters: Record<string, unknown> };
  connectionParameters.options = undefined;
  connectionParameters.replication = undefined;
}

/** Whether the server has said what was wrong with a statement, and goes on listening. */
function isAnswer(error: unknown): boolean {
  const { severity } = error as { severity?: unknown };
  return severity === 'ERROR';
}

function isConflict(error: unknown): boolean {
  if (!(error instanceof Away)) return false;
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return code === '40001' || code === '40P01';
}

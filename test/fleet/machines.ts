import type { Clock } from '../../src/base/time/clock.js';
import { openPostgresPlace } from '../../src/fleet/postgres/postgres-place.js';
import { letterText, NOON, type Running, startDaemon } from '../daemon/start-daemon.js';
import { type Received, startPickyServer } from '../mail/servers.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import type { PostgresServer } from '../support/postgres-server.js';

/** A minute before noon. */
const BEFORE_NOON = NOON - 60_000;

/** A turn of a daemon, and how long it rests until the next one (ms). */
export const TURN = 5000;

/**
 * Machines whose daemons meet in a real PostgreSQL and send to a real SMTP server. They and PostgreSQL go by one clock, which
 * goes on only when the test says so.
 */
export class Machines {
  readonly clock: HeldClock;
  readonly received: Received[];
  /** How far the clock of PostgreSQL is ahead of all others (ms). */
  ahead = 0;
  readonly #server: PostgresServer;
  readonly #database: string;
  readonly #mail: string;
  readonly #conf: string;
  readonly #running = new Map<string, Running>();
  readonly #folders = new Map<string, string>();

  private constructor(
    server: PostgresServer,
    database: string,
    { mail, conf }: { readonly mail: string; readonly conf: string },
    received: Received[],
    now: number,
  ) {
    this.#server = server;
    this.#database = database;
    this.#mail = mail;
    this.#conf = conf;
    this.received = received;
    this.clock = heldClock(now);
  }

  /** `conf`: queues and rules. */
  static async meet(server: PostgresServer, conf: string, now = BEFORE_NOON): Promise<Machines> {
    const database = await server.database();
    const { route, received } = await startPickyServer();
    await holdClock(server, database);
    const mail = `set mailserver ${route.host}:${route.port}\n`;
    const machines = new Machines(server, database, { mail, conf }, received, now);
    await machines.#setClock();
    return machines;
  }

  /**
   * Starts daemons; one that has run before goes on in its folder. `conf`: queues and rules, where they are not those of all.
   * `ahead`: how far their clocks are fast (ms).
   */
  async start(names: readonly string[], { conf = this.#conf, more = '', ahead = 0 } = {}): Promise<void> {
    const { clock } = this;
    const own: Clock = { now: () => clock.now() + ahead, after: (...given) => clock.after(...given) };
    for (const name of names) {
      const folder = this.#folders.get(name);
      const running = await startDaemon(
        `set fleet postgresql://tayori@127.0.0.1/db\nset node ${name}\n${this.#mail}${more}\n${conf}`,
        {
          clock: own,
          timeout: 60,
          ...(folder === undefined ? {} : { folder }),
          meet: async () =>
            openPostgresPlace({
              ...{ address: this.#server.address(this.#database), password: null, node: name },
            }),
        },
      );
      this.#folders.set(name, running.folder);
      this.#running.set(name, running);
    }
  }

  of(name: string): Running {
    const running = this.#running.get(name);
    if (!running) throw new Error(`${name} does not run`);
    return running;
  }

  async stop(name: string): Promise<void> {
    await this.of(name).stop();
    this.#running.delete(name);
  }

  /** Time goes on, and each daemon makes a turn, one after the other. */
  async turn(time = TURN): Promise<void> {
    this.clock.advance(time);
    await this.#setClock();
    for (const { daemon } of this.#running.values()) await daemon.poll();
  }

  /** The same while PostgreSQL does not answer. */
  async turnAway(time: number): Promise<void> {
    this.clock.advance(time);
    for (const { daemon } of this.#running.values()) await daemon.poll();
  }

  async turns(count: number, time = TURN): Promise<void> {
    for (let at = 0; at < count; at++) await this.turn(time);
  }

  /** Queue and text of each mail that has come. */
  mails(): { readonly subject: string; readonly text: string }[] {
    return this.received.map(({ mime }) => {
      const unix = mime.replaceAll('\r\n', '\n');
      const [, subject = ''] = /^Subject: (.*)$/m.exec(unix) ?? [];
      return { subject, text: letterText(unix) };
    });
  }

  async #setClock(): Promise<void> {
    const sql = 'UPDATE held.clock SET at = to_timestamp($1::float8 / 1000)';
    await this.#server.ask(this.#database, sql, [this.clock.now() + this.ahead]);
  }
}

/** PostgreSQL looks for functions in these schemas in order, so that this clock hides its own. */
async function holdClock(server: PostgresServer, database: string): Promise<void> {
  for (const sql of [
    'CREATE SCHEMA held',
    'CREATE TABLE held.clock (at timestamptz)',
    'INSERT INTO held.clock VALUES (now())',
    "CREATE FUNCTION held.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM held.clock'",
    'GRANT USAGE ON SCHEMA held TO tayori',
    'GRANT SELECT ON held.clock TO tayori',
    `ALTER DATABASE ${database} SET search_path = held, pg_catalog, public`,
  ])
    await server.ask(database, sql);
}

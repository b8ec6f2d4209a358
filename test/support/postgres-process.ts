import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const VERSIONS = '/usr/lib/postgresql';

/** Where Debian keeps the programs of the newest PostgreSQL that is installed; null: there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const found = readdirSync(VERSIONS)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'postgres')));
  return found ?? null;
}

export interface PostgresProcessOptions {
  /** A folder that is there, which others may enter; its own stand in it. */
  readonly folder: string;
  readonly port: number;
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
}

/** How often is looked whether it answers, and how long it may take to (ms). */
const LOOK = 50;
const PATIENCE = 60_000;

/**
 * A real PostgreSQL on loopback that can be killed and started again. Everybody is trusted, `postgres` is its superuser, and
 * what it writes reaches the disk. Who makes one ends it.
 */
export class PostgresProcess {
  readonly port: number;
  readonly #programs: string;
  readonly #data: string;
  readonly #owner: { uid: number; gid: number } | null;
  #child: ChildProcess | null = null;
  #words = '';

  /** Makes its data folder; it is not started yet. */
  constructor({ folder, port, settings = [] }: PostgresProcessOptions) {
    const programs = postgresPrograms();
    if (programs === null) throw new Error('PostgreSQL is not installed');
    this.port = port;
    this.#programs = programs;
    this.#owner = ownerOf();
    const place = join(folder, 'postgresql');
    mkdirSync(place);
    chmodSync(folder, 0o755);
    if (this.#owner) chownSync(place, this.#owner.uid, this.#owner.gid);
    this.#data = join(place, 'data');
    execFileSync(
      join(programs, 'initdb'),
      ['-D', this.#data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      { ...this.#owner, cwd: place, stdio: 'pipe' },
    );
    const lines = ["listen_addresses = '127.0.0.1'", `unix_socket_directories = '${place}'`, ...settings];
    appendFileSync(join(this.#data, 'postgresql.conf'), `${lines.join('\n')}\n`);
  }

  /** What it has said, its end. */
  get words(): string {
    return this.#words;
  }

  /** Starts it; resolves when it takes connections. After a kill, what the old one left must end first: it is tried again. */
  async start(): Promise<void> {
    const until = performance.now() + PATIENCE;
    while (performance.now() < until) {
      const child = this.#child !== null && isAlive(this.#child) ? this.#child : this.#spawn();
      while (isAlive(child) && performance.now() < until) {
        if (await this.#answers()) return;
        await pause(LOOK);
      }
      await pause(LOOK);
    }
    throw new Error(`PostgreSQL does not start: ${this.#words}`);
  }

  /** kill -9 of the postmaster; resolves when it is gone. Its other processes notice, and end. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** kill -9 of a process that serves a connection of this user: all connections end, and it recovers. False: there is none. */
  async killBackend(user: string): Promise<boolean> {
    const rows = await this.ask<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()',
      [user],
    );
    const { pid } = rows[Date.now() % Math.max(1, rows.length)] ?? {};
    if (pid === undefined) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  /** Ends it at once, but in order. */
  async stop(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  /** Asks as its superuser, on a connection of its own. */
  async ask<Row extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
    database = 'postgres',
  ): Promise<Row[]> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'postgres', database });
    client.on('error', () => {}); // it may be killed; what was asked is rejected
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  #spawn(): ChildProcess {
    const child = spawn(join(this.#programs, 'postgres'), ['-D', this.#data, '-p', `${this.port}`], {
      ...this.#owner,
      cwd: this.#data,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (words: string) => {
      this.#words = `${this.#words}${words}`.slice(-MOST_WORDS);
    });
    this.#child = child;
    return child;
  }

  async #answers(): Promise<boolean> {
    return this.ask('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !isAlive(child)) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }
}

const MOST_WORDS = 20_000;

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** It refuses to run as root: then it runs as its own user, or as nobody. */
function ownerOf(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const user = spawnSync('id', ['-u', 'postgres']).status === 0 ? 'postgres' : 'nobody';
  const idOf = (which: string): number => Number(execFileSync('id', [which, user], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

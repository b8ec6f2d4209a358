import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { FleetAddress } from '../../src/base/fleet-address.js';
import { freePort } from './free-port.js';

/** The folder of the programs of the newest PostgreSQL of Debian; null: there is none, and what needs it is skipped. */
const BIN: string | null = (() => {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).map(Number) : [];
  const newest = versions.sort((a, b) => b - a).find((one) => existsSync(`${root}/${one}/bin/postgres`));
  if (newest !== undefined) return `${root}/${newest}/bin`;
  if (process.env.CI) throw new Error('PostgreSQL is not installed (apt-get install postgresql)');
  console.warn('PostgreSQL is not installed, so what needs it is not tested');
  return null;
})();

/** Whether these tests can run. In CI they must. */
export const hasPostgres = BIN !== null;

export interface PostgresOptions {
  /** The user `tayori` needs this password (scram-sha-256); left out: everybody is let in. */
  readonly password?: string;
  /** Files of a certificate and its key, as test/support/certificates.ts issues them. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Where it keeps its data: a small disk, say. It must not exist. */
  readonly folder?: string;
  /** Whether what is committed outlives a crash of the machine, too; without that it is faster. */
  readonly fsync?: boolean;
  /** Lines of postgresql.conf. */
  readonly settings?: readonly string[];
}

/** How long its start and its end may take on a busy machine (ms). */
const MAX_HOOK = 60_000;

/** How often is looked whether it answers (ms). */
const LOOK = 50;

/** PostgreSQL refuses to run as root. */
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** A real PostgreSQL on loopback. */
export class PostgresServer {
  readonly port: number;
  /** Where its data are. */
  readonly folder: string;
  readonly #options: PostgresOptions;
  #child: ChildProcess | null = null;
  #databases = 0;

  private constructor(port: number, folder: string, options: PostgresOptions) {
    this.port = port;
    this.folder = folder;
    this.#options = options;
  }

  /** A server that has just been started. `dispose` ends it. */
  static async start(options: PostgresOptions = {}): Promise<PostgresServer> {
    const folder = options.folder ?? join(mkdtempSync(join(tmpdir(), 'tayori-pg-')), 'data');
    if (isRoot) chownSync(join(folder, '..'), NOBODY, NOBODY);
    runProgram('cp', '-r', template(), folder);
    const server = new PostgresServer(await freePort(), folder, options);
    server.#configure();
    await server.start();
    return server;
  }

  /** As a user of the server, or its administrator, connects. */
  address(database: string, user = 'tayori'): FleetAddress {
    return { host: '127.0.0.1', port: this.port, database, user, tls: { kind: 'off' } };
  }

  /** A connection of the server's administrator; to be ended. */
  async connect(database: string): Promise<pg.Client> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, database, user: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Runs SQL as the server's administrator, and returns the rows of one statement. */
  async ask(database: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
    const client = await this.connect(database);
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** An empty database of the user `tayori`; its name. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `db${this.#databases}`;
    await this.ask('postgres', `CREATE DATABASE ${name} OWNER tayori`);
    return name;
  }

  async start(): Promise<void> {
    for (;;) if (await this.#tryStart()) return;
  }

  /** Ends all connections and stops, as an administrator does. */
  async stop(): Promise<void> {
    await this.#end('SIGINT');
  }

  /** `kill -9` of all its processes, as when the machine stops. */
  async kill(): Promise<void> {
    const [, ...children] = this.#processes();
    const ended = this.#end('SIGKILL');
    for (const pid of children) trySignal(pid, 'SIGKILL');
    await ended;
  }

  /** It only replays, when it is started next, and nothing can be written. */
  makeStandby(): void {
    writeFileSync(join(this.folder, 'standby.signal'), '');
  }

  /** `kill -9` of a process that serves a connection of this user: all others end, too, and it recovers. False: there is none. */
  async killBackend(user: string): Promise<boolean> {
    const [row] = await this.ask(
      'postgres',
      'SELECT pid FROM pg_stat_activity WHERE usename = $1 ORDER BY random() LIMIT 1',
      [user],
    );
    if (!row) return false;
    process.kill(Number(row.pid), 'SIGKILL');
    return true;
  }

  /** Resolves when it takes connections: after it has recovered, say. */
  async untilAnswers(): Promise<void> {
    while (!(await this.#answers())) await setTimeout(LOOK);
  }

  /** All of its processes stand still. */
  pause(): void {
    for (const pid of this.#processes()) trySignal(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.#processes()) trySignal(pid, 'SIGCONT');
  }

  async dispose(): Promise<void> {
    if (this.#child) {
      this.resume();
      await this.#end('SIGQUIT');
    }
    if (this.#options.folder === undefined) rmSync(join(this.folder, '..'), { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    return this.ask('postgres', 'SELECT 1').then(
      () => true,
      () => false,
    );
  }

  #configure(): void {
    const { password, tls, fsync, settings = [] } = this.#options;
    const way = tls ? 'hostssl' : 'host';
    const method = password === undefined ? 'trust' : 'scram-sha-256';
    writeFileSync(
      join(this.folder, 'pg_hba.conf'),
      `host all postgres 127.0.0.1/32 trust\n${way} all all 127.0.0.1/32 ${method}\nlocal all all ${method}\n`,
    );
    const lines = [
      `port = ${this.port}`,
      "listen_addresses = '127.0.0.1'",
      `unix_socket_directories = '${this.folder}'`,
      `fsync = ${fsync ? 'on' : 'off'}`,
      'shared_buffers = 16MB',
      'max_connections = 60',
      "log_min_messages = 'log'",
      ...(tls ? this.#useCertificate(tls) : []),
      ...settings,
    ];
    writeFileSync(join(this.folder, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
    runProgram('chmod', '-R', 'go=', this.folder);
    if (isRoot) runProgram('chown', '-R', `${NOBODY}:${NOBODY}`, this.folder);
  }

  #useCertificate(tls: { readonly cert: string; readonly key: string }): string[] {
    copyFileSync(tls.cert, join(this.folder, 'server.crt'));
    copyFileSync(tls.key, join(this.folder, 'server.key'));
    return ['ssl = on'];
  }

  /** False: what is left of one that was killed stands in the way yet. */
  async #tryStart(): Promise<boolean> {
    const child = run('postgres', '-D', this.folder);
    const ended = once(child, 'exit');
    const ready = new Promise<boolean>((resolve) => {
      const lines = createInterface(child.stderr as NodeJS.ReadableStream);
      const log: string[] = [];
      lines.on('line', (line) => {
        log.push(line);
        if (/is ready to accept (?:read-only )?connections/.test(line)) {
          lines.close();
          child.stderr?.resume();
          log.length = 0;
          resolve(true);
        }
      });
      void ended.then(() => {
        if (log.length > 0 && !/in use|lock file|could not bind/.test(log.join('\n')))
          console.error(`PostgreSQL has not started:\n${log.join('\n')}`);
        resolve(false);
      });
    });
    if (!(await ready)) return false;
    this.#child = child;
    if (this.#databases === 0) await this.#makeUser();
    return true;
  }

  async #makeUser(): Promise<void> {
    const { password } = this.#options;
    const [known] = await this.ask('postgres', "SELECT 1 FROM pg_roles WHERE rolname = 'tayori'");
    if (!known) await this.ask('postgres', 'CREATE ROLE tayori LOGIN');
    if (password !== undefined) await this.ask('postgres', `ALTER ROLE tayori PASSWORD '${password}'`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** The server and the processes of its connections. */
  #processes(): number[] {
    const pid = this.#child?.pid;
    if (pid === undefined) return [];
    const children = execFileSync('sh', ['-c', `cat /proc/${pid}/task/${pid}/children`], {
      encoding: 'utf8',
    });
    return [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  }
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself: that of a connection does so with it, or without its parent.
  }
}

/** A server of one test. */
export async function startPostgres(options?: PostgresOptions): Promise<PostgresServer> {
  const server = await PostgresServer.start(options);
  onTestFinished(() => server.dispose(), MAX_HOOK);
  return server;
}

/** A server of all tests of a file (or of a `describe`): each test has databases of its own there. */
export function sharedPostgres(options?: PostgresOptions): () => PostgresServer {
  let server: PostgresServer | null = null;
  beforeAll(async () => {
    if (hasPostgres) server = await PostgresServer.start(options);
  }, MAX_HOOK);
  afterAll(async () => await server?.dispose(), MAX_HOOK);
  return () => {
    if (!server) throw new Error('PostgreSQL has not started');
    return server;
  };
}

const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** A cluster that others are copies of, kept for later runs of the tests: initdb takes most of a second. */
function template(): string {
  const made = join(CACHE, `postgres${(BIN ?? '').replaceAll('/', '-')}`);
  if (existsSync(made)) return made;
  const folder = mkdtempSync(join(tmpdir(), 'tayori-pg-'));
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const [program, args] = command('initdb', [
    ...['-D', join(folder, 'data'), '-N', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-U', 'postgres'],
    ...['--wal-segsize=1', '--no-instructions'],
  ]);
  execFileSync(program, args, { stdio: 'ignore', cwd: folder });
  mkdirSync(CACHE, { recursive: true });
  runProgram('cp', '-r', join(folder, 'data'), `${made}.${process.pid}`);
  rmSync(folder, { recursive: true });
  try {
    renameSync(`${made}.${process.pid}`, made);
  } catch {
    rmSync(`${made}.${process.pid}`, { recursive: true }); // another worker has made it
  }
  return made;
}

/** Runs one of its programs; it ends with this process, too. */
function run(program: string, ...words: string[]): ChildProcess {
  const [path, args] = command(program, words);
  return spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
}

function command(program: string, words: readonly string[]): [string, string[]] {
  const path = join(BIN ?? '', program);
  const user = isRoot ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  return ['setpriv', [...user, '--pdeathsig=QUIT', path, ...words]];
}

function runProgram(program: string, ...words: string[]): void {
  execFileSync(program, words);
}

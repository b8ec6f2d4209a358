import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostgresServer } from '../../support/postgres-server.js';
import { ended } from './measure.js';
import { TAYORI, workFolder } from './work-folder.js';

/** A real PostgreSQL where fleets of the benchmarks meet, with Debian's settings but for how many may connect. */
export class MeetingDatabase {
  readonly server: PostgresServer;
  readonly name: string;

  private constructor(server: PostgresServer, name: string) {
    this.server = server;
    this.name = name;
  }

  static async start(connections = 100): Promise<MeetingDatabase> {
    const settings = [`max_connections = ${connections}`, 'shared_buffers = 128MB'];
    const server = await PostgresServer.start({ fsync: true, settings });
    return new MeetingDatabase(server, await server.database());
  }

  /** What `set fleet` names. */
  get url(): string {
    return `postgresql://tayori@127.0.0.1:${this.server.port}/${this.name}?tls=off`;
  }

  /** One number. */
  async number(sql: string): Promise<number> {
    const [row] = await this.server.ask(this.name, sql);
    return Number(Object.values(row ?? { nothing: 0 })[0]);
  }
}

export interface FleetNode {
  readonly name: string;
  readonly conf: string;
  readonly log: string;
  readonly pid: number;
  kill(): Promise<void>;
}

/** Starts the program as a node, with an empty log and no state; resolves when it reads that. */
export async function startNode(name: string, conf: readonly string[]): Promise<FleetNode> {
  const folder = join(workFolder(), 'fleet', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [log, path] = [join(folder, 'log'), join(folder, 'tenshi.conf')];
  writeFileSync(log, '');
  const root = process.getuid?.() === 0 ? ['set uid root', 'set gid root'] : []; // as root one must say so
  const own = [...root, `set node ${name}`, `set logfile ${log}`, `set state ${join(folder, 'state')}`];
  writeFileSync(path, `${[...own, 'set start beginning', ...conf].join('\n')}\n`);
  const child = spawn(process.execPath, [TAYORI, '-f', '-c', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = ended(child).catch(() => {});
  await untilReads(child);
  return {
    name,
    conf: path,
    log,
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function untilReads(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = `${said}${text}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`a node ended: ${said}`)));
    child.stdout?.on('data', (text: Buffer) => {
      if (text.includes('Watched')) resolve();
    });
  });
}

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type MailServer, startMailServer } from '../support/mail-server.js';
import { type PostgresOptions, type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { runCli } from '../support/run-cli.js';
import { stamp } from '../support/stamp.js';
import { type Launched, type LaunchOptions, launch } from '../support/tayori.js';
import { temporaryFolder } from '../support/temporary-folder.js';

export interface NodeOptions {
  /** Its config, behind what every node needs; left out: QUEUES. */
  readonly conf?: string;
  /** Where its letters go; left out: to the mail server that all share. */
  readonly mail?: MailServer;
  /** The name of its folder, where it is not that of the node. */
  readonly folder?: string;
  readonly launch?: LaunchOptions;
}

export const QUEUES = `set queue digest f@x.org t@x.org [0 12 1 1 *] S
set queue page f@x.org t@x.org [now] S
page ^page
digest .
`;

/** How often is looked whether something has come true (ms). */
const LOOK = 50;

/** A real PostgreSQL, and real nodes as processes that meet there. */
export class RealFleet {
  readonly server: PostgresServer;
  readonly database: string;
  readonly mail: MailServer;
  readonly #folder = temporaryFolder();

  private constructor(server: PostgresServer, database: string, mail: MailServer) {
    this.server = server;
    this.database = database;
    this.mail = mail;
  }

  static async start(options: PostgresOptions = {}): Promise<RealFleet> {
    const server = await startPostgres(options);
    return new RealFleet(server, await server.database(), await startMailServer());
  }

  /** Starts a node; resolves when it reads its log. */
  async node(name: string, options: NodeOptions = {}): Promise<RealNode> {
    const folder = join(this.#folder, options.folder ?? name);
    mkdirSync(folder, { recursive: true });
    const conf = join(folder, 'tenshi.conf');
    const log = join(folder, 'x.log');
    const { port } = options.mail ?? this.mail;
    const root = process.getuid?.() === 0 ? 'set uid root\n' : '';
    writeFileSync(log, '', { flag: 'a' });
    writeFileSync(
      conf,
      `${root}set fleet postgresql://tayori@127.0.0.1:${this.server.port}/${this.database}?tls=off
set node ${name}
set logfile ${log}
set state ${join(folder, 'state')}
set start beginning
set sleep 0
set letter plain
set mailserver 127.0.0.1:${port}
${options.conf ?? QUEUES}`,
    );
    const node = new RealNode(name, conf, log, launch(['-f', '-c', conf], options.launch));
    await node.process.says('Watched');
    return node;
  }

  /** One value, as the administrator of the database sees it. */
  async value(sql: string): Promise<unknown> {
    const [row] = await this.server.ask(this.database, sql);
    return Object.values(row ?? {})[0];
  }

  /** Resolves when a statement gives true. */
  async until(sql: string): Promise<void> {
    while ((await this.value(`SELECT to_regclass('tayori.letter') IS NOT NULL`)) !== true) await pause(LOOK);
    while ((await this.value(sql)) !== true) await pause(LOOK);
  }

  /** Resolves when these nodes have made contact. */
  async met(...names: readonly string[]): Promise<void> {
    for (const name of names)
      await this.until(`SELECT EXISTS (SELECT 1 FROM tayori.node WHERE name = '${name}')`);
  }

  /** Ends the connections of the nodes: they open others. */
  async disconnect(): Promise<void> {
    await this.server.ask(
      'postgres',
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tayori'",
    );
  }
}

export class RealNode {
  readonly name: string;
  readonly conf: string;
  readonly log: string;
  readonly process: Launched;

  constructor(name: string, conf: string, log: string, process: Launched) {
    this.name = name;
    this.conf = conf;
    this.log = log;
    this.process = process;
  }

  write(...texts: readonly string[]): void {
    const at = stamp(Date.now());
    appendFileSync(this.log, texts.map((text) => `${at} web1 ${text}\n`).join(''));
  }

  /** Mails all queues. */
  flush(): void {
    this.process.child.kill('SIGUSR2');
  }

  async status(): Promise<string> {
    return (await runCli(['status', '-c', this.conf])).out;
  }
}

/** Resolves with the text of the first letter of a queue that holds this. */
export async function letterWith(mail: MailServer, queue: string, text: string): Promise<string> {
  for (;;) {
    const found = mail.letters.find(
      (letter) => letter.subject?.includes(`[${queue}]`) && letter.text?.includes(text),
    );
    if (found) return found.text ?? '';
    await pause(LOOK);
  }
}

/** How many letters hold this. */
export function lettersWith(mail: MailServer, text: string): number {
  return mail.letters.filter((letter) => letter.text?.includes(text)).length;
}

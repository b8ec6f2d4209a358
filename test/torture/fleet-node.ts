import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Random } from '../support/random.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { asRoot, type DaemonProcess, startProcess } from './daemon-process.js';
import { type LetterBox, openLetterBox } from './letter-box.js';
import { createRotator, type Rotator } from './rotator.js';
import { startWriter, type Writer } from './writers.js';

/**
 * Each line stands in `later`, which is due every minute, and some of them in `page`; beats are masked, so that the nodes
 * count the same message, and so are alarms, whose queue folds. Nothing must come to `rest`.
 */
const QUEUES = `set queue later f@x.org t@x.org [* * * * *] S
set queue beats f@x.org t@x.org [* * * * *] S
set queue page f@x.org t@x.org [now] S
set queue storm f@x.org t@x.org [now] S
set queue rest f@x.org t@x.org [now] S
set fold storm 5s,10s,20s
set fold_pages 1000
trash ^tayori: 
beats ^beat: writer (\\S+), line (\\d+)
storm ^alarm: writer (\\S+), line (\\d+)
page,later ^torture: writer \\S+ line \\d*00 x*$
later ^torture: 
rest .
`;

/** How long letters wait for nodes that do not come. */
const WAIT = '10s';

const LOGS = [
  { name: 'a', how: 'rename' },
  { name: 'b', how: 'copytruncate' },
] as const;

/** The longest pause between two writings to a log (s): a letter that is some minutes late still holds all its lines. */
const PACE = 0.3;

export interface FleetNodeOptions {
  readonly name: string;
  readonly folder: string;
  /** Where PostgreSQL is, and its database and user. */
  readonly database: { readonly port: number; readonly name: string; readonly user: string };
  readonly random: Random;
}

/**
 * A node of the fleet: the real program with logs of its own that are written and rotated, a mail server of its own, so that
 * it is known who delivers, and a network of its own to PostgreSQL.
 */
export class FleetNode {
  readonly name: string;
  readonly box: LetterBox;
  readonly network: TcpProxy;
  readonly writers: readonly Writer[];
  readonly rotators: readonly Rotator[];
  readonly state: string;
  readonly #conf: string;
  #daemon: DaemonProcess | null = null;
  #words = '';

  private constructor(parts: {
    readonly name: string;
    readonly box: LetterBox;
    readonly network: TcpProxy;
    readonly writers: readonly Writer[];
    readonly rotators: readonly Rotator[];
    readonly state: string;
    readonly conf: string;
  }) {
    this.name = parts.name;
    this.box = parts.box;
    this.network = parts.network;
    this.writers = parts.writers;
    this.rotators = parts.rotators;
    this.state = parts.state;
    this.#conf = parts.conf;
  }

  /** Prepares a node and lets its writers begin; the program is not started yet. */
  static async prepare({ name, folder, database, random }: FleetNodeOptions): Promise<FleetNode> {
    const box = await openLetterBox();
    const network = new TcpProxy(database.port);
    await network.open();
    onTestFinished(() => network.close());
    const logs = join(folder, 'logs');
    mkdirSync(logs, { recursive: true });
    const writers: Writer[] = [];
    const rotators: Rotator[] = [];
    for (const { name: log, how } of LOGS) {
      const [path, lock] = [join(logs, `${log}.log`), join(logs, `${log}.lock`)];
      const writer = await startWriter({
        log: path,
        lock,
        name: `${name}${log}`,
        seed: random.below(2 ** 31),
        reopens: [0, 2],
        pace: PACE,
      });
      writers.push(writer);
      rotators.push(createRotator(path, lock, how, random, [writer]));
    }
    const conf = join(folder, 'tenshi.conf');
    const state = join(folder, 'state');
    writeFileSync(
      conf,
      `${asRoot()}set letter plain\nset state ${state}\nset start beginning\nset sleep 0\n` +
        `set mailserver 127.0.0.1:${box.port}\n` +
        `set fleet postgresql://${database.user}@127.0.0.1:${network.port}/${database.name}?tls=off\n` +
        `set node ${name}\nset fleet_wait ${WAIT}\n` +
        LOGS.map(({ name: log }) => `set logfile ${join(logs, `${log}.log`)}\n`).join('') +
        QUEUES,
    );
    return new FleetNode({ name, box, network, writers, rotators, state, conf });
  }

  /** What the program has said so far, its end. */
  get words(): string {
    return this.#words;
  }

  get daemon(): DaemonProcess {
    if (this.#daemon === null) throw new Error(`${this.name} does not run`);
    return this.#daemon;
  }

  start(): DaemonProcess {
    this.box.start++;
    this.#words = `${this.#words}-- start ${this.box.start}\n`;
    this.#daemon = startProcess(this.#conf, (more) => {
      this.#words = `${this.#words}${more}`.slice(-MOST_WORDS);
    });
    return this.#daemon;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const { daemon } = this;
    this.#daemon = null;
    await daemon.kill();
  }

  /** Resolves when the node's mail server has a letter in full, whose sender does not know that yet; false: none came. */
  async nextLetter(patience: number): Promise<boolean> {
    const taken = new Promise<true>((resolve) => {
      this.box.onTaken = () => resolve(true);
    });
    const found = await Promise.race([
      taken,
      pause(patience, false as const),
      this.daemon.ended.then(() => false),
    ]);
    this.box.onTaken = null;
    return found;
  }

  /** Resolves when the node commits what it hands in, or a letter, and the answer is lost; false: it did not. */
  async nextCommit(patience: number): Promise<boolean> {
    let matters = false;
    return await this.#hears(patience, (text, lose) => {
      if (/\bBEGIN\b/.test(text)) matters = false;
      if (/INSERT INTO tayori\.(?:receipt|letter)\b/.test(text)) matters = true;
      const found = matters && /\bCOMMIT\b/.test(text);
      if (found) lose();
      return found;
    });
  }

  /** Cuts the network when the node is about to hand in; false: it did not. */
  nextHandIn(patience: number): Promise<boolean> {
    return this.#hears(patience, (text) => {
      const found = /INSERT INTO tayori\.receipt\b/.test(text);
      if (found) this.network.reset();
      return found;
    });
  }

  /** Suspends the node when it has begun to make a letter; false: it made none. */
  async nextEdit(patience: number): Promise<boolean> {
    let suspended: Promise<void> | null = null;
    await this.#hears(patience, (text) => {
      if (/\bFROM tayori\.block\b/.test(text)) suspended = this.daemon.suspend();
      return suspended !== null;
    });
    await suspended;
    return suspended !== null;
  }

  /** Resolves when the node says to the database what `is` wants; false: it did not. */
  async #hears(patience: number, is: (text: string, lose: () => void) => boolean): Promise<boolean> {
    const heard = new Promise<true>((resolve) => {
      this.network.onSaid = (said, lose) => {
        if (!is(said.toString('latin1'), lose)) return;
        this.network.onSaid = null;
        resolve(true);
      };
    });
    const found = await Promise.race([heard, pause(patience, false as const)]);
    this.network.onSaid = null;
    return found;
  }
}

const MOST_WORDS = 20_000;

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { createRandom, type Random } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { asRoot, type DaemonProcess, startProcess } from './daemon-process.js';
import type { LetterBox } from './letter-box.js';
import { addTally, readLetters, reckon, type Told } from './reckoning.js';
import { createRotator, type Rotating, type Rotator, rotateAll } from './rotator.js';
import { startWriter, type Writer } from './writers.js';

export interface TortureOptions {
  /** The same seed makes the same choices (what the machine makes of them differs). */
  readonly seed: number;
  readonly kills: number;
  readonly box: LetterBox;
}

/** What was done, and what came of it. */
export interface Figures {
  readonly kills: number;
  readonly suspended: number;
  /** How often the mail server was stopped. */
  readonly outages: number;
  readonly rotations: number;
  readonly ways: ReadonlyMap<string, number>;
  readonly lines: number;
  readonly letters: number;
  /** Letters that came again with the same Message-ID and bytes, each after a kill. */
  readonly again: number;
  /** Lines that were told by no letter and do not wait in the state either. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Whatever else must never be, in words. */
  readonly wrong: readonly string[];
  /** What the daemon said, its end. */
  readonly words: string;
}

/** One queue is mailed at once, the other every minute: in the end some of it waits in the state. */
const QUEUES = ['now', 'later'] as const;

/** Logs and how each is rotated: nobody mixes the two on one log. */
const LOGS = [
  { name: 'a', how: 'rename' },
  { name: 'b', how: 'copytruncate' },
  { name: 'c', how: 'rename' },
  { name: 'd', how: 'copytruncate' },
] as const;

/** When this (ms) has passed without a new line in a letter, the missing ones are lost. */
const PATIENCE = 60_000;

/**
 * Kills the real program again and again while logs are written and rotated, and then lays what its letters told
 * beside what was written.
 */
export async function torture({ seed, kills, box }: TortureOptions): Promise<Figures> {
  const random = createRandom(seed);
  const folder = temporaryFolder();
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const conf = writeConfig(folder, box.port);
  let words = '';
  const start = (): DaemonProcess => {
    box.start++;
    return startProcess(conf, (more) => {
      words = `${words}${more}`.slice(-MOST_WORDS);
    });
  };
  const writers = await startWriters(logs, random);
  const first = start();
  await nextLetter(box, first); // what is rotated away before the logs are seen for the first time is none of ours
  const rotating = rotateAll(rotatorsOf(logs, writers, createRandom(seed + 1)), createRandom(seed + 2));
  const killed = await killAgainAndAgain(kills, start, box, rotating, random);
  await rotating.end();
  const written = new Map<string, number>();
  for (const writer of writers) written.set(writer.name, await writer.end());

  const last = start();
  await untilTold(box, written);
  await last.kill();
  const wrong: string[] = [];
  const { told, letters, again } = await readLetters(box.arrived, wrong);
  await addState(
    join(folder, 'state', 'tayori.db'),
    new Set(box.arrived.map(({ messageId }) => messageId)),
    told,
    wrong,
  );
  return {
    ...killed,
    kills: killed.kills + 2,
    rotations: rotating.ways().total,
    ways: rotating.ways().each,
    lines: [...written.values()].reduce((sum, lines) => sum + lines, 0),
    letters,
    again,
    ...reckon(told, QUEUES, written),
    wrong,
    words,
  };
}

const MOST_WORDS = 20_000;

function writeConfig(folder: string, port: number): string {
  const path = join(folder, 'tenshi.conf');
  const logfiles = LOGS.map(({ name }) => `set logfile ${join(folder, 'logs', name)}.log\n`).join('');
  writeFileSync(
    path,
    `${asRoot()}set letter plain\nset state ${join(folder, 'state')}\nset start beginning\nset sleep 0\nset mailserver 127.0.0.1:${port}\n` +
      `${logfiles}set queue now f@x.org t@x.org [now] S\nset queue later f@x.org t@x.org [* * * * *] S\n` +
      'now,later ^torture: \nset queue noprefix f@x.org t@x.org [now] S\nnoprefix .\n',
  );
  return path;
}

async function startWriters(folder: string, random: Random): Promise<Writer[]> {
  const writers: Writer[] = [];
  for (const { name } of LOGS)
    writers.push(
      await startWriter({
        log: join(folder, `${name}.log`),
        lock: join(folder, `${name}.lock`),
        name,
        seed: random.below(2 ** 31),
        reopens: [0, 2],
      }),
    );
  return writers;
}

function rotatorsOf(folder: string, writers: readonly Writer[], random: Random): Rotator[] {
  return LOGS.map(({ name, how }, n) => {
    const mine = writers.slice(n, n + 1);
    return createRotator(join(folder, `${name}.log`), join(folder, `${name}.lock`), how, random, mine);
  });
}

/** Where a kill falls: while it starts, while it reads, when a letter is taken, or after it was suspended. */
const MOMENTS = ['start', 'reading', 'reading', 'letter', 'letter', 'suspended'] as const;

async function killAgainAndAgain(
  kills: number,
  start: () => DaemonProcess,
  box: LetterBox,
  rotating: Rotating,
  random: Random,
): Promise<Pick<Figures, 'kills' | 'suspended' | 'outages'>> {
  let suspended = 0;
  let outages = 0;
  for (let kill = 0; kill < kills; kill++) {
    const daemon = start();
    const isAway = box.power !== null && kill < kills - 1 && random.chance(0.4);
    const moment = isAway ? 'reading' : random.pick(MOMENTS);
    if (isAway) {
      outages++;
      box.power?.off();
    } else box.power?.on();
    if (moment !== 'start') await daemon.ready;
    if (moment === 'suspended') {
      suspended++;
      await daemon.suspend();
      for (let rotations = random.below(4); rotations > 0; rotations--) await rotating.now();
      daemon.resume();
    }
    if (moment === 'letter' || moment === 'suspended') await nextLetter(box, daemon);
    else await Promise.race([pause(random.below(500)), daemon.ended]);
    await daemon.kill();
  }
  return { kills, suspended, outages };
}

/** Resolves when a letter is taken, in the very step: the daemon has not heard of it. */
function nextLetter(box: LetterBox, daemon: DaemonProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    box.onTaken = () => {
      box.onTaken = null;
      daemon.kill().then(resolve, reject);
    };
    void daemon.ended.then(() => daemon.kill()).then(resolve, reject);
  });
}

/** Resolves when each line written has been in a letter of the first queue, or when nothing new comes any more. */
async function untilTold(box: LetterBox, written: ReadonlyMap<string, number>): Promise<void> {
  const lines = [...written.values()].reduce((sum, one) => sum + one, 0);
  const told: Told = new Map();
  let read = 0;
  let since = Date.now();
  while (Date.now() - since < PATIENCE) {
    const before = told.get(QUEUES[0])?.size ?? 0;
    const arrived = box.arrived.slice(read);
    read += arrived.length;
    await readLetters(arrived, [], told);
    const now = told.get(QUEUES[0])?.size ?? 0;
    if (now >= lines) return;
    if (now > before) since = Date.now();
    await pause(50);
  }
}

/** What waits in the state: counted and not mailed yet, or made into letters that are on their way. */
async function addState(
  path: string,
  arrived: ReadonlySet<string>,
  told: Told,
  wrong: string[],
): Promise<void> {
  const db = openSqlite(path);
  const rows = db
    .prepare<[], { queue: string; message: string; count: number }>(
      'SELECT queue, message, count FROM edition JOIN tally ON tally.edition = edition.id',
    )
    .all();
  const letters = db
    .prepare<[], { message_id: string; mime: Buffer }>('SELECT message_id, mime FROM letter')
    .all()
    .map(({ message_id, mime }) => ({ messageId: message_id, raw: mime.toString('latin1'), start: 0 }))
    .filter(({ messageId }) => !arrived.has(messageId));
  db.close();
  addTally(rows, told, wrong);
  await readLetters(letters, wrong, told);
}

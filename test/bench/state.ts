import { appendFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../../src/config/read-config.js';
import { Daemon } from '../../src/daemon/loop.js';
import { forAll } from '../../src/mail/transport/transport.js';
import { openState } from '../../src/store/folder/open-state.js';
import { openSqlite } from '../../src/store/sqlite/open-sqlite.js';
import { type HeldClock, heldClock } from '../support/held-clock.js';
import { dice, HOSTS, linesOf, RULES, saidOn, type Truth } from '../support/thirty-hosts.js';
import { columns, thousands } from './tools/measure.js';
import { workFolder } from './tools/work-folder.js';

/** Kinds of routine that each host has beside that of the week in the tests, and messages a day that are new. */
const PROGRAMS = 40;
const NEW_A_DAY = 10;

const HOUR = 3_600_000;
const HOURS = 24;
const NOON = Date.UTC(2026, 10, 20, 12, 0, 0);

/** What is recorded beside counts, from all of it to none. */
const SETTINGS = [
  ['letters with ledger, hours, values', ''],
  ['without values', 'set values noon off\n'],
  ['plain letters: counts alone', 'set values noon off\nset letter plain\n'],
] as const;

interface Life {
  readonly lines: number;
  readonly days: number;
  readonly history: number;
}

/** What lies on the disk after each day, in bytes. */
interface Sizes {
  readonly file: number[];
  readonly log: number[];
}

/**
 * `npm run bench -- state`: what a day of life adds to the state, with and without all that letters tell beside counts.
 * Thirty hosts, each day as many lines, a look an hour, a letter at noon; the clock is held.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '1000000' },
      days: { type: 'string', default: '10' },
      history: { type: 'string', default: '5' },
    },
  });
  const life = { lines: Number(values.lines), days: Number(values.days), history: Number(values.history) };
  const lived = [];
  for (const [name, settings] of SETTINGS) lived.push({ name, sizes: await live(life, settings) });
  const least = lived.at(-1)?.sizes;
  process.stdout.write(
    `${thousands(life.lines)} lines a day of ${HOSTS.length} hosts, set history ${life.history}; MB\n${columns(
      [
        ['', 'a day', `after ${life.days} days`, 'ratio', 'of SQLite log', 'after each day'],
        ...lived.map(({ name, sizes }) => [name, ...figures(sizes, least)]),
      ],
    )}\n`,
  );
}

function figures({ file, log }: Sizes, least: Sizes | undefined): string[] {
  const [first = 0, last = 0] = [file[0], file.at(-1)];
  return [
    megabytes((last - first) / Math.max(1, file.length - 1)),
    megabytes(last),
    (last / (least?.file.at(-1) ?? last)).toFixed(1),
    megabytes(Math.max(...log)),
    file.map(megabytes).join(' '),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}

async function live(life: Life, settings: string): Promise<Sizes> {
  const folder = join(workFolder(), 'life');
  rmSync(folder, { recursive: true, force: true });
  const log = join(workFolder(), 'life.log');
  writeFileSync(log, '');
  const conf = join(workFolder(), 'life.conf');
  writeFileSync(conf, `${confOf(log, life)}${settings}`);
  const clock = heldClock(NOON);
  const daemon = startDaemon(conf, folder, clock);
  const sizes: Sizes = { file: [], log: [] };
  const roll = dice(7);
  await daemon.look();
  for (let day = 0; day < life.days; day++) {
    await liveDay(dayOf(day, roll, life.lines), log, clock, daemon.look);
    sizes.file.push(sizeOf(join(folder, 'tayori.db')));
    sizes.log.push(statSync(join(folder, 'tayori.db-wal')).size);
  }
  await daemon.stop();
  rmSync(log);
  return sizes;
}

/** With what waits in SQLite's log of changes to be written into it. */
function sizeOf(path: string): number {
  const db = openSqlite(path, { readonly: true });
  const bytes = db
    .prepare<[], number>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
    .pluck()
    .get();
  db.close();
  return bytes ?? 0;
}

function confOf(log: string, { history }: Life): string {
  const template = join(process.cwd(), 'conf', 'templates', 'letter.hbs'); // what is compiled here has none beside it
  return `set logfile ${log}
set timezone UTC
set mask ___
set history ${history}
set queue noon f@x.org t@x.org [0 12 * * *] S
set template noon ${template}
${RULES}noon ^app\\d+: request of (\\S+) took (\\S+) ms
noon .
`;
}

function startDaemon(conf: string, folder: string, clock: HeldClock) {
  const read = readConfig(conf);
  const state = openState(folder);
  if (!read.ok || !state.ok) throw new Error(read.ok ? 'no state' : JSON.stringify(read.faults));
  const daemon = new Daemon({
    config: read.config,
    store: state.store,
    heal: state.heal,
    transport: { deliver: async ({ to }) => forAll(to, { kind: 'sent' }), close() {} },
    clock,
    origin: 'loghost',
    version: '0',
    start: { kind: 'end' },
    onEvent() {},
  });
  return {
    look: () => daemon.poll(),
    async stop() {
      await daemon.stop();
      state.store.end();
      state.release();
    },
  };
}

/** Routine of the same kinds each day, as many lines as are wanted, and a few messages that nobody has said before. */
function dayOf(day: number, roll: (sides: number) => number, lines: number): Truth {
  const truth = saidOn(day, roll);
  for (const host of HOSTS)
    for (let program = 0; program < PROGRAMS; program++)
      truth.set(`${host}\tapp${program}: request of ___ took ___ ms`, 1 + roll(40));
  const factor = lines / [...truth.values()].reduce((sum, count) => sum + count, 0);
  for (const [key, count] of truth) truth.set(key, Math.round(count * factor));
  for (const host of HOSTS)
    for (let at = 0; at < NEW_A_DAY; at++)
      truth.set(
        `${host}\tapp${at}: fault ${roll(1_000_000)} of day ${day}: the request could not be served`,
        1,
      );
  return truth;
}

/** Noon to noon, hour by hour: what was written is read and committed, and at the end the letter is made. */
async function liveDay(
  truth: Truth,
  log: string,
  clock: HeldClock,
  look: () => Promise<void>,
): Promise<void> {
  for (let hour = 0; hour < HOURS; hour++) {
    appendFileSync(log, linesOf(shareOf(truth, hour), clock.now() + HOUR / 2, hour * 1_000_000));
    clock.advance(HOUR);
    await look();
  }
  truncateSync(log);
  await look();
}

/** What is said in one hour of a day. */
function shareOf(truth: Truth, hour: number): Truth {
  const until = (count: number, end: number): number => Math.floor((count * end) / HOURS);
  return new Map(
    [...truth].map(([key, count]) => [key, until(count, hour + 1) - until(count, hour)] as const),
  );
}

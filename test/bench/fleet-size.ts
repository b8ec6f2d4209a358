import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../../src/config/read-config.js';
import type { MeetingPlace, NodeId, Series } from '../../src/fleet/meeting-place.js';
import { openPostgresPlace } from '../../src/fleet/postgres/postgres-place.js';
import { seriesOf } from '../../src/fleet/series.js';
import { blocksOf, hostOf, ledgerRowsOf, ROWS_A_DAY } from './tools/fleet-day.js';
import { MailDrop } from './tools/mail-drop.js';
import { columns, middle, peakMemory, thousands } from './tools/measure.js';
import { type FleetNode, MeetingDatabase, startNode } from './tools/whole-fleet.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const LOOK = 50;

/** As `set history` has it if nothing else is said. */
const HISTORY = 90;

/** How many contacts a node makes a day: one every 15 s. */
const CONTACTS_A_DAY = DAY / 15_000;

/** As `set sleep` is if nothing else is said: so often (s) a node looks at open letters. */
const SLEEP = 5;

/** One node more than these, a real one, makes the letters. */
interface Measured {
  readonly nodes: number;
  /** Of each day: seconds of all hand-ins, and of the editor from the last report to the seal. */
  readonly handIns: readonly number[];
  readonly editor: readonly number[];
  /** Bytes of what waits for a letter, of the log of changes up to its seal, and of the ledger after the last day. */
  readonly waiting: number;
  readonly wal: number;
  readonly ledger: number;
  readonly ledgerRows: number;
  /** The most memory of the editor (bytes). */
  readonly memory: number;
}

/**
 * `npm run bench -- fleet-size`: how large a fleet may be. Nodes that `tools/fleet-day.ts` makes up hand in what they count in a
 * day, through the real port into a real PostgreSQL, and a real node makes the letter; then the same for the next days. What
 * fewer nodes take is laid out for `--of` nodes: all of it grows with the rows, so the factor is that of the nodes.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '10,30,100' },
      of: { type: 'string', default: '1000' },
      days: { type: 'string', default: '2' },
    },
  });
  const of = Number(values.of);
  const all: Measured[] = [];
  for (const nodes of values.nodes.split(',').map(Number))
    all.push(await measure(nodes, Number(values.days)));
  const crowd = await measureCrowd(of);
  process.stdout.write(`node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n${describe(all)}\n`);
  const largest = all.at(-1);
  if (largest) process.stdout.write(`${extrapolate(largest, crowd, of)}\n`);
}

async function measure(nodes: number, days: number): Promise<Measured> {
  const database = await MeetingDatabase.start();
  const drop = await MailDrop.open();
  let editor: FleetNode | null = null;
  try {
    editor = await startNode('editor', [
      `set fleet ${database.url}`,
      'set fleet_wait 1h',
      `set mailserver 127.0.0.1:${drop.port}`,
      'set sleep 1',
      'set timezone UTC',
      'set queue digest a@localhost b@localhost [* * * * *]',
      'digest .',
    ]);
    const place = placeOf(database);
    const fleet = new SimulatedFleet(place, database, seriesOfNode(editor), nodes);
    const measured = await fleet.live(days, editor.pid);
    await place.close();
    return measured;
  } finally {
    await editor?.kill();
    await drop.close();
    await database.server.dispose();
  }
}

function placeOf({ server, name }: MeetingDatabase): MeetingPlace {
  return openPostgresPlace({
    address: server.address(name),
    password: null,
    node: 'simulated',
  });
}

function seriesOfNode({ conf }: FleetNode): Series {
  const read = readConfig(conf);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const [series] = seriesOf(read.config);
  if (!series) throw new Error('no queue');
  return { id: series.id, queue: series.queue, definition: series.definition };
}

/** Nodes of which there is nothing but what they say. */
class SimulatedFleet {
  readonly #place: MeetingPlace;
  readonly #database: MeetingDatabase;
  readonly #series: Series;
  readonly #nodes: readonly NodeId[];

  constructor(place: MeetingPlace, database: MeetingDatabase, series: Series, nodes: number) {
    this.#place = place;
    this.#database = database;
    this.#series = series;
    this.#nodes = Array.from({ length: nodes }, (_, at) => ({ name: hostOf(at), state: `state-${at}` }));
  }

  async live(days: number, editor: number): Promise<Measured> {
    await this.contactAll();
    const [handIns, seconds]: [number[], number[]] = [[], []];
    let [waiting, wal, pace] = [0, 0, 1000];
    for (let day = 0; day < days; day++) {
      const before = await this.#wal();
      // The due time must not be over before all have handed in, or a letter would go without them.
      const due = Math.ceil((Date.now() + 1.5 * pace * this.#nodes.length + 5000) / MINUTE) * MINUTE;
      const began = performance.now();
      await this.#handIn(day, due);
      pace = (performance.now() - began) / this.#nodes.length;
      handIns.push((performance.now() - began) / 1000);
      waiting = await this.#size('contribution', 'block');
      await this.report(due);
      seconds.push(await this.#sealed(due));
      wal = (await this.#wal()) - before;
    }
    return {
      nodes: this.#nodes.length,
      handIns,
      editor: seconds,
      waiting,
      wal,
      ledger: await this.#size('ledger'),
      ledgerRows: await this.#database.number('SELECT count(*) FROM tayori.ledger'),
      memory: peakMemory(editor),
    };
  }

  /** Registers all; the median of a second contact (s). */
  async contactAll(): Promise<number> {
    const times: number[] = [];
    for (const round of [1, 2])
      for (const node of this.#nodes) {
        const began = performance.now();
        await this.#place.contact({ node, version: '0', clock: Date.now(), series: [this.#series] });
        if (round === 2) times.push((performance.now() - began) / 1000);
      }
    return middle(times).median;
  }

  async #handIn(day: number, due: number): Promise<void> {
    const since = Date.now() - DAY;
    for (const [at, node] of this.#nodes.entries())
      await this.#place.handIn({
        node,
        edition: day + 1,
        series: this.#series,
        due,
        closed: due,
        status: null,
        remarks: [],
        parts: [
          {
            queue: this.#series.queue,
            since,
            held: null,
            counters: new Map(),
            untaken: { lines: [], about: false },
            lines: 100 * ROWS_A_DAY,
            messages: ROWS_A_DAY,
            blocks: () => blocksOf(at, day, since),
          },
        ],
      });
  }

  /** All but the first report; how long the question for open letters takes while all are missing (s). */
  async report(due: number): Promise<number> {
    const [first, ...others] = this.#nodes;
    const served = [{ series: this.#series.id, due }];
    if (first) await this.#place.reportServed(first, served);
    const began = performance.now();
    await this.#place.openLetters([this.#series.id]);
    const ask = (performance.now() - began) / 1000;
    for (const node of others) await this.#place.reportServed(node, served);
    return ask;
  }

  /** How long the editor takes, from when it may begin (s). */
  async #sealed(due: number): Promise<number> {
    const from = Math.max(Date.now(), due);
    while ((await this.#database.number('SELECT max(sealed_until) FROM tayori.series')) < due)
      await wait(LOOK);
    return (Date.now() - from) / 1000;
  }

  #wal(): Promise<number> {
    return this.#database.number("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn");
  }

  async #size(...tables: readonly string[]): Promise<number> {
    let bytes = 0;
    for (const table of tables)
      bytes += await this.#database.number(`SELECT pg_total_relation_size('tayori.${table}')`);
    return bytes;
  }
}

/** What does not grow with rows, but with nodes. */
interface Crowd {
  /** What a connection takes of PostgreSQL's memory that it shares with no other (bytes). */
  readonly connection: number;
  /** How long a contact takes, and the question for open letters while one waits for all nodes (s). */
  readonly contact: number;
  readonly ask: number;
}

const CONNECTIONS = 20;

/** All nodes are known, and some are connected. */
async function measureCrowd(nodes: number): Promise<Crowd> {
  const database = await MeetingDatabase.start();
  const places = Array.from({ length: CONNECTIONS }, () => placeOf(database));
  const [first, ...others] = places;
  try {
    if (!first) throw new Error('no place');
    const series = { id: 'x', queue: 'x', definition: 'x' };
    const fleet = new SimulatedFleet(first, database, series, nodes);
    const contact = await fleet.contactAll();
    const ask = await fleet.report(Date.now());
    for (const place of others) await place.openLetters([series.id]);
    const rows = await database.server.ask(
      'postgres',
      "SELECT pid FROM pg_stat_activity WHERE usename = 'tayori'",
    );
    return { connection: middle(rows.map(({ pid }) => privateMemory(Number(pid)))).median, contact, ask };
  } finally {
    for (const place of places) await place.close();
    await database.server.dispose();
  }
}

/** proc(5). */
function privateMemory(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+)/gm)].map(([, number]) => Number(number));
  return kib.reduce((sum, one) => sum + one, 0) * 1024;
}

function describe(all: readonly Measured[]): string {
  const heads = [
    'nodes',
    'rows a day',
    'hand-ins, day by day',
    'editor, day by day',
    'its memory',
    'waiting',
    'log of changes a day',
    'ledger',
  ];
  const seconds = (some: readonly number[]): string => some.map((one) => `${one.toFixed(1)} s`).join(', ');
  return columns([
    heads,
    ...all.map((one) => [
      `${one.nodes}`,
      thousands(one.nodes * ROWS_A_DAY),
      seconds(one.handIns),
      seconds(one.editor),
      megabytes(one.memory),
      megabytes(one.waiting),
      megabytes(one.wal),
      `${thousands(one.ledgerRows)} rows, ${megabytes(one.ledger)}`,
    ]),
  ]);
}

/** What so many nodes take, and where that ends. */
function extrapolate(one: Measured, { connection, contact, ask }: Crowd, nodes: number): string {
  const factor = nodes / one.nodes;
  const [handIn, editor] = [one.handIns.at(-1) ?? 0, one.editor.at(-1) ?? 0];
  const ledgerRows = nodes * ledgerRowsOf(HISTORY);
  const contacts = (nodes * CONTACTS_A_DAY) / (DAY / 1000);
  const rows = [
    [`${thousands(nodes)} nodes (${one.nodes} nodes times ${factor.toFixed(0)})`, '', ''],
    ['rows handed in a day', thousands(nodes * ROWS_A_DAY), ''],
    ['bytes that wait for the letter', megabytes(one.waiting * factor), ''],
    ['log of changes a day', megabytes(one.wal * factor), ''],
    [
      'all hand-ins, one after the other',
      `${thousands(handIn * factor)} s`,
      `${milliseconds(handIn / one.nodes)} a node`,
    ],
    [
      'the editor of one letter',
      `${thousands(editor * factor)} s`,
      `with the history of ${one.editor.length - 1} days`,
    ],
    ['memory of the editor', megabytes(one.memory), `with ${one.nodes} nodes`],
    [
      `rows that the history of ${HISTORY} days would need`,
      thousands(ledgerRows),
      `${megabytes((one.ledger / Math.max(1, one.ledgerRows)) * ledgerRows)} of disk; a letter has entered ${thousands(one.ledgerRows / one.editor.length)} of ${thousands(one.nodes * ROWS_A_DAY)}`,
    ],
    [
      'contacts',
      `${contacts.toFixed(0)} a second`,
      `${milliseconds(contact)} each: ${percentOf(contacts * contact)} of one process of PostgreSQL`,
    ],
    [
      'looks at a letter that waits for all',
      `${(nodes / SLEEP).toFixed(0)} a second`,
      `${milliseconds(ask)} each: ${percentOf((nodes / SLEEP) * ask)} of one process, with set sleep ${SLEEP}`,
    ],
    [
      'connections',
      thousands(nodes),
      `${megabytes(connection)} each, ${megabytes(connection * nodes)} in all`,
    ],
  ];
  return columns(rows);
}

function megabytes(bytes: number): string {
  return `${thousands(bytes / 1e6)} MB`;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

import { appendFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { stamp } from '../support/stamp.js';
import { fleetCost } from './tools/fleet-cost.js';
import { MailDrop } from './tools/mail-drop.js';
import { columns, middle, peakMemory, thousands } from './tools/measure.js';
import { type FleetNode, MeetingDatabase, startNode } from './tools/whole-fleet.js';

/** What is promised: see the issue of `set fleet`. */
const TARGETS = { sealed: 60, memory: 200, cost: 2 } as const;

const MINUTE = 60_000;
const SLEEP = 1;
/** Each shared message is said by so many nodes. */
const SHARED_BY = 3;
const LOOK = 20;

interface Options {
  readonly nodes: number;
  readonly messages: number;
  readonly pages: number;
}

/**
 * `npm run bench -- fleet`: thirty nodes as processes and a real PostgreSQL: a letter of 200,000 different messages in all,
 * pages, and what `set fleet` costs while nothing is due. A tenth of the messages is said by three nodes each.
 */
export default async function bench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      nodes: { type: 'string', default: '30' },
      messages: { type: 'string', default: '200000' },
      pages: { type: 'string', default: '20' },
      lines: { type: 'string', default: '2000000' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  });
  const options = {
    nodes: Number(values.nodes),
    messages: Number(values.messages),
    pages: Number(values.pages),
  };
  const rows: string[][] = [['', 'measured', 'to reach', '']];
  if (values.only !== 'cost') rows.push(...(await measureFleet(options)));
  if (values.only !== 'letter')
    rows.push(...(await fleetCost(Number(values.lines), Number(values.runs), TARGETS.cost)));
  process.stdout.write(`node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n${columns(rows)}\n`);
}

async function measureFleet(options: Options): Promise<string[][]> {
  const database = await MeetingDatabase.start();
  const drop = await MailDrop.open();
  const nodes: FleetNode[] = [];
  try {
    const conf = confOf(database.url, drop.port);
    for (let at = 0; at < options.nodes; at++) nodes.push(await startNode(`node${at}`, conf));
    await until(async () => (await database.number('SELECT count(*) FROM tayori.node')) === options.nodes);
    const pages = await measurePages(nodes, drop, options.pages);
    return [...(await measureLetter(nodes, database, options.messages)), pages];
  } finally {
    await Promise.all(nodes.map((node) => node.kill()));
    await drop.close();
    await database.server.dispose();
  }
}

function confOf(url: string, port: number): string[] {
  return [
    `set fleet ${url}`,
    `set mailserver 127.0.0.1:${port}`,
    `set sleep ${SLEEP}`,
    'set queue page a@localhost b@localhost [now]',
    'set queue digest a@localhost b@localhost [* * * * *]',
    'page ^pageme',
    'digest ^app: ',
  ];
}

/** From the writing of a line on any node to its page at the mail server. */
async function measurePages(nodes: readonly FleetNode[], drop: MailDrop, pages: number): Promise<string[]> {
  const delays: number[] = [];
  for (let page = 0; page < pages; page++) {
    await wait(1000 + Math.random() * 1000);
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    const arrived = drop.next(`pageme: ${page} of`);
    const written = performance.now();
    appendFileSync(node?.log ?? '', `${stamp(Date.now())} web1 pageme: ${page} of ${pages}\n`);
    delays.push(((await arrived) - written) / 1000);
  }
  const target = SLEEP + 1;
  const worst = Math.max(...delays);
  const name = `a page from one of ${nodes.length} nodes, sleep ${SLEEP}`;
  const median = `median ${middle(delays).median.toFixed(2)} s, ${pages} pages`;
  return [name, `${worst.toFixed(2)} s at worst`, `${target.toFixed(2)} s${missed(worst > target)}`, median];
}

/** From the due time to the sealed letter; the most memory of the node that made it, and of the others. */
async function measureLetter(
  nodes: readonly FleetNode[],
  database: MeetingDatabase,
  messages: number,
): Promise<string[][]> {
  const counted = writeMessages(nodes, messages);
  const before = new Map(nodes.map(({ name, pid }) => [name, peakMemory(pid)] as const));
  // The lines lie there from early in a minute on: they are all counted when it ends.
  await wait(MINUTE - (Date.now() % MINUTE) + 2000);
  for (const [node, lines] of counted) appendFileSync(node.log, lines);
  const due = Date.now() - (Date.now() % MINUTE) + MINUTE;
  const sealed = (): Promise<number> =>
    database.number(
      `SELECT count(*) FROM tayori.series WHERE queue = 'digest' AND sealed_until >= ${due} AND mailed IS NOT NULL`,
    );
  await until(async () => Date.now() > due && (await sealed()) > 0);
  const seconds = (Date.now() - due) / 1000;
  const grown = nodes.map(({ name, pid }) => ({
    name,
    peak: peakMemory(pid),
    grown: peakMemory(pid) - (before.get(name) ?? 0),
  }));
  const [editor] = [...grown].sort((a, b) => b.peak - a.peak);
  const others = middle(grown.map(({ peak }) => peak)).median;
  const megabytes = (editor?.peak ?? 0) / 1e6;
  return [
    [
      `a letter of ${nodes.length} nodes with ${thousands(messages)} messages`,
      `sealed after ${seconds.toFixed(1)} s`,
      `${TARGETS.sealed} s${missed(seconds > TARGETS.sealed)}`,
      'all nodes on this machine',
    ],
    [
      'memory of its editor',
      `${thousands(megabytes)} MB at most`,
      `${TARGETS.memory} MB${missed(megabytes > TARGETS.memory)}`,
      `other nodes: ${thousands(others / 1e6)} MB`,
    ],
  ];
}

/** What each node is to write: messages of its own, and those that it shares with its neighbours. */
function writeMessages(nodes: readonly FleetNode[], messages: number): Map<FleetNode, string> {
  const at = stamp(Date.now());
  const lines = new Map(nodes.map((node) => [node, [] as string[]]));
  for (let message = 0; message < messages; message++)
    for (let who = 0; who < (message % 10 === 0 ? SHARED_BY : 1); who++) {
      const node = nodes[(message + who) % nodes.length];
      if (node)
        lines
          .get(node)
          ?.push(`${at} web1 app: request of ${mix(message)} to ${mix(message + 1)} has failed in time`);
    }
  return new Map([...lines].map(([node, all]) => [node, `${all.join('\n')}\n`]));
}

/** Looks random, and is another one for each number. */
function mix(number: number): string {
  return (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(36);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(LOOK);
}

function missed(isMissed: boolean): string {
  return isMissed ? ', MISSED' : '';
}

/**
 * How many lines a second come over one TCP connection into the state: socket, frames, prefix, rules, tally, SQLite. A
 * sender of its own writes a million lines as fast as they are taken, each ended by a newline, then each behind its
 * length (RFC 6587); no line may be missing in the end.
 * Run with `npm run bench -- tcp`: `--lines N`, `--runs N`, and `--profile FOLDER` for a profile of the daemon.
 * Processor time is steadier than wall time where others work on the same machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { counter, type Daemon, message, startDaemon, stopDaemon, usage } from './tools/listening-daemon.js';
import { columns, middle, percent, thousands } from './tools/measure.js';

/** This file, run with this word, is the sender. */
const SENDER = 'as-the-sender';

const FRAMINGS = ['newline', 'octet'] as const;
type Framing = (typeof FRAMINGS)[number];

/** When nothing more has been counted for so long (ms), the missing lines are lost. */
const PATIENCE = 5000;
const LOOK = 5;

interface Received {
  readonly lines: number;
  /** Seconds from the first byte until all lines were committed. */
  readonly wall: number;
  /** Seconds of processor time of the daemon. */
  readonly cpu: number;
  /** MB. */
  readonly rss: number;
}

/** Measures and prints. */
export default async function measureTcp(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '1000000' },
      runs: { type: 'string', default: '3' },
      profile: { type: 'string' },
    },
  });
  const lines = Number(values.lines);
  const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  process.stdout.write(
    `${thousands(lines)} lines over one connection, ${values.runs} runs in turn, node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  const runs = new Map<Framing, Received[]>(FRAMINGS.map((framing) => [framing, []]));
  for (let run = 0; run < Number(values.runs); run++)
    for (const [framing, received] of runs) received.push(await receive(framing, lines, flags));
  const rows = [...runs].map(([framing, received]) => row(framing, lines, received));
  process.stdout.write(
    `${columns([['framing', 'lost', 'lines/s', 'by CPU', 'noise', 'memory'], ...rows])}\n`,
  );
}

function row(framing: Framing, lines: number, received: readonly Received[]): string[] {
  const wall = middle(received.map((one) => one.lines / one.wall));
  const cpu = middle(received.map((one) => one.lines / one.cpu));
  return [
    framing,
    `${received.reduce((sum, one) => sum + lines - one.lines, 0)}`,
    thousands(wall.median),
    thousands(cpu.median),
    `${percent(wall.noise)}, ${percent(cpu.noise)}`,
    `${Math.max(...received.map(({ rss }) => rss)).toFixed(0)} MB`,
  ];
}

async function receive(framing: Framing, lines: number, flags: readonly string[]): Promise<Received> {
  const daemon = await startDaemon('tcp', flags);
  const before = usage(daemon).cpu;
  const sender = fork(fileURLToPath(import.meta.url), [SENDER, framing, `${lines}`, `${daemon.port}`]);
  await once(sender, 'message'); // its lines are written, and it connects
  const began = performance.now();
  const { committed, at } = await untilCounted(daemon, lines);
  const { cpu, rss } = usage(daemon);
  sender.kill();
  await stopDaemon(daemon, flags.length > 0 ? 'SIGTERM' : 'SIGKILL'); // a profile is written at the end
  return { lines: committed, wall: (at - began) / 1000, cpu: cpu - before, rss };
}

/** Waits until all lines are committed, or no more are. */
async function untilCounted(daemon: Daemon, lines: number): Promise<{ committed: number; at: number }> {
  const { read, close } = counter(daemon);
  let committed = 0;
  let at = performance.now();
  while (committed < lines && performance.now() - at < PATIENCE) {
    await sleep(LOOK);
    const now = read();
    if (now > committed) at = performance.now();
    committed = now;
  }
  close();
  return { committed, at };
}

function send(framing: Framing, lines: number, port: number): void {
  const frame = (text: string): string => (framing === 'octet' ? `${text.length} ${text}` : `${text}\n`);
  const bytes = Buffer.from(Array.from({ length: lines }, (_, at) => frame(message(at))).join(''));
  process.send?.('ready');
  connect(port, '127.0.0.1').end(bytes);
}

if (process.argv[2] === SENDER) {
  const [framing = '', lines = '0', port = '0'] = process.argv.slice(3);
  send(framing === 'octet' ? 'octet' : 'newline', Number(lines), Number(port));
}

/**
 * How many datagrams a second the whole way takes: socket, prefix, rules, tally, SQLite. A sender of its own sends at
 * a stated rate over loopback to the real daemon; then a million datagrams show what memory does meanwhile, and 7,300
 * that claim host names of 60 kB (`-- datagrams --hosts`: these alone).
 * Run with `npm run bench -- datagrams`; figures only mean something on a machine that does nothing else.
 */
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  counted,
  type Daemon,
  message,
  settled,
  startDaemon,
  stopDaemon,
  usage,
} from './tools/listening-daemon.js';

const RATES = [5_000, 10_000, 20_000, 30_000, 40_000, 60_000];
const SECONDS = 5;
const MILLION = 1_000_000;

/** This file, run with this word, is the sender. */
const SENDER = 'as-the-sender';

/** More than all that a datagram holds stands where a host name should. */
const LONG_HOSTS = 7_300;
const LONG_HOST = 60_000;
/** A socket's buffer holds few of them, so they are sent slowly (datagrams a second). */
const LONG_RATE = 250;

function longHost(at: number): string {
  return `<38>Nov 20 10:00:00 ${String(at).padStart(LONG_HOST, 'h')} app: request ${at}`;
}

/** Sends so many at a rate, from a process of its own; resolves when all are sent, with the rate that it kept. */
async function sendAt(
  rate: number,
  count: number,
  port: number,
  what: 'usual' | 'long-hosts' = 'usual',
): Promise<number> {
  const began = performance.now();
  const words = [SENDER, String(rate), String(count), String(port), what];
  const sender = fork(fileURLToPath(import.meta.url), words);
  await once(sender, 'exit');
  return count / ((performance.now() - began) / 1000);
}

/** The sender: each ms as many as are due. A slow one sleeps between, and leaves the processor to the daemon. */
async function send(rate: number, count: number, port: number, write: (at: number) => string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => void socket.connect(port, '127.0.0.1', resolve));
  const began = performance.now();
  let sent = 0;
  while (sent < count) {
    const due = Math.min(count, Math.ceil(((performance.now() - began) / 1000) * rate));
    while (sent < due) {
      socket.send(write(sent));
      sent += 1;
      if (sent % 64 === 0) await new Promise(setImmediate);
    }
    await (rate < 1000 ? sleep(1) : new Promise(setImmediate));
  }
  socket.close();
}

/** Measures and prints. */
export default async function measureDatagrams(args: readonly string[]): Promise<void> {
  const limit = readFileSync('/proc/sys/net/core/rmem_max', 'utf8').trim();
  console.log(`node ${process.version}, ${cpus().length} processors, net.core.rmem_max ${limit}`);
  if (!args.includes('--hosts')) {
    const best = await findRate();
    console.log(`the highest rate without loss: ${best}/s`);
    await sendMillion(Math.max(best / 2, RATES[0] ?? 0));
  }
  await sendLongHosts();
}

/** What anybody can send: names of hosts that are as long as a datagram. */
async function sendLongHosts(): Promise<void> {
  const daemon = await startDaemon('udp');
  const before = usage(daemon);
  await sendAt(LONG_RATE, LONG_HOSTS, daemon.port, 'long-hosts');
  const lines = await settled(daemon);
  const { rss, cpu } = usage(daemon);
  console.log(
    `${LONG_HOSTS} datagrams with host names of ${LONG_HOST} bytes: ${lines} counted, ${(cpu - before.cpu).toFixed(1)} s of processor, ${rss.toFixed(0)} MB at the end (${before.rss.toFixed(0)} at first), state of ${(stateSize(daemon) / 1e6).toFixed(0)} MB`,
  );
  await stopDaemon(daemon);
}

/** Bytes of the state with its log of changes. */
function stateSize({ folder }: Daemon): number {
  const state = join(folder, 'state');
  return readdirSync(state).reduce((sum, name) => sum + statSync(join(state, name)).size, 0);
}

async function findRate(): Promise<number> {
  let best = 0;
  for (const rate of RATES) {
    const daemon = await startDaemon('udp');
    const before = usage(daemon).cpu;
    const kept = await sendAt(rate, rate * SECONDS, daemon.port);
    const lines = await settled(daemon);
    const { rss, cpu } = usage(daemon);
    const lost = rate * SECONDS - lines;
    console.log(
      `${rate}/s for ${SECONDS} s (sent at ${Math.round(kept)}/s): ${lines} counted, ${lost} lost, ${(cpu - before).toFixed(1)} s of processor, ${rss.toFixed(0)} MB`,
    );
    if (lost === 0) best = Math.max(best, rate);
    await stopDaemon(daemon);
  }
  return best;
}

async function sendMillion(rate: number): Promise<void> {
  const daemon = await startDaemon('udp');
  const done = sendAt(rate, MILLION, daemon.port);
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  for (let next = 0; next <= MILLION && !ended; ) {
    const lines = counted(daemon);
    if (lines >= next) {
      console.log(`${String(lines).padStart(8)} counted: ${usage(daemon).rss.toFixed(0)} MB`);
      next += 100_000;
    }
    await sleep(50);
  }
  console.log(
    `one million at ${Math.round(await done)}/s: ${MILLION - (await settled(daemon))} lost, ${usage(daemon).rss.toFixed(0)} MB at the end`,
  );
  await stopDaemon(daemon);
}

if (process.argv[2] === SENDER) {
  const [rate = 0, count = 0, port = 0] = process.argv.slice(3).map(Number);
  await send(rate, count, port, process.argv[6] === 'long-hosts' ? longHost : message);
}

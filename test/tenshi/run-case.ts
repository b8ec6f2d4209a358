import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stamp } from '../support/stamp.js';
import { type Case, configOf, type Step, type UdpAddress, write } from './case.js';
import { type Delivery, openPostOffice, type PostOffice } from './post-office.js';
import type { Program } from './program.js';
import { type Report, readReport } from './report.js';

/** What came of a case in one of the programs. */
export interface Run {
  /** All letters but those of probes, in the order of their arrival. */
  readonly reports: readonly Report[];
  readonly end: 'died' | number;
  /** What programs wrote into the folder `out` of the run: the lines of each file, sorted. */
  readonly wrote: Readonly<Record<string, readonly string[]>>;
  /** What the program printed, for whoever has to find out why a case fails. */
  readonly printed: string;
}

/** What a step of a case works on. */
interface Stage {
  readonly program: Program;
  readonly folder: string;
  readonly office: PostOffice;
  readonly udp: UdpAddress;
  readonly running: Running;
  readonly probe: Probe;
}

/** Runs a case in a program: a process, a log, and a mail server of its own, which end with the test. */
export async function runCase(
  one: Case,
  program: Program,
  onTestFinished: (clear: () => Promise<void> | void) => void,
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), `proof-${program.name}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const office = await openPostOffice();
  onTestFinished(() => office.close());
  const udp = ownAddress();
  writeFiles(one, folder);
  writeConf(one.conf, { program, folder, office, udp });
  const running = launch(program, folder);
  onTestFinished(() => running.kill());
  const probe = createProbe(join(folder, 'x.log'), office, running);
  if (await probe.begin()) {
    for (const step of [write(one.log ?? ''), ...(one.steps ?? [])])
      await take(step, { program, folder, office, udp, running, probe });
    await probe.pass();
  }
  const end = await running.end();
  const reports = await Promise.all(office.deliveries.map(readReport));
  return {
    reports: reports.filter(({ queue }) => queue !== 'probe'),
    end,
    wrote: wroteIn(join(folder, 'out')),
    printed: running.printed(),
  };
}

function writeFiles({ files, fifos }: Case, folder: string): void {
  for (const [name, text] of Object.entries({ 'x.log': '', 'out/.keep': '', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('%DIR%', folder), { mode: 0o755 });
  }
  for (const name of fifos ?? []) execFileSync('mkfifo', [join(folder, name)]);
}

function writeConf(
  conf: string,
  { program, folder, office, udp }: Pick<Stage, 'program' | 'folder' | 'office' | 'udp'>,
): void {
  const text = configOf({ conf: program.conf + conf }, { folder, port: office.port, udp });
  writeFileSync(join(folder, 'tenshi.conf'), text);
}

async function take(step: Step, stage: Stage): Promise<void> {
  switch (step.kind) {
    case 'write':
      return appendFileSync(join(stage.folder, step.file), step.log);
    case 'send':
      return await sendTo(stage.udp, step.datagram);
    case 'read':
      return void (await stage.probe.pass());
    case 'rotate':
      return await rotate(stage);
    case 'letter':
      return stage.program.name === 'tayori' ? await awaitLetter(step.queue, stage) : undefined;
    case 'due':
      return await awaitLetter(step.queue, stage);
    case 'conf':
      return writeConf(step.conf, stage);
    case 'signal':
      return await sendSignal(step.signal, stage);
  }
}

async function rotate({ folder, probe }: Stage): Promise<void> {
  await probe.pass();
  renameSync(join(folder, 'x.log'), join(folder, 'x.log.1'));
  writeFileSync(join(folder, 'x.log'), '');
}

async function awaitLetter(queue: string, { office, running }: Stage): Promise<void> {
  const isOfQueue = ({ mail }: Delivery): boolean => mail.includes(`[${queue}]\r\n`);
  await Promise.race([office.delivery(isOfQueue), running.died]);
}

/** A probe after the signal may be read before it; a second one is not, as the first waits for what it does. */
async function sendSignal(signal: 'USR1' | 'USR2' | 'HUP', { running, probe }: Stage): Promise<void> {
  await probe.pass();
  running.send(`SIG${signal}`);
  await probe.pass();
  await probe.pass();
}

let runs = 0;

/** An address of loopback that no other run has: of this process, and of this run in it. */
function ownAddress(): UdpAddress {
  runs += 1;
  return { address: `127.${process.pid & 255}.${(process.pid >> 8) & 255}.${(runs % 254) + 1}`, port: 5140 };
}

/** Resolves when the kernel has put it in the queue of the receiver. */
async function sendTo({ address, port }: UdpAddress, datagram: string | Buffer): Promise<void> {
  const socket = createSocket('udp4');
  await promisify<void>((done) => socket.send(datagram, port, address, (error) => done(error)))();
  socket.close();
}

interface Running {
  /** Resolves when it has ended by itself. */
  readonly died: Promise<void>;
  /** Resolves when it sleeps, and we have heard of all that it did before, such as connecting to us. */
  rest(): Promise<void>;
  send(signal: NodeJS.Signals): void;
  /** Sends TERM unless it has died, and resolves with how it ended. */
  end(): Promise<'died' | number>;
  kill(): void;
  printed(): string;
}

/** In a process group of its own, so that Tenshi's `tail` cannot outlive the test. */
function launch(program: Program, folder: string): Running {
  const [command = '', ...args] = program.start;
  const child = spawn(command, [...args, join(folder, 'tenshi.conf')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void printed.push(chunk));
  return {
    died: exited.then(() => {}),
    async rest() {
      while (isAwake(child)) await setTimeout(LOOK);
      await nextTurn();
    },
    send: (signal) => void child.kill(signal),
    async end() {
      const running = hasNotEnded(child);
      child.kill('SIGTERM');
      await exited;
      return running ? (child.exitCode ?? 'died') : 'died';
    },
    kill: () => killGroup(child),
    printed: () => Buffer.concat(printed).toString(),
  };
}

const hasNotEnded = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** Milliseconds between two looks at whether a process sleeps, which the system tells nobody. */
const LOOK = 5;

/** By Linux's account of the process, which is where Debian's tenshi runs. */
function isAwake({ pid }: ChildProcess): boolean {
  try {
    return /\) [RD] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // it has ended
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody of it is left
  }
}

/** Lines that come back as letters: when the letter is there, all that stands above its line has been counted. */
interface Probe {
  /** Writes until one comes back, as nobody can see from outside when a program begins to read. */
  begin(): Promise<boolean>;
  /** Resolves when all is counted, and the program waits for more; false when it has died. */
  pass(): Promise<boolean>;
}

/** Milliseconds between two of the first probes. */
const KNOCK = 100;

function createProbe(log: string, office: PostOffice, { died, rest }: Running): Probe {
  let number = 0;

  function write(): void {
    appendFileSync(log, `${stamp(Date.now())} prober probe ${number}\n`);
  }

  async function returned(): Promise<boolean> {
    const line = new RegExp(`,probe ${number}\\r?$`, 'm');
    const isBack = ({ from, mail }: Delivery): boolean =>
      from === 'probe@example.org' && line.test(mail.toString('latin1'));
    return await Promise.race([office.delivery(isBack).then(() => true), died.then(() => false)]);
  }

  /** A signal while Tenshi mails would be half heeded (of a HUP it would forget what it counts), so it must rest. */
  async function rests(isAlive: boolean): Promise<boolean> {
    do {
      await Promise.race([office.idle(), died]);
      await rest();
    } while (isAlive && !office.isIdle);
    return isAlive;
  }

  return {
    async begin() {
      const knocking = setInterval(write, KNOCK);
      const isAlive = await returned().finally(() => clearInterval(knocking));
      return await rests(isAlive); // no knock comes any more that could keep it from its rest
    },
    async pass() {
      number += 1;
      write();
      return await rests(await returned());
    },
  };
}

function wroteIn(folder: string): Record<string, readonly string[]> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').sort()]),
  );
}

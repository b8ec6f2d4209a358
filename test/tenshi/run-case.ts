import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Case, configOf, type Step } from './case.js';
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

/** Runs a case in a program: a process, a log, and a mail server of its own. */
export async function runCase(one: Case, program: Program): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), `proof-${program.name}-`));
  const office = await openPostOffice();
  writeConf(one.conf);
  for (const [name, text] of Object.entries({ 'x.log': '', 'out/.keep': '', ...one.files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll('%DIR%', folder), { mode: 0o755 });
  }

  function writeConf(conf: string): void {
    const common = { conf: program.conf + conf };
    writeFileSync(join(folder, 'tenshi.conf'), configOf(common, { folder, port: office.port }));
  }

  const process = launch(program, folder);
  const probe = createProbe(join(folder, 'x.log'), office, process);

  async function take(step: Step): Promise<void> {
    if (step.kind === 'write') appendFileSync(join(folder, 'x.log'), step.log);
    else if (step.kind === 'conf') writeConf(step.conf);
    else await sendSignal(step.signal);
  }

  /** A probe after the signal may be read before it; a second one is not, as the first waits for what it does. */
  async function sendSignal(signal: 'USR1' | 'USR2' | 'HUP'): Promise<void> {
    await probe.pass();
    process.send(`SIG${signal}`);
    await probe.pass();
    await probe.pass();
  }

  try {
    if (await probe.begin()) {
      for (const step of [{ kind: 'write', log: one.log ?? '' } as const, ...(one.then ?? [])])
        await take(step);
      await probe.pass();
    }
    const end = await process.end();
    const reports = await Promise.all(office.deliveries.map(readReport));
    return {
      reports: reports.filter(({ queue }) => queue !== 'probe'),
      end,
      wrote: wroteIn(join(folder, 'out')),
      printed: process.printed(),
    };
  } finally {
    process.kill();
    await office.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Running {
  /** Resolves when it has ended by itself. */
  readonly died: Promise<void>;
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
  pass(): Promise<boolean>;
}

/** Milliseconds between two of the first probes. */
const KNOCK = 100;

function createProbe(log: string, office: PostOffice, { died }: Running): Probe {
  let number = 0;

  function line(): string {
    return `Nov 20 10:00:00 prober probe ${number}\n`;
  }

  /** False when the process has died first. */
  function returned(): Promise<boolean> {
    const wanted = new RegExp(`,probe ${number}\\r?$`, 'm');
    return new Promise((resolve) => {
      const forget = office.onDelivery(({ from, mail }: Delivery) => {
        if (from !== 'probe@example.org' || !wanted.test(mail.toString('latin1'))) return;
        forget();
        resolve(true);
      });
      void died.then(() => resolve(false));
    });
  }

  return {
    async begin() {
      const back = returned();
      const knocking = setInterval(() => appendFileSync(log, line()), KNOCK);
      return await back.finally(() => clearInterval(knocking));
    },
    async pass() {
      number += 1;
      const back = returned();
      appendFileSync(log, line());
      return await back;
    },
  };
}

function wroteIn(folder: string): Record<string, readonly string[]> {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').sort()]),
  );
}
